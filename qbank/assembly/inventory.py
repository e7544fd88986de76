"""What a bank offers against what a blueprint needs, row by row, before any solver."""

from __future__ import annotations

import msgspec

from qbank.assembly.constraints._anchors import anchor_count
from qbank.assembly.constraints.overlap import Overlap
from qbank.assembly.duties import all_rows
from qbank.assembly.kinds import Supply
from qbank.assembly.setting import make_setting, where_text
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint


class CoverageRow(msgspec.Struct, frozen=True, kw_only=True):
    """Supply and demand of one row. `demand` is per form; `needed` is what all forms need together."""

    label: str
    where: str
    unit: str
    supply: int
    demand: int
    forms: int
    needed: int
    gap: int
    ok: bool


def coverage(bank: Bank, blueprint: Blueprint, forms: int | None = None) -> tuple[CoverageRow, ...]:
    """One row for every count that the blueprint states or implies.

    A row that is `ok` has enough eligible items on its own; enemies, item sets and the other rows may
    still stand in the way. A soft row is always `ok`. Raises SelectorError when a `where` is ill-formed.
    """
    setting = make_setting(bank, blueprint)
    count = blueprint.forms if forms is None else forms
    shared = shared_items(blueprint)
    return tuple(
        _row(supply, count, shared, soft=row.weight is not None)
        for row in all_rows(blueprint)
        for supply in row.supply(setting)
    )


def shared_items(blueprint: Blueprint) -> int:
    """How many items two forms of a run may share, anchors among them."""
    ordinary = min((row.maximum for row in blueprint.constraints if isinstance(row, Overlap)), default=0)
    return ordinary + anchor_count(blueprint)


def needed(supply: Supply, forms: int, shared: int) -> int:
    """How many different items or sets all forms need together at least."""
    if supply.unit != "item" and shared:
        return supply.demand
    return different(supply.demand, forms, shared)


def different(demand: int, forms: int, shared: int) -> int:
    """How many different items forms hold at least that hold some each and share some by twos.

    k forms with n items each that share at most s by twos hold at least k n - s k (k - 1) / 2 of them.
    """
    return max((k * demand - shared * k * (k - 1) // 2 for k in range(1, forms + 1)), default=0)


def available(supply: Supply, forms: int, shared: int) -> int:
    """How many times a run of several forms may use what the bank has for a row."""
    if supply.unit == "item" or shared:
        return supply.supply
    return sum(min(forms, uses) for uses in supply.uses)


def _row(supply: Supply, forms: int, shared: int, *, soft: bool) -> CoverageRow:
    total = needed(supply, forms, shared)
    stock = available(supply, forms, shared)
    gap = max(0, total - stock)
    return CoverageRow(
        label=supply.label,
        where=where_text(supply.where),
        unit=supply.unit,
        supply=stock,
        demand=supply.demand,
        forms=forms,
        needed=total,
        gap=gap,
        ok=soft or gap == 0,
    )
