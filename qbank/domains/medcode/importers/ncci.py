"""NCCI edits of a quarter, as CMS publishes them: pairs of codes (PTP) and units a day (MUE), as text.

A pair is kept as the code `COLUMN1+COLUMN2` of the system ncci-ptp, its title the modifier indicator (0, 1 or
9); a limit as the code of the system ncci-mue, its title the units. No text of CPT is taken over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.domains.medcode.importers.contract import Given, Read, Release, begin, cells_of, refuse
from qbank.domains.medcode.importers.days import day
from qbank.domains.medcode.table import Row

_CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_PAIR_TITLES = ("column 1", "column 2")
_UNITS = re.compile(r"mue values?", re.IGNORECASE)
_NOTICE_LINES = 25


def recognises(given: Given, text: str) -> bool:
    """Whether the titles of edits stand near the top; a notice of the AMA comes before them."""
    del given
    head = " ".join(" ".join(text.split("\n")[:_NOTICE_LINES]).lower().split())
    return all(one in head for one in _PAIR_TITLES) or bool(_UNITS.search(head))


def read(given: Given, text: str) -> Read:
    """Pairs or limits. Raises ImportRefused."""
    first = begin(given, "edits", "--year 2026Q4")
    is_units = bool(_UNITS.search(" ".join(text.split("\n")[:_NOTICE_LINES])))
    mistakes: list[tuple[int, str]] = []
    rows: dict[tuple[str, str], Row] = {}
    for number, cells in _rows(text):
        try:
            row = _limit(cells) if is_units else _pair(cells)
        except (ValueError, IndexError) as error:
            mistakes.append((number, f"this is no edit: {error}"))
        else:
            rows[row.code, row.valid_from] = row
    refuse(given.name, mistakes, "The file is not to be edited: download it again.")
    system = "ncci-mue" if is_units else "ncci-ptp"
    kind = "NCCI units of service (MUE)" if is_units else "NCCI pairs of procedures (PTP)"
    release = Release(system=system, valid_from=first, rows=tuple(rows.values()), complete=False)
    return Read(kind=kind, releases=(release,))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that begin with a code; notices and titles come before them."""
    separator = "\t" if "\t" in text else ","
    for number, cells in cells_of(text, separator):
        if _CODE.fullmatch(cells[0].strip()):
            yield number, [cell.strip() for cell in cells]


def _pair(cells: list[str]) -> Row:
    """Column 1, column 2, (in existence before 1996), first day, last day, modifier indicator."""
    if not _CODE.fullmatch(cells[1]):
        raise ValueError(f"{cells[1]!r} is no code")
    indicator = cells[5]
    if indicator not in ("0", "1", "9"):
        raise ValueError(f"the modifier indicator is {indicator!r}")
    return Row(
        f"{cells[0]}+{cells[1]}", "billable", day(cells[3]), day(cells[4]), f"modifier indicator {indicator}"
    )


def _limit(cells: list[str]) -> Row:
    if not cells[1].isdigit():
        raise ValueError(f"the units are {cells[1]!r}")
    return Row(cells[0], "billable", title=f"{int(cells[1])} units a day")
