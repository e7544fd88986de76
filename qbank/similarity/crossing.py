"""Which stems may give which keys away: candidates for all items of a bank at once, as columns of numbers.

No pair is missed. A stem that gives a key away holds the words of the key one behind the other, and of any
so many rare words of the key's own stem one at least (there are too few others). So every item is looked up
by the rarest pair of neighbouring words in its key (or its only word), or by its rarest words, whichever is
found in fewer stems; and what is left must pass a filter of bits for the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity.alike import shared_numbers
from qbank.similarity.outlines import blooms
from qbank.similarity.renewed import moved
from qbank.similarity.rows import (
    FACTORS,
    Rows,
    any_of_each,
    chunks,
    count_of_each,
    distinct,
    filtered,
    gathered,
    ranges,
    sorted_rows,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.similarity.renewed import Flags
    from qbank.similarity.rows import Ints

    Bits = NDArray[np.uint64]

ENOUGH = 2
"""So many words of a short stem another one must have at least,"""

NEARLY_ALL = 0.8
"""and such a part of them."""

END = "\0"
"""The piece that stands behind every text; no text has it."""

_TEXTS = 4096
"""So many texts are split at once."""

_MANY = 10
"""With so many times fewer targets than others it is no work to look for all of them."""

_COUNTED = 1 << 19
"""About so many words are counted at most to know which are rarer than others,"""

_MOST = (1 << 16) - 1
"""up to so many each."""

_MARKS = 1 << 22
"""So many places has the table that tells which pairs of words stand in a key."""

_MARK_BITS = 22
"""So many bits of a hash tell which words stand in which stems."""

_LOW = (1 << 32) - 1


class Kinds(NamedTuple):
    """Of every word by its number: whether it is rare in the bank, and whether it counts in a short stem."""

    rare: Flags
    short: Flags


def piece_rows(texts: Sequence[str], pieces: Mapping[str, Sequence[int]]) -> Rows:
    """For every text the numbers of its pieces between blanks, in order; `pieces` has those of `END`."""
    import numpy as np

    blocks, sizes = [], [np.zeros(1, dtype=np.int64)]
    for start in range(0, len(texts), _TEXTS):
        block = texts[start : start + _TEXTS]
        text = f" {END} ".join((*block, ""))
        if text.count(END) > len(block):
            text = f" {END} ".join((*(one.replace(END, " ") for one in block), ""))
        found = np.fromiter(chain.from_iterable(map(pieces.__getitem__, text.split())), np.int32)
        ends = np.flatnonzero(found < 0)
        blocks.append(np.delete(found, ends))
        sizes.append(np.diff(ends, prepend=-1) - 1)
    return Rows(np.concatenate((*blocks, np.zeros(0, dtype=np.int32))), np.cumsum(np.concatenate(sizes)))


def rare_words(stems: Rows, numbers: Ints, has_key: Flags, kinds: Kinds, shared: int) -> Rows:
    """For some of the stems the rare words (with less than `shared` of them the longer words), in order.

    The rarest come first: the rarer a word, the fewer stems are looked at for it. Where they are longer
    words, a row ends with a -1. Rows of items without a key are empty.
    """
    import numpy as np

    size = len(kinds.rare)
    by_rarity = np.argsort(_frequencies(stems, size)[0], kind="stable")
    ranks = np.empty(size, dtype=np.int64)
    ranks[by_rarity] = np.arange(size)
    stems, has_key = gathered(stems, numbers), has_key[numbers]
    kept = np.repeat(has_key, stems.sizes) & kinds.rare[stems.values]
    rare = sorted_rows([_ranked(stems, kept, ranks)], size, distinct=True)
    is_short = has_key & (rare.sizes < shared)
    kept = np.repeat(is_short, stems.sizes)
    kept[kept] = kinds.short[stems.values[kept]]
    ends = Rows(np.full(int(is_short.sum()), size), np.concatenate(([0], np.cumsum(is_short))))
    short = sorted_rows([_ranked(stems, kept, ranks), ends], size + 1, distinct=True)
    found = sorted_rows([filtered(rare, np.repeat(~is_short, rare.sizes)), short], size + 1)
    return Rows(np.append(by_rarity, -1)[found.values].astype(np.int32), found.starts)


def _frequencies(rows: Rows, size: int) -> tuple[NDArray[np.uint16], int]:
    """How often each number below `size` stands among every so many values of the rows, and how many."""
    import numpy as np

    step = max(1, len(rows.values) // _COUNTED)
    counts = np.bincount(rows.values[::step], minlength=size)
    return np.minimum(counts, _MOST).astype(np.uint16), step


def still(places: Ints, targets: bytes, others: bytes, dirty: Flags) -> Iterator[tuple[int, int]]:
    """The pairs of items that were there, with a target that is not dirty, given their places then."""
    import numpy as np

    pairs = [np.frombuffer(side, dtype=np.int32) for side in (targets, others)]
    now = moved(places, places >= 0, max(int(side.max(initial=0)) for side in (*pairs, places)) + 1)
    target, other = (now[side] for side in pairs)
    kept = (target >= 0) & (other >= 0)
    kept[kept] = ~dirty[target[kept]]
    yield from zip(target[kept].tolist(), other[kept].tolist(), strict=True)


class Crossing:
    """Which stems may give which keys away.

    The rows are those of all items: the words of the key and of the stem in order, and the `rare_words`.
    `tells` flags the words that tell. A stem must have so many (`shared`) of the rare words of another, and
    such a `part` of them; of a short stem `ENOUGH` and `NEARLY_ALL`.
    """

    def __init__(self, keys: Rows, rare: Rows, stems: Rows, tells: Flags, shared: int, part: float) -> None:
        import numpy as np

        self._keys, self._stems, self._size = keys, stems, len(tells)
        self._has_key = any_of_each(tells[keys.values], keys.starts)
        is_short = any_of_each(rare.values < 0, rare.starts)
        sizes = rare.sizes - is_short
        self._rare = filtered(rare, rare.values >= 0)
        self._least: Ints = np.where(
            is_short,
            np.maximum(ENOUGH, np.ceil(NEARLY_ALL * sizes)),
            np.maximum(max(1, shared), np.ceil(part * sizes)),
        ).astype(np.int64)

    def found(self, targets: Ints, others: Ints) -> Iterator[tuple[int, int]]:
        """Pairs of places of a target and another item, in order of the other."""
        import numpy as np

        rare = self._rare
        targets = targets[self._has_key[targets] & (self._least[targets] <= rare.sizes[targets])]
        if not len(targets) or not len(others):
            return
        stems = gathered(self._stems, others)
        there = np.ones(self._size, dtype=bool)
        if _MANY * len(targets) > len(others):
            there[:] = False
            there[stems.values] = True
        # one of so many words has any stem that has the least number of them
        telling = _first(rare, targets, rare.sizes[targets] - self._least[targets] + 1)
        keys = gathered(self._keys, targets)
        has_key = ~any_of_each(~there[keys.values], keys.starts)
        met = np.flatnonzero(has_key & any_of_each(there[telling.values], telling.starts))
        if not len(met):
            return
        targets = targets[met]
        keys, telling = gathered(keys, met), gathered(telling, met)
        found = [
            others[other] * len(rare.sizes) + targets[target]
            for target, other in _crossing(keys, telling, self._wanted(targets), stems, self._size)
        ]
        pairs = distinct(np.concatenate([*found, targets[:0]]))
        other, target = pairs // len(rare.sizes), pairs % len(rare.sizes)
        for block in chunks(self._stems.sizes[other] + rare.sizes[target]):
            one, two = target[block], other[block]
            at = np.flatnonzero(self._may_share_enough(one, two) & (one != two))
            at = at[self._share_enough(one[at], two[at])]
            yield from zip(one[at].tolist(), two[at].tolist(), strict=True)

    def _wanted(self, targets: Ints) -> _Wanted:
        """What a stem must have of the rare words of some targets."""
        rare = gathered(self._rare, targets)
        return _Wanted(blooms(rare), rare.sizes - self._least[targets])

    def _may_share_enough(self, targets: Ints, others: Ints) -> Flags:
        """The same but for some pairs too many: a few bits of a hash stand for a word in a stem."""
        import numpy as np

        is_next = np.diff(others, prepend=others[:1]) != 0  # the pairs are in order of the other
        stems = gathered(self._stems, others[np.flatnonzero(is_next | (np.arange(len(others)) == 0))])
        marks = np.zeros(1 << _MARK_BITS, dtype=bool)
        marks[_marked(stems, np.arange(len(stems.sizes)))] = True
        rare = gathered(self._rare, targets)
        found = marks[_marked(rare, np.cumsum(is_next))]
        result: Flags = count_of_each(found, rare.starts) >= self._least[targets]
        return result

    def _share_enough(self, targets: Ints, others: Ints) -> Flags:
        """Of which pairs the other stem has enough of the target's rare words."""
        import numpy as np

        near, which = np.unique(others, return_inverse=True)
        words = sorted_rows([gathered(self._stems, near)], self._size, distinct=True)
        result: Flags = shared_numbers(self._rare, words, targets, which) >= self._least[targets]
        return result


