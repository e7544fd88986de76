"""Items dealt out to the forms of a plan: the poorest form takes the best item of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.assembly.scale.bound import Relaxed
from qbank.assembly.scale.plan import Plan, Units
from qbank.assembly.scale.select import select
from qbank.assembly.scale.state import State, bands_of
from qbank.assembly.scale.task import Task

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints


def deal(task: Task, relaxed: Relaxed, units: Units, plan: Plan) -> State:
    """Forms with the right number of items of every class; enemies may still stand together."""
    import numpy as np

    state = State(task, bands_of(task, relaxed))
    for form, own in enumerate(plan.units):
        for unit in own:
            state.mark(int(units.stimulus[unit]), form)
            for slot in units.slots[unit]:
                state.put(int(slot), form)
    chosen = select(task, relaxed, units, plan)
    classes = task.shape.class_of[chosen]
    members = [chosen[classes == number] for number in range(task.shape.classes)]
    table = state.bands.table
    means = np.array([table[own].mean(axis=0) if len(own) else np.zeros(table.shape[1]) for own in members])
    expected = state.sums + plan.singles @ means
    # large classes come last: they have an item for what is still missing
    for number in np.argsort(plan.singles.sum(axis=0), kind="stable"):
        _deal_class(state, members[number], plan.singles[:, number], means[number], expected)
    return state


def _deal_class(state: State, slots: Ints, wanted: Ints, mean: Floats, expected: Floats) -> None:
    """Rounds in which each form that still wants an item takes one, the poorest first.

    `expected` is what each form will have when it gets the mean of the class for every item it still wants.
    A form takes what leaves it nearest to its aim, of the items without an enemy in it if there is one.
    """
    import numpy as np

    wanted, table, rest = wanted.copy(), state.bands.table, slots.copy()
    centre = expected.mean(axis=0)
    unit = 1.0 / np.maximum(np.abs(table).max(axis=0, initial=0.0), 1e-12)
    while len(rest) and wanted.any():
        asking = np.flatnonzero(wanted > 0)
        poverty = ((expected[asking] - centre) * unit) ** 2 @ np.ones(len(unit))
        for form in asking[np.lexsort((asking, -poverty))]:
            if not len(rest):
                break
            loss = (((expected[form] - mean + table[rest] - centre) * unit) ** 2).sum(axis=1)
            enemies = (state.crowd[form, state.cliques[rest]] > 0).any(axis=1)
            place = int(np.lexsort((rest, loss, enemies))[0])
            slot = int(rest[place])
            rest = np.delete(rest, place)
            state.put(slot, int(form))
            expected[form] += table[slot] - mean
            wanted[form] -= 1
