"""HCPCS Level II, the alpha-numeric file of a quarter as CMS publishes it: fixed width or a workbook.

Fixed width, columns from 1: code 1-5 (a modifier 4-5), record type 11 (3 and 7 begin a code and a modifier, 4
and 8 go on with its text), text 12-91, day added 269-276, day of the last action 277-284, last day 285-292,
action 293, days as YYYYMMDD. A workbook has the same under titles. Source: the record layout that comes with
the file. Codes of CPT and of the dental association (D) are not taken over: their texts have owners.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from qbank.domains.medcode.importers.contract import Given, ImportRefused, Read, Release, begin, refuse
from qbank.domains.medcode.importers.days import day
from qbank.domains.medcode.table import Row
from qbank.formats.contract import Source, Unreadable

_FIXED = re.compile(r"(?:[A-Z0-9]{5}|   [A-Z0-9]{2})[0-9 ]{5}[3478].{80}")
_CODE = re.compile(r"[A-CE-Z][0-9]{4}")
_OWNED = re.compile(r"[0-9]{5}|[0-9]{4}[A-Z]|D[0-9]{4}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_TITLES = ("HCPC", "RECID", "LONG DESCRIPTION", "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD")


class _Record(NamedTuple):
    number: int
    code: str
    type: str
    text: str
    added: str
    acted: str
    ended: str
    action: str


def recognises(given: Given, text: str) -> bool:
    """Whether it is a fixed-width file, or a workbook with its titles."""
    if given.data.startswith(b"PK"):
        return _sheet(given) is not None
    return _FIXED.match(text.partition("\n")[0]) is not None


def read(given: Given, text: str) -> Read:
    """Codes and modifiers. Raises ImportRefused."""
    records = list(_from_sheet(given) if given.data.startswith(b"PK") else _from_lines(given, text))
    first = begin(given, "codes", "--year 2026Q4")
    mistakes: list[tuple[int, str]] = []
    found: dict[str, dict[str, Row]] = {"hcpcs": {}, "hcpcs-modifier": {}}
    owned = 0
    last: tuple[str, str] | None = None
    for record in records:
        if record.type in "48":
            if last is not None and last[1] == record.code:
                row = found[last[0]][last[1]]
                found[last[0]][last[1]] = msgspec.structs.replace(row, title=row.title + record.text)
            continue
        last = None
        system = "hcpcs" if record.type == "3" else "hcpcs-modifier"
        if system == "hcpcs" and _OWNED.fullmatch(record.code):
            owned += 1
        elif not (_CODE if system == "hcpcs" else _MODIFIER).fullmatch(record.code):
            mistakes.append((record.number, f"{record.code!r} is no code"))
        elif record.code in found[system]:
            mistakes.append((record.number, f"{record.code} is there already"))
        else:
            try:
                found[system][record.code] = _row(record)
                last = system, record.code
            except ValueError as error:
                mistakes.append((record.number, str(error)))
    refuse(given.name, mistakes, "The file is not to be edited: download it again.")
    releases = tuple(
        Release(system=system, valid_from=first, rows=tuple(map(_tidy, rows.values())))
        for system, rows in found.items()
        if rows
    )
    if not releases:
        raise ImportRefused(f"{given.name}: no codes were found. Nothing of it was imported.")
    remark = f"{owned} codes of CPT and of the dental association (D) were left out: their texts have owners"
    return Read(kind="HCPCS Level II", releases=releases, remarks=(remark,) if owned else ())


def _row(record: _Record) -> Row:
    """A code with its days: a code that was taken up again is there from that day. Raises ValueError."""
    added, acted, ended = day(record.added), day(record.acted), day(record.ended)
    first = max(added, acted) if record.action in ("A", "R") else added
    if ended and first > ended:
        raise ValueError(f"{record.code} ends on {ended}, before it begins on {first}")
    return Row(record.code, "billable", first, ended, record.text)


def _tidy(row: Row) -> Row:
    return msgspec.structs.replace(row, title=" ".join(row.title.split()))


def _from_lines(given: Given, text: str) -> Iterator[_Record]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    wrong = [
        (number, "this is no line of the alpha-numeric file")
        for number, line in lines
        if line[10:11] not in "3478"
    ]
    refuse(given.name, wrong, "The file is not to be edited: download it again.")
    for number, line in lines:
        yield _Record(
            number,
            line[:5].strip(),
            line[10],
            line[11:91].ljust(80),  # a text may be cut within a word
            line[268:276].strip(),
            line[276:284].strip(),
            line[284:292].strip(),
            line[292:293].strip(),
        )


def _from_sheet(given: Given) -> Iterator[_Record]:
    found = _sheet(given)
    if found is None:
        return
    columns, rows = found
    for number, cells in rows:
        code, type, text, *rest = (_cell(cells, columns[title]) for title in _TITLES)
        if code:
            yield _Record(number, code, type[:1] or "3", f"{text} ", *rest)


def _sheet(given: Given) -> tuple[dict[str, int], Iterable[tuple[int, Any]]] | None:
    """Where the titles stand in the first sheet that has them, and the rows below; notices may come first."""
    from qbank.formats.xlsx.reader import open_book

    try:
        book = open_book(Source(name=given.name, data=given.data))
    except Unreadable as error:
        raise ImportRefused(f"{error}\nNothing of it was imported.") from None
    for sheet in book.sheets:
        grid = book.grid(sheet)
        rows = iter([(1, grid.header), *grid.rows])
        for _, cells in rows:
            titles = {str(cell).strip().upper().replace("_", " "): at for at, cell in enumerate(cells)}
            if all(title in titles for title in _TITLES):
                return titles, rows
    return None


def _cell(cells: Any, at: int) -> str:
    value = cells[at] if at < len(cells) else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
