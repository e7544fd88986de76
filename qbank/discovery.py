"""The one loader: the modules of a folder plus entry points → {slug: object}, sorted by slug.

Path is identity: `rules/key/key_missing.py` must define `key_missing`, `formats/qti30/` is the
format `qti30`. A stranger's package adds to the same table through an entry point.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any


class DiscoveryError(Exception):
    """A plug-in that cannot be loaded; the message names it."""


def slug(name: str) -> str:
    """The public name of a module: `key_missing` → `key-missing`."""
    return name.replace("_", "-")


def closest(name: str, known: Mapping[str, Any] | set[str] | list[str] | tuple[str, ...]) -> str:
    """The known name most like `name`, or "" when none is near."""
    import difflib

    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def did_you_mean(name: str, known: Mapping[str, Any] | set[str] | list[str] | tuple[str, ...]) -> str:
    """A sentence for a message: "Did you mean X?", the known names when there are few, or ""."""
    near = closest(name, known)
    if near:
        return f"Did you mean {near}?"
    names = sorted(known)
    return f"Known: {', '.join(names)}." if 0 < len(names) <= 12 else ""


def modules(package: str) -> Iterator[tuple[str, ModuleType]]:
    """The public modules directly in a package, by name: (name, module)."""
    parent = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(parent.__path__), key=lambda info: info.name):
        if not info.name.startswith("_"):
            yield info.name, importlib.import_module(f"{package}.{info.name}")


def plugins(group: str) -> Iterator[tuple[str, Any]]:
    """The objects that installed packages register under an entry-point group, by name.

    Raises DiscoveryError when one of them cannot be imported.
    """
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        try:
            yield entry.name, entry.load()
        except Exception as error:
            raise DiscoveryError(f"plug-in {entry.name} ({entry.value}) of {group}: {error}") from error
