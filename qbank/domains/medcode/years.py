"""Years of code sets, as people name them: the days on which one begins and ends."""

from __future__ import annotations

import re

from qbank.domains.medcode.systems import is_day

_FISCAL = re.compile(r"FY(\d{4})", re.IGNORECASE)
_QUARTER = re.compile(r"(\d{4})Q([1-4])", re.IGNORECASE)
_CALENDAR = re.compile(r"\d{4}")
_LAST = {"1": "03-31", "2": "06-30", "3": "09-30", "4": "12-31"}


class UnknownYear(ValueError):
    """A name of no year; the message says how years are named."""


def days(name: str) -> tuple[str, str]:
    """The first and the last day of a year of code sets (ISO).

    FY2027 is the fiscal year from October 1, 2026; 2026 a calendar year, 2026Q4 a quarter of it, and an ISO
    day stands for itself. Raises UnknownYear.
    """
    if found := _FISCAL.fullmatch(name):
        year = int(found[1])
        return f"{year - 1:04}-10-01", f"{year:04}-09-30"
    if found := _QUARTER.fullmatch(name):
        last = _LAST[found[2]]
        return f"{found[1]}-{int(last[:2]) - 2:02}-01", f"{found[1]}-{last}"
    if _CALENDAR.fullmatch(name):
        return f"{name}-01-01", f"{name}-12-31"
    if is_day(name):
        return name, name
    raise UnknownYear(
        f"{name!r} is no year of a code set: write FY2027, 2026, 2026Q4 or a day such as 2026-10-01"
    )
