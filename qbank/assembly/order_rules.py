"""What an entry of a blueprint's `order` can say beyond the name of a field: ramps, and neighbours apart.

A ramp sorts; item sets count with the mean of their items, and what has no number comes last. `apart` moves
nothing that the order fixes: among items that the order leaves to the seed it lets neighbours differ as far
as that can be, and an audit tells where it could not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

from qbank.assembly.problems import Problem
from qbank.assembly.setting import Seat, Setting, numeric
from qbank.diagnostics import Severity
from qbank.discovery import did_you_mean
from qbank.model.blueprint import OrderRule
from qbank.model.item import Item

DRAWN = ("seed", "shuffle")
"""Entries that leave the rest to the seed."""

Unit = list[Item]
"""Items that stand together: an item, or the items of a stimulus."""


def check_rule(rule: OrderRule, number: int, setting: Setting) -> Iterator[Problem]:
    """A rule that names no field or two, an unknown one, or one in which no eligible item has a number."""
    field = rule.ramp or rule.apart
    if bool(rule.ramp) == bool(rule.apart):
        yield _mistake("says both ramp and apart" if field else "says neither ramp nor apart", number)
    elif field not in setting.fields.names:
        hint = did_you_mean(field, set(setting.fields.names))
        yield _mistake(f"names {field!r}, which is no field of the bank", number, hint)
    elif rule.ramp and all(numeric(item, field, setting) is None for item in setting.eligible):
        yield _mistake(
            f"sorts by {field}, and no eligible item has a number in it", number, "Name a field with numbers."
        )


def _mistake(message: str, number: int, hint: str = "") -> Problem:
    said = f"order {message}"
    return Problem(kind="order", label="order", message=said, hint=hint, pointer=("order", number))


def steepness(rule: OrderRule, unit: Sequence[Item], setting: Setting) -> tuple[bool, float]:
    """The sort key of a unit on a ramp: the mean of its numbers; without any it comes last."""
    found = [value for item in unit if (value := numeric(item, rule.ramp, setting)) is not None]
    if not found:
        return True, 0.0
    mean = round(sum(found) / len(found), 9)
    return False, -mean if rule.direction == "descending" else mean


def fixed_part(order: Sequence[str | OrderRule]) -> list[str | OrderRule]:
    """The entries that fix places: those before the first that leaves the rest to the seed."""
    kept: list[str | OrderRule] = []
    for entry in order:
        if entry in DRAWN:
            break
        if not isinstance(entry, OrderRule) or entry.ramp:
            kept.append(entry)
    return kept


def spread(units: Sequence[Unit], place: Callable[[Unit], Any], setting: Setting) -> list[Unit]:
    """Units in an order in which neighbours differ as far as can be; those of one place may change theirs."""
    for rule in setting.blueprint.order:
        if isinstance(rule, OrderRule) and rule.apart:
            units = _apart(units, place, rule.apart, setting)
    return list(units)


def _apart(units: Sequence[Unit], place: Callable[[Unit], Any], field: str, setting: Setting) -> list[Unit]:
    made: list[Unit] = []
    for _, block in groupby(units, key=place):
        waiting = list(block)
        while waiting:
            before = _values(made[-1][-1], field, setting) if made else frozenset[str]()
            made.append(waiting.pop(_next(waiting, before, field, setting)))
    return made


def _next(waiting: Sequence[Unit], before: frozenset[str], field: str, setting: Setting) -> int:
    """The first unit unlike the one before; a value that half of the rest have goes first."""
    counts = Counter(value for unit in waiting for value in _values(unit[0], field, setting))
    fitting = [n for n, unit in enumerate(waiting) if not _values(unit[0], field, setting) & before]
    urgent = {value for value, count in counts.items() if 2 * count > len(waiting)}
    pressing = [n for n in fitting if _values(waiting[n][0], field, setting) & urgent]
    return next(iter((*pressing, *fitting)), 0)


def _values(item: Item, field: str, setting: Setting) -> frozenset[str]:
    """The values of an item in a field: each of several tags, none for no value."""
    value = setting.fields.value(item, field)
    if isinstance(value, tuple):
        return frozenset(str(one) for one in value)
    return frozenset() if value is None else frozenset((str(value),))


def audit_rules(seats: Sequence[Seat], form: str, setting: Setting) -> Iterator[Problem]:
    """Ramps that a form or a section breaks, and neighbours that are not apart (which is no error)."""
    order = setting.blueprint.order
    units = [
        [seat.item for seat in run]
        for _, run in groupby(seats, key=lambda seat: seat.item.stimulus or f"item {seat.item.id}")
    ]
    for number, rule in enumerate(order):
        if isinstance(rule, OrderRule) and rule.ramp and not any(one in DRAWN for one in order[:number]):
            yield from _audit_ramp(rule, order[:number], units, form, setting)
        elif isinstance(rule, OrderRule) and rule.apart:
            yield from _audit_apart(rule.apart, units, form, setting)


def _audit_ramp(
    rule: OrderRule, before: Sequence[str | OrderRule], units: Sequence[Unit], form: str, setting: Setting
) -> Iterator[Problem]:
    """Neighbours that are equal in all entries before the ramp, and stand on it the wrong way round."""
    for one, other in pairwise(units):
        if _told(one, before, setting) != _told(other, before, setting):
            continue
        if steepness(rule, one, setting) > steepness(rule, other, setting):
            yield Problem(
                kind="order",
                message=f"{other[0].id} stands after {one[-1].id}, which breaks the ramp of {rule.ramp}",
                form=form,
                items=(other[0].id,),
            )


def _told(unit: Unit, entries: Sequence[str | OrderRule], setting: Setting) -> list[Any]:
    """What entries say of a unit."""
    told: list[Any] = []
    for entry in entries:
        if isinstance(entry, OrderRule):
            told.append(steepness(entry, unit, setting) if entry.ramp else None)
        elif entry == "item_set":
            told.append(bool(unit[0].stimulus))
        else:
            told.append({setting.fields.value(item, entry) for item in unit})
    return told


def _audit_apart(field: str, units: Sequence[Unit], form: str, setting: Setting) -> Iterator[Problem]:
    for one, other in pairwise(units):
        shared = _values(one[-1], field, setting) & _values(other[0], field, setting)
        if shared:
            yield Problem(
                kind="order",
                message=f"{one[-1].id} and {other[0].id} are neighbours of one {field}, {min(shared)}",
                hint="Take fewer such items, or leave more of the order to the seed.",
                severity=Severity.INFO,
                form=form,
                items=(one[-1].id, other[0].id),
            )
