"""What rules said of items in earlier runs, kept beside the bank: the content-hash cache.

Kept is, by the hash of an item's record, what the rules that look at nothing but that record said of it. A
file holds for one signature: the code of qbank and of the rules, the Python that ran them, the settings of
the rules and the bank record. Whatever cannot be read, or was made by other code, counts for nothing; to
delete the folder costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from qbank.diagnostics import Finding, Related, Where
from qbank.model.bank import Bank
from qbank.model.item import Item
from qbank.rule import Rule

FOLDER = ".qbank_cache"
"""Where it is kept: in the bank's folder."""
_SIGNATURES = 4
_NOTE = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of qbank. It may be deleted.\n"


class _Place(msgspec.Struct, frozen=True, array_like=True):
    pointer: tuple[str | int, ...]
    part: str
    message: str = ""


class Remembered(msgspec.Struct, frozen=True, array_like=True):
    """A finding about an item without the item: its rule, and what it said where."""

    rule: str
    where: _Place
    hint: str
    related: tuple[_Place, ...]

    def of(self, record: int) -> Finding:
        """The finding, about an item of that record."""
        return Finding(
            Where(record, self.where.pointer, self.where.part),
            self.where.message,
            tuple(Related(Where(record, one.pointer, one.part), one.message) for one in self.related),
            self.hint,
        )


_Kept = dict[bytes, tuple[Remembered, ...]]
_ENCODE = msgspec.msgpack.Encoder().encode


class Memory:
    """What was said of items, by their digests; `save` writes it when there is something new."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = _read(path)
        self._now: _Kept = {}

    def recall(self, digest: bytes) -> tuple[Remembered, ...] | None:
        """What was said of the item, None when it is not known."""
        found = self._before.get(digest)
        if found is not None:
            self._now[digest] = found
        return found

    def keep(self, digest: bytes, item: Item, said: Iterable[tuple[str, Finding]]) -> None:
        """Keep what was said of an item, unless it cannot be told without the bank."""
        found = []
        for slug, finding in said:
            one = _remembered(slug, finding, item.record)
            if one is None:
                return
            found.append(one)
        self._now[digest] = tuple(found)

    def save(self) -> None:
        """Write what this run met, and nothing else. A folder that cannot be written is let alone."""
        if self._now.keys() == self._before.keys():
            return
        temporary = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(exist_ok=True)
            for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _NOTE)):
                note = self._path.parent / name
                if not note.exists():
                    note.write_text(text, encoding="utf-8")
            temporary.write_bytes(_ENCODE(self._now))
            temporary.replace(self._path)
            _prune(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def memory_of(
    bank: Bank, path: Path, rules: Mapping[str, Rule], options: Mapping[str, Mapping[str, Any]]
) -> Memory:
    """What is remembered of a bank that was read from a path, for these rules with these options."""
    root = path if path.is_dir() else path.parent
    chosen = {slug: options.get(slug, {}) for slug in sorted(rules)}
    parts = (code(rules), sys.version, unicodedata.unidata_version, repr(chosen), repr(bank.info))
    signature = hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
    name = hashlib.blake2b(path.name.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
    return Memory(root / FOLDER / f"{name}-{signature}.msgpack")


def digest(item: Item) -> bytes:
    """The hash of an item's whole record, wherever it stands."""
    record = _ENCODE(msgspec.structs.replace(item, record=-1))
    return hashlib.blake2b(record, digest_size=16).digest()


def code(rules: Mapping[str, Rule]) -> str:
    """The hash of all code of qbank and of the modules of rules from elsewhere."""
    package = Path(__file__).parent
    files = {*package.rglob("*.py"), *(Path(_source(one.function)) for one in rules.values())}
    found = hashlib.blake2b(digest_size=16)
    for file in sorted(files):
        try:
            found.update(file.read_bytes())
        except OSError:
            found.update(str(file).encode("utf-8", "surrogateescape"))
    return found.hexdigest()


def _source(function: Callable[..., Any]) -> str:
    return str(inspect.unwrap(function).__code__.co_filename)


def _remembered(slug: str, finding: Finding, record: int) -> Remembered | None:
    places = (finding.where, *(one.where for one in finding.related))
    if finding.fix is not None or not all(isinstance(one, Where) and one.record == record for one in places):
        return None
    where = finding.where
    assert isinstance(where, Where)
    related = tuple(
        _Place(one.where.pointer, one.where.part, one.message)
        for one in finding.related
        if isinstance(one.where, Where)
    )
    return Remembered(slug, _Place(where.pointer, where.part, finding.message), finding.hint, related)


def _prune(path: Path) -> None:
    """Delete what was kept of the same bank under other signatures, the last few aside."""
    kept = path.parent.glob(f"{path.name.partition('-')[0]}-*.msgpack")
    for old in sorted(kept, key=lambda one: (one.stat().st_mtime_ns, one.name))[:-_SIGNATURES]:
        old.unlink(missing_ok=True)


def _read(path: Path) -> _Kept:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return {}
