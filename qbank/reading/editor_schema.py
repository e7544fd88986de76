"""Schemas for editors of YAML: draft-07, and a number or truth value may stand where a text is meant.

Reading takes text fields as they were typed: `code: 85027` is the text 85027. An editor sees the number
that YAML makes of it, so in those fields (`typed.TEXT_FIELDS`) its schema lets pass what reading takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from qbank.reading import typed
from qbank.reading.blueprint import ROW
from qbank.reading.dialects import draft07

_Node = dict[str, Any]
_Part = Callable[[Any], Any]

_RECORDS: Mapping[str, Mapping[str, str]] = {
    "bank": {"": "bank"},
    "blueprint": {"": "blueprint"},
    "item": {"": "item"},
    "item-file": {"bank": "bank", "item": "item", "stimulus": "stimulus", "statistics": "statistics"},
    "statistics-file": {"statistics": "statistics"},
    "stimulus-file": {"stimulus": "stimulus"},
}
"""Schema → its definitions ("" for the schema itself) that are records read from YAML, and their kinds."""

_SEVERAL = ("allOf", "anyOf", "oneOf")
_ONE = ("items", "additionalProperties")
_SAID = ("title", "description", "default", "examples")
_AS_TYPED = "_as_typed"
_LITERAL = ("enum", "const", "format")
"""A number or truth value is none of the texts that these allow."""


def editor_schema(tree: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The schema `name` (2020-12) for editors of YAML.

    It accepts a YAML file when reading finds its shape sound. Where a text has a pattern, the editor
    cannot see how a number was typed (`+1` or `1`) and lets it pass.
    """
    loose = dict(tree)
    for definition, kind in _RECORDS.get(name, {}).items():
        if definition:
            record = _record(tree["$defs"][definition], kind)
            loose["$defs"] = {**loose["$defs"], definition: record}
        else:
            loose = _record(loose, kind)
    if "$defs" in loose:
        loose["$defs"] = _definitions(loose)
    translated = draft07(loose)
    return {**translated, "$id": f"{tree['$id']}:editor"} if "$id" in tree else translated


def _record(node: _Node, kind: str) -> _Node:
    """A record whose text fields take what was typed."""
    fields = typed.TEXT_FIELDS.get(kind, ())
    record = _with_properties(node, fields, _as_typed)
    if kind == "item":
        record["allOf"] = [_item_type(part) for part in node["allOf"]]
    if kind == "blueprint":
        rows = node["$defs"][ROW]
        record["$defs"] = {**node["$defs"], ROW: {**rows, "allOf": [_row(part) for part in rows["allOf"]]}}
        sections = record["properties"]["sections"]
        loose = _with_properties(sections["items"], typed.TEXT_FIELDS["section"], _as_typed)
        record["properties"] = {**record["properties"], "sections": {**sections, "items": loose}}
    return record


def _item_type(part: _Node) -> _Node:
    """What holds for items of one type: its key takes what was typed where reading takes the key so."""
    one = {"type": part["if"]["properties"]["type"]["const"], "key": 0}
    if not typed.odd_scalars(one, "item", {}):
        return part
    return {**part, "then": _with_properties(part["then"], ("key",), _as_typed)}


def _row(part: _Node) -> _Node:
    """What holds for rows of one kind."""
    return {**part, "then": _with_properties(part["then"], typed.TEXT_FIELDS["constraint"], _as_typed)}


def _with_properties(node: _Node, names: tuple[str, ...], change: _Part) -> _Node:
    properties = {name: change(part) if name in names else part for name, part in node["properties"].items()}
    return {**node, "properties": properties}


def _as_typed(node: Any) -> Any:
    """A schema whose texts, however deep, may be typed as numbers and truth values."""
    if isinstance(node, bool):
        return node
    wide = dict(node)
    if "$ref" in node:
        wide["$ref"] = f"{node['$ref']}{_AS_TYPED}"
    for keyword in _SEVERAL:
        if keyword in node:
            wide[keyword] = [_as_typed(part) for part in node[keyword]]
    for keyword in _ONE:
        if keyword in node:
            wide[keyword] = _as_typed(node[keyword])
    if "properties" in node:
        wide = _with_properties(wide, tuple(node["properties"]), _as_typed)
    return _text(wide)


def _text(node: _Node) -> _Node:
    """A schema of a text: a number or truth value passes, everything else is held against the schema.

    Not a list of types, for which editors would offer true and false at every text.
    """
    kinds = node.get("type", ())
    others = _other_types(node.get("pattern", ""))
    if "string" not in ([kinds] if isinstance(kinds, str) else kinds) or not others:
        return node
    if any(keyword in node for keyword in _LITERAL):
        return node
    said = {keyword: node[keyword] for keyword in _SAID if keyword in node}
    rest = {keyword: part for keyword, part in node.items() if keyword not in _SAID}
    return {**said, "if": others, "else": rest}


def _other_types(pattern: str) -> _Node:
    """The numbers and truth values whose typed text fits a pattern, as a schema; {} for none."""
    fitting = {text for text in ("true", "1", "-1") if re.search(pattern, text)}
    kinds = [kind for kind, text in (("boolean", "true"), ("number", "1")) if text in fitting]
    if not kinds:
        return {}
    return {"type": kinds} if "-1" in fitting or "number" not in kinds else {"type": kinds, "minimum": 0}


def _definitions(tree: _Node) -> _Node:
    """The definitions that a schema comes to use, those with texts as typed made of the plain ones."""
    plain = tree["$defs"]
    found: _Node = {}
    wanted = list(_references({name: part for name, part in tree.items() if name != "$defs"}))
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = plain[name] if name in plain else _as_typed(plain[name.removesuffix(_AS_TYPED)])
            wanted += _references(found[name])
    return dict(sorted(found.items()))


def _references(node: Any) -> Iterator[str]:
    """The definitions that a schema refers to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix("#/$defs/")
        for part in node.values():
            yield from _references(part)
    elif isinstance(node, list):
        for part in node:
            yield from _references(part)
