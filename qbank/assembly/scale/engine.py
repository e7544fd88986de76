"""From a blueprint to dealt forms: the order of the steps, and when they are taken at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.arranging import KINDS
from qbank.assembly.compile import compile_rows
from qbank.assembly.duties import all_rows, objective, stated
from qbank.assembly.scale.bound import Relaxed, relax
from qbank.assembly.scale.deal import deal
from qbank.assembly.scale.double import level_by_two, mend
from qbank.assembly.scale.plan import plan, units_of
from qbank.assembly.scale.shape import shape_of
from qbank.assembly.scale.single import best_form
from qbank.assembly.scale.sorting import UnfitError
from qbank.assembly.scale.swap import Pools, level, part
from qbank.assembly.scale.task import Task
from qbank.assembly.space import Space
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.item import Item

if TYPE_CHECKING:
    from qbank.assembly.program import Ints
    from qbank.assembly.scale.state import State

NAME = "highs, classes"
LARGE = 12_000
"""Forms times items from which a run is dealt out."""
DOUBLE = 200
"""At most so many double exchanges."""
LOOSE = 0.01
"""Without a form in hand, one form is searched for among those that are so near to the bound."""
PENALTY = 30.0
"""What an exchange for an unused item must win against what all forms lose by it."""
HARD = 2_000
"""The same where forms are held against each other or a target, which straight programs find hard."""


class Dealt(msgspec.Struct, frozen=True):
    """The items and roles of every form, a bound on the objective of any run, whether the clock spoke."""

    taken: list[list[tuple[Item, str]]]
    bound: float
    by_clock: bool = False


def is_large(blueprint: Blueprint, eligible: int, forms: int) -> bool:
    """Whether a run is dealt out rather than solved straight."""
    if beyond(blueprint):
        return False
    size = forms * eligible
    hard = forms > 1 and objective(blueprint).compares
    return size >= (HARD if hard else LARGE)


def beyond(blueprint: Blueprint) -> bool:
    """Whether a blueprint has what sums over forms do not know: it is solved straight, whatever its size."""
    earlier = blueprint.earlier
    return bool(blueprint.sections or earlier.uses or earlier.forms) or any(
        row.weight is not None or row.kind in ("anchor_items", *KINDS) for row in stated(blueprint)
    )


def dealt(
    bank: Bank,
    blueprint: Blueprint,
    forms: int,
    seed: int,
    gap: float | None,
    time_limit: float | None,
    say: Callable[[str], None],
) -> Dealt | None:
    """Forms of a large run; None, with the reason said, where the straight program has to do it."""
    try:
        space, task, use = _task(bank, blueprint, forms, seed)
    except UnfitError as error:
        say(f"class aggregation: not taken, {error}")
        return None
    shape = task.shape
    sets = len(set(shape.sets.of[shape.sets.of >= 0].tolist()))
    say(
        f"class aggregation: {int(shape.free.sum())} items in {shape.classes} classes, "
        f"{len(shape.cliques)} groups of enemies, {sets} item sets"
    )
    bound = relax(msgspec.structs.replace(task, use=use))
    relaxed = bound if use == task.use or bound is None else relax(task)
    if bound is None or relaxed is None:
        say("class aggregation: not taken, the sum of all forms cannot be met")
        return None
    say(f"bound: {bound.value:.6f} by {bound.columns} of {shape.slots} columns in {bound.rounds} rounds")
    state = _state(task, relaxed, time_limit, say)
    made, most, by_clock = _forms(state), bound.value, state is not None and state.by_clock
    if forms == 1:
        made, most, by_clock = _exact(task, relaxed, state, _gap(blueprint, gap), time_limit, say)
    if not made:
        say("class aggregation: not taken, it found no forms")
        return None
    # forms may be quite alike whatever they hold: no sum says more than 0 about their differences
    most = 0.0 if task.aim.kind == "spread" else most
    return Dealt(_taken(space, made), _sign(task) * most, by_clock)


def _exact(
    task: Task,
    relaxed: Relaxed,
    state: State | None,
    gap: float,
    time_limit: float | None,
    say: Callable[[str], None],
) -> tuple[list[Ints], float, bool]:
    """The best form, found among the items that may be in a better one than the form in hand."""
    known = relaxed.value - LOOSE * max(1.0, abs(relaxed.value))
    if state is not None:
        known = _sign(task) * task.aim.value(state.sums[:, : task.table.shape[1]])
        if relaxed.value - known <= gap * abs(known):
            return _forms(state), relaxed.value, False
    better, most, by_clock = best_form(task, relaxed, known, gap, time_limit)
    say(f"search among the items that may be better: {'found a better form' if len(better) else 'none'}")
    return [better] if len(better) else _forms(state), most, by_clock


def _state(
    task: Task, relaxed: Relaxed, time_limit: float | None, say: Callable[[str], None]
) -> State | None:
    """Finished forms; None, with the reason said, when some row is not met."""
    units = units_of(task, relaxed)
    planned = plan(task, relaxed, units)
    if planned is None:
        say("class aggregation: no plan for every form")
        return None
    state = deal(task, relaxed, units, planned)
    state.ends(time_limit)
    pools = Pools(state, relaxed)
    left = part(state, pools)
    count = level(state, pools, 0.0)
    twice = level_by_two(state, pools, 0.0, None, DOUBLE)
    fresh = level(state, pools, 0.0, PENALTY)
    say(f"{count} exchanges, {twice} double ones, {fresh} for unused items")
    kept = mend(state, pools)
    if left or not kept:
        broken = ("some enemies stand together",) * bool(left) + ("some sums are out of bounds",) * (not kept)
        say(f"class aggregation: {' and '.join(broken)}")
        return None
    return state


def _task(bank: Bank, blueprint: Blueprint, forms: int, seed: int) -> tuple[Space, Task, int]:
    """The blueprint for one form, the task for disjoint forms, and how often an item may be used at most."""
    import numpy as np

    space = Space(bank, blueprint, 1, seed)
    aim = objective(blueprint).aim(space)
    if aim is None:
        raise UnfitError(f"the objective {blueprint.objective.kind} is no sum over items")
    shape = shape_of(space, compile_rows(space), aim.without)
    table = np.zeros((shape.slots, aim.table.shape[1]))
    table[aim.slots] = aim.table
    limits = [row.uses(forms) for row in all_rows(blueprint)]
    use = min((limit for limit in limits if limit is not None), default=forms)
    return space, Task(shape, aim, table, forms, 1, seed), use


def _gap(blueprint: Blueprint, gap: float | None) -> float:
    return objective(blueprint).gap if gap is None else gap


def _sign(task: Task) -> float:
    return -1.0 if task.aim.kind in ("fewest", "near") else 1.0


def _forms(state: State | None) -> list[Ints]:
    import numpy as np

    if state is None:
        return []
    return [np.flatnonzero(state.form_of == form) for form in range(state.task.forms)]


def _taken(space: Space, forms: list[Ints]) -> list[list[tuple[Item, str]]]:
    return [
        [(space.items[space.slot_item[slot]], space.roles[space.slot_role[slot]]) for slot in slots]
        for slots in forms
    ]
