"""One form from a large bank: an exact program over the items that the bound leaves worth having."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.program import Variables
from qbank.assembly.scale.bound import SMALL, Relaxed
from qbank.assembly.scale.master import Master
from qbank.assembly.scale.task import Task
from qbank.assembly.solvers import highs

if TYPE_CHECKING:
    from qbank.assembly.program import Ints

NODES = 1000


def best_form(
    task: Task, relaxed: Relaxed, known: float, gap: float, time_limit: float | None
) -> tuple[Ints, float, bool]:
    """The slots of the best form (none if none is better than `known`), a bound, whether time ran out.

    An item whose profit is -d can only stand in forms that are at least d below the bound. So the items whose
    profit is above `known` less the bound hold every form that is better than `known`, and what bounds the
    best over them bounds the best over all.
    """
    import numpy as np

    slots, stimuli = _kept(task, relaxed, relaxed.value - known + SMALL)
    program, _ = Master(task).program(slots, stimuli)
    whole = np.arange(len(program.variables)) < len(slots) + len(stimuli)
    upper = np.where(whole, np.minimum(program.variables.upper, 1.0), program.variables.upper)
    program = msgspec.structs.replace(program, variables=Variables(program.variables.lower, upper, whole))
    solution = highs.solve(program, seed=task.seed, gap=gap, time_limit=time_limit, node_limit=NODES)
    bound = relaxed.value if solution.bound is None else min(relaxed.value, max(solution.bound, known))
    if solution.values is None or solution.objective is None or solution.objective <= known:
        return np.zeros(0, dtype=np.int64), bound, solution.by_clock
    return slots[solution.values[: len(slots)] > 0.5], bound, solution.by_clock


def _kept(task: Task, relaxed: Relaxed, lost: float) -> tuple[Ints, Ints]:
    """Slots and stimuli whose profit is at least -lost."""
    import numpy as np

    shape = task.shape
    single = shape.free & (shape.sets.of < 0) & (relaxed.profit >= -lost)
    worth = relaxed.set_profit >= -lost
    inside = shape.free & (shape.sets.of >= 0) & np.append(worth, False)[shape.sets.of]
    return np.flatnonzero(single | inside), np.flatnonzero(worth)
