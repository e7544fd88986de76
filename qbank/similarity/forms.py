"""Forms of a row of words: what is left of it when every word stands for something else, or for nothing.

Of every item a number tells a form: a hash, by which equal forms are found, or how many words are left. It
hangs on the item's own words and on what they stand for, so it is kept for the next run, and made anew for
new items and for those that have a word that stands for something else now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from qbank.similarity.renewed import NONE, as_bytes, holding
from qbank.similarity.rows import (
    Rows,
    are_new,
    chunks,
    count_of_each,
    filtered,
    first_equal,
    gathered,
    hashed,
    repeated,
    sorted_rows,
)

if TYPE_CHECKING:
    from qbank.similarity.rows import Flags, Ints


_SPARE_BITS = 33
"""So many bits of a hash of 64 are not kept: where two hashes are equal, the rows are looked at."""


class Form(NamedTuple):
    """What each word stands for, by number: a number from 0 on, or -1 for nothing.

    `turning` tells by word on which side of what may change from bank to bank it stands; None when every word
    stands for the same for ever. Where order does not count a row is sorted. What is `once` counts as one
    where it stands several times side by side.
    """

    table: Ints
    turning: Flags | None = None
    in_order: bool = True
    once: int | None = None

    def of(self, rows: Rows) -> Rows:
        """The forms of some rows."""
        values = self.table[rows.values]
        found = Rows(values, rows.starts)
        if self._is_partial:
            found = filtered(found, values >= 0)
        if self.once is not None:
            found = filtered(found, are_new(found) | (found.values != self.once))
        return found if self.in_order else sorted_rows([found], int(self.table.max(initial=0)) + 1)

    def prints(self, rows: Rows) -> Ints:
        """A hash of the form of each row in 31 bits, 0 for one of which nothing is left."""
        import numpy as np

        result = np.zeros(len(rows.sizes), dtype=np.uint64)
        plain = self._replace(in_order=True)  # to sort is needless for a sum
        for block in chunks(rows.sizes):
            starts = rows.starts[block.start : block.stop + 1]
            found = plain.of(Rows(rows.values[starts[0] : starts[-1]], starts - starts[0]))
            hashes = hashed(found.values)
            if self.in_order:
                places = np.arange(len(hashes)) - np.repeat(found.starts[:-1], found.sizes)
                hashes *= (2 * places + 1).astype(np.uint64)
            filled = np.flatnonzero(found.sizes)
            if len(filled):
                result[block.start + filled] = np.add.reduceat(hashes, found.starts[filled])
        return (result >> np.uint64(_SPARE_BITS)).astype(np.int32)

    def counts(self, rows: Rows) -> Ints:
        """How many words of each row stand for something."""
        import numpy as np

        return count_of_each((self.table >= 0)[rows.values], rows.starts).astype(np.int32)

    @property
    def _is_partial(self) -> bool:
        """Whether some word stands for nothing."""
        return int(self.table.min(initial=0)) < 0


Tell = Callable[[Form, Rows], "Ints"]
"""Tells something of the form of each row, like `Form.prints`: a number of 32 bits, or always as many."""


class Kept(msgspec.Struct, array_like=True, frozen=True):
    """What was told of a form: a number for each item, and the `turning` of the form."""

    told: memoryview = NONE
    turning: memoryview = NONE


class Forms:
    """What is told of forms, by name: most of it is known from an earlier bank, in which items had `places`.

    The numbers of the words are those of the earlier bank, and new ones behind them.
    """

    def __init__(self, before: Mapping[str, Kept], places: Ints) -> None:
        self._before, self._places = before, places
        self.now: dict[str, Kept] = {}

    def told(self, name: str, form: Form, rows: Rows, tell: Tell) -> Ints:
        """What is told of the form of each item's row; each name stands for one kind of form."""
        import numpy as np

        before = self._before.get(name, Kept())
        kept = np.frombuffer(before.told, dtype=np.int32)
        if not len(kept):
            result = tell(form, rows)
        else:
            again = np.flatnonzero((self._places < 0) | self._turned(before, form, rows))
            fresh = tell(form, gathered(rows, again))
            result = kept.reshape(-1, *fresh.shape[1:])[self._places]
            result[again] = fresh
        flags = NONE if form.turning is None else as_bytes(form.turning)
        self.now[name] = Kept(as_bytes(result), flags)
        return result

    def _turned(self, before: Kept, form: Form, rows: Rows) -> Flags | bool:
        """Which items have a word that stands for something else now; those with new words are new."""
        import numpy as np

        if form.turning is None:
            return False
        old = np.frombuffer(before.turning, dtype=bool)
        turned = old != form.turning[: len(old)]
        return holding(rows, turned) if turned.any() else False


def equal_numbers(prints: Ints, rows: Callable[[Ints], Rows], least: int = 2) -> Ints:
    """For each row the place of the first that is equal; `rows` gives those at some places.

    Only rows whose print is that of `least` rows are looked at; to others none is equal.
    """
    import numpy as np

    result: Ints = np.arange(len(prints))
    at = repeated(prints, least)
    found = rows(at)
    firsts = first_equal(found.values, found.starts[:-1], found.sizes, prints[at].astype(np.uint64), at[:0])
    empty = np.flatnonzero(found.sizes == 0)
    firsts[empty] = empty[:1]
    result[at] = at[firsts]
    return result
