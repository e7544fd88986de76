"""The JSON Schema of the configuration: qbank.toml, or the table tool.qbank of pyproject.toml.

The part of the rules is generated from the rules, so that an editor completes their names and options.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, get_args

from qbank.config import Profile
from qbank.diagnostics import Severity
from qbank.model.item import Status

_Tree = dict[str, Any]
_LEVELS = [one.value for one in sorted(Severity, key=lambda one: one.rank, reverse=True)]

TEXTS: Mapping[str, str] = {
    "select": "Only these rules and families; without it, every rule that is on by default.",
    "ignore": "Rules and families that stay silent.",
    "fail_on": "The least severity that gives exit code 1; error when nothing is said.",
    "severity": "Another severity for a rule, or off.",
    "rules": "Options of rules, by the name of the rule.",
    "profile": "draft: nothing need be complete yet. publication: warnings fail too.",
    "overrides": "Other settings for some files, or for items of some statuses. The last that speaks wins.",
    "baseline": "The file of the findings that are known, relative to this file. qbank baseline writes it.",
}
"""Setting → what it is."""

_OVERRIDE = {
    "paths": "Patterns of files, relative to this file: * stays within a folder, ** does not.",
    "statuses": "Statuses of items. With paths, both must fit.",
    "ignore": "Rules and families that stay silent there.",
    "severity": "Another severity for a rule there, or off.",
}


class RuleFacts(Protocol):
    """What the schema needs to know of a rule."""

    @property
    def family(self) -> str:
        """The family."""

    @property
    def severity(self) -> Severity:
        """The severity that the rule has by itself."""

    @property
    def enabled(self) -> bool:
        """Whether it is on by default."""

    @property
    def doc(self) -> str:
        """What it is about; the first line is a sentence."""

    @property
    def options(self) -> dict[str, Any]:
        """Its options with their defaults."""


def config_schema(rules: Mapping[str, RuleFacts]) -> _Tree:
    """The schema (2020-12) of a configuration for these rules, by slug.

    It accepts what `config.load` and `api.unknown_names` accept.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:qbank:schema:config",
        "title": "qbank configuration",
        "description": "qbank.toml, or the table tool.qbank of pyproject.toml.",
        "type": "object",
        "properties": {name: {**part, "description": TEXTS[name]} for name, part in _settings().items()},
        "additionalProperties": False,
        "$defs": _definitions(rules),
    }


def _settings() -> _Tree:
    return {
        "select": _to("names"),
        "ignore": _to("names"),
        "fail_on": {"enum": _LEVELS},
        "severity": _to("severities"),
        "rules": _to("options"),
        "profile": {"enum": [one.value for one in Profile]},
        "overrides": {"type": "array", "items": _to("override")},
        "baseline": {"type": "string"},
    }


def _definitions(rules: Mapping[str, RuleFacts]) -> _Tree:
    names = sorted({*rules, *(one.family for one in rules.values())})
    return {
        "names": {"type": "array", "items": {"enum": names}},
        "severities": _table({slug: _severity(rules[slug]) for slug in sorted(rules)}),
        "options": _table({slug: _options(rules[slug]) for slug in sorted(rules)}),
        "override": _override(),
    }


def _severity(rule: RuleFacts) -> _Tree:
    default = rule.severity.value if rule.enabled else "off"
    return {"enum": [*_LEVELS, "off"], "description": _told(rule), "default": default}


def _options(rule: RuleFacts) -> _Tree:
    options = {name: {**_type(value), "default": _plain(value)} for name, value in rule.options.items()}
    return {**_table(options), "description": _told(rule)}


def _override() -> _Tree:
    """An override names paths or statuses."""
    fields = {
        "paths": {"type": "array", "items": {"type": "string"}},
        "statuses": {"type": "array", "items": {"enum": list(get_args(Status))}},
        "ignore": _to("names"),
        "severity": _to("severities"),
    }
    named = [{"required": [name], "properties": {name: {"minItems": 1}}} for name in ("paths", "statuses")]
    described = {name: {**part, "description": _OVERRIDE[name]} for name, part in fields.items()}
    return {**_table(described), "anyOf": named}


def _type(default: Any) -> _Tree:
    """The values that an option with this default takes: any number for a number."""
    if isinstance(default, bool):
        return {"type": "boolean"}
    if isinstance(default, int | float):
        return {"type": "number"}
    if isinstance(default, str):
        return {"type": "string"}
    return {"type": "array"} if isinstance(default, list | tuple | set | frozenset) else {}


def _plain(default: Any) -> Any:
    if isinstance(default, set | frozenset):
        return sorted(default)
    return list(default) if isinstance(default, tuple) else default


def _told(rule: RuleFacts) -> str:
    return rule.doc.partition("\n")[0]


def _table(properties: _Tree) -> _Tree:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _to(definition: str) -> _Tree:
    return {"$ref": f"#/$defs/{definition}"}
