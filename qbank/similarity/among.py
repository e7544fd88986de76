"""Which of many numbers are among a few: most are let go by some bits of a hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.similarity.rows import FACTORS

if TYPE_CHECKING:
    from qbank.similarity.rows import Flags, Ints

_ROOM = 8
"""So many places the table has for each number at least, if it does not become too large."""

_LEAST_BITS, _MOST_BITS = 10, 20
"""The table has so many bits at least, and at most: it stays in the cache."""

_HASH_BITS = 32


def among(numbers: Ints, ordered: Ints) -> Flags:
    """Which numbers are among others, which are different and in order."""
    import numpy as np

    kind = np.promote_types(numbers.dtype, ordered.dtype)
    result: Flags = np.zeros(len(numbers), dtype=bool)
    result[Few(ordered.astype(kind, copy=False)).found(numbers.astype(kind, copy=False))] = True
    return result


class Few:
    """Different numbers, in order, among which others of the same type are looked for."""

    def __init__(self, ordered: Ints) -> None:
        import numpy as np

        wanted = (_ROOM * len(ordered)).bit_length()
        self._shift = np.uint32(_HASH_BITS - min(max(wanted, _LEAST_BITS), _MOST_BITS))
        self._ordered = ordered
        size, buckets = 1 << _HASH_BITS - int(self._shift), self._buckets(ordered)
        self._is_taken: Flags = np.zeros(size, dtype=bool)
        self._is_taken[buckets] = True
        self._places: Ints = np.zeros(size, dtype=np.int32)
        self._places[buckets] = np.arange(len(ordered))  # of several in one place the last

    def found(self, numbers: Ints) -> Ints:
        """The places of those numbers that are among them, in order."""
        import numpy as np

        buckets = self._buckets(numbers)
        at = np.flatnonzero(self._is_taken[buckets])
        some = numbers[at]
        is_there = self._ordered.take(self._places[buckets[at]], mode="clip") == some if len(at) else at > 0
        others = np.flatnonzero(~is_there)
        if len(others):
            places = np.minimum(np.searchsorted(self._ordered, some[others]), len(self._ordered) - 1)
            is_there[others] = self._ordered[places] == some[others]
        return at[is_there]

    def _buckets(self, numbers: Ints) -> Ints:
        import numpy as np

        stirred = numbers.astype(np.uint32)
        if numbers.itemsize > stirred.itemsize:
            stirred += (numbers >> _HASH_BITS).astype(np.uint32) * np.uint32(FACTORS[1] & 0xFFFFFFFF)
        stirred *= np.uint32(FACTORS[0] >> _HASH_BITS | 1)
        return (stirred >> self._shift).view(np.int32)
