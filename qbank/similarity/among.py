"""Which of many numbers are among a few: most are let go by some bits of a hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.similarity.groups import among
from qbank.similarity.rows import FACTORS

if TYPE_CHECKING:
    from qbank.similarity.rows import Flags, Ints

_ROOM = 8
"""So many places the table has for each number at least, if it does not become too large."""

_LEAST_BITS, _MOST_BITS = 10, 20
"""The table has so many bits at least, and at most: it stays in the cache."""

_HASH_BITS = 32


class Few:
    """Different numbers, in order, among which others of the same type are looked for."""

    def __init__(self, ordered: Ints) -> None:
        import numpy as np

        wanted = (_ROOM * len(ordered)).bit_length()
        self._shift = np.uint32(_HASH_BITS - min(max(wanted, _LEAST_BITS), _MOST_BITS))
        self._ordered = ordered
        self._table: Flags = np.zeros(1 << _HASH_BITS - int(self._shift), dtype=bool)
        self._table[self._buckets(ordered)] = True

    def found(self, numbers: Ints) -> Ints:
        """The places of those numbers that are among them, in order."""
        import numpy as np

        at = np.flatnonzero(self._table[self._buckets(numbers)])
        found: Ints = at[among(numbers[at], self._ordered)]
        return found

    def _buckets(self, numbers: Ints) -> Ints:
        import numpy as np

        stirred = numbers.astype(np.uint32)
        if numbers.itemsize > stirred.itemsize:
            stirred += (numbers >> _HASH_BITS).astype(np.uint32) * np.uint32(FACTORS[1] & 0xFFFFFFFF)
        stirred *= np.uint32(FACTORS[0] >> _HASH_BITS | 1)
        return (stirred >> self._shift).view(np.int32)
