"""Sheet Key: what is right and why, in the letters that candidates see. Staff only."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.formats.contract import ExportInput, Placed
from qbank.formats.xlsx.presented import key, rationale
from qbank.formats.xlsx.table import Column, Highlight, Row, Table, Value, scalar, text

_COLUMNS = (
    Column("Position", 9, "mark"),
    Column("Item id", 21, "id"),
    Column("Key", 12, "mark", widest=24),
    Column("Key in bank", 14, "id", widest=28),
    Column("Key text", 34, widest=90),
    Column("Rationale", 84, least=60, widest=140),
    Column("References", 32, widest=70),
    Column("Points", 9, "mark"),
    Column("Role", 12, "mark"),
)


def key_sheet(input: ExportInput) -> Table:
    """The sheet, one row an item."""
    return Table(
        name="Key",
        columns=_COLUMNS,
        rows=tuple(Row(tuple(_cells(placed))) for placed in input.placed()),
        frozen=2,
        highlights=(Highlight("Role", "pretest", "muted"), Highlight("Key", "", "bad")),
    )


def _cells(placed: Placed) -> Iterator[Value]:
    item, place, answer = placed.item, f"item {placed.item.id}", key(placed)
    yield placed.placement.position
    yield text(item.id, item.at("id"), f"{place}, id")
    yield text(answer.letters, item.at("key"), f"{place}, key")
    yield text(answer.ids, item.at("key"), f"{place}, key")
    yield text(answer.text, item.at("key"), f"{place}, key text")
    yield text(rationale(placed), item.at("rationale"), f"{place}, rationale (all of it in one cell)")
    references = "\n".join(item.references)
    yield text(references, item.at("references"), f"{place}, references (all of them in one cell)")
    yield scalar(item.points, item.at("points"), f"{place}, points")
    yield text(placed.placement.role, item.at(), f"{place}, role")
