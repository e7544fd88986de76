"""From the positions and letters of scrambled versions back to those of their form, as JSON and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from qbank.model.bank import Bank
from qbank.model.form import Form, Placement, Version, letter
from qbank.model.item import Item, Matching, Ordering

SCHEMA_VERSION = 1
_COLUMNS = ("version", "position", "base_position", "item", "section", "options")
_KEYS = ("key", "base_key")


class MappedOption(msgspec.Struct, frozen=True):
    """An option of the bank under the letters of the version and of the form."""

    letter: str
    base_letter: str
    id: str


class MappedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a version beside its place in the form. Keys are for staff only."""

    position: int
    base_position: int
    item: str
    section: str
    options: tuple[MappedOption, ...]
    key: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    base_key: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class MappedVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version with its items in its own order."""

    id: str
    number: int
    seed: int
    items: tuple[MappedItem, ...]


class VersionMap(msgspec.Struct, frozen=True, kw_only=True):
    """All versions of a form."""

    schema_version: int = SCHEMA_VERSION
    form: str
    blueprint: str
    bank: str
    audience: Literal["staff", "candidate"]
    versions: tuple[MappedVersion, ...]


def version_map(
    form: Form, versions: Sequence[Form], bank: Bank, audience: Literal["staff", "candidate"] = "staff"
) -> VersionMap:
    """The map of some versions of a form; for candidates without keys. Raises ValueError for other forms."""
    items = {item.id: item for item in reversed(bank.items)}
    return VersionMap(
        form=form.id,
        blueprint=form.blueprint.id,
        bank=form.bank.id,
        audience=audience,
        versions=tuple(_version(form, one, items, audience == "staff") for one in versions),
    )


def _version(form: Form, version: Form, items: dict[str, Item], staff: bool) -> MappedVersion:
    base = {one.item: one for one in form.placements}
    said = version.version
    if (
        not isinstance(said, Version)
        or said.of != form.id
        or {one.item for one in version.placements} != set(base)
    ):
        raise ValueError(f"{version.id} is no version of {form.id}")
    return MappedVersion(
        id=version.id,
        number=said.number,
        seed=said.seed,
        items=tuple(
            _item(section.id, one, base[one.item], items[one.item], staff)
            for section in version.sections
            for one in section.placements
        ),
    )


def _item(section: str, now: Placement, before: Placement, item: Item, staff: bool) -> MappedItem:
    mine, theirs = letters(now, item), letters(before, item)
    keys = {"key": _key(item, mine), "base_key": _key(item, theirs)} if staff else {}
    return MappedItem(
        position=now.position,
        base_position=before.position,
        item=item.id,
        section=section,
        options=tuple(MappedOption(letter, theirs[id], id) for id, letter in mine.items()),
        **keys,
    )


def letters(placement: Placement, item: Item) -> dict[str, str]:
    """The letter under which each option is presented, in presented order: A … Z, AA …"""
    order = placement.option_order or tuple(item.option_texts)
    return {id: letter(place) for place, id in enumerate(order)}


def _key(item: Item, names: dict[str, str]) -> tuple[str, ...]:
    """A key in letters: in order for an ordering, one a prompt for matching, sorted otherwise."""
    if isinstance(item, Matching):
        key = item.key or {}
        return tuple(
            f"{number}-{names.get(key[id], '?')}" for number, id in enumerate(item.prompts, 1) if id in key
        )
    found = [names[id] for id in item.key_ids if id in names]
    return tuple(found if isinstance(item, Ordering) else sorted(found, key=lambda one: (len(one), one)))


def map_files(mapped: VersionMap) -> tuple[tuple[str, bytes], ...]:
    """The map as JSON and as CSV: `<form id>-versions-<audience>.json` and `.csv`."""
    name = f"{mapped.form}-versions-{mapped.audience}"
    tree: Any = msgspec.json.format(msgspec.json.encode(mapped), indent=2) + b"\n"
    return ((f"{name}.json", tree), (f"{name}.csv", _csv(mapped).encode("utf-8")))


def _csv(mapped: VersionMap) -> str:
    """A line for each item of each version; ids hold no commas and start no formula."""
    staff = mapped.audience == "staff"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*_COLUMNS, *(_KEYS if staff else ())))
    for version in mapped.versions:
        for one in version.items:
            options = " ".join(f"{option.letter}={option.base_letter}" for option in one.options)
            keys = [
                " ".join(key) for key in (one.key, one.base_key) if not isinstance(key, msgspec.UnsetType)
            ]
            writer.writerow(
                (version.number, one.position, one.base_position, one.item, one.section, options, *keys)
            )
    return out.getvalue()