class _Wanted(NamedTuple):
    """Words of which a stem must have nearly all, as bits, and how many it may lack."""

    bits: list[Bits]
    spare: Ints

    def may_be_in(self, stems: Sequence[Bits], targets: Ints, others: Ints) -> Flags:
        """Which stems may have enough of them: every bit that a stem has not is a word at least."""
        import numpy as np

        spare = self.spare[targets]
        if hasattr(np, "bitwise_count"):  # numpy 1: the filter only saves time
            for own, stem in zip(self.bits, stems, strict=True):
                spare = spare - np.bitwise_count(own[targets] & ~stem[others])
        return spare >= 0


def _crossing(
    keys: Rows, telling: Rows, wanted: _Wanted, stems: Rows, size: int
) -> Iterator[tuple[Ints, Ints]]:
    """Keys (and their telling and wanted words) with the stems that may hold all, in blocks; some twice."""
    import numpy as np

    counts, step = _frequencies(stems, size)
    codes = _rarest(keys, counts, size)
    by_key = _Postings(*_standing(codes, stems, size), codes, np.arange(len(codes)))
    sums = np.concatenate(([0], np.cumsum(counts[telling.values].astype(np.int64) * step)))
    few = by_key.counts <= sums[telling.starts[1:]] - sums[telling.starts[:-1]]
    rest = np.flatnonzero(~few)
    words = gathered(telling, rest)
    by_words = _Postings(*_holding(words.values, stems, size), words.values, np.repeat(rest, words.sizes))
    parts = ((by_key, few), (by_words, ~few))
    # where a stem is met more than once its bits are found once
    is_full = sum(one.count(some) for one, some in parts) > len(stems.sizes)
    of_stems = blooms(stems) if is_full else []
    of_keys, of_telling = blooms(keys), blooms(telling)
    for target, other in chain.from_iterable(one.pairs(some) for one, some in parts):
        near, which = (other, other) if is_full else np.unique(other, return_inverse=True)
        met, lacks = np.zeros((2, len(target)), dtype=bool)
        bits_of = of_stems or blooms(gathered(stems, near))
        for bits, key, tells in zip(bits_of, of_keys, of_telling, strict=True):
            met |= (bits[which] & tells[target]) != 0
            lacks |= (key[target] & ~bits[which]) != 0
        kept = np.flatnonzero(met & ~lacks)
        kept = kept[wanted.may_be_in(bits_of, target[kept], which[kept])]
        yield target[kept], other[kept]


