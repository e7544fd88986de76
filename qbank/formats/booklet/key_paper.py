"""A form or bank → its key, which is a paper of its own."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.formats.booklet.answers import key_entry
from qbank.formats.booklet.compose import facts, subtitle
from qbank.formats.booklet.flow import paragraphs, plain
from qbank.formats.booklet.paper import Key
from qbank.formats.booklet.pictures import Album
from qbank.formats.contract import ExportInput
from qbank.tables.grid import number_text

KEY_LINE = "CONFIDENTIAL: contains keys"


def key(input: ExportInput, album: Album) -> Key:
    """The key of a form, for staff."""
    placed = tuple(input.placed())
    areas = input.bank.info.area_titles()
    return Key(
        title=f"Key: {plain(input.form.title) or input.form.id}",
        subtitle=subtitle(input),
        id=input.form.id,
        language=input.bank.info.language or "en",
        facts=(*facts(input, len(placed)), *_cut(input)),
        notice=paragraphs(input.bank.info.notice, album),
        foot=KEY_LINE,
        entries=tuple(key_entry(one, album, areas) for one in placed),
    )


def _cut(input: ExportInput) -> Iterator[tuple[str, str]]:
    cut = input.form.cut_score
    if cut is not None:
        of = "" if cut.of is None else f" of {number_text(cut.of)}"
        yield "Cut score", f"{number_text(cut.points)}{of} points ({cut.scale})"
