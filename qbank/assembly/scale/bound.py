"""The bound: all forms added up into one linear program, solved over the few items that matter.

Let x_f be the forms of any run that meets the blueprint, and X = Σ x_f. Every row of one form, Σ a x_f ≥ b,
adds up to Σ a X ≥ F b. An item is used at most `use` times, so that 0 ≤ X ≤ use; and the rows of item sets
add up likewise with Z = Σ z_f. What is best is bounded by a linear function of X: a least sum t has
F t ≤ Σ I X. So X and t meet this program, whatever the run, and its optimum bounds every objective.

Sifting: the program starts with the best items of each class under several weightings; all items are priced
with one matrix product; those that would improve it enter; until there is none. By duality the optimum over
all items is above that of the last program by no more than what the items left out would add, which is added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.scale.goal import slot_costs
from qbank.assembly.scale.master import Master
from qbank.assembly.scale.task import Task
from qbank.assembly.solvers import highs

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints
    from qbank.assembly.scale.task import Mask

ROUNDS = 60
WIDENINGS = 5
"""So often a program without a solution gets more items; then it gets all."""
SMALL = 1e-7
PARTS = (1.0, 0.35)
"""How much of the first program is chosen by all columns of the aim together, and by each alone."""


class Relaxed(msgspec.Struct, frozen=True):
    """The optimum of the program of all forms: its value, uses of slots, prices.

    `profit` is for every slot what one more use would add, less what its rows charge (for slots at their
    limit it is above 0); `weights` are the prices of the aim's columns; `rounds` how often items entered.
    """

    value: float
    uses: Floats
    sets: Floats
    profit: Floats
    weights: Floats
    set_profit: Floats
    rounds: int
    columns: int


def _first(task: Task) -> Mask:
    """The best slots of every class by each of the aim's columns and by all together; some at random."""
    import numpy as np

    shape = task.shape
    rng = np.random.default_rng(task.seed)
    table = task.table
    scale = np.maximum(np.abs(table).max(axis=0, initial=0.0), 1e-12)
    costs = slot_costs(task)
    mixes = [costs] if costs.any() else [*(table / scale).T, (table / scale).sum(axis=1)]
    share = np.bincount(shape.class_of[shape.free], minlength=shape.classes)
    wanted = 1.5 * task.forms * _length(task) / max(1, task.use) / max(1, (share > 0).sum())
    chosen = np.zeros(shape.slots, dtype=np.bool_)
    shares = [PARTS[1]] * (len(mixes) - 1) + [PARTS[0], 0.05]
    for mix, part in zip((*mixes, rng.random(shape.slots)), shares, strict=True):
        chosen |= top(mix, shape.class_of, shape.free, int(wanted * part) + 4)
    return chosen


def _length(task: Task) -> float:
    """About how many items a form has: the largest number that a row asks for."""
    import numpy as np

    lower = task.shape.counts.lower
    return float(max(lower[np.isfinite(lower)].max(initial=0.0), 1.0))


def top(score: Floats, class_of: Ints, among: Mask, count: int) -> Mask:
    """The `count` best of each class."""
    import numpy as np

    some = np.flatnonzero(among)
    order = some[np.lexsort((some, -score[some], class_of[some]))]
    classes = class_of[order]
    first = np.searchsorted(classes, classes)
    chosen = np.zeros(len(class_of), dtype=np.bool_)
    chosen[order[np.arange(len(order)) - first < count]] = True
    return chosen


def relax(task: Task) -> Relaxed | None:
    """The optimum of the program of all forms; None when there is none, so that no run can exist."""
    import numpy as np

    shape = task.shape
    master = Master(task)
    active = _first(task) & shape.free
    sets = np.zeros(len(shape.sets.least), dtype=np.bool_)
    bound = shape.sets.of >= 0
    for number in range(ROUNDS):
        inside = np.bincount(shape.sets.of[active & bound], minlength=len(sets))
        sets |= inside >= shape.sets.least
        active = (active & ~bound) | (shape.free & bound & np.append(sets, False)[shape.sets.of])
        slots, stimuli = np.flatnonzero(active), np.flatnonzero(sets)
        program, groups = master.program(slots, stimuli)
        solved = highs.solve_linear(program)
        if solved is None:
            if sets.all() and active.sum() == shape.free.sum():
                return None
            # what is missing cannot be told from so few items: more of every class, and at last all of them
            active |= top(-active.astype(np.float64), shape.class_of, shape.free, 4 ** (number + 1))
            if number >= WIDENINGS:
                active, sets = shape.free.copy(), np.ones_like(sets)
            continue
        profit, own, weights = master.prices(solved.duals, groups)
        set_profit = master.set_profit(profit, own)
        late = shape.free & ~active & ~bound & (profit > SMALL)
        late_sets = ~sets & (set_profit > SMALL)
        if late.any() or late_sets.any():
            active |= late
            sets |= late_sets
            continue
        missed = np.maximum(profit[shape.free & ~active & ~bound], 0.0).sum() * task.use
        missed += np.maximum(set_profit[~sets], 0.0).sum() * task.forms
        return Relaxed(
            value=solved.objective + float(missed),
            uses=_spread(solved.values[: len(slots)], slots, shape.slots),
            sets=_spread(solved.values[len(slots) : len(slots) + len(stimuli)], stimuli, len(sets)),
            profit=profit,
            weights=weights,
            set_profit=set_profit,
            rounds=number + 1,
            columns=len(slots) + len(stimuli),
        )
    raise RuntimeError(f"the program of all forms is not solved after {ROUNDS} rounds")


def _spread(values: Floats, places: Ints, count: int) -> Floats:
    """Values at their places among `count`, zero elsewhere."""
    import numpy as np

    spread = np.zeros(count)
    spread[places] = values
    return spread
