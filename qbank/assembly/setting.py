"""What checks and audits look at: bank, blueprint and finished forms, item by item in plain Python.

Nothing here is used to make the solver's rows (`space.py` makes those), so that building a form and
judging it stay two independent readings of the blueprint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from qbank.model import selector
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint, Where
from qbank.model.form import PRETEST, Form, Placement
from qbank.model.item import Item

ANY_ROLE = "any"


class Setting(msgspec.Struct, frozen=True):
    """A bank and a blueprint, with the items by id and the eligible ones in order of id."""

    bank: Bank
    blueprint: Blueprint
    fields: selector.Fields
    items: dict[str, Item]
    eligible: tuple[Item, ...]


class Seat(msgspec.Struct, frozen=True):
    """A placement of a form together with its item."""

    placement: Placement
    item: Item


class Filled(msgspec.Struct, frozen=True):
    """A form with the items that stand in it; placements of unknown items are left out."""

    form: Form
    seats: tuple[Seat, ...]


def make_setting(bank: Bank, blueprint: Blueprint) -> Setting:
    """The setting of a bank and a blueprint. Raises SelectorError when `eligible` is ill-formed."""
    fields = selector.Fields(bank)
    selector.check(blueprint.eligible, fields)
    items: dict[str, Item] = {}
    for item in sorted(bank.items, key=lambda item: item.id):
        items.setdefault(item.id, item)
    is_eligible = selector.predicate(blueprint.eligible, fields)
    return Setting(
        bank, blueprint, fields, items, tuple(item for item in items.values() if is_eligible(item))
    )


def fill(form: Form, setting: Setting) -> Filled:
    """A form joined with its items."""
    return Filled(
        form,
        tuple(
            Seat(placement, setting.items[placement.item])
            for placement in form.placements
            if placement.item in setting.items
        ),
    )


def may_fill(item: Item, role: str, blueprint: Blueprint) -> bool:
    """Whether an item's status lets it fill a role; `any` asks for some role of the blueprint."""
    if role == ANY_ROLE:
        return any(may_fill(item, one, blueprint) for one in blueprint.role_counts)
    if role == PRETEST:
        return item.status in blueprint.pretest_from
    return item.status != PRETEST


def matching(where: Where, setting: Setting, items: Sequence[Item] | None = None) -> Iterator[Item]:
    """The eligible (or given) items that meet a `where` and may fill its role."""
    rest, role = selector.split_role(where)
    meets = selector.predicate(rest, setting.fields)
    for item in setting.eligible if items is None else items:
        if meets(item) and may_fill(item, role or ANY_ROLE, setting.blueprint):
            yield item


def seats_of(where: Where, filled: Filled, setting: Setting) -> Iterator[Seat]:
    """The seats of a form that a `where` with its role means."""
    rest, role = selector.split_role(where)
    meets = selector.predicate(rest, setting.fields)
    for seat in filled.seats:
        if role in (None, ANY_ROLE, seat.placement.role) and meets(seat.item):
            yield seat


def numeric(item: Item, field: str, setting: Setting) -> float | None:
    """The number that an item has in a field, None when it has none."""
    value = setting.fields.value(item, field)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def where_text(where: Where) -> str:
    """A `where` in words: "content_area icd10cm, role operational"."""
    return ", ".join(
        " or ".join(f"({where_text(part)})" for part in test)
        if name == "any"
        else f"{name} {_test_text(test)}"
        for name, test in where.items()
    )


def _test_text(test: object) -> str:
    if isinstance(test, list | tuple):
        return " or ".join(str(part) for part in test)
    if isinstance(test, dict):
        if "not" in test:
            return f"not {_test_text(test['not'])}"
        if "present" in test:
            return "present" if test["present"] else "absent"
        low, high = test.get("minimum"), test.get("maximum")
        return f"{low} to {high}" if None not in (low, high) else f"≥ {low}" if high is None else f"≤ {high}"
    return str(test).lower() if isinstance(test, bool) else str(test)
