"""Order files of ICD-10-CM and ICD-10-PCS, as CMS publishes them: fixed width, a line a code.

Columns, from 1: order number 1-5, code 7-13, 15 is 1 for a reportable code and 0 for a header, short title
17-76, long title from 78. Source: the description of the format that CMS puts beside the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.domains.medcode.importers.contract import Given, Read, Release, begin, refuse
from qbank.domains.medcode.table import Row

_LINE = re.compile(r"(\d{5}) ([A-Z0-9]{3,7}) {0,4} ([01]) (.*)")
_TITLE = 77
_SHORT = slice(16, 76)


def recognises(given: Given, text: str) -> bool:
    """Whether the first line is one of an order file."""
    del given
    return _LINE.match(text.partition("\n")[0]) is not None


def read(given: Given, text: str) -> Read:
    """The codes of an order file. Raises ImportRefused."""
    lines = [line.rstrip() for line in text.split("\n")]
    refuse(given.name, _mistakes(lines), "An order file is not to be edited: download it again.")
    rows = tuple(row_of(line) for line in lines if line)
    system = given.system or _system(rows)
    title = "ICD-10-PCS" if system == "icd10pcs" else "ICD-10-CM"
    first = begin(given, "codes", "--year FY2027")
    return Read(kind=f"{title} order file", releases=(Release(system=system, valid_from=first, rows=rows),))


def row_of(line: str) -> Row:
    """The code of a sound line: its long title, or the short one where there is none."""
    title = line[_TITLE:].strip() or line[_SHORT].strip()
    return Row(line[6:13].strip(), "billable" if line[14] == "1" else "header", title=title)


def _mistakes(lines: list[str]) -> Iterator[tuple[int, str]]:
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        if _LINE.match(line) is None or line[13:14] != " " or not line[_SHORT].strip():
            yield number, "this is no line of an order file"
            continue
        code = line[6:13].strip()
        if code in seen:
            yield number, f"{code} stands in line {seen[code]} already"
        seen.setdefault(code, number)


def _system(rows: tuple[Row, ...]) -> str:
    """ICD-10-PCS has codes that begin with a digit, ICD-10-CM has none."""
    return "icd10pcs" if any(one.code[0].isdigit() for one in rows) else "icd10cm"
