"""Which single items serve a plan best: the program of all forms with the plan's number of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.assembly.program import Variables
from qbank.assembly.scale.bound import Relaxed
from qbank.assembly.scale.goal import goal_columns, goal_rows, slot_costs
from qbank.assembly.scale.plan import Plan, Units
from qbank.assembly.scale.state import bands_of
from qbank.assembly.scale.task import Rows, Task
from qbank.assembly.solvers import highs

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints

SPARE = 25
"""So many items of each class beyond those that the program of all forms takes may be taken instead."""
MARGIN = 0.3
"""How much of an item's standard deviation the mean form stays inside a row of numbers."""
STEPS = 40
"""At most so many exchanges settle what rounding has moved."""


def select(task: Task, relaxed: Relaxed, units: Units, plan: Plan) -> Ints:
    """The single slots for a plan: as many of each class as its forms want, the best first."""
    import numpy as np

    shape = task.shape
    single = shape.free & (shape.sets.of < 0)
    wanted = plan.singles.sum(axis=0)
    order = np.flatnonzero(single)
    order = order[
        np.lexsort((order, -relaxed.profit[order], -np.round(relaxed.uses[order]), shape.class_of[order]))
    ]
    rank = np.arange(len(order)) - np.searchsorted(shape.class_of[order], shape.class_of[order])
    near = order[rank < wanted[shape.class_of[order]] + SPARE]
    taken = [slot for form in plan.units for unit in form for slot in units.slots[unit]]
    fixed = np.array(taken, dtype=np.int64)
    uses = _uses(task, near, wanted, fixed, _margin(task))
    if uses is None:
        uses = _uses(task, near, wanted, fixed, np.zeros(len(shape.sums.lower)))
    uses = np.zeros(len(near)) if uses is None else uses
    score = np.full(shape.slots, -np.inf)
    score[near] = uses
    most = near[np.lexsort((near, -relaxed.profit[near], -np.round(score[near], 6), shape.class_of[near]))]
    rank = np.arange(len(most)) - np.searchsorted(shape.class_of[most], shape.class_of[most])
    chosen = most[rank < wanted[shape.class_of[most]]]
    return _settled(task, relaxed, chosen, near, fixed)


def _margin(task: Task) -> Floats:
    """How far inside its rows of numbers the mean form should be, so that all forms can be."""
    import numpy as np

    sums = task.shape.sums
    width = np.where(np.isfinite(sums.upper - sums.lower), sums.upper - sums.lower, np.inf)
    margin: Floats = np.minimum(MARGIN * sums.table[task.shape.free].std(axis=0), width / 4)
    return margin


def _uses(task: Task, near: Ints, wanted: Ints, taken: Ints, margin: Floats) -> Floats | None:
    """How much of each slot the best sum of all forms takes, given what item sets have of it."""
    import numpy as np

    shape, f = task.shape, float(task.forms)
    n, fixed = len(near), 1 if len(taken) else 0
    rows = Rows()
    own = np.arange(n)
    rows.add(shape.class_of[near], own, 1.0, shape.classes, wanted, wanted)
    table = shape.sums.table
    sums = np.vstack((table[near], table[taken].sum(axis=0, keepdims=True)))
    rows.dense(
        sums[: n + fixed].T,
        np.arange(n + fixed),
        (shape.sums.lower + margin) * f,
        (shape.sums.upper - margin) * f,
    )
    goal = np.vstack((task.table[near], task.table[taken].sum(axis=0, keepdims=True)))[: n + fixed]
    goal_rows(task, rows, goal, np.arange(n + fixed), n + fixed)
    low, high, cost = goal_columns(task)
    ones = np.ones(n + fixed)
    lower = np.concatenate((np.zeros(n), np.ones(fixed), low))
    variables = Variables(lower, np.concatenate((ones, high)), np.zeros(len(lower), dtype=np.bool_))
    costs = np.concatenate((slot_costs(task)[near], np.zeros(fixed), cost))
    solved = highs.solve_linear(rows.program(variables, costs))
    return None if solved is None else solved.values[:n]


def _settled(task: Task, relaxed: Relaxed, chosen: Ints, near: Ints, taken: Ints) -> Ints:
    """The slots after exchanges of one chosen for one not chosen that bring the sum of all forms nearer."""
    import numpy as np

    bands = bands_of(task, relaxed).times(task.forms)
    inside = np.zeros(task.shape.slots, dtype=np.bool_)
    inside[chosen] = True
    sums = bands.table[chosen].sum(axis=0) + bands.table[taken].sum(axis=0)
    by_class = task.shape.class_of
    order = near[np.argsort(by_class[near], kind="stable")]
    starts = np.searchsorted(by_class[order], np.arange(task.shape.classes + 1))
    for _ in range(STEPS):
        loss = float(bands.loss(sums))
        own = np.flatnonzero(inside)
        sizes = starts[by_class[own] + 1] - starts[by_class[own]]
        first = np.repeat(own, sizes)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        second = order[np.repeat(starts[by_class[own]], sizes) + within]
        fresh = ~inside[second]
        first, second = first[fresh], second[fresh]
        after = bands.loss(sums + bands.table[second] - bands.table[first])
        best = int(after.argmin()) if len(after) else -1
        if best < 0 or after[best] >= loss - 1e-7:
            break
        sums += bands.table[second[best]] - bands.table[first[best]]
        inside[first[best]], inside[second[best]] = False, True
    return np.flatnonzero(inside)
