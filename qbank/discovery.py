"""The one loader: the modules of a folder plus entry points → {slug: object}, sorted by slug.

Path is identity: `rules/key/key_missing.py` must define `key_missing`, `formats/qti30/` is the
format `qti30`. A stranger's package adds to the same table through an entry point.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import pkgutil
import string
from collections.abc import Iterator, Mapping, Set
from importlib.metadata import Distribution, EntryPoint, entry_points
from types import ModuleType
from typing import Any, NamedTuple

MANY_NAMES = 200
FEW_NAMES = 12
LONGEST_NAME = 100
_IN_NAMES = string.ascii_letters + string.digits + "._-/"


class UnknownName(ValueError):
    """A name that nothing has, such as that of a format; the message says what there is."""


class DiscoveryError(Exception):
    """A plug-in that cannot be loaded, or fails; the message names it and its package."""


def slug(name: str) -> str:
    """The public name of a module: `key_missing` → `key-missing`."""
    return name.replace("_", "-")


def version() -> str:
    """The version of qbank that runs, "" when it is not installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("qbank")
    except PackageNotFoundError:
        return ""


Names = Mapping[str, Any] | Set[str] | list[str] | tuple[str, ...]


def closest(name: str, known: Names, but: str = "") -> str:
    """The known name most like `name`, and not `but`; "" when none is near.

    Of very many names only those count that are one slip away: a character wrong, missing, too much, or
    two swapped. Comparing with each of them would take seconds for a bank of some thousand items.
    """
    if len(name) > LONGEST_NAME:
        return ""
    if len(known) > MANY_NAMES:
        return next((one for one in _one_slip_away(name) if one in known and one != but), "")
    return _most_alike(name, tuple(sorted(one for one in known if one != but)))


@functools.lru_cache(maxsize=1024)
def _most_alike(name: str, known: tuple[str, ...]) -> str:
    import difflib

    folded = {one.casefold(): one for one in reversed(known)}
    if name.casefold() in folded:
        return folded[name.casefold()]
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if found:
        return found[0]
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def did_you_mean(name: str, known: Names, but: str = "") -> str:
    """A sentence for a message: "Did you mean X?", the known names when there are few, or ""."""
    near = closest(name, known, but)
    if near:
        return f"Did you mean {near}?"
    names = sorted(one for one in known if one != but) if len(known) <= MANY_NAMES else []
    return f"Known: {', '.join(names)}." if 0 < len(names) <= FEW_NAMES else ""


def _one_slip_away(name: str) -> Iterator[str]:
    """Every name that differs from a misspelt one in a single slip (Damerau 1964), likelier slips first."""
    parts = [(name[:at], name[at:]) for at in range(len(name) + 1)]
    yield from (before + after[1] + after[0] + after[2:] for before, after in parts if len(after) > 1)
    yield from (before + after[1:] for before, after in parts if after)
    yield from (before + one + after for before, after in parts for one in _IN_NAMES)
    yield from (before + one + after[1:] for before, after in parts if after for one in _IN_NAMES)


def modules(package: str) -> Iterator[tuple[str, ModuleType]]:
    """The public modules directly in a package, by name: (name, module)."""
    for name in names(importlib.import_module(package)):
        yield name, importlib.import_module(f"{package}.{name}")


def names(package: ModuleType) -> list[str]:
    """The names of the public modules directly in a package, sorted; none of them is imported."""
    return sorted(one.name for one in pkgutil.iter_modules(package.__path__) if not one.name.startswith("_"))


class Plugin(NamedTuple):
    """An object that an installed package registers; `origin` names it and its package in messages."""

    name: str
    value: Any
    origin: str


def registered(group: str) -> Iterator[Plugin]:
    """What installed packages register under an entry-point group, by name and package.

    Raises DiscoveryError when one of them cannot be imported.
    """
    for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        origin = _origin(entry)
        with blaming(origin):
            value = entry.load()
        yield Plugin(entry.name, value, origin)


def plugins(group: str) -> Iterator[tuple[str, Any]]:
    """The objects that installed packages register under an entry-point group, by name.

    Raises DiscoveryError when one of them cannot be imported.
    """
    for one in registered(group):
        yield one.name, one.value


@contextlib.contextmanager
def blaming(origin: str) -> Iterator[None]:
    """Whatever a plug-in raises here becomes a DiscoveryError that names it and its package."""
    try:
        yield
    except DiscoveryError as error:
        raise DiscoveryError(f"{origin}: {error}") from error
    except Exception as error:
        said = str(error).strip() or "no reason given"
        raise DiscoveryError(f"{origin}: {type(error).__name__}: {said}") from error


def _origin(entry: EntryPoint) -> str:
    package = "some package" if entry.dist is None else _package(entry.dist)
    return f"the plug-in {entry.name} ({entry.value}) of {package}, group {entry.group}"


@functools.lru_cache(maxsize=16)
def _package(installed: Distribution) -> str:
    """A package by name and version; both are read from its metadata, all of which are parsed for it."""
    known = installed.metadata
    return f"package {known['Name']} {known['Version']}"
