"""The exact set-similarity join: every pair of sets whose Jaccard similarity reaches a threshold.

Sets are sorted by size and their tokens by rarity. Two sets that are alike enough share a token among
the first few of each (prefix filter; the smaller one needs fewer), differ little in size, have enough
tokens left after the first shared one (positional filter) and differ in few enough bits of a hash (bitmap
filter); only what passes is counted. No pair is missed. All of it is done in blocks, so that beside the
tokens as 32-bit numbers little is held in memory.
Source: Chaudhuri et al. 2006 (prefix filter), Xiao et al. 2008 (PPJoin: positional filter, index prefix),
Sandes et al. 2020 (bitmap filter).

Beside it: texts that have a long run of words in common, found by a hash of every window of words.
"""

from __future__ import annotations

import functools
import operator
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
    Flags = NDArray[np.bool_]


_AT_ONCE = 500_000
"""How many matches or tokens are held in memory at once."""

_BITS = 63
"""So many bits of a number are sorted."""

_HASH_BITS = 64

_BUCKETS = 1 << 23
"""So many buckets tell which hashes stand alone."""

_LEAST_RUN = 4
"""So many rows that follow each other, on the average, are worth copying in one piece."""

_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
"""Odd numbers that stir the bits of a hash."""

_BITMAP_WORDS = 4
"""How many words of 64 bits the hash of a set has."""

_MOST_LISTED = 1 << 23
"""So many numbers at most have a place in a table."""

_FEW_BITMAP_WORDS = 2
"""How many where few sets are compared."""

_MOST_BITMAP_WORDS = 16
"""How many at most, for long sets that need not be much alike."""


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


class Rows(NamedTuple):
    """Rows of numbers, one behind the other: row n is `values[starts[n] : starts[n + 1]]`."""

    values: Ints
    starts: Ints

    @property
    def sizes(self) -> Ints:
        """The length of every row."""
        result: Ints = self.starts[1:] - self.starts[:-1]
        return result


class Pairs(NamedTuple):
    """Many pairs: the numbers of their rows (first < later), the tokens they share and have in all."""

    left: Ints
    right: Ints
    shared: Ints
    union: Ints


def similar_pairs(
    sets: Iterable[Collection[str]], threshold: float, families: Sequence[int] = ()
) -> Iterator[Pair]:
    """Every pair of sets with a Jaccard similarity of at least `threshold`, in no special order.

    `threshold` is above 0 and at most 1. Empty sets are like no other. Sets with the same number above 0
    in `families` are not paired with each other. The sets are gone through once and not kept.
    """
    import numpy as np

    ratio = _ratio(threshold)
    distinct = _Sets(encoded(sets), np.array(families, dtype=np.int64))
    for block in _pairs(distinct, ratio):
        yield from map(Pair._make, zip(*(column.tolist() for column in block), strict=True))


def similar_rows(rows: Rows, threshold: float, families: Ints) -> Iterator[Pairs]:
    """The same for rows of numbers from 0 on, in blocks; `families` is empty or has a number for each row."""
    return _pairs(_Sets(rows, families), _ratio(threshold))