class _Postings:
    """The rows (`owners`) in which the codes of others (`of`) stand, given all in which `found` codes do.

    `counts` is for every code the number of these rows.
    """

    def __init__(self, found: Ints, owners: Ints, codes: Ints, of: Ints) -> None:
        import numpy as np

        order = np.argsort(found, kind="stable")
        found, self._owners, self._of = found[order], owners[order], of
        self._begins = np.searchsorted(found, codes)
        self.counts: Ints = np.searchsorted(found, codes, side="right") - self._begins

    def count(self, wanted: Flags) -> int:
        """How many pairs there are of the wanted of the others."""
        return int(self.counts[wanted[self._of]].sum())

    def pairs(self, wanted: Flags) -> Iterator[tuple[Ints, Ints]]:
        """The wanted of the others, each with the rows that a code of it stands in, in blocks."""
        import numpy as np

        at = np.flatnonzero(wanted[self._of] & (self.counts > 0))
        for block in chunks(self.counts[at]):
            part = at[block]
            owners = self._owners[ranges(self._begins[part], self.counts[part])]
            yield np.repeat(self._of[part], self.counts[part]), owners


def _rarest(keys: Rows, counts: NDArray[np.uint16], size: int) -> Ints:
    """For every key a code of the two neighbouring words that are the rarest, or its one word."""
    import numpy as np

    pairs = np.maximum(keys.sizes - 1, 1)
    starts = np.concatenate(([0], np.cumsum(pairs)))
    at = ranges(keys.starts[:-1], pairs)
    first = keys.values[at].astype(np.int64)
    following = np.append(keys.values, 0)[at + 1]
    is_one = np.repeat(keys.sizes == 1, pairs)
    rarity = np.minimum(counts[first], np.where(is_one, counts[first], counts[following]))
    least = np.minimum.reduceat(rarity, starts[:-1])
    best = np.flatnonzero(rarity == np.repeat(least, pairs))
    best = best[np.searchsorted(best, starts[:-1])]
    codes: Ints = np.where(is_one, first, (first + 1) * size + following)[best]
    return codes


