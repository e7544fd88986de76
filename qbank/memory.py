"""What rules said of items in earlier runs, kept beside the bank: the content-hash cache.

Kept is, by the hash of an item's record, what the rules that look at nothing but that record said of it; and,
by the hash of all records, what the rules that look at nothing but the bank's records said of the bank;
beside it, each in a file of its own, parts that such rules worked out for the next run, for when the bank
has changed. All hold for one signature: the code of qbank and of the rules, the Python that ran them, the
settings of the rules and the bank record. Whatever cannot be read, or was made by other code, counts for
nothing; to delete the folder costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from qbank.diagnostics import Append, Finding, Fix, Place, Related, Where
from qbank.model.bank import AsRead, Bank
from qbank.model.earlier import Earlier
from qbank.model.item import Item
from qbank.model.offsets import Offsets, Table
from qbank.parts import Parts, delete_parts, read_whole, write_whole
from qbank.rule import Rule

FOLDER = ".qbank_cache"
"""Where it is kept: in the bank's folder."""
_SIGNATURES = 4
_SIZE = 16
_NOTE = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of qbank. It may be deleted.\n"


class _Place(msgspec.Struct, frozen=True, gc=False, array_like=True):
    pointer: tuple[str | int, ...]
    part: str
    message: str = ""


class Remembered(msgspec.Struct, frozen=True, gc=False, array_like=True):
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
            tuple([Related(Where(record, one.pointer, one.part), one.message) for one in self.related])
            if self.related
            else (),
            self.hint,
        )


class _At(msgspec.Struct, frozen=True, gc=False, array_like=True):
    record: int
    pointer: tuple[str | int, ...]
    part: str
    text: str = ""

    @property
    def where(self) -> Where:
        return Where(self.record, self.pointer, self.part)


