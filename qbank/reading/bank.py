"""Bank folders and files → (Bank, what was found while reading). Any bytes at all give findings."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import force_setattr

from qbank.diagnostics import Finding, Location, Pointer, Related, Where
from qbank.discovery import did_you_mean
from qbank.model.bank import Attribute, Bank, BankRecord, ReadProblem, Source
from qbank.model.item import Item
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Stimulus
from qbank.reading import files, json_text, places, schemas, typed, yaml_text
from qbank.reading.files import BANK_FILES, PathError, shown
from qbank.reading.text import Lines, Unreadable, decode

_DECODE = msgspec.json.Decoder().decode
_DECODE_ITEM = msgspec.json.Decoder(Item).decode
_ID = re.compile("[A-Za-z][A-Za-z0-9._-]{0,63}")
_KINDS = {"items": "item", "stimuli": "stimulus", "statistics": "statistics"}
_STRUCTS: dict[str, Any] = {
    "item": Item,
    "stimulus": Stimulus,
    "statistics": Statistics,
    "bank": BankRecord,
}


class Reading(NamedTuple):
    """A bank and what was found while it was read."""

    bank: Bank
    problems: tuple[ReadProblem, ...]


def load_bank(path: str | Path) -> Reading:
    """Read a bank folder (with bank.yaml) or a single .yaml, .json or .jsonl file.

    Raises PathError when the named path itself cannot be read; everything else that is wrong is
    returned as findings, and everything that can be read is in the bank.
    """
    path = Path(path)
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:
        raise PathError(f"{shown(path)}: {files.reason(error)}") from None
    if path.name in BANK_FILES and exists and not is_folder:
        path, is_folder = path.parent, True
    reader = _Reader(path if is_folder else path.parent)
    with _without_collection():
        if is_folder:
            reader.folder(path)
        elif path.suffix not in files.SUFFIXES and exists:
            what = "a bank is a folder with bank.yaml, or a .yaml, .json or .jsonl file"
            raise PathError(f"{shown(path)}: {what}")
        else:
            reader.content(path, files.read_named(path), "item")
    return reader.result()


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Garbage collection set aside: what is read stays, and looking at it again and again takes long."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Reader:
    """Collects what the files of one bank hold."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sources: list[Source] = []
        self.problems: list[ReadProblem] = []
        self.found: dict[str, list[Any]] = {"item": [], "stimulus": [], "statistics": [], "bank": []}
        self.unreadable: set[str] = set()
        self.complete = True
        self.files = 0
        self.attributes: Mapping[str, Attribute] = {}
        self.defaults: dict[str, Any] = {}
        self.declared = False

    def result(self) -> Reading:
        records = self.found["bank"]
        bank = Bank(
            info=records[0] if records else BankRecord(),
            items=tuple(self.found["item"]),
            stimuli=tuple(self.found["stimulus"]),
            statistics=tuple(self.found["statistics"]),
            declared=bool(records),
            unreadable=frozenset(self.unreadable),
            complete=self.complete,
            sources=tuple(self.sources),
            root=str(self.root),
            files=self.files,
        )
        return Reading(bank, tuple(self.problems))

    def folder(self, root: Path) -> None:
        record = next((root / name for name in BANK_FILES if (root / name).is_file()), None)
        if record is None:
            raise PathError(
                f"{shown(root)}: no bank.yaml there; `qbank init DIR` writes a small bank to start from"
            )
        self.content(record, files.read_named(record), "bank")
        info = self.found["bank"][0] if self.found["bank"] else BankRecord()
        # a broken bank record declares nothing, so the files it would name are taken from the usual places
        items = [path for _, path in files.matching(root, info.items)]
        if not items:
            self.complete = False
            self.problem(
                "unreadable-file",
                Where(info.record, ("items",)) if info.record >= 0 else Location(shown(record)),
                f"no file matches {', '.join(info.items)}: the bank has no items",
                hint="Correct items: in the bank record; patterns are relative to the bank's folder.",
            )
        for field, kind in (("items", "item"), ("stimuli", "stimulus")):
            for number, path in files.matching(root, getattr(info, field)):
                if path is None:
                    self.problem(
                        "unreadable-file",
                        info.at(field, number),
                        f"the pattern {getattr(info, field)[number]!r} leads out of the bank",
                        hint="Patterns are relative to the bank's folder.",
                    )
                else:
                    self.inside(path, kind)
        statistics = root / info.statistics
        if statistics.is_file():
            self.inside(statistics, "statistics")

    def inside(self, path: Path, kind: str) -> None:
        """Read a file that the bank names; what is wrong with it becomes a finding."""
        try:
            data = files.read_inside(path, self.root)
        except Unreadable as error:
            self.unreadable_file(path, error)
            return
        self.content(path, data, kind)

    def content(self, path: Path, data: bytes, kind: str) -> None:
        self.files += 1
        form = files.SUFFIXES.get(path.suffix, "yaml")
        try:
            if form == "jsonl":
                self.lines(path, data, kind)
            elif form == "json":
                self.json(path, data, kind)
            else:
                self.yaml(path, decode(data), kind)
        except Unreadable as error:
            self.unreadable_file(path, error)
            self.unreadable.update(yaml_text.guess_ids(data.decode("utf-8", "replace")))

    def lines(self, path: Path, data: bytes, kind: str) -> None:
        start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        file, place = shown(path), str(path)
        number = 0
        is_valid = schemas.check("item").validator.is_valid
        while start < len(data):
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
            line = data[start:end]
            number += 1
            item = self.quick(line, is_valid) if kind == "item" else None
            if item is not None:
                self.sources.append(Source(file, place, "json", kind, start, end, item.id))
            elif line.strip():
                source = Source(file, place, "json", kind, start, end)
                try:
                    tree = json_text.parse(line)
                    repeats = json_text.has_repeats(tree, line)
                except Unreadable as error:
                    where = Location(file, number, error.column)
                    self.problem("unreadable-file", where, str(error), hint=error.hint)
                    self.lost(line.decode("utf-8", "replace"))
                else:
                    if repeats:
                        self.repeated_json(source, line.decode("utf-8", "replace"), number - 1)
                    else:
                        self.entries(tree, source, None, line=True)
            start = end + 1

    def quick(self, line: bytes, is_valid: Callable[[Any], bool]) -> Item | None:
        """Take a line that is a sound item; None when it must be looked at closely.

        Of 100,000 items nearly all are sound, so this is where the time of reading goes. What is valid
        is not deep, and what is plain has no repeated key and no number that is too large.
        """
        try:
            tree = _DECODE(line)
            if type(tree) is not dict or self.defaults:
                return None
            if not is_valid(tree) or not json_text.is_plain(tree, line):
                return None
            item: Item = _DECODE_ITEM(line)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return None
        number = len(self.sources)
        force_setattr(item, "record", number)
        if item.attributes:
            self.check_attributes(tree, number)
        self.found["item"].append(item)
        return item

    def json(self, path: Path, data: bytes, kind: str) -> None:
        data = data.removeprefix(b"\xef\xbb\xbf")
        tree = json_text.parse(data)
        source = Source(shown(path), str(path), "json", kind, -1, -1)
        if json_text.has_repeats(tree, data):
            self.repeated_json(source, data.decode("utf-8", "replace"), 0)
        else:
            self.entries(tree, source, None)

    def yaml(self, path: Path, text: str, kind: str) -> None:
        source = Source(shown(path), str(path), "yaml", kind, -1, -1)
        try:
            tree = yaml_text.parse(text)
        except Unreadable as error:
            self.broken_yaml(path, text, source, error)
            return
        self.entries(tree, source, text)

    def broken_yaml(self, path: Path, text: str, source: Source, error: Unreadable) -> None:
        """Read what can be read of a YAML file that is broken somewhere: entry by entry."""
        entries = yaml_text.slices(text)
        explained = False
        for number, entry in enumerate(entries):
            try:
                tree = yaml_text.parse(entry.text)
            except Unreadable as own:
                explained = True
                self.broken_entry(source, entry, own)
                self.lost(entry.text)
            else:
                self.record(tree[0] if isinstance(tree, list) else tree, _at(source, (number,)), text)
        if not explained:
            repeated = yaml_text.repeated_key(text)
            if repeated is not None:
                self.repeated(source.file, Lines(text), repeated.key, repeated.first, repeated.second, 0)
            else:
                self.unreadable_file(path, error)
            self.unreadable.update(yaml_text.guess_ids(text))

    def broken_entry(self, source: Source, entry: yaml_text.Slice, error: Unreadable) -> None:
        repeated = yaml_text.repeated_key(entry.text)
        if repeated is not None:
            self.repeated(
                source.file, Lines(entry.text), repeated.key, repeated.first, repeated.second, entry.line - 1
            )
            return
        where = Location(source.file, entry.line + error.line - 1, error.column)
        hint = f"{error.hint} The rest of the file was read.".strip()
        self.problem("unreadable-file", where, str(error), hint=hint)

    def entries(self, tree: Any, source: Source, text: str | None, line: bool = False) -> None:
        """The records of a parsed file or line."""
        if tree is None and source.kind != "bank":
            return
        for kind, pointer, record in _split(tree, source.kind, line):
            self.record(record, _at(source, pointer, kind), text)

    def record(self, record: Any, source: Source, text: str | None) -> None:
        """One record: checked against its schema and turned into a value."""
        kind = source.kind
        number = len(self.sources)
        if not isinstance(record, dict):
            self.sources.append(source)
            self.problem(
                "schema-violation",
                Where(number),
                f"{_an(kind)} must be a mapping (name: value), not {_shown(record)}",
            )
            self.complete = False
            return
        if text is not None:
            record = self.as_typed(record, source, text, number)
        self.sources.append(
            source
            if not isinstance(record.get("id"), str)
            else msgspec.structs.replace(source, id=record["id"])
        )
        unusable = typed.unusable(record)
        if unusable is not None:
            self.problem("unreadable-file", Where(number, unusable[0]), unusable[1])
            self.give_up(record)
            return
        found = schemas.problems(_check(kind), record)
        for one in found:
            self.problem("schema-violation", Where(number, one.pointer, one.part), one.message, hint=one.hint)
        if found:
            self.give_up(record)
            return
        if kind == "item":
            record = {**self.defaults, **record}
            self.check_attributes(record, number)
        record["record"] = number
        try:
            value = _converted(record, _STRUCTS[kind])
        except (msgspec.ValidationError, OverflowError) as error:
            self.problem("schema-violation", Where(number), str(error))
            self.give_up(record)
            return
        self.keep(kind, value)

    def keep(self, kind: str, value: Any) -> None:
        if kind == "bank":
            self.attributes = value.attributes
            self.defaults = value.defaults
        elif kind == "stimulus" and value.media:
            value = msgspec.structs.replace(value, media=tuple(self.hashed(one) for one in value.media))
        self.found[kind].append(value)

    def hashed(self, media: Any) -> Any:
        """A media record with the hash of its file; without one when the file cannot be read."""
        try:
            data = files.read_inside(self.root / media.file, self.root)
        except (Unreadable, ValueError):
            return media
        return msgspec.structs.replace(media, sha256=hashlib.sha256(data).hexdigest())

    def as_typed(self, record: dict[str, Any], source: Source, text: str, number: int) -> dict[str, Any]:
        """A YAML record with its keys and texts as they were typed."""
        odd_keys = typed.has_odd_keys(record)
        odd = typed.odd_scalars(record, source.kind, self.attributes)
        if not (odd_keys or odd):
            return record
        part, prefix = places.slice_text(source, text)
        if odd_keys:
            tree = yaml_text.with_text_keys(part)
            for step in prefix:
                tree = tree[str(step) if isinstance(tree, dict) else step]
            record = tree
            odd = typed.odd_scalars(record, source.kind, self.attributes)
        whole = [(*prefix, *path) for path in odd]
        wrapped: Any = record
        for step in reversed(prefix):
            wrapped = {step: wrapped}
        for path, raw, parsed in typed.as_typed(wrapped, whole, part):
            pointer = path[len(prefix) :]
            self.problem(
                "coerced-scalar",
                Where(number, pointer),
                f"{raw} without quotes means {parsed} to YAML; it was read as {raw!r}",
                hint=f'Write "{raw}" in quotes.',
            )
        return record

    def check_attributes(self, record: dict[str, Any], number: int) -> None:
        """Attributes against what the bank declares; the item stays readable."""
        if not self.found["bank"]:
            return
        for name, value in record.get("attributes", {}).items():
            declared = self.attributes.get(name)
            where = Where(number, ("attributes", name))
            if declared is None:
                self.problem(
                    "schema-violation",
                    Where(number, ("attributes", name), "key"),
                    f"the bank declares no attribute {name!r}",
                    hint=did_you_mean(name, dict(self.attributes))
                    or "Declare it under attributes: in bank.yaml.",
                )
            elif not _of_type(value, declared.type):
                self.problem(
                    "schema-violation",
                    where,
                    f"attributes.{name} is {value!r}; the bank declares {declared.type}",
                )
            elif declared.values and value not in declared.values:
                self.problem(
                    "schema-violation",
                    where,
                    f"attributes.{name} is {value!r}, which the bank does not list",
                    hint=did_you_mean(str(value), [str(one) for one in declared.values]),
                )

    def give_up(self, record: dict[str, Any]) -> None:
        """Remember the id of a record that could not be read; without one, the bank is incomplete."""
        id = record.get("id")
        if isinstance(id, str) and _ID.fullmatch(id):
            self.unreadable.add(id)
        else:
            self.complete = False

    def lost(self, text: str) -> None:
        ids = yaml_text.guess_ids(text)
        self.unreadable.update(ids)
        self.complete = self.complete and bool(ids)

    def unreadable_file(self, path: Path, error: Unreadable) -> None:
        self.complete = False
        where = Location(shown(path), error.line, error.column)
        self.problem("unreadable-file", where, str(error), hint=error.hint)

    def repeated_json(self, source: Source, text: str, lines_before: int) -> None:
        again = next(member for member in json_text.members(text) if member.repeats >= 0)
        self.repeated(
            source.file, Lines(text), str(again.pointer[-1]), again.repeats, again.key, lines_before
        )
        self.lost(text)

    def repeated(self, file: str, lines: Lines, key: str, first: int, second: int, lines_before: int) -> None:
        def moved(offset: int) -> Location:
            place = lines.location(file, offset)
            return Location(file, place.line + lines_before, place.column)

        self.problem(
            "repeated-key",
            moved(second),
            f"the key {key!r} is there twice; only one of the two would count",
            related=(Related(moved(first), "first here"),),
            hint="Remove one of them.",
        )

    def problem(
        self,
        rule: str,
        where: Where | Location,
        message: str,
        *,
        related: tuple[Related, ...] = (),
        hint: str = "",
    ) -> None:
        self.problems.append(ReadProblem(rule, Finding(where, message, related, hint)))


