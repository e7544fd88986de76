"""Which stems may give which keys away: candidates for all items of a bank at once, as columns of numbers.

No pair is missed. A stem that gives a key away holds the words of the key one behind the other, and of any
so many rare words of the key's own stem one at least (there are too few others). So every item is looked up
by the rarest pair of neighbouring words in its key (or its only word), or by its rarest words, whichever is
found in fewer stems; and what is left must pass a filter of bits for the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity.join import Rows, chunks, gathered, ranges, shared_numbers, sorted_rows
from qbank.similarity.outlines import blooms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.similarity.join import Ints
    from qbank.similarity.renewed import Flags

    Bits = NDArray[np.uint64]

ENOUGH = 2
"""So many words of a short stem another one must have at least,"""

NEARLY_ALL = 0.8
"""and such a part of them."""

_MARKS = 1 << 22
"""So many places has the table that tells which pairs of words stand in a key."""


class Kinds(NamedTuple):
    """Of every word by its number: whether it is rare in the bank, and whether it counts in a short stem."""

    rare: Flags
    short: Flags


def rare_words(stems: Rows, wanted: Ints, kinds: Kinds, shared: int) -> Rows:
    """For every wanted stem its rare words (with less than `shared` of them its longer words), in order.

    The rarest come first: the rarer a word, the fewer stems are looked at for it. Where they are longer
    words, a row ends with a -1.
    """
    import numpy as np

    frequencies = np.bincount(stems.values, minlength=len(kinds.rare))
    stems = gathered(stems, wanted)
    size = len(kinds.rare)
    words = sorted_rows([stems], size, distinct=True)
    by_rarity = np.argsort(frequencies, kind="stable")
    ranks = np.empty(size, dtype=np.int64)
    ranks[by_rarity] = np.arange(size)
    is_short = _counted(words, kinds.rare[words.values]) < shared
    counted = np.where(np.repeat(is_short, words.sizes), kinds.short[words.values], kinds.rare[words.values])
    ranked = _where(Rows(ranks[words.values], words.starts), counted)
    ends = Rows(np.full(int(is_short.sum()), size), np.concatenate(([0], np.cumsum(is_short))))
    found = sorted_rows([ranked, ends], size + 1)
    return Rows(np.append(by_rarity, -1)[found.values].astype(np.int32), found.starts)


class Crossing:
    """Which stems may give which keys away.

    The rows are those of all items: the words of the key and of the stem in order, and the `rare_words`.
    `tells` flags the words that tell. A stem must have so many (`shared`) of the rare words of another, and
    such a `part` of them; of a short stem `ENOUGH` and `NEARLY_ALL`.
    """

    def __init__(self, keys: Rows, rare: Rows, stems: Rows, tells: Flags, shared: int, part: float) -> None:
        import numpy as np

        self._keys, self._stems, self._size = keys, stems, len(tells)
        self._has_key = _counted(keys, tells[keys.values]) > 0
        is_short = _counted(rare, rare.values < 0) > 0
        sizes = rare.sizes - is_short
        self._rare = _where(rare, rare.values >= 0)
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
        # one of so many words has any stem that has the least number of them
        counts = rare.sizes[targets] - self._least[targets] + 1
        telling = Rows(
            rare.values[ranges(rare.starts[targets], counts)], np.concatenate(([0], np.cumsum(counts)))
        )
        stems = gathered(self._stems, others)
        words = sorted_rows([stems], self._size, distinct=True)
        blocks = _crossing(gathered(self._keys, targets), telling, stems, self._size)
        found = []
        for target, other in blocks:
            enough = shared_numbers(rare, words, targets[target], other) >= self._least[targets[target]]
            found.append(others[other[enough]] * len(rare.sizes) + targets[target[enough]])
        pairs = np.unique(np.concatenate([*found, targets[:0]]))
        other, target = pairs // len(rare.sizes), pairs % len(rare.sizes)
        apart = target != other
        yield from zip(target[apart].tolist(), other[apart].tolist(), strict=True)


def _crossing(keys: Rows, telling: Rows, stems: Rows, size: int) -> Iterator[tuple[Ints, Ints]]:
    """Keys (and their telling words) with the stems that may hold both, in blocks; some come twice."""
    import numpy as np

    by_key = _Postings(stems, *_neighbours(keys, size), size)
    by_words = _Postings(stems, telling.values.astype(np.int64), telling.starts, size, is_single=True)
    few = by_key.least <= by_words.sums
    bits, of_keys, of_telling = blooms(stems), blooms(keys), blooms(telling)
    for target, other in by_key.found(few, is_least=True):
        met = np.zeros(len(target), dtype=bool)
        for one, wanted in zip(bits, of_telling, strict=True):
            met |= (one[other] & wanted[target]) != 0
        yield target[met], other[met]
    for target, other in by_words.found(~few, is_least=False):
        met = np.ones(len(target), dtype=bool)
        for one, wanted in zip(bits, of_keys, strict=True):
            met &= (wanted[target] & ~one[other]) == 0
        yield target[met], other[met]


class _Postings:
    """In which stems the codes of every row stand: `begins` and `counts` of each code in `owners`.

    `least` is for every row the number of stems of its rarest code, `sums` that of all of them.
    """

    def __init__(self, stems: Rows, codes: Ints, starts: Ints, size: int, is_single: bool = False) -> None:
        import numpy as np

        self._starts = starts
        marks = np.zeros(_MARKS, dtype=bool)
        marks[codes % _MARKS] = True
        values = stems.values.astype(np.int64)
        owners = np.repeat(np.arange(len(stems.sizes), dtype=np.int32), stems.sizes)
        parts = [_marked(values, owners, marks)]
        if not is_single:
            inside = np.flatnonzero(owners[1:] == owners[:-1])
            pairs = (values[inside] + 1) * size + values[inside + 1]
            parts.append(_marked(pairs, owners[inside], marks))
        found, owned = (np.concatenate(side) for side in zip(*parts, strict=True))
        order = np.argsort(found, kind="stable")
        found, self._owners = found[order], owned[order]
        self._begins = np.searchsorted(found, codes)
        self._counts = np.searchsorted(found, codes, side="right") - self._begins
        totals = np.concatenate(([0], np.cumsum(self._counts)))
        self.sums: Ints = totals[starts[1:]] - totals[starts[:-1]]
        self.least: Ints = np.minimum.reduceat(self._counts, starts[:-1])

    def found(self, rows: Flags, is_least: bool) -> Iterator[tuple[Ints, Ints]]:
        """Rows of which a code (with `is_least` the rarest) stands in a stem, and these, in blocks."""
        import numpy as np

        owners = np.repeat(np.arange(len(rows)), self._starts[1:] - self._starts[:-1])
        wanted = rows[owners]
        if is_least:
            at = np.flatnonzero(wanted & (self._counts == self.least[owners]))
            at = at[np.diff(owners[at], prepend=-1) != 0]
        else:
            at = np.flatnonzero(wanted)
        at = at[self._counts[at] > 0]
        for block in chunks(self._counts[at]):
            part = at[block]
            other = self._owners[ranges(self._begins[part], self._counts[part])]
            yield np.repeat(owners[part], self._counts[part]), other


def _neighbours(keys: Rows, size: int) -> tuple[Ints, Ints]:
    """Codes of the neighbouring words in every key, or of its one word; where those of each begin."""
    import numpy as np

    sizes, values = keys.sizes, keys.values.astype(np.int64)
    counts = np.maximum(sizes - 1, 1)
    at = ranges(keys.starts[:-1], counts)
    following = np.append(values, 0)[at + 1]
    codes = np.where(np.repeat(sizes > 1, counts), (values[at] + 1) * size + following, values[at])
    return codes, np.concatenate(([0], np.cumsum(counts)))


def _marked(codes: Ints, owners: Ints, marks: Flags) -> tuple[Ints, Ints]:
    kept = marks[codes % _MARKS]
    return codes[kept], owners[kept]


def _counted(rows: Rows, flags: Flags) -> Ints:
    """How many of each row's flags are set."""
    import numpy as np

    ends = np.concatenate(([0], np.cumsum(flags)))
    result: Ints = ends[rows.starts[1:]] - ends[rows.starts[:-1]]
    return result


def _where(rows: Rows, kept: Flags) -> Rows:
    import numpy as np

    ends = np.concatenate(([0], np.cumsum(kept)))
    return Rows(rows.values[kept], ends[rows.starts])
