"""The cells of a blueprint: what its content rows need, and what the bank offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from qbank.diagnostics import Pointer, Where
from qbank.model import selector
from qbank.model.bank import Bank
from qbank.model.blueprint import BLUEPRINT_RECORD, Blueprint, Constraint
from qbank.model.form import PRETEST
from qbank.model.item import Item


class Cell(msgspec.Struct, frozen=True):
    """A content row, or one value of a row with `each`: items needed for all forms, items there."""

    row: Pointer
    label: str
    detail: str
    minimum: int
    forms: int
    eligible: int

    @property
    def needed(self) -> int:
        """How many different items all forms need together."""
        return self.minimum * self.forms

    @property
    def where(self) -> Where:
        """The place of the row's minimum in the blueprint."""
        return Where(BLUEPRINT_RECORD, (*self.row, "minimum"))

    @property
    def name(self) -> str:
        """The row's label, and the value that is meant."""
        return f"{self.label} ({self.detail})" if self.detail else self.label

    @property
    def wish(self) -> str:
        """What the row asks for in words."""
        return (
            f"needs {self.minimum}"
            if self.forms == 1
            else f"needs {self.minimum} in each of {self.forms} forms"
        )


def cells(blueprint: Blueprint, bank: Bank) -> Iterator[Cell]:
    """The cells that need items. None while the bank is incomplete; rows with mistakes are left out."""
    if not bank.complete or bank.unreadable:
        return
    fields = selector.Fields(bank)
    items = _eligible(blueprint, bank, fields)
    if items is None:
        return
    for place, constraint in _rows(blueprint):
        if constraint.kind != "content":
            continue
        row: dict[str, Any] = msgspec.to_builtins(constraint)
        if not row.get("minimum") or not _is_well_formed(row["where"], fields):
            continue
        found = _matching(row["where"], items, blueprint, fields)
        for detail, count in _counts(found, row.get("each", ""), fields):
            yield Cell(place, constraint.label, detail, row["minimum"], blueprint.forms, count)


def _rows(blueprint: Blueprint) -> Iterator[tuple[Pointer, Constraint]]:
    """The rows of a blueprint and of its sections, with their places."""
    for number, row in enumerate(blueprint.constraints):
        yield ("constraints", number), row
    for part, plan in enumerate(blueprint.sections):
        for number, row in enumerate(plan.constraints):
            yield ("sections", part, "constraints", number), row


def _eligible(blueprint: Blueprint, bank: Bank, fields: selector.Fields) -> list[Item] | None:
    """The items, one an id, that the blueprint lets in; None when its `eligible` has mistakes."""
    if not _is_well_formed(blueprint.eligible, fields):
        return None
    meets = selector.predicate(blueprint.eligible, fields)
    by_id = {item.id: item for item in reversed(bank.items)}
    return [item for item in by_id.values() if meets(item)]


def _is_well_formed(where: dict[str, Any], fields: selector.Fields) -> bool:
    try:
        selector.check(where, fields)
    except selector.SelectorError:
        return False
    return True


def _matching(
    where: dict[str, Any], items: list[Item], blueprint: Blueprint, fields: selector.Fields
) -> list[Item]:
    rest, role = selector.split_role(where)
    roles = list(blueprint.role_counts) if role in (None, "any") else [role]
    meets = selector.predicate(rest, fields)
    return [item for item in items if meets(item) and any(_may_fill(item, one, blueprint) for one in roles)]


def _may_fill(item: Item, role: str | None, blueprint: Blueprint) -> bool:
    """Whether an item's status lets it fill a role."""
    return item.status in blueprint.pretest_from if role == PRETEST else item.status != PRETEST


def _counts(items: list[Item], each: str, fields: selector.Fields) -> Iterator[tuple[str, int]]:
    """How many items there are, or how many for every value of a field."""
    if not each:
        yield "", len(items)
        return
    counts: dict[str, int] = {}
    for item in items:
        value = fields.value(item, each)
        for one in value if isinstance(value, tuple) else () if value is None else (value,):
            counts[str(one)] = counts.get(str(one), 0) + 1
    for value, count in sorted(counts.items()):
        yield f"{each} {value}", count
