"""What objectives that need numbers about items share: who lacks them, and keeping those items out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import Setting, may_fill
from qbank.diagnostics import Severity
from qbank.model.form import OPERATIONAL
from qbank.model.item import Item
from qbank.model.statistics import Irt, Statistics
from qbank.psychometrics.irt import LOGISTIC_MODELS

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Space


def operational(setting: Setting) -> list[Item]:
    """The eligible items that may be scored."""
    return [item for item in setting.eligible if may_fill(item, OPERATIONAL, setting.blueprint)]


def lacking(setting: Setting, kind: str, what: str, has: Callable[[Item], bool]) -> Iterator[Problem]:
    """How many eligible operational items lack what the objective needs: an error when too few have it."""
    items = operational(setting)
    without = [item.id for item in items if not has(item)]
    if not without:
        return
    need = setting.blueprint.role_counts.get(OPERATIONAL, 0)
    enough = len(items) - len(without) >= max(need, 1)
    left = len(items) - len(without)
    yield Problem(
        kind=kind,
        label="objective",
        message=f"{len(without)} of {len(items)} eligible operational items have no {what}: "
        f"{listed(without)}",
        hint="They are left out; nothing is imputed."
        if enough
        else f"The objective {kind} needs {what}; {left} items have it, a form needs {need}. "
        "Add statistics or choose the objective random.",
        severity=Severity.WARNING if enough else Severity.ERROR,
        items=tuple(without),
    )


def left_out(space: Space, kind: str, slots: Ints) -> Block:
    """Rows that keep operational slots without statistics empty."""
    return space.sums("objective", kind, [("", slots, None)], None, 0, family="statistics")


def usable_irt(statistics: Statistics | None) -> Irt | None:
    """The item response parameters of a logistic model, None when there are none.

    An item whose a is not above 0 tells nothing about ability, though its information squares a.
    """
    irt = statistics.irt if statistics is not None else None
    known = irt is not None and irt.model in LOGISTIC_MODELS and irt.b is not None
    return irt if known and irt is not None and irt.a > 0 else None


def check_scales(setting: Setting, kind: str) -> Iterator[Problem]:
    """Missing parameters, and parameters on more than one scale or with more than one D."""
    statistics = setting.fields.statistics
    yield from lacking(
        setting,
        kind,
        f"{', '.join(LOGISTIC_MODELS)} parameters",
        lambda item: usable_irt(statistics.get(item.id)) is not None,
    )
    scales: dict[tuple[str, float], list[str]] = {}
    for item in operational(setting):
        if irt := usable_irt(statistics.get(item.id)):
            scales.setdefault((irt.scale, irt.D), []).append(item.id)
    if len(scales) > 1:
        parts = [f"scale {s or '(unnamed)'} with D = {d:g}: {len(scales[s, d])}" for s, d in sorted(scales)]
        yield Problem(
            kind=kind,
            label="objective",
            message=f"eligible operational items are on several scales ({'; '.join(parts)})",
            hint="Link them to one scale, or narrow the blueprint's eligible to one.",
        )


def item_information(statistics: list[Statistics | None], theta: tuple[float, ...]) -> Floats:
    """Information of items at thetas, items by rows; NaN where an item has no parameters."""
    import numpy as np

    from qbank.psychometrics.irt import information

    table = np.full((len(statistics), len(theta)), np.nan)
    for row, one in enumerate(statistics):
        irt = usable_irt(one)
        if irt is not None and irt.b is not None:
            guessing = irt.c if irt.model == "3PL" else 0.0
            table[row] = information(theta, irt.a, irt.b, guessing, irt.D)[0]
    return table


def space_information(space: Space, theta: tuple[float, ...]) -> tuple[Ints, Floats, Ints]:
    """Operational slots with parameters, their information, and the operational slots without."""
    import numpy as np

    by_id = space.columns.fields.statistics
    table = item_information([by_id.get(item.id) for item in space.items], theta)
    slots = space.slots(role=OPERATIONAL) if OPERATIONAL in space.roles else np.zeros(0, dtype=np.int64)
    known = ~np.isnan(table[space.slot_item[slots]]).any(axis=1)
    return slots[known], table[space.slot_item[slots[known]]], slots[~known]