def pairs_with(rows: Rows, threshold: float, families: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """The pairs of `similar_rows` of which one row at least is wanted: first and later rows.

    The numbers of each row rise. Two alike rows share one of the largest numbers of each (prefix filter), so
    it is fast where these are rare: few rows of many then take little time.
    """
    import numpy as np

    ratio, sizes = _ratio(threshold), rows.sizes
    most = int(sizes.max(initial=0))
    needed = _needed(2 * most, ratio)
    least: Ints = -(-np.arange(most + 1) * ratio.numerator // ratio.denominator)
    lengths = np.where(sizes > 0, sizes - least[sizes] + 1, 0)
    one = _tails(rows, lengths, wanted)
    looked_up = np.zeros(int(rows.values.max(initial=-1)) + 1, dtype=bool)
    looked_up[one.numbers] = True
    # sorted by the number and then by the size of its row
    firsts = (np.cumsum(looked_up) - 1) * (most + 2)
    keys = firsts[one.numbers] + sizes[one.owners]
    order = np.argsort(keys, kind="stable")
    keys, owners, places = keys[order], one.owners[order], one.places[order]
    other = _tails(rows, lengths, np.flatnonzero(lengths), looked_up)
    # below the largest number that both have, each has so many numbers as its place tells
    own = sizes[other.owners]
    bound = (other.places + 1) * (ratio.numerator + ratio.denominator) // ratio.numerator - own
    keyed = firsts[other.numbers]
    begins, ends = _found(keys, keyed + least[own], keyed + np.clip(bound, -1, most) + 1)
    counts = np.maximum(ends - begins, 0)
    coded = _Coded(rows.values, rows.starts[:-1], sizes, _bitmaps(rows, _FEW_BITMAP_WORDS), len(looked_up))
    found = [np.empty(0, dtype=np.int64)]
    for block in chunks(counts):
        at = ranges(begins[block], counts[block])
        here, there = owners[at], np.repeat(other.owners[block], counts[block])
        likely = places[at] + 1 >= needed[sizes[here] + sizes[there]]
        likely &= (here != there) & ((families[here] == 0) | (families[here] != families[there]))
        here, there = here[likely], there[likely]
        kept = _alike_bits(coded, needed, here, there)
        here, there = here[kept], there[kept]
        found.append(np.minimum(here, there) * len(sizes) + np.maximum(here, there))
    pairs = distinct(np.concatenate(found))
    first = pairs // max(len(sizes), 1)
    later = pairs - first * len(sizes)
    good = _shared(coded, first, later)[0] >= needed[sizes[first] + sizes[later]]
    return first[good], later[good]


def _found(keys: Ints, *wanted: Ints) -> Iterator[Ints]:
    """Where each wanted number would stand among keys in order, looked up in a table if it is not large."""
    import numpy as np

    size = int(keys.max(initial=-1)) + 2
    if size > _MOST_LISTED:
        yield from (np.searchsorted(keys, one) for one in wanted)
        return
    table = np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=size))))
    yield from (table[np.minimum(one, size)] for one in wanted)


def commonest_first(rows: Rows, first: int, least: int) -> Rows:
    """Rising rows with the numbers from `first` on that `least` rows have made the smallest."""
    import numpy as np

    counts = np.bincount(rows.values[rows.values >= first] - first)
    common = first + np.flatnonzero(counts >= least)
    if not len(common):
        return rows
    size = first + len(counts)
    is_common = np.zeros(size, dtype=bool)
    is_common[common] = True
    table = np.arange(len(common), len(common) + size, dtype=np.int32)
    table[common] = np.arange(len(common))
    flags = any_of_each(is_common[rows.values], rows.starts)
    numbered, having = Rows(table[rows.values], rows.starts), np.flatnonzero(flags)
    changed = sorted_rows([gathered(numbered, having)], len(common) + size)
    both = Rows(
        np.concatenate((numbered.values, changed.values)),
        np.concatenate((numbered.starts, changed.starts[1:] + numbered.starts[-1])),
    )
    return gathered(both, np.where(flags, len(flags) - 1 + np.cumsum(flags), np.arange(len(flags))))


def _bitmaps(rows: Rows, words: int) -> list[Bits]:
    """The bitmaps of rows that hold no number twice."""
    import numpy as np

    result = [np.zeros(len(rows.sizes), dtype=np.uint64) for _ in range(words)]
    numbers = np.arange(1, int(rows.values.max(initial=-1)) + 2, dtype=np.uint64) * np.uint64(_FACTORS[0])
    tables = list(_bits(numbers, words))
    for block, values, begins in _filled(rows):
        for bitmap, bits in zip(result, tables, strict=True):
            bitmap[block] = np.bitwise_xor.reduceat(bits[values], begins)
    return result


