"""The command line: every module here that is no helper is a command of that name."""

from __future__ import annotations

import keyword
import pkgutil

from qbank.discovery import slug

GROUP = "qbank.commands"
HELPERS = frozenset(
    {
        "clock",
        "closing",
        "columns",
        "exits",
        "group",
        "names",
        "nearest",
        "options",
        "outcome",
        "progress",
        "run",
        "run_log",
        "steps",
        "streams",
    }
)


def built_in() -> list[str]:
    """The names of the commands of this folder, found without importing them."""
    return sorted(
        slug(info.name.removesuffix("_"))
        for info in pkgutil.iter_modules(__path__)
        if info.name not in HELPERS
    )


def module_name(command: str) -> str:
    """The module and function of a built-in command: its name, with _ after a word of Python's own."""
    name = command.replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name
