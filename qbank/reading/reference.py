"""The reference: jsonschema, slow and exact, for the schemas themselves and as a second opinion.

The hot path validates with jsonschema-rs (`schemas.py`); a property test holds the two against each
other. Nothing here follows a reference out of a schema.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from qbank.diagnostics import Pointer

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NEVER: dict[str, Any] = {"not": {}}


class Violation(msgspec.Struct, frozen=True, order=True):
    """A place in a document, the keyword of the schema that it breaks, and jsonschema's words for it."""

    pointer: Pointer
    keyword: str
    message: str


def fault(tree: dict[str, Any]) -> str:
    """What is wrong with a schema itself, "" when it is a sound JSON Schema 2020-12."""
    import jsonschema

    try:
        jsonschema.Draft202012Validator.check_schema(tree)
    except jsonschema.SchemaError as error:
        return str(error.message)
    return ""


def violations(tree: dict[str, Any], value: Any) -> list[Violation]:
    """Every way in which a document breaks a schema, by place."""
    return sorted(
        (
            Violation(
                tuple(error.absolute_path),
                "false" if error.validator == "not" else str(error.validator),
                str(error.message)[:300],
            )
            for error in _validator(tree).iter_errors(value)
        ),
        key=lambda one: ([str(step) for step in one.pointer], one.keyword, one.message),
    )


def _validator(tree: dict[str, Any]) -> Any:
    import jsonschema
    from referencing import Registry

    formats = jsonschema.FormatChecker(formats=())
    formats.checks("date")(_is_date)
    kind = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
        jsonschema.Draft202012Validator, {"pattern": _pattern}
    )
    return kind(_spelt(tree), registry=Registry(), format_checker=formats)


def _is_date(value: object) -> bool:
    """RFC 3339 full-date: ten ASCII characters and a day that exists (the year 0000 is a year)."""
    if not isinstance(value, str):
        return True
    if not _DATE.fullmatch(value):
        return False
    year, month, day = int(value[:4]), int(value[5:7]), int(value[8:])
    try:
        datetime.date(year or 2000, month, day)
    except ValueError:
        return False
    return True


def _pattern(_validator: object, pattern: str, instance: object, _schema: object) -> Iterator[Any]:
    """`pattern` as ECMA-262 has it: `$` is the end of the text, not a place before a line feed."""
    import jsonschema

    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def _spelt(node: Any) -> Any:
    """A schema with `false` spelt as {"not": {}}: the reference forgets the path of a `false`."""
    if isinstance(node, dict):
        properties = {
            name: _NEVER if part is False else part for name, part in node.get("properties", {}).items()
        }
        spelt = {**node, "properties": properties} if "properties" in node else node
        return {name: _spelt(part) if isinstance(part, dict | list) else part for name, part in spelt.items()}
    return [_spelt(part) for part in node] if isinstance(node, list) else node
