"""A compiled blueprint with some rows made soft: what falls short, by how much, and whether at all."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.compile import Compiled
from qbank.assembly.program import BLUEPRINT_ROWS, OBJECTIVE_ROWS, STRUCTURE, Block, Goal, Variables, build
from qbank.assembly.solution import Outcome
from qbank.assembly.solvers import highs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.assembly.program import Floats, Ints

SECONDS = 10.0
"""How long one small program of an explanation may take before it is passed over."""


class Short(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the blueprint that falls short of a bound, `under` or `over` it summed over forms.

    `relief` is that of its block: given where the amounts are not in the units of its author.
    """

    label: str
    kind: str
    detail: str
    under: float
    over: float
    lower: float
    upper: float
    relief: str = ""


def labels(compiled: Compiled) -> list[str]:
    """The labels of rows that a person wrote or implied and may change, in order."""
    return list(dict.fromkeys(part.label for part in compiled.blocks if part.family == BLUEPRINT_ROWS))


def hard_families(compiled: Compiled) -> list[str]:
    """The families of rows that an explanation leaves hard, such as enemies."""
    parts = (*compiled.blocks, *compiled.goal_blocks)
    return sorted({p.family for p in parts if len(p)} - {BLUEPRINT_ROWS, STRUCTURE, OBJECTIVE_ROWS})


def shortfall(
    compiled: Compiled,
    soft: Collection[str],
    hard: Collection[str] = (),
    without: Collection[str] = (),
) -> list[Short] | None:
    """The least total shortfall of the soft rows while hard rows and hard families hold.

    Rows that are neither soft nor hard, and families in `without`, are left out. None when the search
    was stopped, [] when nothing falls short.
    """
    import numpy as np

    kept = _kept(compiled, {*soft, *hard}, without)
    is_soft = [part.family == BLUEPRINT_ROWS and part.label in soft for part in kept]
    relaxed = [part for part, yes in zip(kept, is_soft, strict=True) if yes]
    first = len(compiled.variables)
    columns: list[Ints] = []
    blocks = [part for part, yes in zip(kept, is_soft, strict=True) if not yes]
    costs: list[Floats] = []
    for part in relaxed:
        count = len(part)
        slack = np.arange(first, first + 2 * count)
        first += 2 * count
        blocks.append(_with_slack(part, slack[:count], slack[count:]))
        columns.append(slack)
        costs.append(np.tile(1 / _scale(part), 2))
    if not columns:
        return []
    goal = Goal(sense="minimise", columns=np.concatenate(columns), costs=np.concatenate(costs))
    variables = _extended(compiled.variables, first - len(compiled.variables))
    solution = highs.solve(build(variables, blocks, goal), gap=0.0, time_limit=SECONDS)
    if solution.values is None or solution.outcome is not Outcome.OPTIMAL:
        return None
    found = []
    for part, slack in zip(relaxed, columns, strict=True):
        under, over = np.split(solution.values[slack], 2)
        found.extend(_by_detail(part, under, over))
    return found


def feasible(compiled: Compiled, hard: Collection[str], without: Collection[str] = ()) -> bool | None:
    """Whether some rows hold together; None when the search was stopped."""
    import numpy as np

    nothing = Goal(sense="minimise", columns=np.zeros(0, dtype=np.int64), costs=np.zeros(0))
    blocks = _kept(compiled, hard, without)
    solution = highs.solve(build(compiled.variables, blocks, nothing), time_limit=SECONDS)
    if solution.values is not None:
        return True
    return False if solution.outcome is Outcome.INFEASIBLE else None


def _kept(compiled: Compiled, rows: Collection[str], without: Collection[str]) -> list[Block]:
    return [
        part
        for part in (*compiled.blocks, *compiled.goal_blocks)
        if (part.label in rows if part.family == BLUEPRINT_ROWS else part.family not in without)
    ]


def _extended(variables: Variables, count: int) -> Variables:
    import numpy as np

    return Variables(
        np.append(variables.lower, np.zeros(count)),
        np.append(variables.upper, np.full(count, np.inf)),
        np.append(variables.integer, np.zeros(count, dtype=np.bool_)),
    )


def _with_slack(part: Block, under: Ints, over: Ints) -> Block:
    """Rows to which + under and - over are added."""
    import numpy as np

    ends = part.starts[1:]
    return msgspec.structs.replace(
        part,
        starts=part.starts + 2 * np.arange(len(part.starts)),
        columns=np.insert(part.columns, np.repeat(ends, 2), np.column_stack((under, over)).ravel()),
        values=np.insert(part.values, np.repeat(ends, 2), np.tile([1.0, -1.0], len(part))),
    )


def _scale(part: Block) -> Floats:
    """The size of one item in each row, so that a missing word does not count like a missing item."""
    import numpy as np

    rows = np.repeat(np.arange(len(part)), np.diff(part.starts))
    total = np.bincount(rows, weights=np.abs(part.values), minlength=len(part))
    return np.maximum(1.0, total / np.maximum(1, np.diff(part.starts)))


def _by_detail(part: Block, under: NDArray[np.float64], over: NDArray[np.float64]) -> list[Short]:
    sums: dict[str, list[float]] = {}
    bounds: dict[str, tuple[float, float]] = {}
    for row, detail in enumerate(part.details):
        total = sums.setdefault(detail, [0.0, 0.0])
        total[0] += float(under[row])
        total[1] += float(over[row])
        bounds[detail] = (float(part.lower[row]), float(part.upper[row]))
    return [
        Short(
            label=part.label,
            kind=part.kind,
            detail=detail,
            under=round(low, 6),
            over=round(high, 6),
            lower=bounds[detail][0],
            upper=bounds[detail][1],
            relief=part.relief,
        )
        for detail, (low, high) in sums.items()
        if low > 1e-5 or high > 1e-5
    ]
