"""A neutral mixed 0-1 program: labelled rows, bounds, integrality, objective. It knows no solver."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BLUEPRINT_ROWS = "rows"
"""The family of rows that a person wrote and may change: these get slack when a conflict is explained."""

OBJECTIVE_ROWS = "objective"
"""The family of rows that define what an objective measures."""

STRUCTURE = "structure"
"""The family of rows that only define auxiliary columns: never relaxed, never left out."""


ROUNDING = 2e-6
"""How much a solver's value may be off by its own rounding, as a share."""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one label in compressed form: row r has the entries starts[r] to starts[r + 1].

    `family` is `rows` for what a person wrote and may change, otherwise the hard family it belongs to.
    `relief` is given where a row's bounds are not in the units of its author, such as the zero of a share:
    what an author can do when it cannot hold, in place of an amount that would say nothing.
    """

    label: str
    kind: str
    family: str
    starts: Ints
    columns: Ints
    values: Floats
    lower: Floats
    upper: Floats
    details: tuple[str, ...] = ()
    relief: str = ""

    def __len__(self) -> int:
        return len(self.lower)


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """What is best: costs on columns, and the rows that define auxiliary columns.

    The solver may stop at the relative gap `gap`; later goals may give up the share `slack` of its value.
    """

    sense: Literal["minimise", "maximise"]
    columns: Ints
    costs: Floats
    blocks: tuple[Block, ...] = ()
    gap: float = 1e-4
    slack: float = 0.0


class Variables(msgspec.Struct, frozen=True):
    """The columns of a program: bounds and which are integers."""

    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.lower)


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """All columns and all rows, the rows compressed one after another."""

    variables: Variables
    cost: Floats
    sense: Literal["minimise", "maximise"]
    starts: Ints
    columns: Ints
    values: Floats
    lower: Floats
    upper: Floats

    @property
    def size(self) -> str:
        """The size in words, for the log."""
        return f"{len(self.variables)} columns, {len(self.lower)} rows, {len(self.columns)} entries"


def block(
    label: str,
    kind: str,
    rows: Sequence[tuple[Ints, Floats]],
    lower: Sequence[float] | float,
    upper: Sequence[float] | float,
    *,
    family: str = BLUEPRINT_ROWS,
    details: Sequence[str] = (),
    relief: str = "",
) -> Block:
    """A block of rows, each given as (columns, values)."""
    import numpy as np

    count = len(rows)
    lengths = np.fromiter((len(columns) for columns, _ in rows), dtype=np.int64, count=count)
    return Block(
        label=label,
        kind=kind,
        family=family,
        starts=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths))),
        columns=np.concatenate([columns for columns, _ in rows] or [np.zeros(0, dtype=np.int64)]),
        values=np.concatenate([values for _, values in rows] or [np.zeros(0)]),
        lower=np.broadcast_to(np.asarray(lower, dtype=np.float64), (count,)),
        upper=np.broadcast_to(np.asarray(upper, dtype=np.float64), (count,)),
        details=tuple(details) or ("",) * count,
        relief=relief,
    )


def tiled(lengths: Ints, columns: Ints, step: Ints | int, forms: int) -> Ints:
    """Groups of columns (group g has lengths[g]), each repeated for every form, `step` further each time.

    The groups stay in order, the repetitions of a group stand one after another: so rows a form and group
    come out group by group, and the columns of a group over all forms stand together.
    """
    import numpy as np

    starts = np.cumsum(lengths) - lengths
    group = np.repeat(np.arange(len(lengths)), lengths)
    first = starts[group] * (forms - 1) + np.arange(len(columns))
    made = np.empty(len(columns) * forms, dtype=np.int64)
    for form in range(forms):
        made[first + form * lengths[group]] = columns + form * step
    return made


def with_slack(part: Block, under: Ints, over: Ints) -> Block:
    """Rows to which + under and - over are added."""
    import numpy as np

    ends = part.starts[1:]
    return msgspec.structs.replace(
        part,
        starts=part.starts + 2 * np.arange(len(part.starts)),
        columns=np.insert(part.columns, np.repeat(ends, 2), np.column_stack((under, over)).ravel()),
        values=np.insert(part.values, np.repeat(ends, 2), np.tile([1.0, -1.0], len(part))),
    )


def held(goal: Goal, value: float) -> Block:
    """The row that keeps what a goal has reached, but for its slack, while later goals are solved."""
    import numpy as np

    room = goal.slack * abs(value) + ROUNDING * max(1.0, abs(value))
    bounds = (-np.inf, value + room) if goal.sense == "minimise" else (value - room, np.inf)
    return block(
        "objective", "lexicographic", [merged(goal.columns, goal.costs)], *bounds, family=OBJECTIVE_ROWS
    )


def merged(columns: Ints, values: Floats) -> tuple[Ints, Floats]:
    """A row in which every column occurs once, its values added up: solvers refuse repeated entries."""
    import numpy as np

    distinct, where = np.unique(columns, return_inverse=True)
    total: Floats = np.bincount(where, weights=values, minlength=len(distinct)).astype(np.float64)
    return distinct, total


def build(variables: Variables, blocks: Iterable[Block], goal: Goal) -> Program:
    """Put blocks under one another, and the goal on top."""
    import numpy as np

    parts = [part for part in (*blocks, *goal.blocks) if len(part)]
    lengths = np.concatenate([np.diff(part.starts) for part in parts] or [np.zeros(0, dtype=np.int64)])
    cost = np.zeros(len(variables))
    np.add.at(cost, goal.columns, goal.costs)

    def joined(name: str, dtype: type) -> NDArray[np.generic]:
        return np.concatenate([getattr(part, name) for part in parts] or [np.zeros(0)]).astype(
            dtype, copy=False
        )

    return Program(
        variables=variables,
        cost=cost,
        sense=goal.sense,
        starts=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths))),
        columns=joined("columns", np.int64),  # type: ignore[arg-type]
        values=joined("values", np.float64),  # type: ignore[arg-type]
        lower=joined("lower", np.float64),  # type: ignore[arg-type]
        upper=joined("upper", np.float64),  # type: ignore[arg-type]
    )
