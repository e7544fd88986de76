"""A bank: declared vocabulary, items, stimuli and statistics, as one frozen value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from qbank.diagnostics import Finding, Where
from qbank.model import notebook
from qbank.model.item import Item
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Stimulus


class ContentArea(msgspec.Struct, frozen=True, omit_defaults=True):
    """A node of the content outline; its path is its ancestors' ids and its own, joined by /."""

    id: str
    title: str = ""
    children: tuple[ContentArea, ...] = ()


class Attribute(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field that the bank declares for its items."""

    type: Literal["string", "integer", "number", "boolean", "date"] = "string"
    values: tuple[Any, ...] = ()


class BankRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `bank.yaml` says about the bank as a whole."""

    id: str = ""
    title: str = ""
    language: str = "en"
    licence: str = ""
    as_of: str = ""
    items: tuple[str, ...] = ("items/**/*.yaml",)
    stimuli: tuple[str, ...] = ("stimuli/*.yaml",)
    statistics: str = "statistics.jsonl"
    content_areas: tuple[ContentArea, ...] = ()
    cognitive_levels: tuple[str, ...] = ()
    attributes: dict[str, Attribute] = {}
    defaults: dict[str, Any] = {}
    require: tuple[str, ...] = ()
    limits: dict[str, float] = {}
    notice: str = ""
    record: int = -1

    def at(self, *pointer: str | int, part: str = "value") -> Where:
        """The place of a value of the bank record."""
        return Where(self.record, pointer, part)

    def area_titles(self) -> dict[str, str]:
        """Path of every declared content area → title, parents before children."""
        return dict(_walk(self.content_areas, ""))


class Source(msgspec.Struct, frozen=True, gc=False):
    """Where a record was read: enough for `qbank.reading` to find any value's line and column.

    `start` and `end` are offsets in characters (YAML) or bytes (JSON) of the record in the file; `line` is
    the number (from 1) of its line of JSON Lines, 0 of a record of another file.
    """

    file: str
    path: str
    format: Literal["yaml", "json"]
    kind: str
    start: int
    end: int
    id: str = ""
    pointer: tuple[str | int, ...] = ()
    line: int = 0


class ReadProblem(msgspec.Struct, frozen=True):
    """A finding made while reading; `rule` is the slug under which it is reported."""

    rule: str
    finding: Finding


class Bank(msgspec.Struct, frozen=True, kw_only=True):
    """Everything read from a bank folder or file.

    `declared` tells whether there was a bank record (without one, rules about declared vocabulary
    stay silent). `unreadable` holds the ids of items and stimuli that were seen but could not be
    read, so that nothing else is reported as missing because of them; `complete` is False when
    some file could not be read at all. `items` is a tuple, or behaves like one and reads an item when it is
    asked for (`AsRead`).
    """

    info: BankRecord = BankRecord()
    items: Sequence[Item] = ()
    stimuli: tuple[Stimulus, ...] = ()
    statistics: tuple[Statistics, ...] = ()
    declared: bool = False
    unreadable: frozenset[str] = frozenset()
    complete: bool = True
    sources: tuple[Source, ...] = ()
    root: str = ""
    files: int = 0

    @property
    def id(self) -> str:
        """The bank's id, "" when it has no bank record."""
        return self.info.id

    def _repr_html_(self) -> str:
        kinds = Counter((item.type, item.status) for item in self.items)
        rows = [(type, status, count) for (type, status), count in sorted(kinds.items())]
        told = f"{len(self.items)} items, {len(self.stimuli)} stimuli, {len(self.statistics)} with statistics"
        return (
            notebook.heading(f"{self.id}: {self.info.title}" if self.info.title else self.id or "bank")
            + notebook.line(told)
            + notebook.table(("type", "status", "items"), rows)
        )


def _walk(areas: tuple[ContentArea, ...], prefix: str) -> Iterator[tuple[str, str]]:
    for area in areas:
        path = f"{prefix}{area.id}"
        yield path, area.title or area.id
        yield from _walk(area.children, f"{path}/")
