"""Rows of numbers kept from an earlier run, and the same for a bank of which some items are new."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, compress, count
from typing import TYPE_CHECKING, Any

import msgspec

from qbank.similarity.rows import Rows, any_of_each, copied

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.similarity.rows import Ints

    Flags = NDArray[np.bool_]


NONE = memoryview(b"")
"""No bytes. What is kept is read as views of the file's bytes: nothing is copied before it is asked for."""


_END = "\0"
"""Stands behind every text, and in none."""


class Packed(msgspec.Struct, array_like=True, frozen=True):
    """Rows of numbers below 2**31 as bytes."""

    values: memoryview = NONE
    sizes: memoryview = NONE

    @property
    def rows(self) -> Rows:
        """The rows."""
        import numpy as np

        sizes = np.frombuffer(self.sizes, dtype=np.int32)
        starts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        return Rows(np.frombuffer(self.values, dtype=np.int32), starts)


def packed(rows: Rows) -> Packed:
    """Rows as bytes."""
    import numpy as np

    return Packed(as_bytes(rows.values.astype(np.int32)), as_bytes(rows.sizes.astype(np.int32)))


def as_bytes(array: NDArray[Any]) -> memoryview:
    """The bytes of an array, not copied."""
    import numpy as np

    flat = np.ascontiguousarray(array)
    return flat.data.cast("B") if flat.size else NONE


def renewed(old: Rows, fresh: Rows, places: Ints) -> Rows:
    """The row of each item: that at its place in `old` or, where that is -1, the next of `fresh`."""
    import numpy as np

    rows = order(places, len(old.sizes))
    sizes = np.concatenate((old.sizes, fresh.sizes))[rows]
    starts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    begins = np.concatenate((old.starts[:-1], old.starts[-1] + fresh.starts[:-1]))[rows]
    return Rows(copied(old.values, fresh.values, begins, starts), starts)


def order(places: Ints, count: int) -> Ints:
    """For each item its place among `count` old ones with the new ones behind them, in their order."""
    import numpy as np

    is_new = places < 0
    result: Ints = np.where(is_new, count - 1 + np.cumsum(is_new), places)
    return result


def moved(places: Ints, which: Flags, size: int) -> Ints:
    """Where the items of an earlier bank stand now, by their place then, below `size`; -1 for what is gone.

    `places` says of each item now where it stood; only the `which` count.
    """
    import numpy as np

    result: Ints = np.full(size, -1)
    at = np.flatnonzero(which)
    result[places[at]] = at
    return result


def holding(rows: Rows, wanted: Flags) -> Flags:
    """Which rows hold one of the wanted numbers; numbers past the end of `wanted` are not."""
    import numpy as np

    least = int(rows.values.max()) + 1 if len(rows.values) else 0
    flags = np.zeros(max(least, len(wanted)), dtype=bool)
    flags[: len(wanted)] = wanted
    return any_of_each(flags[rows.values], rows.starts)


def listed(found: Sequence[Collection[int]]) -> Rows:
    """Lists of numbers as rows."""
    import numpy as np

    sizes = np.array([*map(len, found)], dtype=np.int64)
    values = np.fromiter(chain.from_iterable(found), np.int32, int(sizes.sum()))
    return Rows(values, np.concatenate(([0], np.cumsum(sizes))))


def flagged(found: Iterable[bool] | bytes) -> Flags:
    """Flags, or bytes of them, as an array."""
    import numpy as np

    if isinstance(found, bytes):
        return np.frombuffer(found, dtype=bool)
    return np.fromiter(found, dtype=bool)


def as_text(texts: Iterable[str]) -> str:
    """Texts as one, which is read faster than many; such texts may be put one behind the other."""
    return _END.join((*texts, ""))


def texts_of(text: str) -> list[str]:
    """The texts that `as_text` made one of."""
    return text.split(_END)[:-1]


def numbered(words: Mapping[str, int], known: Sequence[str]) -> tuple[list[str], Ints]:
    """The words that are not `known`, and for each of all its number: known ones have theirs.

    Only the words that are asked for are looked up; a dictionary of all that are known would take longer.
    """
    import numpy as np

    places = dict(compress(zip(known, count(), strict=False), map(words.__contains__, known)))
    new = [word for word in words if word not in places]
    places.update(zip(new, count(len(known)), strict=False))
    return new, np.fromiter(map(places.__getitem__, words), np.int32, len(words))
