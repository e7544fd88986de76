"""Workbooks → tables: the only door to python-calamine, behind limits that hold before it sees a byte.

Members are unpacked under the limits of `safe_zip` and packed anew without compression, so that what was
judged is what is read. A sheet whose far corner would make a giant grid of nothing is refused.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from qbank.formats import tabular
from qbank.formats.contract import Imported, Source, Unreadable
from qbank.formats.safe_zip import Members, looks_like_zip
from qbank.formats.xlsx.bank_book import MARK, VERSION
from qbank.tables import base
from qbank.tables.grid import Grid, folded

MOST_CELLS_OF_NOTHING = 50
"""How many empty cells a sheet may have for each that is written, beyond the first million."""
_FREE_CELLS = 2**20
_REFERENCE = re.compile(
    # begins with one letter, not with a class, since that is found faster
    rb"r(?<=[ \t\r\n]r)[ \t\r\n]*=[ \t\r\n]*[\"']\$?([A-Za-z]{1,3})\$?([0-9]{1,7})[\"']"
)
_WINDOW = 2**22


class Book(msgspec.Struct, frozen=True):
    """A workbook that was opened: its sheets by name (not gone through yet), and what About says."""

    name: str
    sheets: tuple[str, ...]
    open: Any

    def grid(self, sheet: str) -> Grid:
        """A sheet as a table; its first row that holds something is the header."""
        rows = self._rows(sheet)
        for _, cells in rows:
            return Grid(f"{self.name}, sheet {sheet}", tuple(_title(cell) for cell in cells), rows)
        return Grid(f"{self.name}, sheet {sheet}", (), ())

    def _rows(self, sheet: str) -> Iterator[tuple[int, Sequence[Any]]]:
        from python_calamine import CalamineError

        try:
            found = self.open.get_sheet_by_name(sheet)
        except CalamineError as error:
            raise Unreadable(f"{self.name}: the sheet {sheet} cannot be read: {error}") from None
        left = [""] * (found.start or (0, 0))[
            1
        ]  # rows come from the top, but only from the first column in use
        for number, cells in enumerate(found.iter_rows(), 1):
            if any(cell != "" for cell in cells):
                yield number, [*left, *cells] if left else cells

    def about(self) -> About | None:
        """What the sheet About of a bank's workbook says; None for other workbooks. Raises Unreadable."""
        if "About" not in self.sheets:
            return None
        rows = self._rows("About")
        nothing: tuple[int, Sequence[Any]] = (0, ("",))
        _, first = next(rows, nothing)
        if first[0] != MARK:
            return None
        if len(first) < 2 or str(first[1]) != str(VERSION):
            raise Unreadable(f"{self.name} is of a newer version of qbank ({first[1:2]}); update qbank")
        return _about(self.name, rows)


class About(msgspec.Struct, frozen=True):
    """What the sheet About says: the bank's own record, and what every cell was."""

    bank: dict[str, Any]
    base: base.Base


def _about(name: str, rows: Iterator[tuple[int, Sequence[Any]]]) -> About:
    columns: dict[str, tuple[str, ...]] = {}
    bases: list[tuple[str, str, str, str]] = []
    bank = ""
    for _, cells in rows:
        texts = [str(cell) for cell in cells]
        if texts[0] == "columns":
            columns[texts[1]] = tuple(text for text in texts[2:] if text)
        elif texts[0] == "base" and len(texts) >= 5:
            bases.append((texts[1], texts[2], texts[3], texts[4]))
        elif texts[0] == "bank":
            bank += texts[1]
    try:
        return About(json.loads(bank) if bank else {}, base.read(columns, bases))
    except ValueError as error:
        raise Unreadable(
            f"{name}: the hidden sheet About is damaged ({error}); export the bank again"
        ) from None


def open_book(source: Source) -> Book:
    """A workbook under limits. Raises Unreadable."""
    if not looks_like_zip(source.data):
        raise Unreadable(f"{source.name} is no workbook of the kind .xlsx; save it as one")
    members = Members(source.data, source.name)
    if "xl/workbook.xml" not in members:
        raise Unreadable(f"{source.name} is no workbook of the kind .xlsx; save it as one")
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_repacked(members, source.name)))
    except CalamineError as error:
        raise Unreadable(f"{source.name} is a workbook that cannot be read: {error}") from None
    return Book(source.name, tuple(book.sheet_names), book)


def _repacked(members: Members, name: str) -> bytes:
    """The members that a reader needs, judged and stored as they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            if not member.endswith((".xml", ".rels")):
                continue
            data = members[member]
            if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
                raise Unreadable(f"{name}: the member {member!r} declares entities; nothing was read")
            if b"sheetData" in data:
                _refuse_far_cells(data, name, member)
            archive.writestr(zipfile.ZipInfo(member), data)
    return out.getvalue()


def _refuse_far_cells(data: bytes, name: str, member: str) -> None:
    """Raise Unreadable for a sheet that says little but reaches far: a reader makes the whole grid."""
    cells = rows = 0
    columns: set[bytes] = set()
    for start in range(0, len(data), _WINDOW):
        found = _REFERENCE.findall(data, start, start + _WINDOW + 32)
        cells += len(found)
        columns.update({letters for letters, _ in found})
        rows = max(rows, max(map(int, {digits for _, digits in found}), default=0))
    width = max((_column(one) for one in columns), default=0)
    if width > 16_384 or rows > 1_048_576 or width * rows > _FREE_CELLS + MOST_CELLS_OF_NOTHING * cells:
        raise Unreadable(
            f"{name}: the sheet {member!r} reaches to column {width:,} and row {rows:,} with {cells:,} cells "
            "only; nothing was read. Delete what stands far from the table."
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _title(cell: Any) -> str:
    return str(cell).strip()


def read(source: Source) -> Imported:
    """The items of a workbook: of a bank's, or of the table on its first sheet that has one.

    Raises Unreadable.
    """
    book = open_book(source)
    about = book.about()
    if about is not None and not set(source.columns):
        more = [book.grid(name) for name in ("Stimuli",) if name in book.sheets]
        found = tabular.imported(source, book.grid("Items"), more)
        return msgspec.structs.replace(found, bank=about.bank)
    return tabular.imported(source, _chosen(book, source))


def _chosen(book: Book, source: Source) -> Grid:
    """The sheet that is named with --map sheet=NAME, or the first that looks most like items."""
    wanted = source.columns.get("sheet")
    if wanted is not None:
        name = next((one for one in book.sheets if folded(one) == folded(wanted)), None)
        if name is None:
            raise Unreadable(
                f"{source.name} has no sheet {wanted!r}; it has {', '.join(map(repr, book.sheets))}"
            )
        return book.grid(name)
    grids = [book.grid(name) for name in book.sheets]
    filled = [one for one in grids if len(one.header) >= 2]
    if not filled:
        raise Unreadable(f"{source.name} has no sheet with a table")
    return max(filled, key=lambda one: tabular.is_plausible(one.header, {}))


def recognises(source: Source) -> int:
    """Whether the file is a workbook of the kind .xlsx."""
    if not looks_like_zip(source.data):
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            return 95 if "xl/workbook.xml" in archive.namelist() else 0
    except Exception:  # zipfile raises whatever a broken archive makes it raise
        return 0
