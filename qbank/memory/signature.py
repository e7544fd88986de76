"""The code that a memory holds for: hashed, and read again only when a file was touched."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from qbank.rule import Rule

SIZE = 16
"""Bytes of a hash."""
_CODE, _CODE_ELSEWHERE = "code", "code-elsewhere"
"""The names of the files that say which files of code were hashed, and their hash."""


def hashed(data: bytes) -> bytes:
    """The hash of some bytes."""
    return hashlib.blake2b(data, digest_size=SIZE).digest()


def code(rules: Mapping[str, Rule], folder: Path | None = None) -> str:
    """The hash of all code of qbank and of the modules of rules from elsewhere.

    With a `folder` it is noted there, and the files are read again only when one was touched.
    """
    ours = _ours()
    elsewhere = {one.file for one in rules.values() if one.file not in ours}
    stamps = {**ours, **{file: _touched(file) for file in elsewhere}}
    files = sorted(stamps)
    touched = hashed(repr([(file, *stamps[file]) for file in files]).encode("utf-8", "replace"))
    note = None if folder is None else folder / (_CODE_ELSEWHERE if elsewhere else _CODE)
    noted = _noted(note) if note is not None else b""
    if noted[:SIZE] == touched:
        return noted[SIZE:].hex()
    found = hashlib.blake2b(digest_size=SIZE)
    for file in files:
        try:
            found.update(Path(file).read_bytes())
        except OSError:
            found.update(file.encode("utf-8", "surrogateescape"))
    if note is not None and note.parent.is_dir():
        both = touched + found.digest()
        with contextlib.suppress(OSError):
            note.write_bytes(both + hashed(both))
    return found.hexdigest()


@functools.cache
def _ours() -> dict[str, tuple[int, ...]]:
    """The modules of qbank, each with what changes when it does; this process runs them as they are now."""
    return dict(_stamps(os.fspath(Path(__file__).parent.parent)))


def _noted(note: Path) -> bytes:
    """What was noted of the code; nothing when the file is not what was written."""
    try:
        data = note.read_bytes()
    except OSError:
        return b""
    both = data[: 2 * SIZE]
    return both if data[2 * SIZE :] == hashed(both) else b""


def _stamps(folder: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The modules below a folder, each with what changes when it does."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.path, _stamp(entry.stat())
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _stamps(entry.path)


def _touched(file: str) -> tuple[int, ...]:
    """What changes when a file does."""
    try:
        return _stamp(os.stat(file))  # noqa: PTH116
    except OSError:
        return ()


def _stamp(found: os.stat_result) -> tuple[int, ...]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
