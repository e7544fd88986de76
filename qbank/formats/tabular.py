"""What csv and xlsx share: the records of an export as rows, and tables that were read as what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from qbank.formats.contract import ExportInput, Imported, Source, Unread, Unreadable
from qbank.formats.presenting import SEEN
from qbank.tables import foreign, own
from qbank.tables.grid import Fault, Grid
from qbank.tables.layout import Layout, layout_of
from qbank.tables.mapping import MapError
from qbank.tables.rows import stimulus_row, to_row

LIKELY = 40
"""How surely a table with a column for stems is one of items."""


class Rows(msgspec.Struct, frozen=True):
    """An export as a table: its layout and columns, and its rows, made anew each time."""

    input: ExportInput
    layout: Layout
    columns: tuple[str, ...]
    with_stimuli: bool

    def __iter__(self) -> Iterator[dict[str, str]]:
        """The cells that hold something, row by row."""
        staff = self.input.audience == "staff"
        told: set[str] = set()
        for one, record in _records(self.input):
            row = to_row(record, self.layout, defaults=staff)
            stimulus = one.stimulus
            if self.with_stimuli and stimulus is not None and stimulus.id not in told:
                told.add(stimulus.id)
                cells = stimulus_row(plain(stimulus))
                row |= {
                    f"stimulus_{name}": cells[name] for name in ("title", "text", "more") if name in cells
                }
            if not self.input.is_bank:
                row["position"] = str(one.placement.position)
                row["section"] = one.section.title or one.section.id
                row["role"] = one.placement.role
            yield row


EDITING = "editing"
"""The dialect of a table that comes back to its bank."""


def rows(input: ExportInput, *, stimuli: bool) -> Rows:
    """An export as a table; `stimuli` says whether stimuli stand beside the first of their items."""
    declared = tuple(input.bank.info.attributes) if input.audience == "staff" else ()
    layout = layout_of((record for _, record in _records(input)), declared)
    with_stimuli = stimuli and any(one.stimulus is not None for one in input.placed())
    columns = own.row_columns(
        layout, form=not input.is_bank, stimuli=with_stimuli, staff=input.audience == "staff"
    )
    return Rows(input, layout, columns, with_stimuli)


def _records(input: ExportInput) -> Iterator[tuple[Any, dict[str, Any]]]:
    seen = SEEN if input.audience == "candidate" else None
    ids = frozenset(placement.item for placement in input.form.placements)
    for one in input.placed():
        record = plain(one.item)
        # a part of a bank may go anywhere, and its enemies elsewhere are not known there; one that is edited
        # comes back
        if "enemies" in record and input.dialect != EDITING:
            record["enemies"] = [id for id in record["enemies"] if id in ids]
            if not record["enemies"]:
                del record["enemies"]
        order = one.placement.option_order
        if order and "options" in record:
            record["options"] = {id: record["options"][id] for id in order}
        yield one, record if seen is None else {name: record[name] for name in seen if name in record}


def plain(value: msgspec.Struct) -> dict[str, Any]:
    """A record as it would stand in a bank's file."""
    record: dict[str, Any] = msgspec.to_builtins(value)
    record.pop("record", None)
    for media in record.get("media", ()):
        media.pop("sha256", None)
    return record


def imported(source: Source, grid: Grid, more: Iterable[Grid] = ()) -> Imported:
    """What a table holds: of our layout when its header says so, else by the map of its columns.

    `more` are tables of stimuli. Raises Unreadable for a map that does not fit.
    """
    if own.is_own(grid.header) and not set(source.columns) - {"sheet"}:
        found = own.read(grid)
        stimuli, faults = list(found.stimuli), [*found.faults, *found.notes]
        for sheet in more:
            records, wrong = own.stimuli_of(sheet)
            stimuli += records
            faults += wrong
        return Imported(items=found.items, stimuli=tuple(stimuli), unread=unread(faults))
    try:
        made = foreign.read(grid, source.columns)
    except MapError as error:
        raise Unreadable(f"{source.name}: {error}") from None
    told = [
        Fault(row=0, message=f"the content area {title!r} is called {path}")
        for path, title in made.areas.items()
    ]
    return Imported(items=made.items, unread=unread([*made.faults, *told]), told=made.told)


def unread(faults: Iterable[Fault]) -> tuple[Unread, ...]:
    """Faults as what a reader reports."""
    return tuple(
        Unread(message=one.sentence, line=one.row, item=one.item, raw=one.raw, hint=one.hint)
        for one in faults
    )


def is_plausible(header: tuple[str, ...], columns: Mapping[str, str]) -> int:
    """How surely a header is that of a table of items: 95 for ours, less for one with a column for stems."""
    if own.is_own(header):
        return 95
    if columns:
        return 90
    from qbank.tables.grid import folded
    from qbank.tables.mapping import TITLES

    names = {folded(title) for title in header}
    return LIKELY if names & set(TITLES["stem"]) else 10
