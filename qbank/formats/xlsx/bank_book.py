"""A bank as a workbook that people edit: made row by row, so that its size does not matter.

Sheets: Items (one row an item, the columns of csv), Stimuli, Read me; hidden: Lists (what controlled cells
may say) and About (the bank, and a fingerprint of every cell, so that edits can be merged back).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

import msgspec

from qbank.diagnostics import Finding
from qbank.formats import tabular
from qbank.formats.archive import core_dates, rezip
from qbank.formats.contract import ExportInput
from qbank.formats.tabular import Rows
from qbank.formats.xlsx.layout import FONT, FONT_SIZE, LINE, TALLEST
from qbank.formats.xlsx.limits import CELL_LIMIT, excel_length, written
from qbank.formats.xlsx.plain import ILLEGAL
from qbank.formats.xlsx.workbook import APP, LEADS, MOMENT
from qbank.model.item import ITEM_TYPES, Status
from qbank.tables import base
from qbank.tables.fields import looks_typed
from qbank.tables.layout import STIMULUS_COLUMNS
from qbank.tables.rows import stimulus_row

Sheet = Any
"""A sheet that is written row by row; its stubs lack most of what it has."""

MARK = "qbank bank workbook"
VERSION = 1
SPARE_ROWS = 1000
"""Empty rows below the items whose cells have their lists too."""
LOCKED = frozenset({"id", "type", "key", "unit", "prompt_ids", "option_ids", "more"})
"""Columns that hold what an edit of words must not touch."""
HIDDEN = frozenset({"more", "prompt_ids", "option_ids"})
SHOWN = frozenset(
    {"id", "type", "status", "content_area", "cognitive_level", "stem", "option_A", "option_B", "option_C",
     "option_D", "key", "rationale", "references", "points", "tags", "notes", "title", "text"}
)  # fmt: skip
"""Columns that are in sight even where no item uses them; others can be unhidden."""
_CHUNK = 30_000
_WIDTHS = {
    "id": 24, "type": 16, "status": 10, "content_area": 24, "cognitive_level": 14, "stem": 60, "key": 10,
    "rationale": 44, "references": 34, "rubric": 30, "codes": 24, "tags": 18, "enemies": 22, "stimulus": 14,
    "notes": 44, "title": 30, "text": 100, "more": 20, "author": 14,
}  # fmt: skip
_NUMERIC = frozenset({"points", "choose", "penalty", "minimum_points"})
_INK, _WHITE, _LINE, _HEADER, _LOCK = "FF1F2937", "FFFFFFFF", "FFCBD2DC", "FF1F3A5F", "FFF1F3F6"
_README = (
    "How to edit this workbook",
    "Change any white cell of the sheets Items and Stimuli. Grey cells are locked: ids, types and keys.",
    "A new item is a new row with an empty id; write its type, stem, options and key.",
    "A list belongs in one cell: references one a line, tags and enemies between commas.",
    "Remarks that are not for the bank go to the column notes; the merge reports them.",
    "A row that you delete stays in the bank; write retired into its status instead.",
    "Leave the hidden sheets and the first row as they are.",
    "Bring your edits back with: qbank import --merge THIS_FILE.xlsx --out BANK",
)


class _Sheet(msgspec.Struct, frozen=True):
    name: str
    kind: str
    columns: tuple[str, ...]
    rows: Iterable[dict[str, str]]


def sheets(input: ExportInput) -> tuple[Rows, tuple[dict[str, str], ...]]:
    """The rows of the items (made anew each time) and of the stimuli."""
    used = {one.stimulus.id: one.stimulus for one in input.placed() if one.stimulus is not None}
    return tabular.rows(input, stimuli=False), tuple(
        stimulus_row(tabular.plain(one)) for one in used.values()
    )


def judged(input: ExportInput) -> tuple[tuple[Finding, ...], frozenset[str]]:
    """Texts that a cell cannot hold, each with its item or stimulus, and the columns that hold something."""
    items, stimuli = sheets(input)
    used: set[str] = set()
    return tuple(dict.fromkeys(_unwritable(input, items, stimuli, used))), frozenset(used)


def _unwritable(
    input: ExportInput, items: Iterable[dict[str, str]], stimuli: Iterable[dict[str, str]], used: set[str]
) -> Iterator[Finding]:
    for kind, rows, values in (("item", items, input.items), ("stimulus", stimuli, input.stimuli)):
        for row in rows:
            used.update(row)
            for column, text in row.items():
                why = _why_not(text)
                if why:
                    field = column.partition("_")[0] if column.startswith(("option_", "prompt_")) else column
                    yield Finding(
                        values[row["id"]].at(field),
                        f"{kind} {row['id']}, {column}: {why}",
                        hint="Change the text, or export to a format without this limit, such as jsonl.",
                    )


def _why_not(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        found = ILLEGAL.search(text)
        if found:
            return f"the character U+{ord(found[0]):04X} cannot stand in an Excel file"
    if len(text) * 2 > CELL_LIMIT and excel_length(text) > CELL_LIMIT:
        return f"{excel_length(text):,} characters, but a cell of Excel holds {CELL_LIMIT:,}"
    return ""


def bank_bytes(input: ExportInput, used: frozenset[str]) -> bytes:
    """The workbook, the same bytes for the same input; `used` are the columns that hold something."""
    import io
    from datetime import datetime

    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils.indexed_list import IndexedList

    book = Workbook(write_only=True)
    book._fonts = IndexedList([Font(name=FONT, size=FONT_SIZE)])  # type: ignore[attr-defined]
    book.properties.creator = "qbank"
    book.properties.title = written(input.form.title or input.form.id)
    book.properties.created = datetime.fromisoformat(MOMENT).replace(tzinfo=None)
    book.calculation.fullCalcOnLoad = False
    items, stimuli = sheets(input)
    lists = _lists(input)
    packs: list[tuple[str, str, str]] = []
    staff = input.audience == "staff"
    tables = [_Sheet("Items", "item", items.columns, items)]
    if stimuli:
        tables.append(_Sheet("Stimuli", "stimulus", STIMULUS_COLUMNS, stimuli))
    for table in tables:
        _table(book.create_sheet(table.name), table, lists if staff else {}, packs, staff, used)
    if staff:
        _readme(book.create_sheet("Read me"))
        _lists_sheet(book.create_sheet("Lists"), lists)
        _about(book.create_sheet("About"), input, tables, packs)
    out = io.BytesIO()
    book.save(out)
    return rezip(
        out.getvalue(), {"docProps/core.xml": core_dates(MOMENT), "docProps/app.xml": lambda _old: APP}
    )


def _lists(input: ExportInput) -> dict[str, tuple[str, ...]]:
    """What the cells of controlled columns may say."""
    info = input.bank.info
    found: dict[str, Sequence[str]] = {
        "type": tuple(ITEM_TYPES),
        "status": get_args(Status),
        "content_area": tuple(info.area_titles()),
        "cognitive_level": info.cognitive_levels,
        "stimulus": sorted(input.stimuli),
        "scoring": ("all_or_nothing", "per_option", "per_pair"),
        **dict.fromkeys(("case_sensitive", "reuse", "shuffle"), ("true", "false")),
    }
    for name, attribute in info.attributes.items():
        texts = tuple(str(value) for value in attribute.values)
        found[f"attributes.{name}"] = texts
        found[f"attributes.{name} (text)"] = texts
    return {column: tuple(values) for column, values in found.items() if values}


def _table(
    sheet: Sheet,
    table: _Sheet,
    lists: Mapping[str, tuple[str, ...]],
    packs: list[tuple[str, str, str]],
    staff: bool,
    used: frozenset[str],
) -> None:
    from openpyxl.utils import get_column_letter

    styles = _Styles(sheet)
    widths = {name: _width(name) for name in table.columns}
    for number, name in enumerate(table.columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = widths[name]
        dimension.hidden = name in HIDDEN or not (name in used or name in SHOWN)
        styles.column(dimension)
    frozen = 2 if table.kind == "item" else 1
    sheet.freeze_panes = f"{get_column_letter(frozen + 1 if table.columns[0] == 'id' else 2)}2"
    sheet.append([styles.header(name) for name in table.columns])
    count = 1
    for row in table.rows:
        count += 1
        sheet.row_dimensions[count].height = _height(row, widths)
        sheet.append([styles.cell(name, row[name]) if name in row else None for name in table.columns])
        if row.get("id"):
            packs.append((table.kind, row["id"], base.packed(row, _compared(table.columns))))
        del sheet.row_dimensions[count]
    last = get_column_letter(len(table.columns))
    sheet.auto_filter.ref = f"A1:{last}{max(count, 2)}"
    _validate(sheet, table.columns, lists, count + SPARE_ROWS)
    if staff:
        _protect(sheet)
    _page(sheet, staff)


def _compared(columns: Iterable[str]) -> tuple[str, ...]:
    """The columns whose edits are merged."""
    return tuple(name for name in columns if name not in ("id", "notes"))


def _width(name: str) -> float:
    if name in _WIDTHS:
        return _WIDTHS[name]
    if name.startswith(("option_", "prompt_")):
        return 26
    return 34 if name.startswith("rationale_") else max(10.0, min(len(name) + 3.0, 28.0))


def _height(row: Mapping[str, str], widths: Mapping[str, float]) -> float:
    """About as tall as the texts of a row need; a letter takes nearly a unit of width, a word may not fit."""
    lines = 1
    for name, text in row.items():
        if len(text) > 8 and name not in HIDDEN and name in widths:
            room = widths[name] * 0.95
            lines = max(lines, sum(math.ceil(len(line) / room) or 1 for line in text.split("\n")))
    return min(lines * LINE + 4, TALLEST)


class _Styles:
    """Cells of a sheet: one for each column and look is used again, since a row is written at once."""

    def __init__(self, sheet: Sheet) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

        self._sheet = sheet
        self._new = WriteOnlyCell
        self._cells: dict[tuple[str, str], Any] = {}
        side = Side(style="thin", color=_LINE)
        self._border = Border(left=side, right=side, top=side, bottom=side)
        self._font = Font(name=FONT, size=FONT_SIZE, color=_INK)
        self._head = Font(name=FONT, size=FONT_SIZE, color=_WHITE, bold=True)
        self._head_fill = PatternFill("solid", fgColor=_HEADER)
        self._lock_fill = PatternFill("solid", fgColor=_LOCK)
        self._wrap = Alignment(vertical="top", wrap_text=True)
        self._open = Protection(locked=False)

    def column(self, dimension: Any) -> None:
        """Empty cells are texts that may be filled, so that 1-2 and 00123 stay as they are typed."""
        dimension.font, dimension.alignment = self._font, self._wrap
        dimension.protection, dimension.number_format = self._open, "@"

    def header(self, title: str) -> Any:
        """A title."""
        cell = self._new(self._sheet, title)
        cell.font, cell.fill, cell.alignment = self._head, self._head_fill, self._wrap
        return cell

    def cell(self, name: str, text: str) -> Any:
        """A cell with a text, or with a number where the column is for numbers."""
        numeric = (
            name in _NUMERIC or (name.startswith("attributes.") and not name.endswith(" (text)"))
        ) and (looks_typed(text) and text not in ("true", "false") and len(text) < 15)
        look = "number" if numeric else "lead" if text.startswith(LEADS) else "text"
        cell = self._cells.get((name, look))
        if cell is None:
            cell = self._cells[name, look] = self._made(name in LOCKED, look)
        cell._value = (
            (float(text) if "." in text or "e" in text.lower() else int(text)) if numeric else written(text)
        )
        return cell

    def _made(self, locked: bool, look: str) -> Any:
        cell = self._new(self._sheet, 0)
        cell.font, cell.border, cell.alignment = self._font, self._border, self._wrap
        if locked:
            cell.fill = self._lock_fill
        else:
            cell.protection = self._open
        if look != "number":
            cell.number_format = "@"
            cell.data_type = "s"
            cell.quotePrefix = look == "lead"
        return cell


def _validate(sheet: Sheet, columns: Sequence[str], lists: Mapping[str, tuple[str, ...]], last: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    places = {name: get_column_letter(number) for number, name in enumerate(lists, 1)}
    for number, name in enumerate(columns, 1):
        if name not in lists:
            continue
        end = len(lists[name]) + 1
        rule = DataValidation(
            type="list",
            formula1=f"Lists!${places[name]}$2:${places[name]}${end}",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=name[:32],
            error="Choose one of the list.",
        )
        letter = get_column_letter(number)
        rule.add(f"{letter}2:{letter}{last}")
        sheet.data_validations.append(rule)


def _protect(sheet: Sheet) -> None:
    """Locked cells stay as they are; all else is allowed. There is no password: it is no secret."""
    protection = sheet.protection
    protection.sheet = True
    for name in (
        "formatCells",
        "formatColumns",
        "formatRows",
        "insertRows",
        "deleteRows",
        "sort",
        "autoFilter",
    ):
        setattr(protection, name, False)


def _page(sheet: Sheet, staff: bool) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8  # A3
    sheet.print_title_rows = "1:1"
    sheet.print_title_cols = "A:A"
    sheet.oddFooter.center.text = "CONFIDENTIAL: contains keys" if staff else "Confidential test material"
    sheet.oddFooter.right.text = "Page &P of &N"


def _readme(sheet: Sheet) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width = 110
    for number, line in enumerate(_README):
        cell = WriteOnlyCell(sheet, line)
        cell.font = Font(name=FONT, size=FONT_SIZE + (2 if number == 0 else 0), bold=number == 0)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([cell])


def _lists_sheet(sheet: Sheet, lists: Mapping[str, tuple[str, ...]]) -> None:
    sheet.sheet_state = "hidden"
    _append(sheet, tuple(lists))
    for number in range(max(map(len, lists.values()), default=0)):
        _append(sheet, [values[number] if number < len(values) else "" for values in lists.values()])


def _about(
    sheet: Sheet,
    input: ExportInput,
    tables: Sequence[_Sheet],
    packs: Iterable[tuple[str, str, str]],
) -> None:
    """Lines of a name and values; the base of a row is (base, kind, id, row hash, fingerprints)."""
    sheet.sheet_state = "hidden"
    _append(sheet, (MARK, str(VERSION)))
    _append(sheet, ("qbank version", input.version))
    _append(sheet, ("bank hash", input.form.bank.hash))
    _append(sheet, ("licence", input.bank.info.licence))
    _append(sheet, ("notice", input.bank.info.notice))
    record = tabular.plain(input.bank.info) if input.bank.declared else {}
    for name in ("items", "stimuli", "statistics"):  # where the bank's own files lie
        record.pop(name, None)
    text = json.dumps(record) if record else ""  # ASCII, so that no part of it can be too long
    for start in range(0, len(text), _CHUNK):
        _append(sheet, ("bank", text[start : start + _CHUNK]))
    for table in tables:
        _append(sheet, ("columns", table.kind, *_compared(table.columns)))
    for kind, id, pack in packs:
        _append(sheet, ("base", kind, id, base.row_hash(pack), pack))


def _append(sheet: Sheet, texts: Iterable[str]) -> None:
    from openpyxl.cell import WriteOnlyCell

    row = []
    for text in texts:
        cell: Any = WriteOnlyCell(sheet, "")
        cell._value = written(text)
        cell.data_type = "s"
        row.append(cell)
    sheet.append(row)
