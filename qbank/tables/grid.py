"""A table as it was read: a header, rows with their numbers, and what is wrong with a cell."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

_EXCEL_DATE = re.compile(
    r"[0-9]{1,2}[-. ](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:-[0-9]{2,4})?"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-[0-9]{2,4}|[0-9](?:\.[0-9]+)?E\+[0-9]{2}"
)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a table says and that cannot be taken as it stands. `row` 0 is the whole table."""

    row: int
    message: str
    column: str = ""
    item: str = ""
    raw: str = ""
    hint: str = ""

    @property
    def sentence(self) -> str:
        """The message with its row and column in front."""
        place = ", ".join(
            part
            for part in (
                f"row {self.row}" if self.row else "",
                f"column {self.column}" if self.column else "",
            )
            if part
        )
        return f"{place}: {self.message}" if place else self.message


Row = tuple[int, Sequence[Any]]
"""The number of a row as the file counts (from 1), and its cells: texts, or what a sheet has typed."""


class Grid(msgspec.Struct, frozen=True):
    """A table: `header` are the titles of its columns, `rows` can be gone through once."""

    name: str
    header: tuple[str, ...]
    rows: Iterable[Row]


def cell_text(value: Any) -> str:
    """A cell as text: whole numbers without a point, truth values in lower case.

    Raises ValueError, with advice, for a date or a time: nobody can tell what was typed.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise ValueError(
            f"the sheet holds a date or time ({value}), not what was typed; "
            "format the cell as text and type it again"
        )
    return str(value)


def number_text(value: float) -> str:
    """A number as people write it: 5 for 5.0, 0.1 for 0.1; from 1e16 on with an exponent, as Python does."""
    if isinstance(value, float) and not (value.is_integer() and abs(value) < 1e16):
        return repr(value)
    return str(int(value))


def looks_converted(text: str) -> bool:
    """Whether a text looks like what a spreadsheet makes of 1-2 or 123456789012: `02-Jan`, `1.23E+11`."""
    return _EXCEL_DATE.fullmatch(text) is not None


def folded(title: str) -> str:
    """A title of a column without what does not count: capitals, white space, _ and - and :."""
    return re.sub(r"[\s_:*-]+", " ", title).strip().casefold()
