"""Tables of our own layout: recognised by their header, read into records and faults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from qbank.tables.grid import Fault, Grid, cell_text, looks_converted
from qbank.tables.layout import ABOUT, Layout, is_column, layout_from
from qbank.tables.rows import stimulus_record, to_record

_ID = re.compile("[A-Za-z][A-Za-z0-9._-]{0,63}")
_IDENTIFIERS = ("id", "stimulus", "enemies")
"""Columns in which a number that a sheet made of an id would do harm; keys and texts may be numbers."""


class Line(msgspec.Struct, frozen=True):
    """A row of our layout: its number, its cells that hold something, what is wrong with others."""

    number: int
    cells: dict[str, str]
    faults: tuple[Fault, ...] = ()

    @property
    def id(self) -> str:
        """What the row calls itself."""
        return self.cells.get("id", "")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a table of our layout holds."""

    items: tuple[dict[str, Any], ...] = ()
    stimuli: tuple[dict[str, Any], ...] = ()
    notes: tuple[Fault, ...] = ()
    faults: tuple[Fault, ...] = ()


def is_own(header: Iterable[str]) -> bool:
    """Whether a header is that of a table of items in our layout."""
    return {"id", "type", "stem"} <= set(header)


def lines(grid: Grid) -> Iterator[Line]:
    """The rows of a table that hold something, cells as texts."""
    for number, cells in grid.rows:
        row: dict[str, str] = {}
        faults: list[Fault] = []
        for title, value in zip(grid.header, cells, strict=False):
            if not title or value is None or value == "":
                continue
            try:
                row[title] = _text(title, value)
            except ValueError as error:
                what, _, hint = str(error).partition("; ")
                faults.append(Fault(row=number, column=title, message=what, hint=hint, raw=str(value)))
        if row or faults:
            yield Line(number, row, tuple(faults))


def _text(title: str, value: Any) -> str:
    text = cell_text(value)
    if title in ("id", "stimulus") and not isinstance(value, str):
        raise ValueError(
            f"the sheet holds the number {text}, not an id as it was typed (00123 would be 123); "
            "format the cell as text and type the id again"
        )
    if title in _IDENTIFIERS and looks_converted(text):
        raise ValueError(
            f"{text!r} looks like a date or number that a spreadsheet made of an id; type it again as text"
        )
    return text


def id_fault(line: Line) -> Fault | None:
    """What is wrong with the id of a row, if anything; a row without one is a new item."""
    if not line.id or _ID.fullmatch(line.id):
        return None
    return Fault(
        row=line.number,
        column="id",
        item=line.id[:64],
        message=f"{line.id[:80]!r} is no id; the row is left out",
        hint="An id begins with a letter and has letters, digits, - _ and . only. Empty it for a new item.",
    )


def read(grid: Grid) -> Found:
    """The items of a table of our layout, and the stimuli that its rows bring along."""
    layout = layout_from(grid.header)
    items: list[dict[str, Any]] = []
    stimuli: dict[str, dict[str, str]] = {}
    notes: list[Fault] = []
    faults = list(header_faults(grid.header))
    for line in lines(grid):
        notes += note(line)
        bad_id = id_fault(line)
        faults += line.faults
        if bad_id or any(one.column == "id" for one in line.faults):
            faults += [bad_id] if bad_id else []
            continue
        faults += _stimulus_cells(line, stimuli)
        if line.id or line.cells.get("stem"):
            record, wrong = to_record(line.cells, layout, line.number)
            items.append(record)
            faults += wrong
    records = []
    for row in stimuli.values():
        record, wrong = stimulus_record(row)
        records.append(record)
        faults += wrong
    return Found(items=tuple(items), stimuli=tuple(records), notes=tuple(notes), faults=tuple(faults))


def header_faults(header: Iterable[str]) -> Iterator[Fault]:
    """Columns that are not ours."""
    titles = list(header)
    for title in dict.fromkeys(titles):
        if title and titles.count(title) > 1:
            yield Fault(row=1, column=title, message="two columns have this title; the last one counts")
        if title and title not in ABOUT and not is_column(title):
            yield Fault(
                row=1,
                column=title,
                message="the column is not read",
                hint="A field of your own is a column attributes.NAME; remarks go to the column notes.",
            )


def note(line: Line) -> list[Fault]:
    """The note of a row, if it has one."""
    text = line.cells.get("notes", "").strip()
    if not text:
        return []
    return [Fault(row=line.number, column="notes", item=line.id, message=f"note: {text}")]


def _stimulus_cells(line: Line, stimuli: dict[str, dict[str, str]]) -> Iterator[Fault]:
    id = line.cells.get("stimulus", "")
    if not id:
        return
    known = stimuli.get(id)
    for part in ("title", "text", "more"):
        text = line.cells.get(f"stimulus_{part}", "")
        if not text:
            continue
        known = stimuli.setdefault(id, {"id": id})
        if known.setdefault(part, text) != text:
            yield Fault(
                row=line.number,
                column=f"stimulus_{part}",
                item=line.id,
                message=f"an earlier row has another {part} of the stimulus {id}; that one counts",
                raw=text[:200],
                hint="Write it once, in the first row of the stimulus.",
            )


def stimuli_of(grid: Grid) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The stimuli of a sheet of stimuli."""
    records: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for line in lines(grid):
        faults += line.faults
        bad = id_fault(line)
        if bad or not line.id:
            faults += [bad] if bad else []
            continue
        record, wrong = stimulus_record(line.cells, line.number)
        records.append(record)
        faults += wrong
    return records, faults


def row_columns(layout: Layout, *, form: bool, stimuli: bool, staff: bool) -> tuple[str, ...]:
    """The columns of a table in order; of a form with where each item stands, for staff all fields."""
    columns = layout.columns
    if not staff:
        options = [name for name in columns if name.startswith(("option_", "prompt_"))]
        columns = ("id", "type", "stem", *options, "choose", "points", "stimulus")
    more = ("stimulus_title", "stimulus_text", "stimulus_more") if stimuli else ()
    place = (("position", "section", "role") if staff else ("position", "section")) if form else ()
    last = (*columns[:-1], *more, columns[-1]) if staff else (*columns, *more, "more")
    return (*place, *last, *(("notes",) if staff else ()))
