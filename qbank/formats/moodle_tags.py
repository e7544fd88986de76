"""Tags of questions in Moodle: an item's own, and those that stand for fields that it has no place for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from qbank.model.form import OPERATIONAL, Placement
from qbank.model.item import Item, Status

LEVEL = "cognitive level: "
STATUS = "status: "
STIMULUS = "stimulus: "
CHOOSE = "choose: "
ROLE = "role: "
PREFIXES = (LEVEL, STATUS, STIMULUS, CHOOSE, ROLE)
"""What tags that stand for fields begin with; the role is one of a form, and is not read."""

_STATUSES: tuple[str, ...] = get_args(Status)


def of_record(item: Item) -> Iterator[str]:
    """Tags for level and status of an item, the latter where it is not active."""
    if item.cognitive_level:
        yield LEVEL + item.cognitive_level
    if item.status != "active":
        yield STATUS + item.status


def of_place(item: Item, placement: Placement) -> Iterator[str]:
    """Tags for what a question belongs to, and how many options are to be chosen."""
    if item.stimulus:
        yield STIMULUS + item.stimulus
    if choose := getattr(item, "choose", None):
        yield f"{CHOOSE}{choose}"
    if placement.role != OPERATIONAL:
        yield ROLE + placement.role


def fields(tags: Iterable[str]) -> dict[str, Any]:
    """The fields that tags stand for, and `tags` for the others; the first of each kind counts."""
    found: dict[str, Any] = {}
    own: list[str] = []
    for tag in (" ".join(one.split()) for one in tags):
        prefix = next((one for one in PREFIXES if tag.startswith(one)), "")
        value = tag.removeprefix(prefix)
        match prefix:
            case "":
                own += [tag] if tag else []
            case "cognitive level: ":
                found.setdefault("cognitive_level", value)
            case "stimulus: ":
                found.setdefault("stimulus", value)
            case "status: " if value in _STATUSES:
                found.setdefault("status", value)
            case "choose: " if value.isdecimal():
                found.setdefault("choose", int(value))
            case "role: ":
                pass
            case _:
                own.append(tag)
    if own:
        found["tags"] = list(dict.fromkeys(own))
    return found