class OfBank(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A finding about a bank: where, what it said, what else is concerned; `fix` holds what is appended."""

    where: _At
    hint: str
    related: tuple[_At, ...]
    fix: tuple[_At, ...] | None
    is_safe: bool = True

    @property
    def finding(self) -> Finding:
        """The finding."""
        appended = None if self.fix is None else tuple(Append(one.where, one.text) for one in self.fix)
        return Finding(
            self.where.where,
            self.where.text,
            tuple(Related(one.where, one.text) for one in self.related),
            self.hint,
            None if appended is None else Fix(appended, self.is_safe),
        )


class Told(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a rule said of an item when its questions had some answers."""

    rule: str
    answers: tuple[tuple[str, int], ...]
    said: tuple[Remembered, ...]


class OfItem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What rules said of an item: those about a record alone, and those that asked questions.

    `wanted` are those of the others that must look at it.
    """

    said: tuple[Remembered, ...]
    told: tuple[Told, ...]
    wanted: tuple[str, ...]


class _File(msgspec.Struct, array_like=True):
    """What a file holds: what was said of items by their digests, and of one bank by its digest, by rule.

    `digests` are those of all items, joined; `numbers` say what of `said_of_items` is each's: of most items
    nothing was said, and of many the same. `places` are those in the texts of records that were asked for.
    """

    digests: bytes = b""
    numbers: list[int] = []
    said_of_items: list[OfItem] = []
    bank: bytes = b""
    said: dict[str, tuple[OfBank, ...]] = {}
    places: Table | None = None

    def items(self) -> dict[bytes, OfItem]:
        """What was said of every item, by its digest."""
        return dict(zip(_split(self.digests), map(self.said_of_items.__getitem__, self.numbers), strict=True))


_ENCODE = msgspec.msgpack.Encoder().encode
_LINES = "lines"
_CODE, _CODE_ELSEWHERE = "code", "code-elsewhere"
"""The names of the files that say which files of code were hashed, and their hash."""


class Memory:
    """What was said of items and of the bank, by digests; `save` writes it when there is something new."""

    def __init__(self, path: Path, items: Sequence[Item] = ()) -> None:
        self._path = path
        self._parts = Parts(path)
        self._file, self._before = _read(path)
        self._new: dict[bytes, OfItem] = {}
        self._bank = b""
        self._said: dict[str, tuple[OfBank, ...]] = {}
        self._lines = [one for one in items.digests if one] if isinstance(items, AsRead) else []
        self.digests = digests_of(items)
        self.earlier = Earlier()
        self.offsets = Offsets(self._file.places, _of_texts(items))

    def recall(self) -> list[OfItem | None]:
        """What is known of each item of the bank, None when nothing is."""
        return list(map(self._before.get, self.digests))

    def keep(self, place: int, one: OfItem) -> None:
        """Keep what was said of the item at a place of the bank."""
        self._new[self.digests[place]] = one

    def see(self, bank: Bank) -> None:
        """Tell what bank it is: `recall_bank` answers after that."""
        self._bank = bank_digest(bank, self.digests)
        self.earlier = Earlier(self.digests, self._parts)

    def recall_bank(self, rule: str) -> tuple[Finding, ...] | None:
        """What a rule said of the bank, None when it is not known."""
        found = self._file.said.get(rule) if self._bank and self._bank == self._file.bank else None
        if found is None:
            return None
        self._said[rule] = found
        return tuple(one.finding for one in found)

    def keep_bank(self, rule: str, said: Iterable[Finding]) -> None:
        """Keep what a rule said of the bank, unless a finding lies outside its records."""
        found = [_of_bank(finding) for finding in said]
        if self._bank and None not in found:
            self._said[rule] = tuple(one for one in found if one is not None)

    def save(self) -> None:
        """Write what this run met, and nothing else. A folder that cannot be written is let alone."""
        with contextlib.suppress(OSError):
            self._save()

    def _save(self) -> None:
        same_bank = self._bank == self._file.bank and self._said.keys() == self._file.said.keys()
        if same_bank and not self._new and not self.offsets.is_new:
            return
        known = {**self._before, **self._new}
        items = {digest: known[digest] for digest in self.digests if digest in known}
        now = _File(*_compact(items), self._bank, self._said, self.offsets.table)
        folder = self._path.parent
        folder.mkdir(exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _NOTE)):
            note = folder / name
            if not note.exists():
                note.write_text(text, encoding="utf-8")
        write_whole(self._path, _ENCODE(now))
        self._parts.write(self.earlier.now)
        if self._lines:
            of_bank = Parts(folder / _of_bank_alone(self._path))
            of_bank.write({_LINES: lambda: b"".join((_of_reading(folder), *self._lines))})
        _prune(self._path)


def memory_of(
    bank: Bank, path: Path, rules: Mapping[str, Rule], options: Mapping[str, Mapping[str, Any]]
) -> Memory:
    """What is remembered of a bank that was read from a path, for these rules with these options."""
    name, root = _name(path)
    chosen = {slug: options.get(slug, {}) for slug in sorted(rules)}
    parts = (
        code(rules, root / FOLDER),
        sys.version,
        unicodedata.unidata_version,
        repr(chosen),
        repr(bank.info),
    )
    signature = hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
    return Memory(root / FOLDER / f"{name}-{signature}.msgpack", bank.items)


def _name(path: Path) -> tuple[str, Path]:
    """How files about a bank begin, and the folder in which theirs lies."""
    name = hashlib.blake2b(path.name.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
    return name, path if path.is_dir() else path.parent


def known_lines(path: Path) -> frozenset[bytes]:
    """The hashes of the lines of a bank that an earlier run found sound, for `load_bank`."""
    name, root = _name(path)
    found = Parts(root / FOLDER / name).get(_LINES)
    if found is None or found[:_SIZE] != _of_reading(root / FOLDER):
        return frozenset()
    return frozenset(_split(bytes(found[_SIZE:])))


def _of_reading(folder: Path) -> bytes:
    """The signature of what is known of lines: that of what reads them."""
    return _hash("\0".join((code({}, folder), sys.version)).encode())


def digests_of(items: Sequence[Item]) -> list[bytes]:
    """The hash of each item: of the text that it was read from, or of its record, wherever it stands."""
    texts = items.digests if isinstance(items, AsRead) else repeat(b"", len(items))
    return [text or _digest(item) for text, item in zip(texts, items, strict=True)]


def _digest(item: Item) -> bytes:
    return _hash(_ENCODE(msgspec.structs.replace(item, record=-1)))


def _of_texts(items: Sequence[Item]) -> dict[int, bytes]:
    """The hash of the text of each item, by the number of its record, where it is known."""
    digests = items.digests if isinstance(items, AsRead) else ()
    return dict(zip(map(attrgetter("record"), items), digests, strict=False))


def bank_digest(bank: Bank, digests: Iterable[bytes]) -> bytes:
    """The hash of all records of a bank and of their numbers, given the digests of its items in order.

    The bank record is part of the signature; where the records stand in their files is no part.
    """
    found = hashlib.blake2b(b"".join(digests), digest_size=_SIZE)
    found.update(_ENCODE([item.record for item in bank.items]))
    found.update(_ENCODE((bank.stimuli, bank.statistics, bank.declared, sorted(bank.unreadable))))
    found.update(_ENCODE((bank.complete, len(bank.sources))))
    return found.digest()


def code(rules: Mapping[str, Rule], folder: Path | None = None) -> str:
    """The hash of all code of qbank and of the modules of rules from elsewhere.

    With a `folder` it is noted there, and the files are read again only when one was touched.
    """
    ours = _ours()
    elsewhere = {file for one in rules.values() if (file := _source(one.function)) not in ours}
    stamps = {**ours, **{file: _touched(file) for file in elsewhere}}
    files = sorted(stamps)
    touched = _hash(repr([(file, *stamps[file]) for file in files]).encode("utf-8", "replace"))
    note = None if folder is None else folder / (_CODE_ELSEWHERE if elsewhere else _CODE)
    noted = _noted(note) if note is not None else b""
    if noted[:_SIZE] == touched:
        return noted[_SIZE:].hex()
    found = hashlib.blake2b(digest_size=_SIZE)
    for file in files:
        try:
            found.update(Path(file).read_bytes())
        except OSError:
            found.update(file.encode("utf-8", "surrogateescape"))
    if note is not None and note.parent.is_dir():
        both = touched + found.digest()
        with contextlib.suppress(OSError):
            note.write_bytes(both + _hash(both))
    return found.hexdigest()


@functools.cache
def _ours() -> dict[str, tuple[int, ...]]:
    """The modules of qbank, each with what changes when it does; this process runs them as they are now."""
    return dict(_stamps(os.fspath(Path(__file__).parent)))


def _noted(note: Path) -> bytes:
    """What was noted of the code; nothing when the file is not what was written."""
    try:
        data = note.read_bytes()
    except OSError:
        return b""
    both = data[: 2 * _SIZE]
    return both if data[2 * _SIZE :] == _hash(both) else b""


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


def _source(function: Callable[..., Any]) -> str:
    return str(inspect.unwrap(function).__code__.co_filename)


def remembered(said: Iterable[tuple[str, Finding]], record: int) -> tuple[Remembered, ...] | None:
    """What rules said of a record as it is kept; None when some of it cannot be told without the bank."""
    found = [_remembered(slug, finding, record) for slug, finding in said]
    kept = tuple([one for one in found if one is not None])
    return kept if len(kept) == len(found) else None


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


def _of_bank(finding: Finding) -> OfBank | None:
    """A finding about records as it is kept; None for another, or with a fix that does not only append."""
    edits = () if finding.fix is None else finding.fix.edits
    related = [_at(one.where, one.message) for one in finding.related]
    fix = [_at(one.where, one.value) if isinstance(one, Append) else None for one in edits]
    where = _at(finding.where, finding.message)
    if where is None or None in related or None in fix:
        return None
    return OfBank(
        where,
        finding.hint,
        tuple(one for one in related if one is not None),
        None if finding.fix is None else tuple(one for one in fix if one is not None),
        finding.fix is None or finding.fix.safe,
    )


def _at(place: Place, text: str) -> _At | None:
    return _At(place.record, place.pointer, place.part, text) if isinstance(place, Where) else None


def _split(digests: bytes) -> list[bytes]:
    """Digests that were joined."""
    return [digests[end - _SIZE : end] for end in range(_SIZE, len(digests) + 1, _SIZE)]


def _of_bank_alone(path: Path) -> str:
    """How files about the bank of a file begin."""
    return path.name.partition("-")[0]


def _prune(path: Path) -> None:
    """Delete what was kept of the same bank under other signatures, the last few aside."""
    kept = path.parent.glob(f"{_of_bank_alone(path)}-*.msgpack")
    for old in sorted(kept, key=lambda one: (one.stat().st_mtime_ns, one.name))[:-_SIGNATURES]:
        old.unlink(missing_ok=True)
        delete_parts(old)


def _hash(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_SIZE).digest()


def _compact(items: Mapping[bytes, OfItem]) -> tuple[bytes, list[int], list[OfItem]]:
    """What was said of items as a file holds it."""
    numbers: dict[OfItem, int] = {}
    distinct = {id(one): one for one in items.values()}  # by identity: many items share what was said of them
    of_those = {key: numbers.setdefault(one, len(numbers)) for key, one in distinct.items()}
    return b"".join(items), [of_those[id(one)] for one in items.values()], list(numbers)


def _read(path: Path) -> tuple[_File, dict[bytes, OfItem]]:
    data = read_whole(path)
    if data is None:
        return _File(), {}
    found = msgspec.msgpack.decode(data, type=_File)
    return found, found.items()
