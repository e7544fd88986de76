"""Values in a `where` that no item can have: a typing mistake would otherwise pass for an empty row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from qbank.assembly.problems import Problem
from qbank.assembly.setting import Setting
from qbank.diagnostics import Pointer
from qbank.discovery import did_you_mean
from qbank.model.item import Item, Status
from qbank.model.selector import predicate

STATUSES: tuple[str, ...] = get_args(Status)
TYPES: tuple[str, ...] = tuple(str(kind.__struct_config__.tag) for kind in get_args(Item))


def unknown_values(where: Mapping[str, Any], setting: Setting, pointer: Pointer) -> Iterator[Problem]:
    """A problem for every value of a field with a declared vocabulary that is not in it."""
    for field, test in where.items():
        here = (*pointer, field)
        if field != "any":
            for place, value in _values(test, here):
                if _unknown(field, value, setting):
                    yield _problem(field, value, setting, place)
        elif isinstance(test, list):
            for number, part in enumerate(test):
                if isinstance(part, dict):
                    yield from unknown_values(part, setting, (*here, number))


def _values(test: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Any]]:
    """The plain values that a test names, with their places."""
    if isinstance(test, dict):
        if "not" in test:
            yield from _values(test["not"], (*pointer, "not"))
    elif isinstance(test, list):
        for number, value in enumerate(test):
            yield from _values(value, (*pointer, number))
    elif test is not None:
        yield pointer, test


def _declared(field: str, setting: Setting) -> tuple[Any, ...]:
    """The values that a field may have; empty when any value may come."""
    info = setting.bank.info
    match field:
        case "status":
            return STATUSES
        case "type":
            return TYPES
        case "content_area":
            return tuple(info.area_titles())
        case "cognitive_level":
            return info.cognitive_levels
        case _:
            attribute = info.attributes.get(field)
            return attribute.values if attribute is not None else ()


def _unknown(field: str, value: Any, setting: Setting) -> bool:
    """Whether a value is neither declared nor that of some item (another rule speaks of such an item)."""
    declared = _declared(field, setting)
    if not declared or value in declared:
        return False
    is_met = predicate({field: value}, setting.fields)
    return not any(is_met(item) for item in setting.items.values())


def _problem(field: str, value: Any, setting: Setting, pointer: Pointer) -> Problem:
    return Problem(
        kind=str(pointer[0]),
        label=str(pointer[0]),
        message=f"looks for the {field.replace('_', ' ')} {str(value)!r}, which the bank does not know",
        hint=did_you_mean(str(value), [str(one) for one in _declared(field, setting)]),
        pointer=pointer,
    )
