"""An edited workbook of a bank → the bank: a three-way merge of every cell, written into the bank's files.

Base (how a cell was when the workbook was made), sheet (how it is there now) and bank (how it is here now).
What only the sheet changed is written in place, with all that stands around it; what only the bank changed
stays; what both changed differently is a conflict. With a conflict or a mistake nothing is written at all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from qbank import importing
from qbank.editing.changes import Change, change
from qbank.formats.contract import Imported, Source, Unread, Unreadable
from qbank.formats.files import write_atomic
from qbank.formats.tabular import plain, unread
from qbank.importing import BankBroken, Known
from qbank.model.bank import Bank
from qbank.reading import schemas
from qbank.reading.bank import load_bank
from qbank.tables import own, rows
from qbank.tables.base import Base, fingerprint
from qbank.tables.grid import Fault, Grid
from qbank.tables.layout import Layout, layout_from, layout_of
from qbank.tables.own import Line
from qbank.tables.rows import normal, same

SHEETS = {"item": "Items", "stimulus": "Stimuli"}
_DEFAULTS = {"status": "active", "points": 1, "shuffle": True}


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that was changed in the sheet and in the bank, to different texts; `row` is the sheet's."""

    record: str
    field: str
    sheet: str
    bank: str
    row: int = 0


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """A record that gets new values from the sheet, and the columns they stand in."""

    id: str
    fields: tuple[str, ...]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote in the column notes; it is told and goes nowhere."""

    record: str
    text: str
    row: int


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """What a merge did, or would do: `files` are paths → contents, empty when something is in the way.

    `changed` are records edited in the sheet, `new` its new items and stimuli, `kept` records that only
    the bank changed; `deleted` were deleted in the sheet and stay in the bank, `gone` are rows whose record
    the bank no longer has. `faults` are mistakes in the sheet.
    """

    files: Mapping[str, bytes] = {}
    changed: tuple[Edited, ...] = ()
    new: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    unchanged: int = 0
    conflicts: tuple[Conflict, ...] = ()
    deleted: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    faults: tuple[Unread, ...] = ()


def merge_file(file: str | Path, folder: str | Path, *, dry_run: bool = False) -> Merge:
    """Merge an edited workbook, made by `qbank export BANK --to xlsx`, into its bank.

    All or nothing: with a conflict or a fault no file is touched. Raises Unreadable for a file that is no
    such workbook, BankBroken for a bank that cannot be read whole, and OSError.
    """
    file = Path(file)
    bank = load_bank(folder).bank
    if bank.unreadable or not bank.complete:
        raise BankBroken(f"{folder} cannot be read whole; `qbank lint` says why")
    made = merge(Source(name=file.name, data=file.read_bytes()), bank, file.stem)
    if not dry_run:
        _write(made.files)
    return made


def merge(source: Source, bank: Bank, name: str) -> Merge:
    """What merging a workbook into a bank would do; new items get a file of that name. Raises Unreadable."""
    from qbank.formats.xlsx.reader import open_book

    book = open_book(source)
    about = book.about()
    if about is None and "Form" in book.sheets:
        raise Unreadable(
            f"{source.name} is the workbook of a form, which is for reading: edit the one made by "
            "`qbank export FORM --to xlsx --for editing`, or the bank's own"
        )
    if about is None or "Items" not in book.sheets:
        raise Unreadable(
            f"{source.name} was not made by `qbank export BANK --to xlsx`, so what was edited in it cannot "
            "be known; import it without --merge"
        )
    desk = _Desk(bank, about.base)
    for kind, sheet in SHEETS.items():
        if sheet in book.sheets:
            desk.sheet(kind, book.grid(sheet))
    return desk.result(name)


class _Desk:
    """The records of a bank beside the rows of a workbook."""

    def __init__(self, bank: Bank, base: Base) -> None:
        self._bank = bank
        self._base = base
        self._have: dict[str, dict[str, Any]] = {
            "item": {one.id: one for one in bank.items},
            "stimulus": {one.id: one for one in bank.stimuli},
        }
        self._changes: list[Change] = []
        self._new: dict[str, list[dict[str, Any]]] = {"item": [], "stimulus": []}
        self._edited: list[Edited] = []
        self._kept: list[str] = []
        self._same = 0
        self._conflicts: list[Conflict] = []
        self._gone: list[str] = []
        self._deleted: list[str] = []
        self._notes: list[Note] = []
        self._faults: list[Fault] = []

    def sheet(self, kind: str, grid: Grid) -> None:
        """Take the rows of a sheet."""
        if not {"id"} <= set(grid.header):
            self._faults.append(
                Fault(
                    row=1, message=f"the sheet {SHEETS[kind]} has no column id", hint="Export the bank again."
                )
            )
            return
        layout = self._layout(kind, grid)
        seen: dict[str, int] = {}
        if kind == "item":
            self._faults += own.header_faults(grid.header)
        for line in own.lines(grid):
            self._faults += line.faults
            bad = own.id_fault(line)
            if bad or line.faults:
                self._faults += [bad] if bad else []
                seen.setdefault(line.id, line.number)
                continue
            if line.id in seen:
                self._faults.append(
                    Fault(
                        row=line.number,
                        column="id",
                        item=line.id,
                        message=f"row {seen[line.id]} has the id {line.id} too",
                        hint="A copied row is a new item: empty its id.",
                    )
                )
                continue
            if line.id:
                seen[line.id] = line.number
            self._row(kind, line, layout, frozenset(grid.header))
        base = self._base.rows.get(kind, {})
        self._deleted += [id for id in base if id not in seen and id in self._have[kind]]

    def _layout(self, kind: str, grid: Grid) -> Layout:
        """The columns of the sheet and those that the bank needs now."""
        layout = layout_from(grid.header)
        if kind != "item":
            return layout
        now = layout_of(plain(one) for one in self._bank.items)
        more = tuple(name for name in now.attributes if name not in layout.attributes)
        return Layout(
            options=max(layout.options, now.options),
            prompts=max(layout.prompts, now.prompts),
            attributes=(*layout.attributes, *more),
            texts=layout.texts | (now.texts & set(more)),
        )

    def _row(self, kind: str, line: Line, layout: Layout, header: frozenset[str]) -> None:
        text = line.cells.get("notes", "").strip()
        if text:
            self._notes.append(Note(record=line.id, text=text, row=line.number))
        base = self._base.cells(kind, line.id) if line.id else None
        there = self._have[kind].get(line.id)
        if base is None:
            self._new_row(kind, line, layout, there)
        elif there is None:
            edited = [
                name
                for name, was in base.items()
                if name in header and fingerprint(line.cells.get(name, "")) != was
            ]
            self._gone.append(line.id)
            self._conflicts += [
                Conflict(
                    record=line.id,
                    field=name,
                    sheet=line.cells.get(name, ""),
                    bank="(no longer in the bank)",
                    row=line.number,
                )
                for name in edited
            ]
        else:
            self._merge(kind, line, layout, header, base, there)

    def _merge(
        self,
        kind: str,
        line: Line,
        layout: Layout,
        header: frozenset[str],
        base: Mapping[str, str],
        there: Any,
    ) -> None:
        now = _row_of(kind, there, layout)
        merged, edited, kept, conflicts = dict(now), [], False, []
        for column, was in base.items():
            mine, theirs = line.cells.get(column, ""), now.get(column, "")
            sheet = fingerprint(mine) if column in header else was
            bank = fingerprint(theirs)
            if sheet != was and bank != was and sheet != bank:
                conflicts.append(
                    Conflict(record=line.id, field=column, sheet=mine, bank=theirs, row=line.number)
                )
            elif sheet != was and sheet != bank:
                edited.append(column)
                merged[column] = normal(mine)
            elif bank != was and sheet == was:
                kept = True
        self._conflicts += conflicts
        if kept:
            self._kept.append(line.id)
        if edited and not conflicts:
            self._edit(
                kind, line, layout, there, {name: text for name, text in merged.items() if text}, edited
            )
        elif not kept and not conflicts:
            self._same += 1

    def _edit(
        self, kind: str, line: Line, layout: Layout, there: Any, merged: dict[str, str], edited: list[str]
    ) -> None:
        before = _record_of(kind, _row_of(kind, there, layout), layout, line.number)[0]
        after, faults = _record_of(kind, merged, layout, line.number)
        self._faults += faults
        after = self._typed(after, merged)
        changed = {
            name: after.get(name)
            for name in dict.fromkeys((*before, *after))
            if not same(name, before.get(name), after.get(name))
        }
        if kind == "item":
            self._faults += _schema_faults(after, line)
        for name in changed:
            if changed[name] is None and name in self._bank.info.defaults:
                changed[name] = _DEFAULTS.get(name)
        if changed:
            self._edited.append(Edited(id=line.id, fields=tuple(edited)))
            self._changes.append(Change(there.record, changed))
        else:
            self._same += 1

    def _typed(self, record: dict[str, Any], row: Mapping[str, str]) -> dict[str, Any]:
        """The record with attributes that the bank declares as texts as texts."""
        attributes = dict(record.get("attributes") or {})
        for name, declared in self._bank.info.attributes.items():
            if name in attributes and declared.type in ("string", "date"):
                attributes[name] = row.get(f"attributes.{name}") or attributes[name]
        return {**record, "attributes": attributes} if attributes else record

    def _new_row(self, kind: str, line: Line, layout: Layout, there: Any) -> None:
        cells = {name: normal(text) for name, text in line.cells.items()}
        if not (set(cells) - {"notes", "id"}):
            return
        record, faults = _record_of(kind, cells, layout, line.number)
        record = self._typed(record, cells)
        if there is not None:
            now = _record_of(kind, _row_of(kind, there, layout), layout)[0]
            for name in dict.fromkeys((*record, *now)):
                if not same(name, record.get(name), now.get(name)):
                    self._conflicts.append(
                        Conflict(
                            record=line.id,
                            field=name,
                            sheet=_said(record.get(name)),
                            bank=_said(now.get(name)),
                            row=line.number,
                        )
                    )
            return
        self._faults += faults
        if kind == "item":
            self._faults += _schema_faults({**record, "id": record.get("id") or "new"}, line)
        elif not line.id:
            self._faults.append(
                Fault(row=line.number, column="id", message="a new stimulus needs an id", hint="Write one.")
            )
            return
        self._new[kind].append(record)

    def result(self, name: str) -> Merge:
        """What all rows together come to."""
        files: dict[str, bytes] = {}
        new: tuple[str, ...] = ()
        if not self._faults and not self._conflicts:
            made = change(self._changes, self._bank.sources, lambda path: Path(path).read_bytes())
            self._faults += [
                Fault(
                    row=0,
                    item=one.id,
                    message=f"{one.file}: {one.reason}",
                    hint="Make this edit in the file by hand.",
                )
                for one in made.failures
            ]
            files, new = self._with_new(dict(made.files), name)
        return Merge(
            files={} if self._faults else files,
            changed=tuple(self._edited),
            new=new,
            kept=tuple(self._kept),
            unchanged=self._same,
            conflicts=tuple(self._conflicts),
            deleted=tuple(self._deleted),
            gone=tuple(self._gone),
            notes=tuple(self._notes),
            faults=unread(self._faults),
        )

    def _with_new(self, files: dict[str, bytes], name: str) -> tuple[dict[str, bytes], tuple[str, ...]]:
        """The files with those of new items and stimuli, and their ids."""
        if not any(self._new.values()):
            return files, ()
        imported = Imported(items=tuple(self._new["item"]), stimuli=tuple(self._new["stimulus"]))
        named, _ = importing.with_ids(imported, name)
        fresh = msgspec.structs.replace(
            named, items=tuple(one for one in named.items if one["id"] not in self._have["item"])
        )
        root = Path(self._bank.root)
        if not (root / "bank.yaml").is_file() and not (root / "bank.json").is_file():
            self._faults.append(
                Fault(
                    row=0,
                    message="new items need a bank that is a folder",
                    hint="Add them to the file by hand.",
                )
            )
            return {}, ()
        plan = importing.plan(Known("xlsx", fresh), self._bank, name)
        return {**files, **{str(root / path): data for path, data in plan.files.items()}}, plan.new


def _row_of(kind: str, value: Any, layout: Layout) -> dict[str, str]:
    record = plain(value)
    return rows.to_row(record, layout) if kind == "item" else rows.stimulus_row(record)


def _record_of(
    kind: str, row: Mapping[str, str], layout: Layout, number: int = 0
) -> tuple[dict[str, Any], list[Fault]]:
    return rows.to_record(row, layout, number) if kind == "item" else rows.stimulus_record(row, number)


def _said(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _schema_faults(record: dict[str, Any], line: Line) -> Iterator[Fault]:
    for fault in schemas.problems(schemas.check("item"), record):
        where = "/".join(str(step) for step in fault.pointer)
        yield Fault(
            row=line.number,
            item=line.id,
            message=f"{where}: {fault.message}" if where else fault.message,
            hint=fault.hint,
        )


def _write(files: Mapping[str, bytes]) -> None:
    """Write files all or none: when one fails, those before it get their old bytes back."""
    before: dict[Path, bytes | None] = {}
    try:
        for name, data in sorted(files.items()):
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            before[path] = path.read_bytes() if path.exists() else None
            write_atomic(path, data)
    except BaseException:
        for path, old in before.items():
            with contextlib.suppress(OSError):
                if old is None:
                    path.unlink(missing_ok=True)
                elif path.read_bytes() != old:
                    write_atomic(path, old)
        raise
