"""JSON Schema 2020-12 → draft-07, for editors and programs that know nothing newer.

The translation is exact: both schemas accept the same values. What draft-07 cannot say is refused, never
dropped. Sources: JSON Schema draft-07 (draft-handrews-json-schema-01) and the release notes of 2019-09
and 2020-12, which list what was renamed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

DRAFT_07 = "http://json-schema.org/draft-07/schema#"

_KEPT = frozenset(
    {
        *("$comment", "title", "description", "default", "examples", "readOnly", "writeOnly"),
        *("type", "enum", "const", "format", "required", "uniqueItems", "pattern", "multipleOf"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"),
        *("minItems", "maxItems", "minProperties", "maxProperties"),
    }
)
"""Keywords that hold no schema and mean the same in both."""

_ONE = frozenset({"additionalProperties", "contains", "if", "then", "else", "not", "propertyNames"})
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf"})
_NAMED = frozenset({"properties", "patternProperties"})


class NotInDraft07(ValueError):
    """A schema that draft-07 cannot express; the message names the keyword."""


def draft07(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The same schema in draft-07, whole in itself.

    Raises NotInDraft07 for a keyword that draft-07 lacks and for a reference out of the schema.
    """
    body = {name: value for name, value in tree.items() if name not in ("$schema", "$id")}
    identity = {"$id": f"{tree['$id']}:draft-07"} if "$id" in tree else {}
    return {"$schema": DRAFT_07, **identity, **_translated(body)}


def _translated(node: Any) -> Any:
    if isinstance(node, bool):
        return node
    if "$ref" in node and len(node) > 1:
        # draft-07 looks at nothing beside a reference
        beside = {name: value for name, value in node.items() if name != "$ref"}
        parts = [{"$ref": node["$ref"]}, *beside.pop("allOf", ())]
        return _translated({**beside, "allOf": parts})
    found: dict[str, Any] = {}
    for keyword, value in node.items():
        found.update(_keyword(keyword, value, node))
    depends = dict(_dependencies(node))
    return {**found, "dependencies": depends} if depends else found


def _keyword(keyword: str, value: Any, node: Mapping[str, Any]) -> dict[str, Any]:
    """What a keyword of a schema is in draft-07; nothing where it goes into another one."""
    if keyword in _KEPT:
        return {keyword: value}
    if keyword in _ONE:
        return {keyword: _translated(value)}
    if keyword in _SEVERAL:
        return {keyword: [_translated(part) for part in value]}
    if keyword in _NAMED or keyword == "$defs":
        name = "definitions" if keyword == "$defs" else keyword
        return {name: {key: _translated(part) for key, part in value.items()}}
    if keyword == "prefixItems":
        return {"items": [_translated(part) for part in value]}
    if keyword == "items":
        return {"additionalItems" if "prefixItems" in node else "items": _translated(value)}
    if keyword == "$ref":
        return {"$ref": _reference(value)}
    if keyword in ("dependentRequired", "dependentSchemas"):
        return {}
    raise NotInDraft07(f"draft-07 has no {keyword}")


def _dependencies(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """`dependencies`: what a member asks for, names of others or a schema of the whole."""
    names, schemas = node.get("dependentRequired", {}), node.get("dependentSchemas", {})
    for member in dict.fromkeys((*names, *schemas)):
        if member not in schemas:
            yield member, names[member]
        elif member not in names:
            yield member, _translated(schemas[member])
        else:
            yield member, {"allOf": [{"required": names[member]}, _translated(schemas[member])]}


def _reference(target: str) -> str:
    if target == "#":
        return target
    if not target.startswith("#/$defs/") or "/" in target.removeprefix("#/$defs/"):
        raise NotInDraft07(f"the reference {target} leaves the schema's definitions")
    return f"#/definitions/{target.removeprefix('#/$defs/')}"
