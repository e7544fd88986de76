"""What is known of rules without importing them: an index beside the rules, held against their code.

A lint run needs of most rules no more than a name, a severity and what they look at: with a warm cache, or
when one rule is selected, hardly any runs. A package of rules may bring along a module `_index` that says so
much; `docs/generate.py` writes those of qbank. An index counts for a folder only if its digest is that of the
code in the folder: a rule that was written or changed since is imported, like the rules of other packages.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

NAME = "_index"
_HEAD = '''"""What is known of these rules before they are imported; written by docs/generate.py."""

# fmt: off
# ruff: noqa: E501
from __future__ import annotations

from typing import Any

KNOWN: dict[str, tuple[str, dict[str, tuple[Any, ...]]]] = {
'''


class Entry(NamedTuple):
    """What the index says of a rule; `item_types` are names of classes in `qbank.model.item`."""

    severity: str
    scope: str
    enabled: bool
    fixable: bool
    quoted: bool
    of_record: bool
    item_types: tuple[str, ...]
    options: dict[str, Any]


@functools.cache
def entries(package: str, home: str) -> Mapping[str, Entry]:
    """What the index of `home` knows of the modules of a package; nothing where these have changed.

    A module of that name that is no index, or that of another version of qbank, knows nothing either.
    """
    if importlib.util.find_spec(f"{home}.{NAME}") is None:
        return {}
    try:
        code, known = importlib.import_module(f"{home}.{NAME}").KNOWN.get(package, ("", {}))
        found = {name: Entry(*row) for name, row in known.items()}
    except Exception:  # whatever it holds: without an index the rules are imported
        return {}
    folders = importlib.import_module(package).__path__
    return found if code and [digest(Path(folder)) for folder in folders] == [code] else {}


def digest(folder: Path) -> str:
    """The hash of the Python files in a folder but its index, however their lines end."""
    found = hashlib.blake2b(digest_size=16)
    try:
        for file in sorted(folder.glob("*.py")):
            if file.stem != NAME:
                text = file.read_bytes().replace(b"\r\n", b"\n")
                found.update(f"{file.name} {len(text)}\n".encode() + text)
    except OSError:
        return ""
    return found.hexdigest()


def written(packages: Iterable[tuple[str, Path, Mapping[str, Entry]]]) -> str:
    """The text of an index of some packages, each with its folder and its rules by module."""
    lines = [_HEAD.rstrip("\n")]
    for package, folder, rules in sorted(packages):
        lines.append(f"    {package!r}: ({digest(folder)!r}, {{")
        lines += [f"        {name!r}: {tuple(entry)!r}," for name, entry in sorted(rules.items())]
        lines.append("    }),")
    return "\n".join([*lines, "}", ""])
