"""The steps that printed formats share: refuse, tell what paper cannot hold, compose."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from qbank.diagnostics import Finding, Location
from qbank.formats.booklet.compose import booklet
from qbank.formats.booklet.key_paper import key
from qbank.formats.booklet.paper import Image, Paper
from qbank.formats.booklet.pictures import Album
from qbank.formats.booklet.refusals import refusals, stimuli, unheard
from qbank.formats.contract import ExportInput, Format, Loss, Refused
from qbank.formats.presenting import located_texts


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """Papers by file name, ready to be set, with their pictures.

    `silent` are the paths of pictures without a text alternative; `losses` and `lost` are what paper lacks.
    """

    papers: dict[str, Paper]
    images: tuple[Image, ...]
    silent: tuple[str, ...]
    losses: tuple[Finding, ...]
    lost: tuple[Loss, ...]


def prepared(input: ExportInput, format: Format, kinds: frozenset[str]) -> Prepared | Refused:
    """The papers of a form or bank, or why there are none; `kinds` of pictures can be printed."""
    wrong = refusals(input, format, kinds)
    told, lost = unheard(input, format)
    if wrong or (told and not input.lossy):
        return Refused((*wrong, *(() if input.lossy else told)))
    album = Album(input.media_root)
    papers: dict[str, Paper] = {format.file_name(input): booklet(input, album)}
    if input.audience == "staff":
        papers[key_name(input, format)] = key(input, album)
    return Prepared(papers=papers, images=album.images(), silent=tuple(album.silent), losses=told, lost=lost)


def key_name(input: ExportInput, format: Format) -> str:
    """The file of the key: `<form id>-key-staff.<extension>`."""
    return f"{input.form.id}-key-staff.{format.extension}"


def without(input: ExportInput, format: Format, package: str) -> Refused:
    """That a package is not installed, and how to have it."""
    message = f"{format.title} needs the package {package}, which is not installed"
    here = Location(f"{input.form.id}.form.json")
    return Refused((Finding(here, message, hint='Install the extra: pip install "qbank[print]".'),))


def holders(input: ExportInput, characters: Collection[str]) -> list[tuple[str, str, Finding]]:
    """Where characters stand that cannot be set: the record, its field, and a finding without a hint."""
    wanted = set(characters)
    found = []
    for placed in input.placed():
        item = placed.item
        for pointer, text in located_texts(item, input.audience):
            held = wanted & set(text)
            if held:
                field = "/".join(str(part) for part in pointer)
                message = f"item {item.id}: no font has {_named(held)}"
                found.append((item.id, field, Finding(item.at(*pointer), message)))
    for stimulus in stimuli(input):
        for pointer, text in stimulus.texts():
            held = wanted & set(text)
            if held:
                field = "/".join(str(part) for part in pointer)
                message = f"stimulus {stimulus.id}: no font has {_named(held)}"
                found.append((stimulus.id, field, Finding(stimulus.at(*pointer), message)))
    return found


def _named(characters: Collection[str]) -> str:
    shown = [f"{one!r} (U+{ord(one):04X})" for one in sorted(characters)]
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")
