"""Reporters: every module here that is no helper shows `render`; the folder is the catalogue."""

from __future__ import annotations

import pkgutil

from qbank.discovery import DiscoveryError, modules, plugins, slug
from qbank.reporters.contract import Render

GROUP = "qbank.reporters"
HELPERS = frozenset({"contract", "fingerprint", "grouped", "safe"})


def built_in() -> list[str]:
    """The slugs of the reporters of this folder, found without importing them."""
    return sorted(slug(info.name) for info in pkgutil.iter_modules(__path__) if info.name not in HELPERS)


def reporters() -> dict[str, Render]:
    """Every known reporter by slug: the modules of this folder, then what installed packages register.

    Raises DiscoveryError when one shows no `render`, or a slug is taken.
    """
    found: dict[str, Render] = {}
    for name, module in modules(__name__):
        if name not in HELPERS:
            _add(found, slug(name), getattr(module, "render", None), module.__name__)
    for name, plugin in plugins(GROUP):
        _add(found, slug(name), getattr(plugin, "render", plugin), f"entry point {name} of {GROUP}")
    return dict(sorted(found.items()))


def _add(found: dict[str, Render], name: str, render: object, origin: str) -> None:
    if not callable(render):
        raise DiscoveryError(f"{origin} shows no function render(report, rendering)")
    if name in found:
        raise DiscoveryError(f"{origin}: the reporter {name} exists already")
    found[name] = render
