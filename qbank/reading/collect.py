"""Records → values: each checked against its schema, its texts as typed, its faults as findings."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import force_setattr

from qbank.diagnostics import Finding, Location, Pointer, Related, Where
from qbank.discovery import did_you_mean
from qbank.model.as_read import AsRead, Head
from qbank.model.bank import Attribute, Bank, BankRecord, ContentArea, ReadProblem, Source
from qbank.model.item import Item
from qbank.model.stimulus import Media, Stimulus
from qbank.reading import bulk, files, json_text, places, schemas, typed, yaml_text
from qbank.reading.files import shown
from qbank.reading.kept import Document
from qbank.reading.known_lines import KnownLines
from qbank.reading.text import Lines, Unreadable

_ID = re.compile("[A-Za-z][A-Za-z0-9._-]{0,63}")
_STRUCTS: dict[str, Any] = {**bulk.KINDS, "bank": BankRecord}


class Reading(NamedTuple):
    """A bank and what was found while it was read."""

    bank: Bank
    problems: tuple[ReadProblem, ...]


class Collector:
    """What has been found so far of one bank, and how a record is added to it.

    `known` is the hashes of lines that an earlier run found sound; with None no line is hashed.
    """

    def __init__(self, root: Path, known: Sequence[bytes] | None = None) -> None:
        self.root = root
        self.known = None if known is None else KnownLines(known)
        self.digests: list[bytes] = []
        self.texts: list[bytes] = []
        self.sources: list[Source] = []
        self.problems: list[ReadProblem] = []
        self.found: dict[str, list[Any]] = {"item": [], "stimulus": [], "statistics": [], "bank": []}
        self.unreadable: set[str] = set()
        self.complete = True
        self.files = 0
        self.attributes: Mapping[str, Attribute] = {}
        self.declared: bulk.Declared = {}
        self.defaults: dict[str, Any] = {}

    def result(self) -> Reading:
        """Everything as one bank, with what was found."""
        records = self.found["bank"]
        items = self.found["item"]
        bank = Bank(
            info=records[0] if records else BankRecord(),
            items=AsRead(items, self.digests, self.texts, _read) if any(self.digests) else tuple(items),
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

    def sound(self, kind: str, trees: list[Any], written: bytes | None = None) -> list[Any] | None:
        """The values of records of one kind; None unless all of them are sound.

        `written` is the trees as `bulk.written` writes them, where that is known.
        """
        values = bulk.values(kind, trees, written, self.defaults if kind == "item" else {})
        return self.as_declared(values) if kind == "item" else values

    def as_declared(self, items: list[Any] | None) -> list[Any] | None:
        """Sound items; None when an attribute is not what the bank declares."""
        if items is None or not self.found["bank"]:
            return items
        return items if bulk.as_declared(items, self.declared) else None

    def add(
        self,
        kind: str,
        values: list[Any],
        sources: list[Source],
        digests: Sequence[bytes] = (),
        texts: Sequence[bytes] = (),
    ) -> None:
        """Add sound records with their sources.

        Where their texts say all of them: the hashes of these; and the `texts` where some are heads of items.
        """
        numbers = range(len(self.sources), len(self.sources) + len(values))
        _set(values, "record", numbers)
        if kind == "item":
            self.digests += digests or [b""] * len(values)
            self.texts += texts or [b""] * len(values)
            # many items share an area and a level: one text for all of them
            _share(values, "content_area")
            _share([one for one in values if not isinstance(one, Head)], "cognitive_level")
        self.sources += sources
        self.found[kind] += map(self.with_hashes, values) if kind == "stimulus" else values

    def record(self, record: Any, source: Source, document: Document | None) -> None:
        """One record, read closely: checked against its schema and turned into a value.

        `document` is its file when that is YAML.
        """
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
        if document is not None:
            record = self.as_typed(record, source, document, number)
        if isinstance(record.get("id"), str):
            source = msgspec.structs.replace(source, id=record["id"])
        if document is not None and (values := self.sound(kind, [record])) is not None:
            self.add(kind, values, [source])
            return
        self.sources.append(source)
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
        """Add a sound record; a bank record says how the records after it are read."""
        if kind == "bank":
            self.attributes = value.attributes
            self.declared = bulk.declared(value.attributes)
            self.defaults = value.defaults
            self.check_areas(value.content_areas, value.record, ())
        elif kind == "item":
            self.digests.append(b"")
            self.texts.append(b"")
        self.found[kind].append(self.with_hashes(value) if kind == "stimulus" else value)

    def check_areas(self, areas: tuple[ContentArea, ...], record: int, above: Pointer) -> None:
        """Content areas that share a path: only one of them would count."""
        first: dict[str, Where] = {}
        for number, area in enumerate(areas):
            pointer: Pointer = (*above, "children" if above else "content_areas", number)
            where = Where(record, (*pointer, "id"))
            if area.id in first:
                self.problem(
                    "schema-violation",
                    where,
                    f"two content areas {'side by side ' if above else ''}are called {area.id!r}",
                    related=(Related(first[area.id], "first here"),),
                    hint="Give each area an id of its own.",
                )
            first.setdefault(area.id, where)
            self.check_areas(area.children, record, pointer)

    def with_hashes(self, stimulus: Stimulus) -> Stimulus:
        """A stimulus with the hashes of its media."""
        if not stimulus.media:
            return stimulus
        return msgspec.structs.replace(stimulus, media=tuple(map(self.hashed, stimulus.media)))

    def hashed(self, media: Media) -> Media:
        """A media record with the hash of its file; without one when the file cannot be read."""
        try:
            data = files.read_inside(self.root / media.file, self.root)
        except (Unreadable, ValueError):
            return media
        return msgspec.structs.replace(media, sha256=hashlib.sha256(data).hexdigest())

    def as_typed(
        self, record: dict[str, Any], source: Source, document: Document, number: int
    ) -> dict[str, Any]:
        """A YAML record with its keys and texts as they were typed."""
        odd_keys = typed.has_odd_keys(record)
        odd = typed.odd_scalars(record, source.kind, self.attributes)
        if not (odd_keys or odd):
            return record
        part, prefix = places.slice_text(source, document)
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
        """Remember the ids that a broken text seems to hold; without any, the bank is incomplete."""
        ids = yaml_text.guess_ids(text)
        self.unreadable.update(ids)
        self.complete = self.complete and bool(ids)

    def unreadable_file(self, path: Path, error: Unreadable) -> None:
        """Say that a file, or the rest of it, could not be read."""
        self.complete = False
        where = Location(shown(path), error.line, error.column)
        self.problem("unreadable-file", where, str(error), hint=error.hint)

    def repeated_json(self, source: Source, text: str, lines_before: int) -> None:
        """Say which key a JSON text has twice."""
        again = next(member for member in json_text.members(text) if member.repeats >= 0)
        self.repeated(
            source.file, Lines(text), str(again.pointer[-1]), again.repeats, again.key, lines_before
        )
        self.lost(text)

    def repeated(self, file: str, lines: Lines, key: str, first: int, second: int, lines_before: int) -> None:
        """Say that a key is there twice; both offsets are those of its key in `lines`."""

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
        """Add a finding under the slug of a rule."""
        self.problems.append(ReadProblem(rule, Finding(where, message, related, hint)))


def _share(values: list[Any], name: str) -> None:
    """Make equal texts in a field of some values, which nobody has seen yet, one text."""
    texts = [*map(attrgetter(name), values)]
    if any(texts):
        _set(values, name, map(intern, texts))


def _read(text: bytes, head: Head) -> Item:
    """The item that a text says all of, given its head."""
    item = bulk.item(text)
    force_setattr(item, "record", head.record)
    force_setattr(item, "content_area", head.content_area)
    force_setattr(item, "cognitive_level", intern(item.cognitive_level))
    return item


def _set(values: list[Any], name: str, given: Iterable[Any]) -> None:
    """Set a field of each of some values that nobody has seen yet."""
    deque(map(force_setattr, values, repeat(name), given), maxlen=0)


def _converted(record: dict[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(record, kind)
    except msgspec.ValidationError:
        return msgspec.convert(typed.with_whole_numbers(record), kind)


def _check(kind: str) -> schemas.Check:
    if kind in ("item", "bank"):
        return schemas.check(kind)
    return schemas.check("bank", kind)


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
