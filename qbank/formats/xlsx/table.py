"""A sheet as a value: columns, rows of cells, and where each text came from."""

from __future__ import annotations

import math
from typing import Any, Literal

import msgspec

from qbank.diagnostics import Place

# Excel keeps 15 digits: an integer beyond this would come back as another one
_LARGEST_WHOLE = 10**15


class Text(msgspec.Struct, frozen=True):
    """A text cell; `where` and `field` name its origin if it has to be refused."""

    value: str
    where: Place
    field: str


Value = Text | int | float | None


class Column(msgspec.Struct, frozen=True):
    """A column. `width` counts digits of the body font.

    A text column gets narrower, down to `least`, as long as no row gets taller by it; a column gets
    wider, up to `widest`, where a row would else be too tall for a sheet.
    """

    title: str
    width: float
    kind: Literal["text", "id", "number", "mark"] = "text"
    least: float = 0
    widest: float = 0


class Row(msgspec.Struct, frozen=True):
    """One line of a sheet. The last cell of a heading or passage spreads to the right."""

    cells: tuple[Value, ...]
    kind: Literal["record", "heading", "passage"] = "record"


class Highlight(msgspec.Struct, frozen=True):
    """Colours a cell, or its whole row, whose value in the column called `column` is `equals`."""

    column: str
    equals: str
    tone: Literal["bad", "good", "muted"]
    whole_row: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet. The first `frozen` columns stay in sight; `filtered` sheets get an autofilter.

    The last cell of a heading or passage spreads until it is `spread` wide.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    frozen: int = 1
    spread: float = 1000
    filtered: bool = True
    highlights: tuple[Highlight, ...] = ()


def text(value: str, where: Place, field: str) -> Text | None:
    """A text cell, or an empty one."""
    return Text(value, where, field) if value else None


def scalar(value: Any, where: Place, field: str) -> Value:
    """A cell for a value of any kind: numbers that Excel keeps exactly are numbers, all else is text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return Text("true" if value else "false", where, field)
    if isinstance(value, int | float) and is_exact(value):
        return value
    if isinstance(value, list | tuple):
        return text(", ".join(str(part) for part in value), where, field)
    return Text(str(value), where, field)


def is_exact(value: int | float) -> bool:
    """Whether a number can be a numeric cell without changing."""
    return abs(value) < _LARGEST_WHOLE if isinstance(value, int) else math.isfinite(value)
