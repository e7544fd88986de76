"""Scalars as typed: text, id, code and key fields hold what the author wrote, not what YAML made of it.

ryaml keeps `0450`, `no` and `1:30`; where it makes a number or a truth value of a scalar in a text
field, the scalar is taken from PyYAML's node of the record's own slice.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from qbank.diagnostics import Pointer
from qbank.model.bank import Attribute
from qbank.reading import yaml_nodes
from qbank.reading.limits import MAX_DEPTH, MAX_INTEGER, MIN_INTEGER

TEXT_FIELDS: dict[str, tuple[str, ...]] = {
    "item": (
        "id",
        "type",
        "status",
        "content_area",
        "cognitive_level",
        "stem",
        "prompts",
        "options",
        "rationale",
        "references",
        "stimulus",
        "fixed",
        "enemies",
        "codes",
        "tags",
        "author",
        "rubric",
        "review",
        "approval",
        "lint_ignore",
    ),
    "stimulus": ("id", "title", "text", "media", "enemies"),
    "statistics": ("item", "content_hash", "as_of", "source"),
    "bank": (
        "id",
        "title",
        "language",
        "licence",
        "as_of",
        "items",
        "stimuli",
        "statistics",
        "content_areas",
        "cognitive_levels",
        "require",
        "notice",
    ),
    "blueprint": ("id", "title", "edition", "bank", "facts", "order"),
    "section": ("id", "title", "order"),
    "constraint": ("label", "kind", "attribute"),
}
# begins with a set of characters, so that a search passes over all others at once
_TOKEN = re.compile(
    r"[-+.0-9TFtf](?<![^\s\[{,:].)(?:(?<=[Tt])rue|(?<=T)RUE|(?<=[Ff])alse|(?<=F)ALSE"
    r"|(?<=[-+.0-9])[-+.0-9a-fA-Fxo]*+)(?=[\s,\]}]|$)"
)
_KEYS_THAT_ARE_VALUES = ("true-false", "numeric")


def odd_scalars(record: dict[str, Any], kind: str, attributes: Mapping[str, Attribute]) -> list[Pointer]:
    """Paths of the text fields whose value is a scalar but no text."""
    found: list[Pointer] = []
    for name in TEXT_FIELDS[kind]:
        if name in record:
            _add_scalars(found, record[name], (name,))
    if kind == "item":
        if record.get("type") not in _KEYS_THAT_ARE_VALUES:
            _add_scalars(found, record.get("key"), ("key",))
        own = record.get("attributes")
        if isinstance(own, dict):
            found.extend(
                ("attributes", name)
                for name, value in own.items()
                if type(value) is not str
                and name in attributes
                and attributes[name].type in ("string", "date")
                and isinstance(value, bool | int | float)
            )
    return found


def as_typed(record: Any, paths: list[Pointer], text: str) -> Iterator[tuple[Pointer, str, str]]:
    """Replace the scalars at some paths by what was typed; yields (path, typed, parsed) where they differ.

    `text` is the slice of the record, in which the same paths hold. The record is changed in place.
    """
    for path in paths:
        parent = record
        for step in path[:-1]:
            parent = parent[step]
        parsed = parent[path[-1]]
        raw = _raw(parsed, text, path)
        if raw is None:
            continue
        parent[path[-1]] = raw
        if _written(parsed) != raw:
            yield path, raw, _written(parsed)


def has_odd_keys(value: Any) -> bool:
    """Whether some mapping has a key that is no text."""
    if isinstance(value, dict):
        for key, part in value.items():
            if type(key) is not str or (type(part) is not str and has_odd_keys(part)):
                return True
    elif isinstance(value, list):
        for part in value:
            if type(part) is not str and has_odd_keys(part):
                return True
    return False


def unusable(value: Any, pointer: Pointer = ()) -> tuple[Pointer, str] | None:
    """The path of the first value of a tree that nothing can work with, and why; None without one.

    These are NaN and infinity, whole numbers of more than 64 bits, and what is nested too deeply.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return None
    if kind is int:
        return None if MIN_INTEGER <= value <= MAX_INTEGER else (pointer, "this number is too large")
    if kind is float:
        return None if math.isfinite(value) else (pointer, "this is not a finite number")
    if len(pointer) >= MAX_DEPTH:
        return pointer, "this is nested too deeply"
    for step, part in value.items() if kind is dict else enumerate(value):
        if type(part) is not str:
            found = unusable(part, (*pointer, step))
            if found is not None:
                return found
    return None


def with_whole_numbers(value: Any) -> Any:
    """A tree whose 9.0 is 9: to JSON Schema both are whole numbers."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dict):
        return {name: with_whole_numbers(part) for name, part in value.items()}
    return [with_whole_numbers(part) for part in value] if isinstance(value, list) else value


def _add_scalars(found: list[Pointer], value: Any, pointer: Pointer) -> None:
    """Add the paths of the scalars of a value that are no texts."""
    if type(value) is str or value is None:
        return
    if not isinstance(value, dict | list):
        found.append(pointer)
        return
    for step, part in value.items() if isinstance(value, dict) else enumerate(value):
        if type(part) is not str:
            _add_scalars(found, part, (*pointer, step))


def _raw(value: Any, text: str, path: Pointer) -> str | None:
    """A scalar as it was typed: the only spelling of such a value in its text, or what is at its path."""
    spelt = _spellings(text).get((type(value), value), set())
    return next(iter(spelt)) if len(spelt) == 1 else yaml_nodes.raw_scalar(text, path)


@functools.lru_cache(maxsize=8)
def _spellings(text: str) -> dict[tuple[type, Any], set[str]]:
    """The values of all numbers and truth values of a text, and more that only look so: as they are typed."""
    found: dict[tuple[type, Any], set[str]] = {}
    for token in set(_TOKEN.findall(text)):
        value = _meant(token)
        if value is not None:
            found.setdefault((type(value), value), set()).add(token)
    return found


def _meant(token: str) -> bool | int | float | None:
    """What a token means to YAML if it is no text."""
    if token[0] in "TFtf":
        return token[0] in "Tt"
    try:
        return int(token, 0)
    except ValueError:
        pass
    try:
        return float(token)
    except ValueError:
        return None


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
