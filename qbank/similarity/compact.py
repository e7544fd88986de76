"""Rows of numbers as they are kept: in half the room, as most numbers are small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qbank.similarity.renewed import NONE, as_bytes, renewed
from qbank.similarity.rows import Rows, gathered

if TYPE_CHECKING:
    from qbank.similarity.rows import Ints

_LOW = 16
"""So many bits of every number stand in one place; of the few that have more, the others in another."""

_HIGH = 15
"""So many bits are left of a number below 2**31."""


class Compact(msgspec.Struct, array_like=True, frozen=True):
    """Rows of numbers below 2**31: the low bits of all, the length of each row, how many numbers of each row
    have more bits than that, and of each of these the place in its row with the other bits.
    """

    low: memoryview = NONE
    lengths: memoryview = NONE
    counts: memoryview = NONE
    large: memoryview = NONE

    @property
    def sizes(self) -> Ints:
        """The length of every row."""
        import numpy as np

        return np.frombuffer(self.lengths, dtype=np.int32)

    @property
    def starts(self) -> Ints:
        """Where each row starts, and the end of the last."""
        return _starts(self.sizes)

    @property
    def rows(self) -> Rows:
        """All rows."""
        return _joined(self._low, self._large)

    def some(self, numbers: Ints) -> Rows:
        """Some of the rows."""
        return _joined(gathered(self._low, numbers), gathered(self._large, numbers))

    def renewed(self, fresh: Rows, places: Ints) -> Compact:
        """The row of each item: that at its place or, where that is -1, the next of `fresh`."""
        new = compact(fresh)
        return _packed(renewed(self._low, new._low, places), renewed(self._large, new._large, places))

    @property
    def _low(self) -> Rows:
        import numpy as np

        return Rows(np.frombuffer(self.low, dtype=np.uint16), self.starts)

    @property
    def _large(self) -> Rows:
        import numpy as np

        counts = np.frombuffer(self.counts, dtype=np.int32)
        return Rows(np.frombuffer(self.large, dtype=np.int64), _starts(counts))


def compact(rows: Rows) -> Compact:
    """Rows as they are kept."""
    import numpy as np

    places = np.flatnonzero(rows.values >= 1 << _LOW)
    starts = np.searchsorted(places, rows.starts)
    within = places - np.repeat(rows.starts[:-1], np.diff(starts))
    large = within << _HIGH | rows.values[places] >> _LOW
    return _packed(Rows(rows.values.astype(np.uint16), rows.starts), Rows(large, starts))


def _packed(low: Rows, large: Rows) -> Compact:
    import numpy as np

    sizes = (rows.sizes.astype(np.int32) for rows in (low, large))
    return Compact(*map(as_bytes, (low.values, *sizes, large.values)))


def _joined(low: Rows, large: Rows) -> Rows:
    """The rows of which these are the low bits, and the places and other bits of some."""
    import numpy as np

    values = low.values.astype(np.int32)
    places = np.repeat(low.starts[:-1], large.sizes) + (large.values >> _HIGH)
    high = large.values & ((1 << _HIGH) - 1)
    values[places] += (high << _LOW).astype(np.int32)
    return Rows(values, low.starts)


def _starts(sizes: Ints) -> Ints:
    import numpy as np

    return np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
