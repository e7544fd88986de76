"""How much room text takes: widths and heights estimated on the generous side, so that nothing is cut.

Neither Excel nor LibreOffice fits the height of merged cells, and a viewer on a phone fits none.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator

from qbank.formats.xlsx.table import Column, Row, Table, Text
from qbank.tables.grid import number_text

FONT = "Arial"
FONT_SIZE = 10
LINE = 12.75
TALLEST = 409.0

_PADDING = 4.0
_EM_IN_UNITS = 13.33 / 7  # 10 points are 13.33 pixels, a unit of column width is a digit of 7
_CELL_MARGIN = 1.0  # in units
_BUTTON = 2.0  # of the filter, beside the title
_CAUTION = 1.05
_BOLD = 1.08
# the widths of Arial's letters, in thousandths of the font size
_WIDTHS = {
    character: width / 1000
    for width, characters in (
        (191, "'"),
        (222, "ijl"),
        (278, " \t\xa0I!,./:;[]\\ft|"),
        (333, "()-r`{}"),
        (400, '*"°'),
        (500, "Jcksvxyz"),
        (556, "0123456789abdeghnopqu#$?_L"),
        (611, "FTZ+<=>~±×"),
        (667, "ABEKPSVXY&"),
        (722, "CDHNRUw"),
        (778, "GOQ"),
        (889, "Mm%"),
        (1015, "W@—…→"),
    )
    for character in characters
}
_BREAK = re.compile(r"[^\s\-/]*[\s\-/]?")


def line_count(text: str, width: float, bold: bool = False) -> int:
    """How many lines a text takes in a column of `width` digits."""
    room = max(width - _CELL_MARGIN, 1.0) / (_EM_IN_UNITS * _CAUTION * (_BOLD if bold else 1.0))
    return sum(_wrapped(line, room) for line in text.split("\n"))


def height(lines: int) -> float:
    """The height of a row in points, never more than a sheet can have."""
    return min(lines * LINE + _PADDING, TALLEST)


def passages(text: str, width: float) -> Iterator[str]:
    """A text in parts, broken between lines, each of which a single row can show in full."""
    most = int((TALLEST - _PADDING) // LINE)
    part: list[str] = []
    used = 0
    for line in text.split("\n"):
        lines = line_count(line, width)
        if part and used + lines > most:
            yield "\n".join(part)
            part, used = [], 0
        part.append(line)
        used += lines
    if any(part):
        yield "\n".join(part)


def widths(table: Table) -> tuple[float, ...]:
    """The width of every column: less than stated where texts are short, more where rows get too tall."""
    texts = [[_own_text(row, index) for row in table.rows] for index in range(len(table.columns))]
    widest = [
        _widened(column, column_texts) for column, column_texts in zip(table.columns, texts, strict=True)
    ]
    lines = [
        [line_count(text, width) for text in column_texts]
        for width, column_texts in zip(widest, texts, strict=True)
    ]
    tallest = [max(row) for row in zip(*lines, strict=True)]
    return tuple(
        _narrowed(column, width, column_texts, tallest)
        for column, width, column_texts in zip(table.columns, widest, texts, strict=True)
    )


def spread_end(row: Row, widths: tuple[float, ...], spread: float) -> int:
    """The number of the column where the last cell of a heading or passage ends."""
    end = len(row.cells)
    while end < len(widths) and sum(widths[len(row.cells) - 1 : end]) < spread:
        end += 1
    return end


def row_height(row: Row, widths: tuple[float, ...], spread: float) -> float:
    """The height of a row whose columns have these widths."""
    last, bold = len(row.cells) - 1, row.kind == "heading"
    room = list(widths[: len(row.cells)])
    if row.kind != "record":
        room[last] = sum(widths[last : spread_end(row, widths, spread)])
    return height(
        max(line_count(shown(cell), width, bold) for cell, width in zip(row.cells, room, strict=True))
    )


def shown(value: Text | int | float | None) -> str:
    """A cell's value as it is read."""
    if isinstance(value, Text):
        return value.value
    return "" if value is None else number_text(value)


def _own_text(row: Row, index: int) -> str:
    spreads = row.kind != "record" and index >= len(row.cells) - 1
    return "" if spreads else shown(row.cells[index])


def _widened(column: Column, texts: list[str]) -> float:
    width = column.width
    while width * 1.2 <= column.widest and any(_too_tall(text, width) for text in texts):
        width = round(width * 1.2, 1)
    return width


def _narrowed(column: Column, width: float, texts: list[str], lines: list[int]) -> float:
    if column.kind != "text":
        return min(width, _least(column, [line for text in texts for line in text.split("\n")]))
    least = _least(column, [word for text in texts for word in _BREAK.findall(text)])
    narrow = width
    while narrow - 1 >= least and all(
        line_count(text, narrow - 1) <= most for text, most in zip(texts, lines, strict=True)
    ):
        narrow -= 1
    return narrow


def _least(column: Column, pieces: list[str]) -> float:
    title = max(_units(word) for word in column.title.split()) * _BOLD
    longest = max((_units(piece) for piece in pieces), default=0.0)
    return max(column.least, round(max(longest, title + _BUTTON) + _CELL_MARGIN, 1))


def _units(line: str) -> float:
    return _size(line) * _EM_IN_UNITS * _CAUTION


def _too_tall(text: str, width: float) -> bool:
    return line_count(text, width) * LINE + _PADDING > TALLEST


def _wrapped(line: str, room: float) -> int:
    lines, used = 1, 0.0
    for word in _BREAK.findall(line):
        size = _size(word.rstrip())
        if used + size > room and used:
            lines, used = lines + 1, 0.0
        if size > room:
            more = math.ceil(size / room) - 1
            lines, used = lines + more, 0.0
            size -= more * room
        used += size + _size(word[len(word.rstrip()) :])
    return lines


def _size(text: str) -> float:
    return sum(_em(character) for character in text)


def _em(character: str) -> float:
    width = _WIDTHS.get(character)
    if width is not None:
        return width
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    return 0.75 if character.isupper() else 0.6
