"""Order addenda of ICD-10-CM and ICD-10-PCS: what a year changes, line by line, applied to the year before.

A line is `Add:`, `Delete:`, `Revise from:` or `Revise to:`, then flag and code (in older files order number,
code and flag), a short title of 60 characters and the long title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from qbank.domains.medcode.importers.contract import Given, ImportRefused, Read, Release, begin, refuse
from qbank.domains.medcode.systems import SYSTEMS, day_before
from qbank.domains.medcode.table import Row

_LINE = re.compile(
    r"(Add|Delete|Revise from|Revise to|No change): +(?:\d{5} +)?"
    r"(?:([01]) ([A-Z0-9]{3,7}) *|([A-Z0-9]{3,7}) +([01]) )(?<= )(\S.*)"
)
_SHORT = 60


class _Change(NamedTuple):
    number: int
    action: str
    row: Row


def recognises(given: Given, text: str) -> bool:
    """Whether the first line is one of an addenda."""
    del given
    return _LINE.match(text.partition("\n")[0]) is not None


def read(given: Given, text: str) -> Read:
    """The codes of the new year. Raises ImportRefused, also where the year before is not in the store."""
    lines = [line.rstrip() for line in text.split("\n")]
    wrong = [
        (at, "this is no line of an addenda")
        for at, one in enumerate(lines, 1)
        if one and not _LINE.match(one)
    ]
    refuse(given.name, wrong, "An addenda is not to be edited: download it again.")
    changes = [_change(number, line) for number, line in enumerate(lines, 1) if line]
    system = given.system or _system(changes)
    title = SYSTEMS[system].title
    first = begin(given, "changes", "--year FY2027")
    base = given.before(system, day_before(first))
    if base is None:
        raise ImportRefused(
            f"{given.name}: an addenda changes the year before, and {title} of {day_before(first)} is not "
            "in the store. Import its order file first, or the order file of the new year."
        )
    codes = {row.code: row for row in base if row.holds(day_before(first))}
    refuse(
        given.name,
        list(_applied(changes, codes)),
        "Is it the addenda of another year? Name its own with --year.",
    )
    return Read(
        kind=f"{title} order addenda",
        releases=(Release(system=system, valid_from=first, rows=tuple(codes.values())),),
    )


def _change(number: int, line: str) -> _Change:
    found = _LINE.fullmatch(line)
    assert found is not None
    action, flag, code, other, other_flag, text = found.groups()
    title = text[_SHORT:].strip() or text.strip()
    return _Change(
        number, action, Row(code or other, "billable" if "1" in (flag, other_flag) else "header", title=title)
    )


def _applied(changes: list[_Change], codes: dict[str, Row]) -> Iterator[tuple[int, str]]:
    """Apply changes to codes; gives those that do not fit."""
    for number, action, row in changes:
        here = codes.get(row.code)
        if action == "Add":
            if here is not None:
                yield number, f"{row.code} is to be added, but is there"
            codes[row.code] = row
        elif here is None:
            yield number, f"{row.code} is to be changed, but is not there"
        elif action == "Delete":
            if here.kind != row.kind:
                yield number, f"{row.code} is to be deleted as {row.kind}, but is {here.kind}"
            del codes[row.code]
        elif action == "Revise to":
            codes[row.code] = row


def _system(changes: list[_Change]) -> str:
    return "icd10pcs" if any(one.row.code[0].isdigit() for one in changes) else "icd10cm"
