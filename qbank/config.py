"""qbank.toml or [tool.qbank] in pyproject.toml → frozen Settings.

Unknown names are answered with "did you mean"; nothing is ignored in silence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from qbank.diagnostics import Severity
from qbank.discovery import did_you_mean

_KINDS = {"bool": "true or false", "str": "a text", "number": "a number", "list": "a list"}
_WANTED = {"array": 'a list, such as ["key"]', "str": "a text", "object": "a table (name = value)"}
FILES = ("qbank.toml", "pyproject.toml")


class ConfigError(Exception):
    """A configuration that cannot be used; the message names the file and what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to lint. `select` and `ignore` hold slugs and families.

    An empty `select` means every rule that is on by default. `severity` maps a slug to error,
    warning, info or off; `rules` maps a slug to its options.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.ERROR
    severity: dict[str, str] = {}
    rules: dict[str, dict[str, Any]] = {}


def find(start: Path) -> Path | None:
    """The nearest configuration file at or above a folder; a pyproject.toml needs [tool.qbank]."""
    folder = start.resolve()
    for here in (folder, *folder.parents):
        for name in FILES:
            path = here / name
            if path.is_file() and (name == "qbank.toml" or _table(path) is not None):
                return path
    return None


def load(path: Path) -> Settings:
    """The settings of a file. Raises ConfigError."""
    table = _table(path)
    try:
        return msgspec.convert(table or {}, Settings)
    except msgspec.ValidationError as error:
        unknown = [name for name in table or {} if name not in Settings.__struct_fields__]
        hint = did_you_mean(unknown[0], Settings.__struct_fields__) if unknown else ""
        what = f"unknown setting {unknown[0]!r}. {hint}" if unknown else _plainly(str(error))
        raise ConfigError(f"{path}: {what}") from None


def _plainly(message: str) -> str:
    """What msgspec says about a value, in the words of a user."""
    said, _, path = message.partition(" - at `$.")
    place = path.removesuffix("`").replace("[...]", "")
    if said.startswith("Invalid enum value"):
        return f"{place} is {said.removeprefix('Invalid enum value ')}; use error, warning or info"
    kind = next((words for name, words in _WANTED.items() if f"Expected `{name}`" in said), "")
    return f"{place} must be {kind}" if place and kind else message


def unknown_names(settings: Settings, rules: Mapping[str, str]) -> list[str]:
    """Sentences about names in the settings that no rule or family has; `rules` maps slug → family."""
    known = {*rules, *rules.values()}
    said = []
    for field in ("select", "ignore"):
        said += [
            f"{field}: there is no rule or family {name!r}. {did_you_mean(name, known)}"
            for name in getattr(settings, field)
            if name not in known
        ]
    for table in ("severity", "rules"):
        said += [
            f"{table}: there is no rule {name!r}. {did_you_mean(name, set(rules))}"
            for name in getattr(settings, table)
            if name not in rules
        ]
    for name, level in settings.severity.items():
        if level not in ("error", "warning", "info", "off"):
            said.append(f"severity: {name} is {level!r}; use error, warning, info or off")
    return [sentence.strip() for sentence in said]


def wrong_values(slug: str, options: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    """Sentences about options of a rule that are of another kind than their defaults."""
    return [
        f"rules: {slug}: {name} is {value!r}; write {_KINDS[_kind(known[name])]}"
        for name, value in sorted(options.items())
        if name in known and _kind(known[name]) in _KINDS and _kind(value) != _kind(known[name])
    ]


def _kind(value: Any) -> str:
    if isinstance(value, bool | str):
        return type(value).__name__
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list | tuple | set | frozenset) else ""


def _table(path: Path) -> dict[str, Any] | None:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: this is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: this is not TOML: {error}") from None
    if path.name != "pyproject.toml":
        return data
    tool = data.get("tool")
    table = tool.get("qbank") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{path}: qbank is no table; write [tool.qbank] and the settings below it")
    return table
