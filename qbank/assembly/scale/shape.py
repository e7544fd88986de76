"""The rows of one form sorted by what they mean for dealing out items: classes, sums, cliques, item sets.

Everything is read from the columns and numbers of the blocks that kinds of constraints make; no kind is known
here by name. What cannot be read this way is told in words, and the run is then solved straight.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.program import Block
from qbank.assembly.scale.sorting import Row, Sorter, UnfitError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.assembly.program import Floats, Ints
    from qbank.assembly.space import Space

    Mask = NDArray[np.bool_]

MOST_CLASSES = 800
"""Rows that would make more classes are sums: plans get large, and classes small, with their number."""


class Counts(msgspec.Struct, frozen=True):
    """Rows over classes: rows by classes, with bounds."""

    matrix: Floats
    lower: Floats
    upper: Floats


class Sums(msgspec.Struct, frozen=True):
    """Rows of real numbers: slots by rows, with bounds."""

    table: Floats
    lower: Floats
    upper: Floats


class Cliques(msgspec.Struct, frozen=True):
    """At most one of the nodes starts[r] to starts[r + 1] in a form; nodes are slots, then stimuli."""

    starts: Ints
    nodes: Ints

    def __len__(self) -> int:
        return len(self.starts) - 1


class Sets(msgspec.Struct, frozen=True):
    """Item sets by stimulus: which rows bind it, sizes, and rows that count stimuli.

    `of` gives for each slot its stimulus, -1 when no row binds it; `counts` are rows by stimuli.
    """

    of: Ints
    least: Ints
    most: Ints
    counts: Counts


class Shape(msgspec.Struct, frozen=True):
    """A blueprint for one form: every row in one of the four sorts. `free` are slots that may be used."""

    slots: int
    free: Mask
    class_of: Ints
    counts: Counts
    sums: Sums
    cliques: Cliques
    sets: Sets

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return int(self.counts.matrix.shape[1])


def shape_of(space: Space, blocks: Sequence[Block], without: Ints) -> Shape:
    """The shape of the rows of a space of one form. Raises UnfitError for what it cannot take."""
    import numpy as np

    sorter = Sorter(space)
    for block in blocks:
        sorter.take(block)
    sorter.free[without] = False
    items = space.slot_item
    if len(np.unique(items)) < len(items):
        raise UnfitError("items may stand in more than one role")
    bound = np.append(sorter.bound, False)  # the last is that of items without a stimulus
    set_of = np.where(bound[sorter.stimulus_of], sorter.stimulus_of, -1)
    class_of, counts = _classes(sorter)
    return Shape(
        slots=sorter.slots,
        free=sorter.free,
        class_of=class_of,
        counts=counts,
        sums=_sums(sorter.sums, sorter.slots),
        cliques=_cliques(sorter.cliques),
        sets=Sets(
            of=set_of,
            least=sorter.least,
            most=sorter.most,
            counts=_dense(sorter.set_counts, sorter.slots, sorter.stimuli),
        ),
    )


def _dense(rows: list[Row], first: int, width: int) -> Counts:
    import numpy as np

    matrix = np.zeros((len(rows), width))
    for number, row in enumerate(rows):
        matrix[number, row.columns - first] = row.values
    return Counts(matrix, np.array([row.lower for row in rows]), np.array([row.upper for row in rows]))


def _classes(sorter: Sorter) -> tuple[Ints, Counts]:
    """The class of every slot: slots whose columns over the counting rows are equal.

    Rows that would make too many classes are held as sums instead, one-sided ones rather than exact ones.
    """
    import numpy as np

    members, class_of = np.unique(_codes(sorter.counts, sorter.slots), return_inverse=True)
    if len(members) > MOST_CLASSES:
        codes, kept = np.zeros(sorter.slots, dtype=np.int64), []
        for row in sorted(sorter.counts, key=_looseness):
            finer = np.unique(_codes([row], sorter.slots, codes), return_inverse=True)
            if len(finer[0]) > MOST_CLASSES:
                sorter.sums.append(row)
                continue
            (members, codes), class_of = finer, finer[1]
            kept.append(row)
        sorter.counts = kept
    matrix = np.zeros((len(sorter.counts), len(members)))
    for number, row in enumerate(sorter.counts):
        matrix[number, class_of[row.columns]] = row.values
    lower = np.array([row.lower for row in sorter.counts])
    upper = np.array([row.upper for row in sorter.counts])
    return class_of, Counts(matrix, lower, upper)


def _looseness(row: Row) -> int:
    """0 for rows that ask for an exact number, 1 for those with a minimum, 2 for the others."""
    return 0 if row.lower == row.upper else 1 if row.lower > 0 else 2


def _codes(rows: Sequence[Row], slots: int, codes: Ints | None = None) -> Ints:
    """A number for every slot that tells columns over some rows apart, and `codes`."""
    import numpy as np

    span = 1 if codes is None else int(codes.max(initial=0)) + 1
    found = np.zeros(slots, dtype=np.int64) if codes is None else codes
    for row in rows:
        if span > 2**50:
            seen, found = np.unique(found, return_inverse=True)
            span = len(seen)
        ones = (row.values == 1.0).all()
        values, inverse = ([1.0], 0) if ones else np.unique(row.values, return_inverse=True)
        found, span = found * (len(values) + 1), span * (len(values) + 1)
        found[row.columns] += inverse + 1
    return found


def _sums(rows: list[Row], slots: int) -> Sums:
    import numpy as np

    table = np.zeros((slots, len(rows)))
    for number, row in enumerate(rows):
        table[row.columns, number] = row.values
    return Sums(table, np.array([row.lower for row in rows]), np.array([row.upper for row in rows]))


def _cliques(cliques: list[Ints]) -> Cliques:
    import numpy as np

    lengths = np.array([len(clique) for clique in cliques], dtype=np.int64)
    return Cliques(
        np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths))),
        np.concatenate([*cliques, np.zeros(0, dtype=np.int64)]),
    )
