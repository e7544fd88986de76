"""Files of a bank: which they are, and that none lies outside it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Set
from pathlib import Path

from qbank.reading.limits import MAX_FILES, MAX_JSON_BYTES, MAX_YAML_BYTES
from qbank.reading.text import Unreadable

BANK_FILES = ("bank.yaml", "bank.yml", "bank.json")
SUFFIXES = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".jsonl": "jsonl"}

_SEARCHED = re.compile(r"((?:[^*?\[/]+/)+)(?=[^/]*[*?\[]|.*/[^/]*[*?\[])")
"""The folder in which a pattern with a wildcard searches; none for a pattern that searches the root."""


class PathError(Exception):
    """A named path or configuration that cannot be read (exit code 3)."""


def is_bank(folder: Path) -> bool:
    """Whether a folder holds a bank record."""
    return any((folder / name).is_file() for name in BANK_FILES)


def not_readable(path: Path, error: Unreadable) -> PathError:
    """The error about a named file whose text cannot be read: place, fault and advice."""
    told = f"{error}. {error.hint}" if error.hint else str(error)
    return PathError(f"{shown(path)}:{error.line}:{error.column}: {told}")


def shown(path: Path) -> str:
    """A path as messages show it: relative to the working directory where that is shorter, with /."""
    text = os.path.relpath(path) if path.is_absolute() else str(path)
    absolute = str(path)
    return (absolute if text.startswith("..") and path.is_absolute() else text).replace(os.sep, "/")


def read_named(path: Path) -> bytes:
    """The bytes of a file that the user named. Raises PathError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PathError(f"{shown(path)}: there is no such file") from None
    except IsADirectoryError:
        raise PathError(f"{shown(path)} is a folder, not a file") from None
    except (OSError, ValueError) as error:
        raise PathError(f"{shown(path)}: {reason(error)}") from None


def read_inside(path: Path, root: Path) -> bytes:
    """The bytes of a file inside a bank. Raises Unreadable for links, paths out of the bank, sizes."""
    if leads_outside(path, root):
        raise Unreadable(
            "this is a link; a bank holds plain files only", hint="Put the file itself into the bank."
        )
    limit = MAX_YAML_BYTES if SUFFIXES.get(path.suffix) == "yaml" else MAX_JSON_BYTES
    try:
        if not path.is_file():
            raise Unreadable("this is not a plain file")
        if path.stat().st_size > limit:
            raise Unreadable(f"the file is larger than {limit // 2**20} MiB", hint="Split it.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise Unreadable(reason(error)) from None


def leads_outside(path: Path, root: Path) -> bool:
    """Whether a path inside a bank is, or goes through, a link, or ends outside of it."""
    here = path
    while here != root:
        if here.is_symlink() or here == here.parent:
            return True
        here = here.parent
    return ".." in path.relative_to(root).parts


def matching(root: Path, patterns: tuple[str, ...]) -> Iterator[tuple[int, Path | None]]:
    """Files under a root that some glob pattern matches: (number of the pattern, file), sorted.

    A pattern that is absolute or climbs out of the root yields (number, None).
    """
    seen: set[Path] = set()
    for number, pattern in enumerate(patterns):
        parts = pattern.replace("\\", "/").split("/")
        if pattern.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or not pattern.strip():
            yield number, None
            continue
        try:
            found = sorted(root.glob(pattern))
        except (OSError, ValueError, NotImplementedError):
            yield number, None
            continue
        for path in found:
            if path not in seen and (path.is_symlink() or not path.is_dir()):
                seen.add(path)
                if len(seen) > MAX_FILES:
                    return
                yield number, path


def beside(root: Path, patterns: tuple[str, ...], known: Set[Path]) -> list[Path]:
    """Files in the folders where some patterns search that look like records and are not known, sorted.

    Hidden files and folders do not count, nor does the bank's own folder, where other files have their place.
    """
    searched = (_SEARCHED.match(one.replace("\\", "/")) for one in patterns)
    folders = {root / one[1] for one in searched if one is not None}
    found: set[Path] = set()
    for folder in sorted(folders):
        if leads_outside(folder, root):
            continue
        for parent, inner, names in os.walk(folder):
            inner[:] = [name for name in inner if not name.startswith(".")]
            paths = (
                Path(parent, name)
                for name in names
                if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES
            )
            found.update(path for path in paths if path not in known)
            if len(found) > MAX_FILES:
                break
    return sorted(found)


def matches_any(root: Path, pattern: str) -> bool:
    """Whether a glob pattern matches some file under a root."""
    try:
        return any(path.is_symlink() or not path.is_dir() for path in root.glob(pattern))
    except (OSError, ValueError, NotImplementedError):
        return False


def reason(error: Exception) -> str:
    """What the operating system says, as a part of a sentence."""
    return (getattr(error, "strerror", None) or str(error)).lower()
