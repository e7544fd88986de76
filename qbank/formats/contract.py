"""What a format is: the value every module of `qbank.formats` shows, what it is given, what it returns.

A format never writes to disk and never raises for a user's mistake: it returns an `Export`, or
`Refused` with one finding per thing it cannot express, all at once.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, BinaryIO, Literal

import msgspec

from qbank.diagnostics import Finding, Location
from qbank.formats.features import ALL
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.form import Form, Placement, Section
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus

Audience = Literal["staff", "candidate"]
AUDIENCES: tuple[Audience, ...] = ("staff", "candidate")


class Check(msgspec.Struct, frozen=True):
    """One row of the blueprint beside what the form has: for reports, never for decisions."""

    label: str
    kind: str
    target: str = ""
    minimum: float | None = None
    maximum: float | None = None
    actual: float | None = None


class Placed(msgspec.Struct, frozen=True):
    """One placement of a form with its section, item and stimulus (None when it has none)."""

    section: Section
    placement: Placement
    item: Item
    stimulus: Stimulus | None = None


class ExportInput(msgspec.Struct, frozen=True, kw_only=True):
    """All that a format may know. `media_root` is the folder that media paths are relative to.

    An export of a whole bank has a form too: all its items in their order, with `is_bank` set. `dialect` is
    one of the format's own, "" for its strict self. With `lossy`, features that the format does not carry
    were judged already and may be left out.
    """

    form: Form
    blueprint: Blueprint
    bank: Bank
    items: Mapping[str, Item]
    stimuli: Mapping[str, Stimulus]
    audience: Audience = "staff"
    checks: tuple[Check, ...] = ()
    media_root: str = ""
    version: str = ""
    is_bank: bool = False
    dialect: str = ""
    lossy: bool = False

    def placed(self) -> Iterator[Placed]:
        """The placements of the form in order, each with its item; those without an item are left out."""
        for section in self.form.sections:
            for placement in section.placements:
                item = self.items.get(placement.item)
                if item is not None:
                    yield Placed(section, placement, item, self.stimuli.get(item.stimulus))


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """Something of a record that an export does not hold.

    `feature` is "type" when the item is left out for its type, "item" when the format refused it.
    """

    record: str
    field: str
    feature: str
    message: str


class Export(msgspec.Struct, frozen=True):
    """The files a format made: (name, content), names without a folder.

    `losses` tells what the target has no place for although items and scores are whole, for people; `lost`
    the same record by record, where there are records to name.
    """

    files: tuple[tuple[str, bytes], ...]
    losses: tuple[Finding, ...] = ()
    lost: tuple[Loss, ...] = ()


class Stream(msgspec.Struct, frozen=True):
    """The content of a file that is made while it is written, so that it is never whole in memory.

    `pour` writes it into a file that can be sought, as often as it is asked, the same bytes each time.
    """

    pour: Callable[[BinaryIO], None]

    def whole(self) -> bytes:
        """The content as bytes."""
        out = io.BytesIO()
        self.pour(out)
        return out.getvalue()


class Streamed(msgspec.Struct, frozen=True):
    """What `Export` is, its files not made yet."""

    files: tuple[tuple[str, Stream], ...]
    losses: tuple[Finding, ...] = ()
    lost: tuple[Loss, ...] = ()

    def whole(self) -> Export:
        """The same with its files made."""
        return Export(tuple((name, one.whole()) for name, one in self.files), self.losses, self.lost)


class Refused(msgspec.Struct, frozen=True):
    """Why a format did not export: each finding names the item, the field and what to do."""

    findings: tuple[Finding, ...]


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a foreign file that was not understood, or not carried over whole.

    `where` is the member of an archive, "" for the file itself; `line` counts from 1, 0 when unknown; `raw`
    is the beginning of what stands there.
    """

    message: str
    where: str = ""
    line: int = 0
    item: str = ""
    raw: str = ""
    hint: str = ""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What a foreign file holds, as records in the native shape (see the item and bank schemas).

    An item's `id` is what the file calls it, "" when it has no name of its own; the importer makes it
    fit for a bank. `media` is what texts and stimuli show: path relative to the bank → content. `told` says
    how the file was read where that was a choice, such as which column is taken for what.
    """

    items: tuple[dict[str, Any], ...] = ()
    stimuli: tuple[dict[str, Any], ...] = ()
    bank: dict[str, Any] = {}
    media: Mapping[str, bytes] = {}
    unread: tuple[Unread, ...] = ()
    told: tuple[str, ...] = ()


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A foreign file: its name without a folder, its bytes, and what the user says about its columns."""

    name: str
    data: bytes
    columns: Mapping[str, str] = {}


class Unreadable(Exception):
    """A foreign file of which nothing can be had; the message says why, and where."""


Writer = Callable[[ExportInput], Export | Refused]
Streamer = Callable[[ExportInput], Streamed | Refused]
"""A writer for files that may be large."""

Reader = Callable[[Source], Imported]
"""Raises Unreadable when nothing of a file can be had; everything else it does not understand it reports."""

Recogniser = Callable[[Source], int]
"""How surely a file is of a format, judged by its content: 0 (it is not) to 100."""


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A format: `FORMAT` of its module, whose name is the slug with `_` for `-`.

    `extension` is what follows `<form id>-<audience>.` in the name of its main file. `carries` names the
    features that it has a place for (`qbank.formats.features`), `notes` says of some how. Items of other
    types and other features are refused, or with `--lossy` left out and told. `dialects` are the
    platforms that it can write for, each with a word on what is different there. A format whose files may be
    large has `streams` besides `writes`.
    """

    slug: str
    title: str
    extension: str
    item_types: frozenset[str]
    writes: Writer | None = None
    streams: Streamer | None = None
    reads: Reader | None = None
    recognises: Recogniser | None = None
    carries: frozenset[str] = ALL
    notes: Mapping[str, str] = {}
    dialects: Mapping[str, str] = {}
    audiences: tuple[Audience, ...] = AUDIENCES
    banks: bool = True

    def write(self, input: ExportInput) -> Export | Refused:
        """The files of an input, or why there are none. Raises ValueError for a format that is only read."""
        if self.writes is None:
            raise ValueError(f"{self.slug} is not written")
        return self.writes(input)

    def file_name(self, input: ExportInput) -> str:
        """The name of the main file: `<form id>-<audience>.<extension>`."""
        return f"{input.form.id}-{input.audience}.{self.extension}"


def unsupported(input: ExportInput, item_types: Collection[str], title: str) -> tuple[Finding, ...]:
    """What no format can mend: placements without item or stimulus, and types that a format lacks."""
    return tuple(_unsupported(input, item_types, title))


def _unsupported(input: ExportInput, item_types: Collection[str], title: str) -> Iterator[Finding]:
    form = Location(f"{input.form.id}.form.json")
    for placement in input.form.placements:
        item = input.items.get(placement.item)
        if item is None:
            yield Finding(
                form,
                f"position {placement.position}: item {placement.item} is not in the bank",
                hint="Export with the bank that the form was made from.",
            )
        elif item.type not in item_types:
            yield Finding(
                item.at("type"),
                f"item {item.id}: {title} cannot carry the type {item.type}",
                hint=f"It carries {', '.join(sorted(item_types))}; export to another format or leave it out.",
            )
        elif item.stimulus and item.stimulus not in input.stimuli:
            yield Finding(
                item.at("stimulus"),
                f"item {item.id}: stimulus {item.stimulus} is not in the bank",
                hint="Add the stimulus to the bank, or remove `stimulus` from the item.",
            )
