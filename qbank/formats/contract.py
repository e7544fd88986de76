"""What a format is: the value every module of `qbank.formats` shows, what it is given, what it returns.

A format never writes to disk and never raises for a user's mistake: it returns an `Export`, or
`Refused` with one finding per thing it cannot express, all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Literal

import msgspec

from qbank.diagnostics import Finding, Location
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
    """All that a format may know. `media_root` is the folder that media paths are relative to."""

    form: Form
    blueprint: Blueprint
    bank: Bank
    items: Mapping[str, Item]
    stimuli: Mapping[str, Stimulus]
    audience: Audience = "staff"
    checks: tuple[Check, ...] = ()
    media_root: str = ""
    version: str = ""

    def placed(self) -> Iterator[Placed]:
        """The placements of the form in order, each with its item; those without an item are left out."""
        for section in self.form.sections:
            for placement in section.placements:
                item = self.items.get(placement.item)
                if item is not None:
                    yield Placed(section, placement, item, self.stimuli.get(item.stimulus))


class Export(msgspec.Struct, frozen=True):
    """The files a format made: (name, content), names without a folder.

    `losses` tells what the target has no place for although items and scores are whole.
    """

    files: tuple[tuple[str, bytes], ...]
    losses: tuple[Finding, ...] = ()


class Refused(msgspec.Struct, frozen=True):
    """Why a format did not export: each finding names the item, the field and what to do."""

    findings: tuple[Finding, ...]


Writer = Callable[[ExportInput], Export | Refused]


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A format: `FORMAT` of its module, whose name is the slug with `_` for `-`.

    `extension` is what follows `<form id>-<audience>.` in the name of its main file.
    """

    slug: str
    title: str
    extension: str
    item_types: frozenset[str]
    writes: Writer
    audiences: tuple[Audience, ...] = AUDIENCES

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
