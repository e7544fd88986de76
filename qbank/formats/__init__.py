"""Exchange formats: every module here that is no helper shows a `FORMAT`; the folder is the catalogue."""

from __future__ import annotations

from types import ModuleType

from qbank.discovery import DiscoveryError, modules, plugins, slug
from qbank.formats.contract import Format

GROUP = "qbank.formats"
HELPERS = frozenset(
    {
        "archive",
        "booklet",
        "contract",
        "features",
        "files",
        "judging",
        "keys",
        "media",
        "moodle_faults",
        "moodle_grades",
        "moodle_tags",
        "moodle_text",
        "presenting",
        "qti_common",
        "safe_xml",
        "safe_zip",
        "selection",
        "tabular",
    }
)


def formats() -> dict[str, Format]:
    """Every known format by slug: the modules of this folder, then what installed packages register.

    Raises DiscoveryError when a module shows no `FORMAT`, its slug is not its name, or a slug is taken.
    """
    found: dict[str, Format] = {}
    for name, module in modules(__name__):
        if name not in HELPERS:
            _add(found, slug(name), getattr(module, "FORMAT", None), module.__name__)
    for name, plugin in plugins(GROUP):
        value = getattr(plugin, "FORMAT", None) if isinstance(plugin, ModuleType) else plugin
        _add(found, slug(name), value, f"entry point {name} of {GROUP}")
    return dict(sorted(found.items()))


def _add(found: dict[str, Format], name: str, value: object, origin: str) -> None:
    if not isinstance(value, Format):
        raise DiscoveryError(f"{origin} shows no FORMAT (a qbank.formats.contract.Format)")
    if value.slug != name:
        raise DiscoveryError(f"{origin} calls itself {value.slug!r} but its name says {name!r}")
    if name in found:
        raise DiscoveryError(f"{origin}: the format {name} exists already")
    found[name] = value
