"""The only door to the schemas: compiled once, errors told in plain words with their paths."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import msgspec

from qbank.diagnostics import Pointer
from qbank.discovery import did_you_mean

NAMES = (
    "assembly",
    "bank",
    "baseline",
    "blueprint",
    "config",
    "coverage",
    "diff",
    "form",
    "formats",
    "import",
    "item",
    "item-file",
    "losses",
    "report",
    "statistics-file",
    "stimulus-file",
    "version-map",
)
"""Files that qbank reads or writes, and what its commands print as JSON."""

_PACKAGED = Path(__file__).parent.parent / "_schemas"
_BESIDE = Path(__file__).parent.parent.parent / "schemas"


class Problem(msgspec.Struct, frozen=True):
    """One way in which a tree breaks its schema: where, what, and what to do."""

    pointer: Pointer
    message: str
    hint: str = ""
    part: str = "value"
    keyword: str = ""


def schema_text(name: str) -> str:
    """The JSON text of a schema. Raises KeyError for an unknown name."""
    if name not in NAMES:
        raise KeyError(name)
    folder = _PACKAGED if _PACKAGED.is_dir() else _BESIDE
    return (folder / f"{name}.schema.json").read_text(encoding="utf-8")


@functools.cache
def schema(name: str) -> dict[str, Any]:
    """A schema as a tree."""
    tree: dict[str, Any] = json.loads(schema_text(name))
    return tree


class Check(msgspec.Struct, frozen=True):
    """A compiled validator with the tree it was compiled from."""

    validator: Any
    tree: dict[str, Any]


@functools.cache
def check(name: str, definition: str = "") -> Check:
    """A schema, or one of its `$defs`, compiled with jsonschema-rs; never the network."""
    whole = schema(name)
    return compile_schema({**whole["$defs"][definition], "$defs": whole["$defs"]} if definition else whole)


def compile_schema(tree: dict[str, Any]) -> Check:
    """A compiled schema tree."""
    import jsonschema_rs

    return Check(jsonschema_rs.Draft202012Validator(tree, validate_formats=True, offline=True), tree)


def problems(compiled: Check, tree: Any) -> list[Problem]:
    """Every way in which a tree breaks a schema, in reading order; [] when it is valid."""
    if compiled.validator.is_valid(tree):
        return []
    found: dict[tuple[Pointer, str], Problem] = {}
    for error in compiled.validator.iter_errors(tree):
        for problem in _explained(error, compiled.tree):
            found.setdefault((problem.pointer, problem.message), problem)
    return sorted(found.values(), key=lambda problem: [str(part) for part in problem.pointer])


def _explained(error: Any, tree: dict[str, Any]) -> list[Problem]:
    pointer: Pointer = tuple(error.instance_path)
    kind = error.kind
    keyword = str(kind.name)
    where = _name(pointer)
    if keyword == "additionalProperties":
        return [
            Problem(
                (*pointer, name),
                f"unknown field {name!r}" + (f" in {where}" if pointer else ""),
                did_you_mean(name, _known_fields(error, tree)),
                "key",
                keyword,
            )
            for name in kind.unexpected
        ]
    if keyword == "required":
        values = {} if pointer else tree.get("properties", {}).get(kind.property, {})
        hint = f"One of {', '.join(values['enum'])}." if "enum" in values else ""
        return [Problem(pointer, f"{where} has no {kind.property!r}", hint, "value", keyword)]
    if type(kind).__name__ == "FalseSchema":
        return [Problem(pointer, f"{where} does not belong to an item of this type", "", "key", "false")]
    if keyword == "propertyNames":
        name = str(kind.error.instance)
        return [
            Problem(
                (*pointer, name),
                f"{name!r} cannot be a name in {where}",
                "A name starts with a letter, then letters, digits and underscores.",
                "key",
                keyword,
            )
        ]
    return [_of_value(error, pointer, keyword, where)]


def _of_value(error: Any, pointer: Pointer, keyword: str, where: str) -> Problem:
    kind, value = error.kind, error.instance
    if keyword == "type":
        wanted = " or ".join(_TYPES.get(one, one) for one in kind.types if one != "null")
        return Problem(
            pointer,
            f"{where} is {_shown(value)}; it must be {wanted}",
            _type_hint(value, pointer),
            keyword=keyword,
        )
    if keyword == "enum":
        options = [str(one) for one in kind.options]
        return Problem(
            pointer, f"{where} is {_shown(value)}", did_you_mean(str(value), options), keyword=keyword
        )
    if keyword == "pattern":
        return Problem(
            pointer,
            f"{where} is {_shown(value)}, which is not allowed there",
            _pattern_hint(str(kind.pattern)),
            keyword=keyword,
        )
    if keyword == "format":
        return Problem(
            pointer,
            f"{where} is {_shown(value)}, not a {kind.format}",
            "Write a date as 2026-11-22.",
            keyword=keyword,
        )
    if keyword == "minLength":
        return Problem(pointer, f"{where} is empty", keyword=keyword)
    if keyword in ("minItems", "minProperties"):
        return Problem(pointer, f"{where} has fewer than {kind.limit} entries", keyword=keyword)
    if keyword in ("minimum", "maximum"):
        return Problem(pointer, f"{where} is {_shown(value)}; the {keyword} is {kind.limit}", keyword=keyword)
    if keyword == "uniqueItems":
        return Problem(pointer, f"{where} names something twice", keyword=keyword)
    if keyword in ("anyOf", "oneOf"):
        return Problem(
            pointer, f"{where} has the wrong shape: {_shown(value)}", _shape_hint(pointer), keyword=keyword
        )
    return Problem(pointer, f"{where}: {error.message}", keyword=keyword)


_TYPES = {
    "string": "a text",
    "object": "a mapping (name: value)",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_SHAPES = {
    "key": "multiple-choice: one option id; multiple-response and ordering: a list of option ids; "
    "matching: prompt id: option id; numeric: {value, tolerance} or {minimum, maximum}; "
    "short-answer: a list of texts; true-false: true or false.",
    "rationale": "One text, or one text per option id.",
    "where": "A mapping from a field to a test.",
}


def _name(pointer: Pointer) -> str:
    """A path as people say it: `options.A`, `codes[2].code`."""
    text = ""
    for part in pointer:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the record"


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _type_hint(value: Any, pointer: Pointer) -> str:
    if value is None and len(pointer) > 1 and pointer[-2] in ("options", "prompts", "rationale"):
        return (
            "Was a text with a comma written inside {…}? There the comma splits it; put the text in quotes "
            "or write one option a line."
        )
    if isinstance(value, list) and pointer[-1:] in (("options",), ("prompts",)):
        return "Give each an id: {A: the first, B: the second}; the key names the ids."
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "Put it in quotes."
    return ""


def _pattern_hint(pattern: str) -> str:
    if pattern.startswith("^[A-Za-z][A-Za-z0-9._-]"):
        return "An id starts with a letter, then letters, digits, dots, underscores and hyphens, 64 at most."
    if pattern.startswith("^[A-Za-z][A-Za-z0-9_]"):
        return "An option id starts with a letter, then letters, digits and underscores, 16 at most."
    if "0-9a-f" in pattern:
        return "A content hash is 64 hexadecimal digits."
    if pattern.startswith("^[^/"):
        return "A path in a bank is relative to the bank's folder."
    return f"It must match {pattern}."


def _shape_hint(pointer: Pointer) -> str:
    return next((_SHAPES[part] for part in reversed(pointer) if part in _SHAPES), "")


def _known_fields(error: Any, tree: dict[str, Any]) -> list[str]:
    """The fields that the schema knows at the place of an additionalProperties error."""
    node: Any = tree
    for step in error.schema_path[:-1]:
        node = node[step]
    return sorted(node.get("properties", ()))
