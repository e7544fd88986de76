"""qbank.toml or [tool.qbank] in pyproject.toml → frozen Settings.

Unknown names are answered with "did you mean"; nothing is ignored in silence. Paths in the file are
relative to its folder.
"""

from __future__ import annotations

import enum
import functools
import os
import re
import tomllib
from collections.abc import Collection, Mapping
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


class Profile(enum.StrEnum):
    """How far the items are: what a draft need not have yet, and what must not be published.

    draft: rules named missing-… and the family statistics stay silent. publication: warnings fail too.
    """

    DRAFT = "draft"
    PUBLICATION = "publication"


class Override(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other settings for some files, or for items of some statuses; with both, both must hold.

    `paths` are patterns (`*` within a folder, `**` across folders; a folder stands for all below it).
    """

    paths: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: dict[str, str] = {}

    def level(self, slug: str, family: str) -> str:
        """What it says about a rule: error, warning, info, off, or "" for nothing."""
        off = slug in self.ignore or family in self.ignore
        return self.severity.get(slug, "off" if off else "")

    def holds(self, file: str, status: str) -> bool:
        """Whether it is about a finding in a file (as messages show it) and an item of a status."""
        by_status = not self.statuses or status in self.statuses
        return by_status and (not self.paths or any(matches(file, pattern) for pattern in self.paths))


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to lint. `select` and `ignore` hold slugs and families.

    An empty `select` means every rule that is on by default. `severity` maps a slug to error,
    warning, info or off; `rules` maps a slug to its options; of several `overrides` the last one wins;
    `baseline` is the file of the findings that are known.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.ERROR
    severity: dict[str, str] = {}
    rules: dict[str, dict[str, Any]] = {}
    profile: Profile | None = None
    overrides: tuple[Override, ...] = ()
    baseline: str = ""

    @property
    def failing(self) -> Severity:
        """The least severity that fails: what `fail_on` says, or warning where the profile is stricter."""
        if self.profile is Profile.PUBLICATION and self.fail_on is Severity.ERROR:
            return Severity.WARNING
        return self.fail_on

    def unripe(self, slug: str, family: str) -> bool:
        """Whether the profile keeps a rule silent: a draft need not have everything yet."""
        return self.profile is Profile.DRAFT and (slug.startswith("missing-") or family == "statistics")

    def turned_on(self, slug: str) -> bool:
        """Whether an override turns a rule on for some files or items."""
        return any(one.severity.get(slug, "off") != "off" for one in self.overrides)

    def level(self, slug: str, family: str, file: str, status: str, first: str = "") -> str:
        """The severity of a rule for a finding: error, warning, info, off, or "" for the rule's own."""
        level = first
        for one in self.overrides:
            said = one.level(slug, family)
            if said and one.holds(file, status):
                level = said
        return level


def matches(file: str, pattern: str) -> bool:
    """Whether a file, or a folder that it lies in, fits a pattern of an override."""
    return _fits(os.path.abspath(file), os.path.abspath(pattern))  # noqa: PTH100


@functools.lru_cache(maxsize=4096)
def _fits(file: str, pattern: str) -> bool:
    names = dict.fromkeys(name.replace(os.sep, "/") for name in (file, os.path.realpath(file)))
    return any(_regex(pattern).fullmatch(name) for name in names)


@functools.lru_cache(maxsize=256)
def _regex(pattern: str) -> re.Pattern[str]:
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.replace(os.sep, "/"))
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts) + "(?:/.*)?", re.DOTALL)


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
    table = _table(path) or {}
    try:
        return _placed(msgspec.convert(table, Settings), path.resolve().parent)
    except msgspec.ValidationError as error:
        what = _unknown(table) or _plainly(str(error))
        raise ConfigError(f"{path}: {what}") from None


def _placed(settings: Settings, folder: Path) -> Settings:
    """Settings whose paths hold whatever the working directory."""
    overrides = tuple(
        msgspec.structs.replace(one, paths=tuple(str(folder / pattern) for pattern in one.paths))
        for one in settings.overrides
    )
    baseline = str(folder / settings.baseline) if settings.baseline else ""
    return msgspec.structs.replace(settings, overrides=overrides, baseline=baseline)


def _unknown(table: Mapping[str, Any]) -> str:
    """A sentence about the first name that no setting has, "" when there is none."""
    inner = table.get("overrides")
    places: list[tuple[str, Any, tuple[str, ...]]] = [("", table, Settings.__struct_fields__)]
    if isinstance(inner, list):
        places += [("overrides: ", one, Override.__struct_fields__) for one in inner if isinstance(one, dict)]
    for where, names, known in places:
        for name in names:
            if name not in known:
                return f"{where}unknown setting {name!r}. {did_you_mean(name, known)}"
    return ""


def _plainly(message: str) -> str:
    """What msgspec says about a value, in the words of a user."""
    said, _, path = message.partition(" - at `$.")
    place = path.removesuffix("`").replace("[...]", "")
    whose = f"every value of {place}" if path.removesuffix("`").endswith("[...]") else place
    if said.startswith("Invalid enum value"):
        use = "draft or publication" if place == "profile" else "error, warning or info"
        return f"{place} is {said.removeprefix('Invalid enum value ')}; use {use}"
    kind = next((words for name, words in _WANTED.items() if f"Expected `{name}`" in said), "")
    return f"{whose} must be {kind}" if place and kind else message


def unknown_names(settings: Settings, rules: Mapping[str, str], statuses: Collection[str] = ()) -> list[str]:
    """Sentences about names in the settings that nothing has; `rules` maps slug → family."""
    known = {*rules, *rules.values()}
    said = _unknown_rules("select", settings.select, known, "rule or family")
    said += _unknown_rules("ignore", settings.ignore, known, "rule or family")
    for table in ("severity", "rules"):
        said += _unknown_rules(table, getattr(settings, table), set(rules), "rule")
    said += _wrong_levels("severity", settings.severity)
    for number, one in enumerate(settings.overrides, 1):
        where = f"overrides, entry {number}"
        if not one.paths and not one.statuses:
            said.append(f'{where}: name paths = ["items/old/**"] or statuses = ["draft"]')
        said += _unknown_rules(f"{where}: ignore", one.ignore, known, "rule or family")
        said += _unknown_rules(f"{where}: severity", one.severity, set(rules), "rule")
        said += _wrong_levels(f"{where}: severity", one.severity)
        said += _unknown_rules(f"{where}: statuses", one.statuses, statuses, "status") if statuses else []
    return said


def _unknown_rules(where: str, names: Collection[str], known: Collection[str], what: str) -> list[str]:
    return [
        f"{where}: there is no {what} {name!r}. {did_you_mean(name, set(known))}".strip()
        for name in names
        if name not in known
    ]


def _wrong_levels(where: str, levels: Mapping[str, str]) -> list[str]:
    return [
        f"{where}: {name} is {level!r}; use error, warning, info or off"
        for name, level in levels.items()
        if level not in ("error", "warning", "info", "off")
    ]


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
