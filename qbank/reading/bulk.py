"""Sound records in bulk: nearly all records are sound, so they are checked and converted many at a time.

A batch is taken only if each of its records is valid, cannot be meant otherwise than it reads, and converts
as it stands. All other records are read closely, one by one; the two ways never differ but in speed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from qbank.model.as_read import Head
from qbank.model.bank import Attribute
from qbank.model.item import Item
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Stimulus
from qbank.reading import schemas

BATCH = 64
KINDS: dict[str, Any] = {"item": Item, "stimulus": Stimulus, "statistics": Statistics}
_MOST = 2**53
_ITEM = msgspec.json.Decoder(Item).decode
_HEAD = msgspec.json.Decoder(Head).decode
_ENCODE_LINES = msgspec.json.Encoder().encode_lines
_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "date": (str,),
}


Declared = dict[str, tuple[tuple[type, ...], tuple[Any, ...]]]
"""Attribute → the types that its values may have, and the values, if the bank lists them."""


class _Bulk(msgspec.Struct, frozen=True):
    is_valid: Callable[[list[Any]], bool]
    decode_lines: Callable[[bytes], list[Any]]


def written(trees: list[Any]) -> bytes:
    """Plain trees as JSON Lines, as short as can be. Raises ValueError, TypeError or RecursionError."""
    return _ENCODE_LINES(trees)


def values(kind: str, trees: list[Any], lines: bytes | None, defaults: Mapping[str, Any]) -> list[Any] | None:
    """The values of some records of a kind; None unless all are sound.

    `lines` is the trees as `written` writes them, None when nobody has written them yet. What is valid is
    not deep, has texts where texts belong and only texts as names.
    """
    if kind not in KINDS:
        return None
    bulk = _bulk(kind)
    try:
        if not bulk.is_valid(trees):
            return None
        if defaults:
            lines = written([{**defaults, **tree} for tree in trees])
        return bulk.decode_lines(written(trees) if lines is None else lines)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
        return None


def item(line: bytes) -> Item:
    """The item of a line of JSON. Raises msgspec.MsgspecError for a line that holds none."""
    found: Item = _ITEM(line)
    return found


def head(line: bytes) -> Head:
    """No more than the head of it."""
    return _HEAD(line)


def are_valid(kind: str, trees: list[Any]) -> bool:
    """Whether the schema accepts all trees, and no number in them is too large to be surely kept as it is."""
    return _bulk(kind).is_valid(trees)


def declared(attributes: Mapping[str, Attribute]) -> Declared:
    """What a bank declares of its attributes, in the shape that `as_declared` looks things up in."""
    return {name: (_TYPES[one.type], one.values) for name, one in attributes.items()}


def as_declared(items: list[Item], known: Declared) -> bool:
    """Whether all attributes of some items are what their bank declares."""
    for item in items:
        for name, value in item.attributes.items():
            wanted = known.get(name)
            if wanted is None or type(value) not in wanted[0] or (wanted[1] and value not in wanted[1]):
                return False
    return True


@functools.cache
def _bulk(kind: str) -> _Bulk:
    whole = schemas.schema("item" if kind == "item" else "bank")
    one = whole if kind == "item" else whole["$defs"][kind]
    shape = _bounded({name: part for name, part in one.items() if name not in ("$id", "$defs")})
    many = schemas.compile_schema({"type": "array", "items": shape, "$defs": _bounded(whole["$defs"])})
    return _Bulk(many.validator.is_valid, msgspec.json.Decoder(KINDS[kind]).decode_lines)


def _bounded(node: Any) -> Any:
    """A schema with bounds for numbers that have none: a larger one is read closely."""
    if isinstance(node, list):
        return [_bounded(part) for part in node]
    if not isinstance(node, dict):
        return node
    types = node.get("type")
    named = types if isinstance(types, list) else [types]
    bounds = {"minimum": -_MOST, "maximum": _MOST} if "number" in named or "integer" in named else {}
    return {**bounds, **{name: _bounded(part) for name, part in node.items()}}
