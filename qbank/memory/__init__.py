"""What rules said of items in earlier runs, kept beside the bank: the content-hash cache.

Kept is, by the hash of an item's text or record, what the rules that look at nothing but that record said of
it, and what others said that asked a few questions, with the answers; by the hash of all records, what the
rules that look at nothing but the bank's records said of the bank; beside it, each in a file of its own,
parts that such rules worked out for the next run, for when the bank has changed, and which lines of JSON
Lines were found sound. All hold for one signature: the code of qbank and of the rules, the Python that ran
them, the settings of the rules and the bank record. Whatever cannot be read, or was made by other code,
counts for nothing; to delete the folder costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

import msgspec

from qbank.diagnostics import Finding, Where
from qbank.memory.shapes import OfBank, OfItem, Told, of_bank, remembered
from qbank.memory.signature import SIZE, code, hashed
from qbank.model.as_read import AsRead, each
from qbank.model.bank import Bank
from qbank.model.earlier import Earlier
from qbank.model.item import Item
from qbank.model.offsets import Offsets, Table
from qbank.parts import Parts, Pieces, delete_parts, in_pieces, read_whole, write_whole
from qbank.rule import Rule

__all__ = [
    "FOLDER",
    "Memory",
    "OfItem",
    "Told",
    "bank_digest",
    "code",
    "digests_of",
    "known_lines",
    "memory_of",
    "remembered",
]

FOLDER = ".qbank_cache"
"""Where it is kept: in the bank's folder."""
_SIGNATURES = 4
_NOTE = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of qbank. It may be deleted.\n"


class _File(msgspec.Struct, array_like=True):
    """What a file holds: the digest of one bank, and what was said of it by rule.

    `places` are those in the texts of records that were asked for.
    """

    bank: bytes = b""
    said: dict[str, tuple[OfBank, ...]] = {}
    places: Table | None = None


class _Items(msgspec.Struct, array_like=True):
    """What was said of the items of a bank, in its order, and in which columns of their lines.

    `numbers` say what of `said` is each's, -1 where nothing is known: of most items nothing was said, and of
    many the same.
    """

    numbers: list[int] = []
    said: list[OfItem] = []
    columns: list[tuple[int, ...]] = []


_ENCODE = msgspec.msgpack.Encoder().encode
_LINES = "lines"
_ITEMS = "said-of-items"


class Memory:
    """What was said of items and of the bank, by digests; `save` writes it when there is something new."""

    def __init__(self, path: Path, items: Sequence[Item] = ()) -> None:
        self._path = path
        self._parts = Parts(path)
        self._file = _read(path)
        self.records = [*each(items, "record")]
        self._lines = items.digests if isinstance(items, AsRead) else ()
        self._digests = digests_of(items)
        self.earlier = Earlier(self._digests, self._parts)
        kept = self.earlier.recall(_ITEMS)
        before = _Items() if kept is None else msgspec.msgpack.decode(kept, type=_Items)
        numbers = self.earlier.each(before.numbers, -1)
        self.items: list[OfItem | None] = [before.said[one] if one >= 0 else None for one in numbers]
        """What is known of each item of the bank, None where nothing is."""
        self.columns = self.earlier.each(before.columns, ())
        """The columns of what was `said` of each item, in order, () where they are not known."""
        self._new: set[int] = set()
        self._bank = b""
        self._said: dict[str, tuple[OfBank, ...]] = {}
        self.offsets = Offsets(self._file.places, _of_texts(items))

    def keep(self, place: int, one: OfItem) -> None:
        """Keep what was said of the item at a place of the bank."""
        self.items[place] = one
        self._new.add(place)

    def see(self, bank: Bank) -> None:
        """Tell what bank it is: `recall_bank` answers after that."""
        self._bank = bank_digest(bank, self._digests)

    def recall_bank(self, rule: str) -> tuple[Finding, ...] | None:
        """What a rule said of the bank, None when it is not known."""
        found = self._file.said.get(rule) if self._bank and self._bank == self._file.bank else None
        if found is None:
            return None
        self._said[rule] = found
        return tuple([one.finding for one in found])

    def keep_bank(self, rule: str, said: Iterable[Finding]) -> None:
        """Keep what a rule said of the bank, unless a finding lies outside its records."""
        found = [of_bank(finding) for finding in said]
        if self._bank and None not in found:
            self._said[rule] = tuple(one for one in found if one is not None)

    def save(self, column: Callable[[Where], int]) -> None:
        """Write what this run met, and nothing else. A folder that cannot be written is let alone.

        `column` tells the column of a place in its file.
        """
        same_bank = self._bank == self._file.bank and self._said.keys() == self._file.said.keys()
        if not same_bank or self._new or self.offsets.is_new:
            for place in self._new:
                self.columns[place] = self._columns_of(place, column)
            with contextlib.suppress(OSError):
                self._write()

    def _columns_of(self, place: int, column: Callable[[Where], int]) -> tuple[int, ...]:
        """The columns of what was said of an item, if they hang on its digest."""
        one = self.items[place]
        if one is None or not self._lines or not self._lines[place]:
            return ()
        record = self.records[place]
        return tuple([column(said.where.of(record)) for said in one.all])

    def _write(self) -> None:
        folder = self._path.parent
        folder.mkdir(exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _NOTE)):
            note = folder / name
            if not note.exists():
                note.write_text(text, encoding="utf-8")
        write_whole(self._path, [_ENCODE(_File(self._bank, self._said, self.offsets.table))])
        self.earlier.keep(_ITEMS, functools.partial(_packed, self.items, self.columns))
        self._parts.write(self.earlier.made)
        if self._lines:
            of_bank = Parts(folder / _of_bank_alone(self._path))
            of_bank.write({_LINES: lambda: (_of_reading(folder), b"".join(self._lines))})
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


