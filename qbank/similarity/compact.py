"""Rows of numbers as they are kept: in half the room, as most numbers are small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qbank.similarity.renewed import NONE, as_bytes, moved, order
from qbank.similarity.rows import Rows, ranges

if TYPE_CHECKING:
    from qbank.similarity.rows import Ints

_LOW = 16
"""So many bits of every number stand in one place; of the few that have more, the others in another."""

_LEAST_RUN = 4
"""So many rows that follow each other, on the average, are worth copying in one piece."""


class Compact(msgspec.Struct, array_like=True, frozen=True):
    """Rows of numbers below 2**31: the low bits of all, the length of each row, where numbers are larger than
    that, and their other bits.
    """

    low: memoryview = NONE
    lengths: memoryview = NONE
    places: memoryview = NONE
    high: memoryview = NONE

    @property
    def sizes(self) -> Ints:
        """The length of every row."""
        import numpy as np

        return np.frombuffer(self.lengths, dtype=np.int32)

    @property
    def starts(self) -> Ints:
        """Where each row starts, and the end of the last."""
        import numpy as np

        return np.concatenate(([0], np.cumsum(self.sizes, dtype=np.int64)))

    def some(self, numbers: Ints) -> Rows:
        """Some of the rows."""
        import numpy as np

        sizes, starts = self.sizes[numbers], self.starts
        at = ranges(starts[numbers], sizes)
        values = np.frombuffer(self.low, dtype=np.uint16)[at].astype(np.int32)
        places, high = self._large
        if len(places):
            found = np.minimum(np.searchsorted(places, at), len(places) - 1)
            values += np.where(places[found] == at, high[found] << _LOW, 0)
        return Rows(values, np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))))

    def renewed(self, fresh: Rows, places: Ints) -> Rows:
        """The row of each item: that at its place or, where that is -1, the next of `fresh`."""
        import numpy as np

        old, count = self.starts, len(self.sizes)
        rows = order(places, count)
        sizes = np.concatenate((self.sizes, fresh.sizes))[rows]
        starts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        begins = np.concatenate((old[:-1], old[-1] + fresh.starts[:-1]))[rows]
        values = _copied(np.frombuffer(self.low, dtype=np.uint16), fresh.values, begins, starts)
        at, high = self._large
        owners = np.searchsorted(old, at, side="right") - 1
        now = moved(places, places >= 0, count)[owners]
        stays = np.flatnonzero(now >= 0)
        values[(at - old[owners])[stays] + starts[now[stays]]] += high[stays] << _LOW
        return Rows(values, starts)

    @property
    def _large(self) -> tuple[Ints, Ints]:
        """The places of numbers with more bits, in order, and these."""
        import numpy as np

        return np.frombuffer(self.places, dtype=np.int32), np.frombuffer(self.high, dtype=np.int32)


def compact(rows: Rows) -> Compact:
    """Rows as they are kept."""
    import numpy as np

    places = np.flatnonzero(rows.values >= 1 << _LOW)
    high = rows.values[places] >> _LOW
    return Compact(
        as_bytes(rows.values.astype(np.uint16)),
        as_bytes(rows.sizes.astype(np.int32)),
        as_bytes(places.astype(np.int32)),
        as_bytes(high.astype(np.int32)),
    )


def _copied(low: Ints, fresh: Ints, begins: Ints, starts: Ints) -> Ints:
    """Pieces of two arrays, the one behind the other, by where each begins there and starts here."""
    import numpy as np

    sizes = np.diff(starts)
    is_first = np.ones(len(begins), dtype=bool)
    is_first[1:] = (begins[1:] != begins[:-1] + sizes[:-1]) | (begins[1:] == len(low))
    firsts = np.flatnonzero(is_first)
    if len(firsts) * _LEAST_RUN > len(begins):
        result: Ints = np.concatenate((low, fresh), dtype=np.int32)[ranges(begins, sizes)]
        return result
    values = np.empty(int(starts[-1]), dtype=np.int32)
    ends = starts[np.append(firsts[1:], len(begins))[: len(firsts)]]
    for begin, start, end in zip(
        begins[firsts].tolist(), starts[firsts].tolist(), ends.tolist(), strict=True
    ):
        source, at = (low, begin) if begin < len(low) else (fresh, begin - len(low))
        values[start:end] = source[at : at + end - start]
    return values
