"""The exact set-similarity join: every pair of sets whose Jaccard similarity reaches a threshold.

Sets are sorted by size and their tokens by rarity. Two sets that are alike enough share a token among
the first few of each (prefix filter; the smaller one needs fewer), differ little in size, have enough
tokens left after the first shared one (positional filter) and differ in few enough bits of a hash (bitmap
filter); only what passes is counted. No pair is missed.
Source: Chaudhuri et al. 2006 (prefix filter), Xiao et al. 2008 (PPJoin: positional filter, index prefix),
Sandes et al. 2020 (bitmap filter).

Beside it: texts that have a long run of words in common, found by a hash of every window of words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bits = NDArray[np.uint64]


_AT_ONCE = 500_000
"""How many matches or tokens are held in memory at once."""

_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
"""Odd numbers that stir the bits of a hash."""

_BITMAP_WORDS = 4
"""How many words of 64 bits the hash of a set has."""


class Pair(NamedTuple):
    """Two alike sets by their numbers, `left` < `right`, with the tokens they share and have in all."""

    left: int
    right: int
    shared: int
    union: int

    @property
    def similarity(self) -> float:
        """The Jaccard similarity."""
        return self.shared / self.union


def similar_pairs(
    sets: Iterable[Collection[str]], threshold: float, families: Sequence[int] = ()
) -> Iterator[Pair]:
    """Every pair of sets with a Jaccard similarity of at least `threshold`, in no special order.

    `threshold` is above 0 and at most 1. Empty sets are like no other. Sets with the same number above 0
    in `families` are not paired with each other. The sets are gone through once and not kept.
    """
    if not 0 < threshold <= 1:
        raise ValueError("the threshold of a similarity join is above 0 and at most 1")
    ratio = Fraction(threshold).limit_denominator(1_000_000)
    distinct = _Sets(sets, families)
    members = distinct.members
    for number, same in enumerate(members):
        size = int(distinct.sizes[number])
        for place, right in enumerate(same):
            for left in () if distinct.family(number) else same[:place]:
                yield Pair(left, right, size, size)
    for one, other, shared in _join(distinct, ratio):
        union = int(distinct.sizes[one] + distinct.sizes[other]) - shared
        for a in members[one]:
            for b in members[other]:
                yield Pair(min(a, b), max(a, b), shared, union)


class _Sets:
    """Distinct sets in order of size, one behind the other in one array, each from its rarest token on.

    `members` holds, for every distinct set, the numbers of the given sets that are equal to it (and of
    one family).
    """

    def __init__(self, sets: Iterable[Collection[str]], families: Sequence[int]) -> None:
        import numpy as np

        given, tokens, self.vocabulary = _by_rarity(sets)
        starts = np.concatenate(([0], np.cumsum(given)))
        found: dict[tuple[bytes, int], list[int]] = {}
        for number, (start, end) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
            if start < end:
                family = families[number] if families else 0
                found.setdefault((tokens[start:end].tobytes(), family), []).append(number)
        firsts = np.array([same[0] for same in found.values()], dtype=np.int64)
        order = np.argsort(given[firsts], kind="stable")
        all_members = list(found.values())
        self.members = [all_members[number] for number in order.tolist()]
        firsts = firsts[order]
        self.count = len(firsts)
        self.sizes: Ints = given[firsts].astype(np.int32)
        self.starts: Ints = np.concatenate(([0], np.cumsum(self.sizes, dtype=np.int64)))
        self.tokens: Ints = tokens[_ranges(starts[firsts], self.sizes)]
        self.families: Ints = (
            np.array(families, dtype=np.int64)[firsts] if families else np.empty(0, dtype=np.int64)
        )

    def family(self, number: int) -> int:
        """The family of a distinct set; 0 for none."""
        return int(self.families[number]) if len(self.families) else 0


def _by_rarity(sets: Iterable[Collection[str]]) -> tuple[Ints, Ints, int]:
    """The sizes of the sets, the ranks of their tokens (in each set the rarest first), how many ranks."""
    from array import array

    import numpy as np

    ids: defaultdict[str, int] = defaultdict()
    ids.default_factory = ids.__len__
    codes, ends = array("i"), array("q")
    for one in sets:
        codes.extend(map(ids.__getitem__, one))
        ends.append(len(codes))
    if not codes:
        return np.zeros(len(ends), dtype=np.int64), np.empty(0, dtype=np.int32), 0
    encoded = np.frombuffer(codes, dtype=np.int32)
    ranks = np.empty(len(ids), dtype=np.int64)
    ranks[np.argsort(np.bincount(encoded), kind="stable")] = np.arange(len(ids))
    after = np.frombuffer(ends, dtype=np.int64)
    lengths = after - np.concatenate(([0], after[:-1]))
    owned = np.repeat(np.arange(len(lengths)) * len(ids), lengths)
    owned += ranks[encoded]
    owned.sort()
    owned = owned[np.diff(owned, prepend=-1) != 0]
    sizes = np.bincount(owned // len(ids), minlength=len(lengths))
    return sizes, (owned % len(ids)).astype(np.int32), len(ids)


class _Prefixes(NamedTuple):
    """The first tokens of every set, one behind the other: whose, which, and how many follow with it."""

    owners: Ints
    tokens: Ints
    rests: Ints
    ends: Ints


def _prefixes(sets: _Sets, lengths: Ints) -> _Prefixes:
    import numpy as np

    ends: Ints = np.cumsum(lengths, dtype=np.int64)
    places = _ranges(np.zeros(sets.count, dtype=np.int64), lengths)
    owners = np.repeat(np.arange(sets.count, dtype=np.int32), lengths)
    rests = (sets.sizes[owners] - places).astype(np.int32)
    return _Prefixes(owners, sets.tokens[sets.starts[owners] + places], rests, ends)


def _join(sets: _Sets, ratio: Fraction) -> Iterator[tuple[int, int, int]]:
    """Pairs (number, smaller number, shared tokens) of sets."""
    import numpy as np

    if not sets.count:
        return
    # of two alike sets, the one that is not the larger has at least `shared` tokens in the other
    least = -(-sets.sizes.astype(np.int64) * ratio.numerator // ratio.denominator)
    needed = _needed(2 * int(sets.sizes[-1]), ratio)
    probes = _prefixes(sets, sets.sizes - least + 1)
    index = _prefixes(sets, sets.sizes - needed[2 * sets.sizes] + 1)

    # postings: the sets with a token in their index prefix, by token and then by set
    order = np.argsort(index.tokens, kind="stable")
    posted = index.tokens[order].astype(np.int64) * sets.count + index.owners[order]
    posted_owners, posted_rests = index.owners[order], index.rests[order]
    too_small = np.searchsorted(sets.sizes, least)
    firsts = probes.tokens.astype(np.int64) * sets.count
    lows = np.searchsorted(posted, firsts + too_small[probes.owners])
    counts = np.searchsorted(posted, firsts + probes.owners) - lows
    del posted, firsts

    bitmaps = _bitmaps(sets)
    begins = np.concatenate(([0], probes.ends[:-1]))
    for block in _chunks(np.add.reduceat(counts, begins)):
        entries = slice(int(begins[block.start]), int(probes.ends[block.stop - 1]))
        repeats = counts[entries]
        found = _ranges(lows[entries], repeats)
        here, there = np.repeat(probes.owners[entries], repeats), posted_owners[found]
        # from the first shared token on, at most the shorter rest can be shared
        possible = np.minimum(np.repeat(probes.rests[entries], repeats), posted_rests[found])
        likely = np.flatnonzero(possible >= needed[sets.sizes[here] + sets.sizes[there]])
        here, there = _alike_bits(sets, bitmaps, needed, here[likely], there[likely])
        if len(sets.families):
            apart = (sets.families[here] == 0) | (sets.families[here] != sets.families[there])
            here, there = here[apart], there[apart]
        pairs = np.unique(here.astype(np.int64) * sets.count + there)
        yield from _verified(sets, needed, pairs // sets.count, pairs % sets.count)


def _needed(most: int, ratio: Fraction) -> Ints:
    """For every number of tokens that two sets have together: how many they must share."""
    import numpy as np

    both = np.arange(most + 1, dtype=np.int64)
    shared = -(-both * ratio.numerator // (ratio.numerator + ratio.denominator))
    return shared.astype(np.int32)


def _bitmaps(sets: _Sets) -> list[Bits]:
    """Words of bits for every set: a bit is the parity of how many tokens fall on it."""
    import numpy as np

    hashed = sets.tokens.astype(np.uint64) * np.uint64(_FACTORS[0]) >> np.uint64(32)
    flags = np.uint64(1) << (hashed & np.uint64(63))
    words = (hashed >> np.uint64(6)) % np.uint64(_BITMAP_WORDS)
    return [
        np.bitwise_xor.reduceat(np.where(words == number, flags, np.uint64(0)), sets.starts[:-1])
        for number in range(_BITMAP_WORDS)
    ]


def _alike_bits(sets: _Sets, bitmaps: list[Bits], needed: Ints, here: Ints, there: Ints) -> tuple[Ints, Ints]:
    """The pairs without those whose bits differ too much: every such bit is a token that one set lacks."""
    import numpy as np

    if not hasattr(np, "bitwise_count"):  # numpy 1: the filter only saves time
        return here, there
    both = sets.sizes[here] + sets.sizes[there]
    spare = both - 2 * needed[both]
    for bitmap in bitmaps:
        spare = spare - np.bitwise_count(bitmap[here] ^ bitmap[there])
        kept = np.flatnonzero(spare >= 0)
        here, there, spare = here[kept], there[kept], spare[kept]
    return here, there


def _verified(sets: _Sets, needed: Ints, here: Ints, there: Ints) -> Iterator[tuple[int, int, int]]:
    """The candidate pairs that are alike enough."""
    import numpy as np

    for block in _chunks(sets.sizes[here] + sets.sizes[there]):
        one, other = here[block], there[block]
        rows = np.arange(len(one), dtype=np.int64) * sets.vocabulary
        pooled = np.concatenate(
            [
                np.repeat(rows, sets.sizes[side]) + sets.tokens[_ranges(sets.starts[side], sets.sizes[side])]
                for side in (one, other)
            ]
        )
        pooled.sort(kind="stable")
        twice = pooled[1:][pooled[1:] == pooled[:-1]]
        shared = np.bincount(twice // sets.vocabulary, minlength=len(one))
        good = shared >= needed[sets.sizes[one] + sets.sizes[other]]
        yield from zip(one[good].tolist(), other[good].tolist(), shared[good].tolist(), strict=True)


def _ranges(starts: Ints, counts: Ints) -> Ints:
    """The numbers start, start + 1, … of every range, one range behind the other."""
    import numpy as np

    ends = np.cumsum(counts, dtype=np.int64)
    result: Ints = np.repeat(starts - (ends - counts), counts)
    result += np.arange(len(result))
    return result


def _chunks(weights: Ints) -> Iterator[slice]:
    """Slices that cover everything, each as long as its weight allows and at least one long."""
    import numpy as np

    totals = np.cumsum(weights, dtype=np.int64)
    start = 0
    while start < len(totals):
        before = int(totals[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(totals, before + _AT_ONCE, side="right")))
        yield slice(start, stop)
        start = stop


def same_windows(texts: Sequence[Sequence[str]], least: int) -> set[tuple[int, int]]:
    """Pairs (first, later) of texts that have a window of so many words in common, by its hash."""
    import numpy as np

    numbers = [number for number, text in enumerate(texts) if len(text) >= least]
    if len(numbers) < 2 or least < 1:
        return set()
    ids: dict[str, int] = {}
    codes = np.fromiter(
        (ids.setdefault(word, len(ids)) for number in numbers for word in texts[number]), np.uint64
    )
    owners = np.repeat(np.array(numbers), [len(texts[number]) for number in numbers])
    hashes = _windows(codes, least)
    inside = owners[: len(hashes)] == owners[least - 1 :]
    hashes, owners = hashes[inside], owners[: len(hashes)][inside]
    order = np.argsort(hashes, kind="stable")  # equal windows side by side, by number of the text
    hashes, owners = hashes[order], owners[order]
    begins = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    firsts = np.repeat(owners[begins], np.diff(np.append(begins, len(hashes))))
    apart = firsts != owners
    return set(zip(firsts[apart].tolist(), owners[apart].tolist(), strict=True))


def _windows(codes: Bits, least: int) -> Bits:
    """A hash of every window of `least` codes: windows of 1, 2, 4 … codes, then two that overlap."""
    import numpy as np

    hashes = (codes + np.uint64(1)) * np.uint64(_FACTORS[0])
    hashes ^= hashes >> np.uint64(29)
    size = 1
    while 2 * size <= least:
        hashes = _joined(hashes, size, _FACTORS[1])
        size *= 2
    return hashes if size == least else _joined(hashes, least - size, _FACTORS[2])


def _joined(hashes: Bits, distance: int, factor: int) -> Bits:
    import numpy as np

    both: Bits = hashes[:-distance] * np.uint64(factor) + hashes[distance:]
    both ^= both >> np.uint64(31)
    both *= np.uint64(_FACTORS[3])
    return both