def known_lines(path: Path) -> list[bytes]:
    """The hashes of the lines of a bank that an earlier run found sound, for `load_bank`; in their order."""
    try:
        name, root = _name(path)
    except OSError:  # whoever reads the bank says what is wrong with the path
        return []
    found = Parts(root / FOLDER / name).get(_LINES)
    if found is None or found[:SIZE] != _of_reading(root / FOLDER):
        return []
    digests = bytes(found[SIZE:])
    return [digests[end - SIZE : end] for end in range(SIZE, len(digests) + 1, SIZE)]


def _of_reading(folder: Path) -> bytes:
    """The signature of what is known of lines: that of what reads them."""
    return hashed("\0".join((code({}, folder), sys.version)).encode())


def digests_of(items: Sequence[Item]) -> list[bytes]:
    """The hash of each item: of the text that it was read from, or of its record, wherever it stands."""
    texts = items.digests if isinstance(items, AsRead) else repeat(b"", len(items))
    return [text or _digest(items[place]) for place, text in enumerate(texts)]


def _digest(item: Item) -> bytes:
    return hashed(_ENCODE(msgspec.structs.replace(item, record=-1)))


def _of_texts(items: Sequence[Item]) -> dict[int, bytes]:
    """The hash of the text of each item, by the number of its record, where it is known."""
    digests = items.digests if isinstance(items, AsRead) else ()
    return dict(zip(each(items, "record"), digests, strict=False))


def bank_digest(bank: Bank, digests: Iterable[bytes]) -> bytes:
    """The hash of all records of a bank and of their numbers, given the digests of its items in order.

    The bank record is part of the signature; where the records stand in their files is no part.
    """
    found = hashlib.blake2b(b"".join(digests), digest_size=SIZE)
    found.update(_ENCODE([*each(bank.items, "record")]))
    found.update(_ENCODE((bank.stimuli, bank.statistics, bank.declared, sorted(bank.unreadable))))
    found.update(_ENCODE((bank.complete, len(bank.sources))))
    return found.digest()


def _of_bank_alone(path: Path) -> str:
    """How files about the bank of a file begin."""
    return path.name.partition("-")[0]


def _prune(path: Path) -> None:
    """Delete what was kept of the same bank under other signatures, the last few aside."""
    kept = path.parent.glob(f"{_of_bank_alone(path)}-*.msgpack")
    for old in sorted(kept, key=lambda one: (one.stat().st_mtime_ns, one.name))[:-_SIGNATURES]:
        old.unlink(missing_ok=True)
        delete_parts(old)


def _packed(items: Sequence[OfItem | None], columns: list[tuple[int, ...]]) -> Pieces:
    """What was said of items as a file holds it."""
    numbers: dict[OfItem, int] = {}
    distinct = {id(one): one for one in items if one is not None}  # many items share what was said of them
    of_those = {key: numbers.setdefault(one, len(numbers)) for key, one in distinct.items()}
    return in_pieces(_Items([of_those.get(id(one), -1) for one in items], list(numbers), columns))


def _read(path: Path) -> _File:
    data = read_whole(path)
    return _File() if data is None else msgspec.msgpack.decode(data, type=_File)
