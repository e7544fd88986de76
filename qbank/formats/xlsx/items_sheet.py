"""Sheet Items: what the bank says about each item of the form. Staff only."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.formats.contract import ExportInput, Placed
from qbank.formats.xlsx.table import Column, Highlight, Row, Table, Value, scalar, text


def items_sheet(input: ExportInput) -> Table:
    """The sheet, one row an item; the bank's own attributes are columns."""
    placed = tuple(input.placed())
    attributes = _attributes(input, placed)
    titles = input.bank.info.area_titles()
    return Table(
        name="Items",
        columns=(
            Column("Item id", 24, "id"),
            Column("Position", 9, "mark"),
            Column("Type", 16),
            Column("Status", 9.5),
            Column("Role", 12, "mark"),
            Column("Content area", 24),
            Column("Content area title", 34),
            Column("Cognitive level", 14),
            *(Column(name, _width(input, name)) for name in attributes),
            Column("Enemies", 24, "id", widest=50),
            Column("Stimulus", 15, "id"),
            Column("Content hash", 39, "id"),
            Column("Record hash", 39, "id"),
        ),
        rows=tuple(Row(tuple(_cells(one, attributes, titles))) for one in placed),
        highlights=(Highlight("Role", "pretest", "muted"),),
    )


def _attributes(input: ExportInput, placed: tuple[Placed, ...]) -> tuple[str, ...]:
    declared = input.bank.info.attributes
    others = sorted({name for one in placed for name in one.item.attributes} - set(declared))
    return (*declared, *others)


def _width(input: ExportInput, name: str) -> float:
    kind = input.bank.info.attributes.get(name)
    narrow = kind is not None and kind.type in ("integer", "number", "boolean", "date")
    return max(10.0 if narrow else 14.0, min(len(name) + 4.0, 26.0))


def _cells(placed: Placed, attributes: tuple[str, ...], titles: dict[str, str]) -> Iterator[Value]:
    item, placement, place = placed.item, placed.placement, f"item {placed.item.id}"
    yield text(item.id, item.at("id"), f"{place}, id")
    yield placement.position
    yield text(item.type, item.at("type"), f"{place}, type")
    yield text(item.status, item.at("status"), f"{place}, status")
    yield text(placement.role, item.at(), f"{place}, role")
    yield text(item.content_area, item.at("content_area"), f"{place}, content_area")
    title = area_title(item.content_area, titles)
    yield text(title, item.at("content_area"), f"{place}, title of its content_area")
    yield text(item.cognitive_level, item.at("cognitive_level"), f"{place}, cognitive_level")
    for name in attributes:
        yield scalar(item.attributes.get(name), item.at("attributes", name), f"{place}, {name}")
    yield text(", ".join(item.enemies), item.at("enemies"), f"{place}, enemies")
    yield text(item.stimulus, item.at("stimulus"), f"{place}, stimulus")
    yield text(placement.content_hash, item.at(), f"{place}, content_hash")
    yield text(placement.record_hash, item.at(), f"{place}, record_hash")


def area_title(path: str, titles: dict[str, str]) -> str:
    """The titles along a content area's path: `Anatomy › Skeleton`; "" when none is declared."""
    parts = path.split("/")
    paths = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    return " › ".join(titles[one] for one in paths if one in titles)
