"""What a large run is about: the shape of one form, how many forms, how often items may be used, the aim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.aim import Aim
from qbank.assembly.program import Program, Variables
from qbank.assembly.scale.shape import Shape

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from qbank.assembly.program import Floats, Ints

    Mask = NDArray[np.bool_]


class Task(msgspec.Struct, frozen=True):
    """A run of `forms` forms; `use` says in how many of them each slot may stand.

    `table` is the aim's table for all slots (zeros where it has none), slots by columns.
    """

    shape: Shape
    aim: Aim
    table: Floats
    forms: int
    use: int
    seed: int


class Rows:
    """Rows of a program in the making, as triplets."""

    def __init__(self) -> None:
        self.count = 0
        self._rows: list[Ints] = []
        self._columns: list[Ints] = []
        self._values: list[Floats] = []
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []

    def add(
        self, rows: Ints, columns: Ints, values: Any, count: int, lower: Any = -float("inf"), upper: Any = 0.0
    ) -> int:
        """Add `count` rows with bounds; `rows` counts from 0 within them. The number of the first one."""
        import numpy as np

        first = self.count
        self.more(rows + first, columns, values)
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), (count,)))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), (count,)))
        self.count += count
        return first

    def more(self, rows: Ints, columns: Ints, values: Any) -> None:
        """Add entries to rows that are there."""
        import numpy as np

        self._rows.append(rows)
        self._columns.append(columns)
        self._values.append(np.broadcast_to(np.asarray(values, dtype=np.float64), (len(rows),)))

    def dense(self, matrix: Floats, columns: Ints, lower: Any, upper: Any) -> int:
        """Add the rows of a matrix whose columns are those."""
        import numpy as np

        rows, places = np.nonzero(matrix)
        return self.add(rows, columns[places], matrix[rows, places], len(matrix), lower, upper)

    def program(self, variables: Variables, cost: Floats) -> Program:
        """A program that maximises."""
        import numpy as np

        rows, columns = np.concatenate(self._rows), np.concatenate(self._columns)
        values = np.concatenate(self._values)
        order = np.lexsort((columns, rows))
        lengths = np.bincount(rows, minlength=self.count)
        return Program(
            variables=variables,
            cost=cost,
            sense="maximise",
            starts=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths))),
            columns=columns[order],
            values=values[order],
            lower=np.concatenate(self._lower),
            upper=np.concatenate(self._upper),
        )