def _converted(record: dict[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(record, kind)
    except msgspec.ValidationError:
        return msgspec.convert(typed.with_whole_numbers(record), kind)


def _check(kind: str) -> schemas.Check:
    if kind in ("item", "bank"):
        return schemas.check(kind)
    return schemas.check("bank", kind)


def _split(tree: Any, kind: str, line: bool) -> Iterator[tuple[str, Pointer, Any]]:
    """The records of a file: a list, a mapping of lists, `{"bank": …}` of a line, or one record."""
    if isinstance(tree, list) and not line:
        for number, record in enumerate(tree):
            yield kind, (number,), record
    elif (
        isinstance(tree, dict)
        and kind == "item"
        and "id" not in tree
        and {"bank", *_KINDS, "stimulus"} & set(tree)
    ):
        if "bank" in tree:
            yield "bank", ("bank",), tree["bank"]
        if line and "stimulus" in tree:
            yield "stimulus", ("stimulus",), tree["stimulus"]
        for name in ("stimuli", "items", "statistics"):
            records = tree.get(name)
            if isinstance(records, list):
                for number, record in enumerate(records):
                    yield _KINDS[name], (name, number), record
            elif records is not None:
                yield _KINDS[name], (name,), records
        for name in sorted(set(tree) - {"bank", *(("stimulus",) if line else ()), *_KINDS}, key=str):
            yield kind, (name,), tree[name]
    else:
        yield kind, (), tree


def _at(source: Source, pointer: Pointer, kind: str = "") -> Source:
    return msgspec.structs.replace(source, pointer=(*source.pointer, *pointer), kind=kind or source.kind)


def _of_type(value: Any, declared: str) -> bool:
    if declared == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if declared == "integer":
        return isinstance(value, int)
    if declared == "number":
        return isinstance(value, int | float)
    return isinstance(value, str)


def _an(kind: str) -> str:
    return {"item": "an item", "stimulus": "a stimulus", "bank": "the bank record"}.get(
        kind, f"a {kind} record"
    )


def _shown(value: Any) -> str:
    return "a list" if isinstance(value, list) else "empty" if value is None else repr(value)[:40]
