"""What Excel cannot hold, found before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qbank.diagnostics import Finding, Location
from qbank.formats.contract import ExportInput
from qbank.formats.xlsx.plain import ILLEGAL
from qbank.formats.xlsx.table import Table, Text

CELL_LIMIT = 32_767

# Excel reads _x0041_ in a cell as the letter A, so a text that has it must say so
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def written(value: str) -> str:
    """A text as the file holds it, so that Excel shows it as it is."""
    return _LOOKS_ESCAPED.sub("_x005F_", value)


def excel_length(value: str) -> int:
    """How long Excel finds a text: it counts UTF-16 units."""
    return len(written(value).encode("utf-16-le", "surrogatepass")) // 2


def form_location(input: ExportInput) -> Location:
    """The form's file, as all formats name it."""
    return Location(f"{input.form.id}.form.json")


def misplaced(input: ExportInput) -> tuple[Finding, ...]:
    """Placements whose option order is not the item's options: their letters would mean nothing."""
    return tuple(_misplaced(input))


def _misplaced(input: ExportInput) -> Iterator[Finding]:
    for placed in input.placed():
        order, options = placed.placement.option_order, placed.item.option_texts
        if order and sorted(order) != sorted(options):
            yield Finding(
                form_location(input),
                f"position {placed.placement.position}: option_order of item {placed.item.id} is "
                f"{', '.join(order)} but its options are {', '.join(options) or 'none'}",
                hint="Export with the bank that the form was made from, or assemble the form again.",
            )


def unwritable(input: ExportInput, tables: Iterable[Table]) -> tuple[Finding, ...]:
    """One finding per text that a cell cannot hold, however many sheets show it."""
    about = form_location(input)
    texts = [
        Text(input.form.id, about, f"form {input.form.id}, id"),
        Text(input.form.title, about, f"form {input.form.id}, title"),
        *(cell for table in tables for row in table.rows for cell in row.cells if isinstance(cell, Text)),
        *(Text(column.title, about, f"column {column.title}") for t in tables for column in t.columns),
    ]
    return tuple(dict.fromkeys(finding for one in texts for finding in _judge(one)))


def _judge(one: Text) -> Iterator[Finding]:
    if found := ILLEGAL.search(one.value):
        yield Finding(
            one.where,
            f"{one.field}: the character U+{ord(found[0]):04X} (number {found.start() + 1} of the text) "
            "cannot stand in an Excel file",
            hint="Remove the character.",
        )
    elif (length := excel_length(one.value)) > CELL_LIMIT:
        yield Finding(
            one.where,
            f"{one.field}: {length:,} characters, but a cell of Excel holds {CELL_LIMIT:,}",
            hint="Shorten or divide the text, or export to a format without this limit.",
        )
