"""What kinds that need numbers about items share: who lacks them, who is left out, curves of forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import Filled, Setting, may_fill
from qbank.diagnostics import Severity
from qbank.model.form import OPERATIONAL
from qbank.model.item import Item
from qbank.model.selector import Fields
from qbank.model.statistics import Irt
from qbank.psychometrics.response import is_usable, item_information, item_score

if TYPE_CHECKING:
    from qbank.assembly.aim import Aim
    from qbank.assembly.program import Block, Floats, Goal, Ints
    from qbank.assembly.space import Space

    Table = Callable[[Sequence[Item], Sequence[Irt | None], tuple[float, ...]], Floats]
    """(items, their parameters, thetas) → items by thetas, NaN where parameters are missing."""

OBJECTIVE = "objective"
"""The label under which an objective speaks."""


def operational(setting: Setting) -> list[Item]:
    """The eligible items that may be scored."""
    return [item for item in setting.eligible if may_fill(item, OPERATIONAL, setting.blueprint)]


def lacking(
    setting: Setting, kind: str, what: str, has: Callable[[Item], bool], label: str = OBJECTIVE
) -> Iterator[Problem]:
    """How many eligible operational items lack what is needed: an error when too few have it."""
    items = operational(setting)
    without = [item.id for item in items if not has(item)]
    if not without:
        return
    need = setting.blueprint.role_counts.get(OPERATIONAL, 0)
    left = len(items) - len(without)
    enough = left >= max(need, 1)
    who = f"The objective {kind}" if label == OBJECTIVE else f'The row "{label}"'
    other = "choose the objective random" if label == OBJECTIVE else "take the row out"
    yield Problem(
        kind=kind,
        label=label,
        message=f"{len(without)} of {len(items)} eligible operational items have no {what}: "
        f"{listed(without)}",
        hint="They are left out; nothing is imputed."
        if enough
        else f"{who} needs {what}; {left} items have it, a form needs {need}. Add statistics or {other}.",
        severity=Severity.WARNING if enough else Severity.ERROR,
        items=tuple(without),
    )


def left_out(space: Space, kind: str, slots: Ints) -> Block:
    """Rows that keep slots without statistics empty."""
    return space.sums(OBJECTIVE, kind, [("", slots, None)], None, 0, family="statistics")


def fewest(space: Space, kind: str, aim: Aim) -> Goal:
    """The goal to make the one sum of an aim as small as can be, over all forms."""
    import numpy as np

    from qbank.assembly.program import Goal

    return Goal(
        sense="minimise",
        columns=np.concatenate([space.x(aim.slots, form) for form in range(space.forms)]),
        costs=np.tile(aim.table[:, 0], space.forms),
        blocks=(left_out(space, kind, aim.without),),
    )


def parameters(items: Sequence[Item], fields: Fields) -> list[Irt | None]:
    """The item response parameters of items; None where there are none that can be used."""
    found = (fields.statistics.get(item.id) for item in items)
    return [one.irt if one is not None and is_usable(one.irt) else None for one in found]


def check_theta(theta: tuple[float, ...], kind: str, label: str = OBJECTIVE) -> Iterator[Problem]:
    """A list of thetas that is empty."""
    if not theta:
        who = f"the objective {kind}" if label == OBJECTIVE else f'"{label}"'
        yield Problem(
            kind=kind,
            label=label,
            message=f"{who} names no theta",
            hint="Give abilities such as theta: [-1, 0, 1].",
            pointer=("theta",),
        )


def check_scales(setting: Setting, kind: str, label: str = OBJECTIVE) -> Iterator[Problem]:
    """Missing parameters, and parameters on more than one scale or with more than one D."""
    items = operational(setting)
    known = {
        item.id: one
        for item, one in zip(items, parameters(items, setting.fields), strict=True)
        if one is not None
    }
    yield from lacking(setting, kind, "item response parameters", lambda item: item.id in known, label)
    scales: dict[tuple[str, float], int] = {}
    for one in known.values():
        scales[one.scale, one.D] = scales.get((one.scale, one.D), 0) + 1
    if len(scales) > 1:
        parts = [f"scale {s or '(unnamed)'} with D = {d:g}: {scales[s, d]}" for s, d in sorted(scales)]
        yield Problem(
            kind=kind,
            label=label,
            message=f"eligible operational items are on several scales ({'; '.join(parts)})",
            hint="Link them to one scale, or narrow the blueprint's eligible to one.",
        )


def informations(items: Sequence[Item], known: Sequence[Irt | None], theta: tuple[float, ...]) -> Floats:
    """Fisher information of items at thetas."""
    del items
    return item_information(known, theta)


def scores(items: Sequence[Item], known: Sequence[Irt | None], theta: tuple[float, ...]) -> Floats:
    """Expected scores of items at thetas, in points of the form."""
    import numpy as np

    points = np.array([item.points for item in items], dtype=np.float64)
    return item_score(known, theta) * points.reshape(-1, 1)


def space_curve(
    space: Space, theta: tuple[float, ...], table: Table = informations
) -> tuple[Ints, Floats, Ints]:
    """Operational slots with parameters, their rows of a table, and the operational slots without."""
    import numpy as np

    statistics = space.columns.fields.statistics
    found = (statistics.get(item.id) for item in space.items)
    # a table gives NaN for parameters that cannot be used, as it does for none
    rows = table(space.items, [None if one is None else one.irt for one in found], theta)
    slots = space.slots(role=OPERATIONAL) if OPERATIONAL in space.roles else np.zeros(0, dtype=np.int64)
    of_slots = rows[space.slot_item[slots]]
    known = ~np.isnan(of_slots).any(axis=1)
    return slots[known], of_slots[known], slots[~known]


def band_rows(
    space: Space, kind: str, slots: Ints, table: Floats, floors: Ints, width: Ints
) -> tuple[Block, Block]:
    """Rows that keep every form's curve between a floor and the floor plus a width.

    `floors` has a column for each theta, which may be one for all; `width` is a single column.
    """
    import numpy as np

    from qbank.assembly.program import block

    above, below = [], []
    for number in range(len(floors)):
        floor = floors[number : number + 1]
        for form in range(space.forms):
            x = space.x(slots, form)
            above.append((np.append(x, floor), np.append(table[:, number], -1.0)))
            columns = np.concatenate((x, floor, width))
            below.append((columns, np.concatenate((table[:, number], [-1.0, -1.0]))))
    return (
        block(OBJECTIVE, kind, above, 0.0, np.inf, family=OBJECTIVE),
        block(OBJECTIVE, kind, below, -np.inf, 0.0, family=OBJECTIVE),
    )


def form_curve(
    setting: Setting, filled: Filled, theta: tuple[float, ...], table: Table = informations
) -> list[float]:
    """The sums of a table over the operational items of a form; NaN when one lacks parameters."""
    items = [seat.item for seat in filled.seats if seat.placement.role == OPERATIONAL]
    rows = table(items, parameters(items, setting.fields), theta)
    return [float(value) for value in rows.sum(axis=0)]
