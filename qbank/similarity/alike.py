"""Whether sets are alike: by the bits in which they differ, and by the tokens that they share."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from qbank.similarity.coded import BITMAP_WORDS, Coded, bitmaps_of, needed_of
from qbank.similarity.rows import Rows, chunks, distinct, gathered, stacked

if TYPE_CHECKING:
    from qbank.similarity.rows import Bits, Flags, Ints

_WORTH_TAKING = 0.75
"""Where no more than this part is left of some pairs, they are worth being taken out."""

_MOST_BITMAP_WORDS = 16
"""How many words of bits at most, for long sets that need not be much alike."""


def ratio_of(threshold: float) -> Fraction:
    """A threshold as a fraction. Raises ValueError for one that is none."""
    if not 0 < threshold <= 1:
        raise ValueError("the threshold of a similarity join is above 0 and at most 1")
    return Fraction(threshold).limit_denominator(1_000_000)


def alike_bits(sets: Coded, needed: Ints, here: Ints, there: Ints) -> Ints:
    """Which pairs differ in few enough bits: every such bit is a token that one set lacks."""
    import numpy as np

    kept: Ints = np.arange(len(here))
    if not hasattr(np, "bitwise_count"):  # numpy 1: the filter only saves time
        return kept
    both = sets.sizes[here] + sets.sizes[there]
    spare = both - 2 * needed[both]
    for bitmap in sets.bitmaps:
        spare = spare - np.bitwise_count(bitmap[here] ^ bitmap[there])
        few = spare >= 0
        if np.count_nonzero(few) < _WORTH_TAKING * len(few):
            kept, here, there, spare = kept[few], here[few], there[few], spare[few]
    result: Ints = kept[spare >= 0]
    return result


def shared_of(sets: Coded, here: Ints, there: Ints) -> tuple[Ints, Ints]:
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


def _twice(sets: Coded, here: Ints, there: Ints) -> tuple[Ints, Ints]:
    """The tokens that the sets of each pair share, in order: of which pair, and which."""
    import numpy as np

    bits = sets.vocabulary.bit_length()
    numbers: Ints = np.arange(len(here), dtype=np.int64) << bits
    sides = (np.repeat(numbers, sets.sizes[side]) + sets.rows(side) for side in (here, there))
    pooled = np.concatenate([*sides])
    pooled.sort(kind="stable")
    shared = pooled[1:][pooled[1:] == pooled[:-1]]
    return shared >> bits, shared & ((1 << bits) - 1)


def shared_numbers(one: Rows, other: Rows, left: Ints, right: Ints) -> Ints:
    """How many numbers each of some rows of the one shares with a row of the other; none holds one twice."""
    import numpy as np

    result = np.zeros(len(left), dtype=np.int64)
    for block in chunks(one.sizes[left] + other.sizes[right]):
        rows = stacked(gathered(one, left[block]), gathered(other, right[block]))
        both = Coded(rows.values, rows.starts, rows.sizes, [], int(rows.values.max(initial=0)) + 1)
        numbers = np.arange(block.stop - block.start)
        result[block] = shared_of(both, numbers, len(numbers) + numbers)[0]
    return result


class Likeness:
    """Tells of given pairs of rows, which hold no number twice, whether they are alike.

    Bitmaps (see `bitmaps_of`) may be given; better ones are made when so many pairs were looked at that they
    are worth it.
    """

    def __init__(self, rows: Rows, threshold: float, bitmaps: Sequence[Bits] = ()) -> None:
        vocabulary = int(rows.values.max(initial=0)) + 1
        self._rows, self._asked = rows, 0
        self._sets = Coded(rows.values, rows.starts[:-1], rows.sizes, [*bitmaps], vocabulary)
        self._needed = needed_of(2 * int(rows.sizes.max(initial=0)), ratio_of(threshold))

    def kept(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """The pairs that reach the threshold, each once; two empty rows do."""
        left, right = self.likely(left, right)
        good = self.reach(left, right)
        return left[good], right[good]

    def likely(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """The pairs that may reach the threshold by their bits, each once."""
        import numpy as np

        bits = len(self._sets.sizes).bit_length()
        pairs = distinct((left.astype(np.int64) << bits) | right)
        left, right = pairs >> bits, pairs & ((1 << bits) - 1)
        self._count(0 if self._sets.bitmaps else len(pairs))
        found = alike_bits(self._sets, self._needed, left, right)
        self._count(len(found))
        return left[found], right[found]

    def reach(self, left: Ints, right: Ints) -> Flags:
        """Which pairs reach the threshold."""
        shared, _ = shared_of(self._sets, left, right)
        result: Flags = shared >= self._needed[self._sets.sizes[left] + self._sets.sizes[right]]
        return result

    def _count(self, pairs: int) -> None:
        self._asked += pairs
        if self._asked <= len(self._rows.sizes):
            return
        mean = len(self._rows.values) // max(len(self._rows.sizes), 1)
        words = min(max(mean, BITMAP_WORDS), _MOST_BITMAP_WORDS)
        if len(self._sets.bitmaps) < words:
            self._sets.bitmaps = bitmaps_of(self._rows, words)
