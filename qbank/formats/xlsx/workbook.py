"""From sheets as values to the bytes of a workbook: the only door to openpyxl."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from qbank.formats.archive import core_dates, rezip
from qbank.formats.contract import ExportInput
from qbank.formats.xlsx.layout import FONT, FONT_SIZE, LINE, row_height, spread_end, widths
from qbank.formats.xlsx.limits import written
from qbank.formats.xlsx.table import Column, Highlight, Table, Text, Value

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

MOMENT = "1980-01-01T00:00:00Z"
KEYS_LINE = "CONFIDENTIAL: contains keys"
CANDIDATE_LINE = "Confidential test material"

_INK, _WHITE, _LINE = "FF1F2937", "FFFFFFFF", "FFCBD2DC"
_HEADER, _HEADING, _PASSAGE = "FF1F3A5F", "FFD6E2F0", "FFF2F6FB"
_TAB_OF_KEYS = "FFC0392B"
_TONES = {"bad": ("FF9C0006", "FFFFC7CE"), "good": ("FF1E6B34", None), "muted": ("FF7A5B00", "FFFFF2CC")}
_FILLS = {"heading": _HEADING, "passage": _PASSAGE}
# what a spreadsheet takes for a formula once somebody edits the cell
LEADS = ("=", "+", "-", "@", "\t", "\r")
_TITLE_LIMIT, _ID_LIMIT = 100, 64
APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>qbank</Application></Properties>"
)


class Face(msgspec.Struct, frozen=True):
    """What stands at the edges of every page: a title, a name, a line; and whose keys the workbook holds."""

    title: str
    name: str
    line: str
    is_staff: bool = True


def workbook_bytes(input: ExportInput, tables: tuple[Table, ...]) -> bytes:
    """The workbook of an export, the same bytes for the same input."""
    is_staff = input.audience == "staff"
    line = KEYS_LINE if is_staff else CANDIDATE_LINE
    return sheets_bytes(Face(input.form.title, input.form.id, line, is_staff), tables)


def sheets_bytes(face: Face, tables: tuple[Table, ...]) -> bytes:
    """A workbook of some sheets, the same bytes for the same input."""
    import io
    from datetime import datetime

    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils.indexed_list import IndexedList

    book = Workbook()
    # the first font is the unit of all column widths; Arial measures the same wherever it is replaced
    book._fonts = IndexedList([Font(name=FONT, size=FONT_SIZE)])  # type: ignore[attr-defined]
    book.remove(book.worksheets[0])
    book.properties.creator = "qbank"
    book.properties.title = written(face.title or face.name)
    book.properties.created = datetime.fromisoformat(MOMENT).replace(tzinfo=None)
    # nothing here is computed; with this on, Excel asks to save what nobody changed
    book.calculation.fullCalcOnLoad = False
    for table in tables:
        _sheet(book.create_sheet(table.name), table, face)
    out = io.BytesIO()
    book.save(out)
    return rezip(
        out.getvalue(), {"docProps/core.xml": core_dates(MOMENT), "docProps/app.xml": lambda _old: APP}
    )


def _sheet(sheet: Worksheet, table: Table, face: Face) -> None:
    from openpyxl.utils import get_column_letter

    style, room, last = _styler(), widths(table), len(table.columns)
    for index, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = room[index - 1]
        cell = _cell(sheet, 1, index)
        _text(cell, column.title)
        style(cell, column, "header")
    sheet.row_dimensions[1].height = 2 * LINE + 5
    for number, row in enumerate(table.rows, 2):
        for index, column in enumerate(table.columns, 1):
            cell = _cell(sheet, number, index)
            _put(cell, row.cells[index - 1] if index <= len(row.cells) else None)
            style(cell, column, row.kind)
        if row.kind != "record":
            start, end = len(row.cells), spread_end(row, room, table.spread)
            sheet.merge_cells(start_row=number, end_row=number, start_column=start, end_column=end)
        sheet.row_dimensions[number].height = row_height(row, room, table.spread)
    sheet.freeze_panes = f"{get_column_letter(table.frozen + 1)}2"
    if table.filtered:
        sheet.auto_filter.ref = f"A1:{get_column_letter(last)}{max(len(table.rows), 1) + 1}"
    for highlight in table.highlights:
        _highlight(sheet, table, highlight)
    _page(sheet, table, face)


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    from openpyxl.cell.cell import Cell

    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell), "a row is written before its cells are merged"
    return cell


def _put(cell: Cell, value: Value) -> None:
    if isinstance(value, Text):
        _text(cell, value.value)
    elif value is not None:
        cell.value = value


def _text(cell: Cell, value: str) -> None:
    cell.value = written(value)
    # openpyxl has taken =1+1 for a formula and #N/A for an error by now
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(LEADS)


def _styler() -> Callable[[Cell, Column, str], None]:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    side = Side(style="thin", color=_LINE)
    border, band = Border(left=side, right=side, top=side, bottom=side), Border(top=side, bottom=side)
    body, bold = Font(name=FONT, size=FONT_SIZE, color=_INK), Font(name=FONT, size=FONT_SIZE, bold=True)
    header = Font(name=FONT, size=FONT_SIZE, bold=True, color=_WHITE)
    fills = {kind: PatternFill("solid", fgColor=colour) for kind, colour in _FILLS.items()}
    header_fill = PatternFill("solid", fgColor=_HEADER)
    sides = {"text": "left", "id": "left", "number": "right", "mark": "center"}
    places = {
        kind: Alignment(horizontal=place, vertical="top", wrap_text=True) for kind, place in sides.items()
    }
    header_places = {
        kind: Alignment(horizontal=place, vertical="center", wrap_text=True) for kind, place in sides.items()
    }

    def style(cell: Cell, column: Column, kind: str) -> None:
        cell.border = band if kind in fills else border
        if kind == "header":
            cell.font, cell.fill, cell.alignment = header, header_fill, header_places[column.kind]
            return
        cell.font = bold if kind == "heading" else body
        cell.alignment = places[column.kind if kind == "record" else "text"]
        if kind in fills:
            cell.fill = fills[kind]
        if column.kind == "id":
            cell.number_format = "@"

    return style


def _highlight(sheet: Worksheet, table: Table, highlight: Highlight) -> None:
    from openpyxl.formatting.rule import Rule
    from openpyxl.styles import Font, PatternFill
    from openpyxl.styles.differential import DifferentialStyle
    from openpyxl.utils import get_column_letter

    column = get_column_letter([one.title for one in table.columns].index(highlight.column) + 1)
    first, last = ("A", get_column_letter(len(table.columns))) if highlight.whole_row else (column, column)
    ink, fill = _TONES[highlight.tone]
    look = DifferentialStyle(font=Font(color=ink), fill=PatternFill(bgColor=fill) if fill else None)
    rule = Rule(type="expression", dxf=look, formula=[f'${column}2="{highlight.equals}"'])
    if table.rows:
        sheet.conditional_formatting.add(f"{first}2:{last}{len(table.rows) + 1}", rule)


def _page(sheet: Worksheet, table: Table, face: Face) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows = "1:1"
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.65
    margins.header = margins.footer = 0.3
    header, footer = sheet.oddHeader, sheet.oddFooter
    assert header is not None
    assert footer is not None
    header.left.text, header.right.text = _printed(face.title, _TITLE_LIMIT), "&A"
    footer.left.text, footer.right.text = _printed(face.name, _ID_LIMIT), "Page &P of &N"
    footer.center.text = face.line
    if face.is_staff and table.name == "Key":
        sheet.sheet_properties.tabColor = _TAB_OF_KEYS


def _printed(text: str, most: int) -> str:
    """A text for a page's edge, where & starts a code and Excel allows 255 characters in all."""
    line = " ".join(text.split())
    return (line if len(line) <= most else line[: most - 1] + "…").replace("&", "&&")
