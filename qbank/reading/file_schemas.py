"""Schemas of whole files, made of the schemas of the records in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_Tree = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PARTS = {"stimuli": "stimulus", "items": "item", "statistics": "statistics"}
"""Member of a whole bank → the records in it."""

_RECORDS = {
    "stimulus-file": ("stimulus", "stimuli", "A file of stimuli: a list of them, or one."),
    "statistics-file": ("statistics", "statistics", "A file of statistics: a list of records, or one."),
}


def file_schemas(schema: Callable[[str], _Tree]) -> dict[str, _Tree]:
    """Name → the schema of a file (2020-12), each whole in itself.

    `schema` gives the schema of a record: bank or item. `item-file` is an item file or a bank that is one
    file, `stimulus-file` and `statistics-file` what a bank keeps beside its items.
    """
    item, bank = schema("item"), schema("bank")
    known = {**bank["$defs"], **item["$defs"], "item": _part(item), "bank": _part(bank)}
    assert len(known) == len(bank["$defs"]) + len(item["$defs"]) + 2, "two definitions of one name"
    return {
        "item-file": {
            **_head("item-file", "qbank item file", _ITEM_FILE),
            "type": ["array", "object", "null"],
            "items": _to("item"),
            "if": {"type": "object"},
            "then": _of_object(),
            "$defs": {**known, "whole_bank": _whole_bank()},
        },
        **{
            name: {
                **_head(name, f"qbank {many} file", told),
                "type": ["array", "object", "null"],
                "items": _to(record),
                "if": {"type": "object"},
                "then": _to(record),
                "$defs": {record: bank["$defs"][record]},
            }
            for name, (record, many, told) in _RECORDS.items()
        },
    }


_ITEM_FILE = "A file of items: a list of them, or one; or a whole bank: {bank, stimuli, items, statistics}."


def _of_object() -> _Tree:
    """An object is an item when it has an id, and a whole bank when it has a member of one."""
    members = [{"required": [name]} for name in ("bank", *_PARTS)]
    other = {"if": {"anyOf": members}, "then": _to("whole_bank"), "else": _to("item")}
    return {"if": {"required": ["id"]}, "then": _to("item"), "else": other}


def _whole_bank() -> _Tree:
    return {
        "title": "qbank bank in one file",
        "type": "object",
        "properties": {
            "bank": {**_to("bank"), "description": "What holds for the bank as a whole."},
            **{member: _records(member, record) for member, record in _PARTS.items()},
        },
        "additionalProperties": False,
    }


def _records(member: str, record: str) -> _Tree:
    """A list of records, or one, or nothing."""
    return {
        "description": f"The bank's {member}: a list, or one.",
        "type": ["array", "object", "null"],
        "items": _to(record),
        "if": {"type": "object"},
        "then": _to(record),
    }


def _head(name: str, title: str, told: str) -> _Tree:
    return {"$schema": _DIALECT, "$id": f"urn:qbank:schema:{name}", "title": title, "description": told}


def _part(tree: _Tree) -> _Tree:
    """A schema as a definition of another one."""
    return {name: value for name, value in tree.items() if name not in ("$schema", "$id", "$defs")}


def _to(definition: str) -> _Tree:
    return {"$ref": f"#/$defs/{definition}"}