def _standing(codes: Ints, stems: Rows, size: int) -> tuple[Ints, Ints]:
    """The codes of words and of neighbours that stand in stems, and of which; some other neighbours, too."""
    import numpy as np

    is_one = codes < size
    pairs = codes[~is_one]
    flags = np.zeros(size, dtype=np.uint8)
    for bit, words in ((1, codes[is_one]), (2, pairs // size - 1), (4, pairs % size)):
        flags[words] |= np.uint8(bit)
    seen = flags[stems.values]
    one = np.flatnonzero((seen & np.uint8(1)) != 0)
    first = np.flatnonzero(((seen[:-1] & np.uint8(2)) & (seen[1:] >> np.uint8(1))) != 0)
    found = (stems.values[first].astype(np.int64) + 1) * size + stems.values[first + 1]
    marks = np.zeros(_MARKS, dtype=bool)
    marks[pairs % _MARKS] = True
    kept = marks[found % _MARKS]
    first, found = first[kept], found[kept]
    owners = _owners(stems, first)
    inside = first + 1 < stems.starts[owners + 1]
    found = np.concatenate((found[inside], stems.values[one]))
    return found, np.concatenate((owners[inside], _owners(stems, one)))


def _holding(words: Ints, stems: Rows, size: int) -> tuple[Ints, Ints]:
    """The words as they stand in stems, and in which."""
    import numpy as np

    wanted = np.zeros(size, dtype=bool)
    wanted[words] = True
    at = np.flatnonzero(wanted[stems.values])
    return stems.values[at], _owners(stems, at)


def _owners(rows: Rows, at: Ints) -> Ints:
    """The rows in which some places among the values are."""
    import numpy as np

    owners: Ints = np.searchsorted(rows.starts, at, side="right") - 1
    return owners


def _marked(rows: Rows, numbers: Ints) -> Ints:
    """Some bits of a hash of every value and the number of its row."""
    import numpy as np

    hashes = rows.values.astype(np.uint32) * np.uint32(FACTORS[0] & _LOW)
    hashes ^= np.repeat(numbers.astype(np.uint32) * np.uint32(FACTORS[1] & _LOW), rows.sizes)
    hashes *= np.uint32(FACTORS[2] & _LOW)
    hashes >>= np.uint32(32 - _MARK_BITS)
    return hashes.view(np.int32)


def _ranked(rows: Rows, kept: Flags, ranks: Ints) -> Rows:
    found = filtered(rows, kept)
    return Rows(ranks[found.values], found.starts)


def _first(rows: Rows, numbers: Ints, counts: Ints) -> Rows:
    """So many of the first values of some rows."""
    import numpy as np

    return Rows(rows.values[ranges(rows.starts[numbers], counts)], np.concatenate(([0], np.cumsum(counts))))