def _filled(rows: Rows) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The rows that are not empty, in blocks: which, their numbers, and where in these each begins."""
    import numpy as np

    for block in chunks(rows.sizes):
        filled = block.start + np.flatnonzero(rows.sizes[block])
        if len(filled):
            start = rows.starts[block.start]
            yield filled, rows.values[start : rows.starts[block.stop]], rows.starts[filled] - start


class _Tails(NamedTuple):
    """The last numbers of some rows: the numbers, and for each its row and its place in it."""

    numbers: Ints
    owners: Ints
    places: Ints


def _tails(rows: Rows, lengths: Ints, some: Ints, wanted: Flags | None = None) -> _Tails:
    """So many of the last numbers of some rows; with `wanted` only those numbers."""
    import numpy as np

    firsts, counts = rows.starts[some + 1] - lengths[some], lengths[some]
    at = ranges(firsts, counts)
    numbers = rows.values[at]
    kept = np.arange(len(numbers)) if wanted is None else np.flatnonzero(wanted[numbers])
    owners = some[np.searchsorted(np.cumsum(counts), kept, side="right")]
    return _Tails(numbers[kept], owners, at[kept] - rows.starts[owners])


def _ratio(threshold: float) -> Fraction:
    if not 0 < threshold <= 1:
        raise ValueError("the threshold of a similarity join is above 0 and at most 1")
    return Fraction(threshold).limit_denominator(1_000_000)


def numbering() -> defaultdict[Any, int]:
    """A dictionary that gives everything new the next number; set `default_factory` to None when done.

    Until then it refers to itself, and is freed late.
    """
    numbers: defaultdict[Any, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    return numbers


def encoded(sets: Iterable[Collection[str]]) -> Rows:
    """The sets as rows of numbers, a number for each token."""
    from array import array

    import numpy as np

    ids = numbering()
    codes, starts = array("i"), array("q", [0])
    for one in sets:
        codes.extend(map(ids.__getitem__, one))
        starts.append(len(codes))
    ids.default_factory = None
    return Rows(np.frombuffer(codes, dtype=np.int32), np.frombuffer(starts, dtype=np.int64))


class _Coded:
    """Sets as ranks of tokens: set n is `tokens[starts[n] :][: sizes[n]]`, from its rarest token on.

    `bitmaps` are words of bits for every set: a bit is the parity of how many tokens fall on it.
    """

    def __init__(self, tokens: Ints, starts: Ints, sizes: Ints, bitmaps: list[Bits], vocabulary: int) -> None:
        self.tokens, self.starts, self.sizes = tokens, starts, sizes
        self.bitmaps, self.vocabulary = bitmaps, vocabulary

    def rows(self, numbers: Ints) -> Ints:
        """The tokens of some sets, one behind the other."""
        result: Ints = self.tokens[ranges(self.starts[numbers], self.sizes[numbers])]
        return result


class _Sets(_Coded):
    """Distinct sets in order of size.

    `members[member_starts[n] : member_starts[n + 1]]` are the numbers of the given rows that are equal to
    set n (and of one family), `families` is empty or tells the family of each set (0 for none).
    """

    def __init__(self, rows: Rows, families: Ints) -> None:
        import numpy as np

        tokens, sizes, hashes, bitmaps, vocabulary = _by_rarity(rows)
        starts = np.concatenate(([0], np.cumsum(sizes)))[:-1]
        firsts = _first_equal(tokens, starts, sizes, hashes, families)
        filled = np.flatnonzero(sizes)
        distinct = filled[firsts[filled] == filled]
        distinct = distinct[np.argsort(sizes[distinct], kind="stable")]
        kept = [bitmap[distinct] for bitmap in bitmaps]
        super().__init__(tokens, starts[distinct], sizes[distinct].astype(np.int32), kept, vocabulary)
        self.count = len(distinct)
        self.families: Ints = families[distinct] if families.any() else families[:0]
        places = np.empty(len(sizes), dtype=np.int64)
        places[distinct] = np.arange(self.count)
        owners = places[firsts[filled]]
        self.members: Ints = filled[np.argsort(owners, kind="stable")]
        self.member_starts: Ints = np.searchsorted(np.sort(owners), np.arange(self.count + 1))


def _by_rarity(rows: Rows, words: int = _BITMAP_WORDS) -> tuple[Ints, Ints, Bits, list[Bits], int]:
    """The ranks of all tokens (in each row the rarest first, none twice), the sizes of the rows, a hash
    and the bitmaps of each row, how many ranks there are.
    """
    import numpy as np

    count = len(rows.starts) - 1
    frequencies = np.bincount(rows.values)
    size = len(frequencies)
    ranks = np.empty(size, dtype=np.int64)
    ranks[np.argsort(frequencies, kind="stable")] = np.arange(size)
    tokens = np.empty(len(rows.values), dtype=np.int32)
    sizes, hashes = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.uint64)
    bitmaps = [np.zeros(count, dtype=np.uint64) for _ in range(words)]
    end = 0
    for block in chunks(rows.sizes):
        owners, ranked = _distinct(rows, block, ranks, size)
        tokens[end : end + len(ranked)] = ranked
        end += len(ranked)
        sizes[block] = np.bincount(owners, minlength=block.stop - block.start)
        if len(ranked):
            begins = np.flatnonzero(np.diff(owners, prepend=-1))
            places = block.start + owners[begins]
            stirred = (ranked + 1).astype(np.uint64) * np.uint64(_FACTORS[0])
            for bitmap, bits in zip(bitmaps, _bits(stirred, words), strict=True):
                bitmap[places] = np.bitwise_xor.reduceat(bits, begins)
            stirred ^= stirred >> np.uint64(29)
            stirred *= np.uint64(_FACTORS[1])
            hashes[places] = np.add.reduceat(stirred, begins)
    return tokens[:end], sizes, hashes, bitmaps, size


def _distinct(rows: Rows, block: slice, ranks: Ints, size: int) -> tuple[Ints, Ints]:
    """The different tokens of a block of rows in order: whose (from 0 on), and their ranks."""
    import numpy as np

    lengths = rows.sizes[block]
    owned: Ints = np.repeat(np.arange(len(lengths)) * size, lengths)
    owned += ranks[rows.values[rows.starts[block.start] : rows.starts[block.stop]]]
    owned.sort()
    owned = owned[np.diff(owned, prepend=-1) != 0]
    owners = owned // max(size, 1)
    return owners, owned - owners * size


def _bits(stirred: Bits, words: int) -> Iterator[Bits]:
    """For every word of a bitmap the bit of each token, 0 when it falls on another word."""
    import numpy as np

    hashed = stirred >> np.uint64(32)
    flags = np.uint64(1) << (hashed & np.uint64(63))
    places = (hashed >> np.uint64(6)) % np.uint64(words)
    for number in range(words):
        yield np.where(places == number, flags, np.uint64(0))


def _first_equal(tokens: Ints, starts: Ints, sizes: Ints, hashes: Bits, families: Ints) -> Ints:
    """For every row the first one that has the same tokens (and family): equal hashes are looked at."""
    import numpy as np

    result: Ints = np.arange(len(sizes))
    order = np.argsort(hashes, kind="stable")
    order = order[sizes[order] > 0]
    same = np.flatnonzero(hashes[order[1:]] == hashes[order[:-1]]) + 1
    is_like_last = np.zeros(len(order), dtype=bool)
    is_like_last[same] = _are_equal(tokens, starts, sizes, order[same - 1], order[same])
    if len(families):
        is_like_last[same] &= families[order[same - 1]] == families[order[same]]
    begins = np.where(is_like_last, 0, np.arange(len(order)))
    result[order] = order[np.maximum.accumulate(begins)]
    odd = same[~is_like_last[same]]
    if len(odd):
        _look_at_odd(
            result, tokens, starts, sizes, families, order[np.isin(hashes[order], hashes[order[odd]])]
        )
    return result


def _are_equal(tokens: Ints, starts: Ints, sizes: Ints, one: Ints, other: Ints) -> Flags:
    """Which pairs of rows have the same tokens."""
    import numpy as np

    result: Flags = sizes[one] == sizes[other]
    alike = np.flatnonzero(result)
    one, other = one[alike], other[alike]
    for block in chunks(sizes[one]):
        lengths = sizes[one[block]]
        pairs = (tokens[ranges(starts[rows[block]], lengths)] for rows in (one, other))
        differs = np.not_equal(*pairs)
        result[alike[block]] = ~any_of_each(differs, np.concatenate(([0], np.cumsum(lengths))))
    return result


def _look_at_odd(result: Ints, tokens: Ints, starts: Ints, sizes: Ints, families: Ints, rows: Ints) -> None:
    """Set the first equal row of each of some rows of which some have one hash and are not equal."""
    found: dict[tuple[bytes, int], int] = {}
    for number in sorted(rows.tolist()):
        family = int(families[number]) if len(families) else 0
        start = int(starts[number])
        key = tokens[start : start + int(sizes[number])].tobytes()
        result[number] = found.setdefault((key, family), number)


def row_numbers(rows: Rows) -> Ints:
    """A number for each row, the same for equal rows: the place of the first."""
    import numpy as np

    hashes = np.zeros(len(rows.sizes), dtype=np.uint64)
    table = _stirred(np.arange(int(rows.values.max(initial=0)) + 1)) if _is_dense(rows) else None
    for filled, values, begins in _filled(rows):
        stirred = _stirred(values) if table is None else table[values]
        hashes[filled] = np.add.reduceat(stirred, begins)
    result = _first_equal(rows.values, rows.starts[:-1], rows.sizes, hashes, rows.starts[:0])
    empty = np.flatnonzero(rows.sizes == 0)
    result[empty] = empty[:1]
    return result


def _is_dense(rows: Rows) -> bool:
    """Whether there are fewer numbers than places, so that each is hashed once."""
    return int(rows.values.max(initial=0)) < len(rows.values)


def _stirred(values: Ints) -> Bits:
    """A hash of each number."""
    import numpy as np

    stirred = (values + 1).astype(np.uint64) * np.uint64(_FACTORS[0])
    stirred ^= stirred >> np.uint64(29)
    stirred *= np.uint64(_FACTORS[1])
    return stirred


def _pairs(sets: _Sets, ratio: Fraction) -> Iterator[Pairs]:
    """The pairs of given rows, each once, in blocks."""
    import numpy as np

    equal = np.flatnonzero(np.diff(sets.member_starts) > 1)
    if len(sets.families):
        equal = equal[sets.families[equal] == 0]
    for number in equal.tolist():
        yield _of_equal(sets, number)
    for one, other, shared in _join(sets, ratio):
        owners, left, right = _all_members(sets, one, other)
        union = sets.sizes[one] + sets.sizes[other] - shared
        yield Pairs(np.minimum(left, right), np.maximum(left, right), shared[owners], union[owners])


def _of_equal(sets: _Sets, number: int) -> Pairs:
    import numpy as np

    members = sets.members[sets.member_starts[number] : sets.member_starts[number + 1]]
    later, first = np.tril_indices(len(members), -1)
    sizes = np.full(len(later), sets.sizes[number])
    return Pairs(members[first], members[later], sizes, sizes)


def _all_members(sets: _Sets, one: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
    """For pairs of sets all pairs of given rows: of which pair of sets, and the two rows."""
    import numpy as np

    counts = np.diff(sets.member_starts)
    owners = np.repeat(np.arange(len(one)), counts[one] * counts[other])
    places = ranges(np.zeros(len(one), dtype=np.int64), counts[one] * counts[other])
    width = counts[other][owners]
    left = sets.members[sets.member_starts[one][owners] + places // width]
    return owners, left, sets.members[sets.member_starts[other][owners] + places % width]


class _Entries:
    """The first tokens of every set, in order of the token and then of the set: whose, which, and how many
    tokens follow with it; and where in `index` each has its matches.

    The index holds, of every set, those tokens that a set no smaller must look up. Sets of a family stand
    behind the others, by token and family, and skip their own: a template of 20,000 items would else match
    itself 20,000 times.
    """

    def __init__(self, sets: _Sets, ratio: Fraction, needed: Ints) -> None:
        import numpy as np

        sizes = sets.sizes.astype(np.int64)
        # of two alike sets, the one that is not the larger has at least `least` tokens in the other
        least = -(-sizes * ratio.numerator // ratio.denominator)
        owners, places = _of_each(sizes - least + 1)
        tokens = sets.tokens[sets.starts[owners] + places]
        keys = tokens.astype(np.int64) * len(tokens) + np.arange(len(tokens))
        keys.sort()
        order = keys % max(len(tokens), 1)
        self.tokens: Ints = tokens[order]
        self.owners: Ints = owners[order]
        self.rests: Ints = (sets.sizes[owners] - places)[order].astype(np.int32)
        is_indexed = self.rests >= needed[2 * sets.sizes][self.owners]
        is_free = is_indexed if not len(sets.families) else is_indexed & (sets.families[self.owners] == 0)
        self.index: Ints = np.flatnonzero(is_free)
        firsts = self.tokens.astype(np.int64) * sets.count
        large_enough = firsts + np.searchsorted(sets.sizes, least)[self.owners]
        low = np.searchsorted(firsts[self.index] + self.owners[self.index], large_enough)
        self.matches = [(low, np.cumsum(is_free) - is_free - low)]
        if len(sets.families):
            self._add_families(np.flatnonzero(is_indexed & ~is_free), sets.families[self.owners])

    def _add_families(self, bound: Ints, families: Ints) -> None:
        import numpy as np

        kinds, free = int(families.max()) + 1, len(self.index)
        firsts = self.tokens.astype(np.int64) * kinds
        keys = firsts[bound] + families[bound]
        order = np.argsort(keys, kind="stable")
        self.index = np.concatenate((self.index, bound[order]))
        bounds = (firsts, firsts + families, firsts + families + (families > 0), firsts + kinds)
        begin, low, high, end = (np.searchsorted(keys[order], bound) for bound in bounds)
        self.matches += [(free + begin, low - begin), (free + high, end - high)]


def _of_each(lengths: Ints) -> tuple[Ints, Ints]:
    """For sets with so many things each: whose each thing is, and which of them."""
    import numpy as np

    owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    return owners, ranges(np.zeros(len(lengths), dtype=np.int64), lengths)


def _join(sets: _Sets, ratio: Fraction) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Pairs of sets in blocks: their numbers (the second is the smaller), and how many tokens they share."""
    import numpy as np

    if not sets.count:
        return
    needed = _needed(2 * int(sets.sizes[-1]), ratio)
    entries = _Entries(sets, ratio, needed)
    for block in chunks(_added([counts for _, counts in entries.matches])):
        found = [_likely(sets, entries, needed, block, *part) for part in entries.matches]
        tokens, here, there = (np.concatenate(side) for side in zip(*found, strict=True))
        kept = _alike_bits(sets, needed, here, there)
        tokens, here, there = tokens[kept], here[kept], there[kept]
        pairs, which = np.unique(here.astype(np.int64) * sets.count + there, return_inverse=True)
        shared, firsts = _shared(sets, pairs // sets.count, pairs % sets.count)
        # a pair comes with every token that both sides look up: it is told of with the first that they share
        good = (tokens == firsts[which]) & (shared[which] >= needed[sets.sizes[here] + sets.sizes[there]])
        yield here[good], there[good], shared[which[good]]


def _likely(
    sets: _Sets, entries: _Entries, needed: Ints, block: slice, begins: Ints, counts: Ints
) -> tuple[Ints, Ints, Ints]:
    """The matches of some entries that may be alike by what follows the token: it, and the two sets."""
    import numpy as np

    numbers = np.repeat(np.arange(block.start, block.stop), counts[block])
    found = entries.index[ranges(begins[block], counts[block])]
    here, there = entries.owners[numbers], entries.owners[found]
    # from the shared token on, at most the shorter rest can be shared
    possible = np.minimum(entries.rests[numbers], entries.rests[found])
    enough = possible >= needed[sets.sizes[here] + sets.sizes[there]]
    likely = np.flatnonzero(enough & (there < here))
    return entries.tokens[numbers[likely]], here[likely], there[likely]


def _needed(most: int, ratio: Fraction) -> Ints:
    """For every number of tokens that two sets have together: how many they must share."""
    import numpy as np

    both = np.arange(most + 1, dtype=np.int64)
    shared = -(-both * ratio.numerator // (ratio.numerator + ratio.denominator))
    return shared.astype(np.int32)


def _alike_bits(sets: _Coded, needed: Ints, here: Ints, there: Ints) -> Ints:
    """Which pairs differ in few enough bits: every such bit is a token that one set lacks."""
    import numpy as np

    kept: Ints = np.arange(len(here))
    if not hasattr(np, "bitwise_count"):  # numpy 1: the filter only saves time
        return kept
    both = sets.sizes[here] + sets.sizes[there]
    spare = both - 2 * needed[both]
    for bitmap in sets.bitmaps:
        spare = spare - np.bitwise_count(bitmap[here] ^ bitmap[there])
        few = np.flatnonzero(spare >= 0)
        kept, here, there, spare = kept[few], here[few], there[few], spare[few]
    return kept


def _shared(sets: _Coded, here: Ints, there: Ints) -> tuple[Ints, Ints]:
    """How many tokens the sets of each pair share, and the first of them, -1 without one."""
    import numpy as np

    shared = np.zeros(len(here), dtype=np.int64)
    firsts = np.full(len(here), -1, dtype=np.int64)
    for block in chunks(sets.sizes[here] + sets.sizes[there]):
        rows, tokens = _twice(sets, here[block], there[block])
        shared[block] = np.bincount(rows, minlength=block.stop - block.start)
        begins = np.flatnonzero(np.diff(rows, prepend=-1))
        firsts[block.start + rows[begins]] = tokens[begins]
    return shared, firsts


def _twice(sets: _Coded, here: Ints, there: Ints) -> tuple[Ints, Ints]:
    """The tokens that the sets of each pair share, in order: of which pair, and which."""
    import numpy as np

    numbers = np.arange(len(here), dtype=np.int64) * sets.vocabulary
    sides = (np.repeat(numbers, sets.sizes[side]) + sets.rows(side) for side in (here, there))
    pooled = np.concatenate([*sides])
    pooled.sort(kind="stable")
    shared = pooled[1:][pooled[1:] == pooled[:-1]]
    rows = shared // max(sets.vocabulary, 1)
    return rows, shared - rows * sets.vocabulary


def shared_numbers(one: Rows, other: Rows, left: Ints, right: Ints) -> Ints:
    """How many numbers each of some rows of the one shares with a row of the other; none holds one twice."""
    import numpy as np

    size = int(max(one.values.max(initial=0), other.values.max(initial=0))) + 1
    both = _Coded(
        np.concatenate((one.values, other.values)),
        np.concatenate((one.starts[:-1], len(one.values) + other.starts[:-1])),
        np.concatenate((one.sizes, other.sizes)),
        [],
        size,
    )
    return _shared(both, left, len(one.sizes) + right)[0]


class Likeness:
    """Tells of given pairs of rows, which hold no number twice, whether they are alike."""

    def __init__(self, rows: Rows, threshold: float) -> None:
        mean = len(rows.values) // max(len(rows.sizes), 1)
        words = min(max(mean // 4, _BITMAP_WORDS), _MOST_BITMAP_WORDS)
        vocabulary = int(rows.values.max(initial=0)) + 1
        self._sets = _Coded(rows.values, rows.starts[:-1], rows.sizes, _bitmaps(rows, words), vocabulary)
        self._needed = _needed(2 * int(rows.sizes.max(initial=0)), _ratio(threshold))

    def kept(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """The pairs that reach the threshold, each once; two empty rows do."""
        import numpy as np

        likely = _alike_bits(self._sets, self._needed, left, right)
        count = max(len(self._sets.sizes), 1)
        pairs = distinct(left[likely].astype(np.int64) * count + right[likely])
        left, right = pairs // count, pairs % count
        shared, _ = _shared(self._sets, left, right)
        good = shared >= self._needed[self._sets.sizes[left] + self._sets.sizes[right]]
        return left[good], right[good]


def _added(arrays: Sequence[Ints]) -> Ints:
    """The sum of several arrays."""
    return functools.reduce(operator.add, arrays)


def gathered(rows: Rows, numbers: Ints) -> Rows:
    """Some of the rows, in this order."""
    import numpy as np

    sizes = rows.sizes[numbers]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    breaks = np.flatnonzero(numbers[1:] - numbers[:-1] != 1) + 1
    if len(breaks) * _LEAST_RUN > len(numbers):
        return Rows(rows.values[ranges(rows.starts[numbers], sizes)], starts)
    # most rows follow each other: runs of them are copied in one piece
    firsts, lasts = (
        numbers[np.append(0, breaks)[: len(numbers)]],
        numbers[np.append(breaks - 1, -1)[: len(numbers)]],
    )
    pieces = zip(rows.starts[firsts].tolist(), rows.starts[lasts + 1].tolist(), strict=True)
    parts = [rows.values[start:end] for start, end in pieces]
    return Rows(np.concatenate([rows.values[:0], *parts]), starts)


def filtered(rows: Rows, kept: Flags) -> Rows:
    """What is kept of every row."""
    import numpy as np

    places = np.flatnonzero(kept)
    return Rows(rows.values[places], np.searchsorted(places, rows.starts))


def any_of_each(flags: Flags, starts: Ints) -> Flags:
    """Whether one of each row's flags is set; row n has those from `starts[n]` to before `starts[n + 1]`."""
    import numpy as np

    ends = np.searchsorted(np.flatnonzero(flags), starts)
    result: Flags = ends[1:] > ends[:-1]
    return result


def distinct_rows(rows: Rows) -> Rows:
    """Sorted rows with each number once."""
    import numpy as np

    is_new = np.ones(len(rows.values), dtype=bool)
    is_new[1:] = rows.values[1:] != rows.values[:-1]
    is_new[rows.starts[:-1][rows.sizes > 0]] = True
    return filtered(rows, is_new)


def sorted_rows(parts: Sequence[Rows], size: int, distinct: bool = False) -> Rows:
    """Every row of one part with the same rows of the others, sorted, each number once if `distinct`.

    The numbers lie below `size`. It is done in blocks.
    """
    import numpy as np

    count = len(parts[0].starts) - 1
    sizes = np.zeros(count, dtype=np.int64)
    values: Ints = np.empty(sum(len(part.values) for part in parts), dtype=np.int32)
    end = 0
    for block in chunks(_added([part.sizes for part in parts])):
        owned = np.concatenate([_owned(part, block, size) for part in parts])
        owned.sort()
        if distinct:
            owned = owned[np.diff(owned, prepend=-1) != 0]
        owners = owned // max(size, 1)
        values[end : end + len(owned)] = owned - owners * size
        sizes[block] = np.bincount(owners, minlength=block.stop - block.start)
        end += len(owned)
    return Rows(values[:end], np.concatenate(([0], np.cumsum(sizes))))


def _owned(rows: Rows, block: slice, size: int) -> Ints:
    """The numbers of a block of rows, each with the number of its row (from 0 on) times `size` added."""
    import numpy as np

    lengths = rows.sizes[block]
    result: Ints = np.repeat(np.arange(len(lengths)) * size, lengths)
    result += rows.values[rows.starts[block.start] : rows.starts[block.stop]]
    return result


def stable_order(numbers: Ints) -> Ints:
    """The places of numbers from 0 on in order of the numbers, equal ones in order of their places."""
    import numpy as np

    bits = len(numbers).bit_length()
    if int(numbers.max(initial=0)).bit_length() + bits > _BITS:
        return np.argsort(numbers, kind="stable")
    # the place in the low bits: numbers are sorted much faster than places are by their numbers
    keys = (numbers.astype(np.int64) << bits) | np.arange(len(numbers))
    keys.sort()
    result: Ints = keys & ((1 << bits) - 1)
    return result


def distinct(numbers: Ints) -> Ints:
    """The different numbers, in order; of many np.unique makes hashes first, which takes longer."""
    import numpy as np

    ordered = np.sort(numbers)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))]


def ranges(starts: Ints, counts: Ints) -> Ints:
    """The numbers start, start + 1, … of every range, one range behind the other."""
    import numpy as np

    ends = np.cumsum(counts, dtype=np.int64)
    result: Ints = np.repeat(starts - (ends - counts), counts)
    result += np.arange(len(result))
    return result


def chunks(weights: Ints) -> Iterator[slice]:
    """Slices that cover everything, each as long as its weight allows and at least one long."""
    import numpy as np

    totals = np.cumsum(weights, dtype=np.int64)
    start = 0
    while start < len(totals):
        before = int(totals[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(totals, before + _AT_ONCE, side="right")))
        yield slice(start, stop)
        start = stop


def same_windows(texts: Rows, least: int) -> set[tuple[int, int]]:
    """Pairs (first, later) of texts that have a window of so many words in common, by its hash."""
    import numpy as np

    numbers = np.flatnonzero(texts.sizes >= least)
    if len(numbers) < 2 or least < 1:
        return set()
    long = gathered(texts, numbers)
    owners = np.repeat(numbers, long.sizes)
    hashes = _windows(long.values.astype(np.uint64), least)
    inside = owners[: len(hashes)] == owners[least - 1 :]
    # a window whose bucket holds no other is no other text's
    buckets = (hashes >> np.uint64(_HASH_BITS - _BUCKETS.bit_length() + 1)).astype(np.int32)
    inside = np.flatnonzero(inside & (np.bincount(buckets, minlength=1) > 1)[buckets])
    hashes, owners = hashes[inside], owners[inside]
    order = np.argsort(hashes, kind="stable")  # equal windows side by side, by number of the text
    hashes, owners = hashes[order], owners[order]
    begins = np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))
    firsts = np.repeat(owners[begins], np.diff(np.append(begins, len(hashes))))
    apart = firsts != owners
    return set(zip(firsts[apart].tolist(), owners[apart].tolist(), strict=True))


def longest_run(one: Ints, other: Ints, least: int = 1) -> tuple[int, int]:
    """Where in the one the longest run that the other has too begins first, and its length; (0, 0) without.

    A run of n words has runs of fewer, so its length is found by halving; runs are compared by their hashes.
    They have `least` words at least.
    """
    import numpy as np

    low, high, start = 0, min(len(one), len(other)), 0
    size = least
    while low < high:
        common = np.isin(_windows(one.astype(np.uint64), size), _windows(other.astype(np.uint64), size))
        if common.any():
            low, start = size, int(common.argmax())
        elif size == least:
            break
        else:
            high = size - 1
        size = (low + high + 1) // 2
    return start, low


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
