"""Days as other people write them, and the days of a year of a system."""

from __future__ import annotations

import datetime
import re

from qbank.domains.medcode.systems import SYSTEMS, day_before

_DIGITS = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[ T]00:00:00)?")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_YEAR = re.compile(r"(?:FY|CY)?(20[0-9]{2})(?:-?Q([1-4]))?", re.IGNORECASE)
_QUARTERS = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10}
_FILE_NAMES = (
    re.compile(
        r"icd-?10-?(?:cm|pcs)[-_ ]order[-_ ](?:file[-_ ])?(?:addenda[-_ ])?(20[0-9]{2})", re.IGNORECASE
    ),
    re.compile(r"HCPC(20[0-9]{2})_(JAN|APR|JUL|OCT)", re.IGNORECASE),
)


def day(text: str) -> str:
    """A day as ISO text, "" for none. Raises ValueError for what is no day."""
    text = text.strip()
    if text in ("", "0", "*"):
        return ""
    found = _DIGITS.fullmatch(text)
    parts = found.groups() if found else ()
    american = None if found else _AMERICAN.fullmatch(text)
    if american:
        parts = (american[3], american[1], american[2])
    try:
        return datetime.date(*map(int, parts)).isoformat()
    except (TypeError, ValueError):
        raise ValueError(f"{text!r} is no day") from None


def year_begin(text: str, system: str) -> str:
    """The first day of a year or quarter such as FY2027, 2026 or 2026Q4, for a system ("" for ICD-10).

    Raises ValueError.
    """
    found = _YEAR.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no year. Write FY2027, 2027, or for HCPCS 2026Q4.")
    year, quarter = int(found[1]), found[2]
    months = SYSTEMS[system].months if system in SYSTEMS else (10, 4)
    if quarter:
        return f"{year}-{3 * int(quarter) - 2:02}-01"
    if len(months) == 4:
        raise ValueError(f"{text!r} names no quarter. Write {year}Q1 to {year}Q4.")
    return f"{year - 1}-10-01" if months[0] == 10 else f"{year}-01-01"


def named_begin(name: str) -> str:
    """The first day of a release as an official file name tells it, "" when it does not."""
    order = _FILE_NAMES[0].search(name)
    if order:
        return f"{int(order[1]) - 1}-10-01"
    quarter = _FILE_NAMES[1].search(name)
    return f"{quarter[1]}-{_QUARTERS[quarter[2].upper()]:02}-01" if quarter else ""


def release_end(system: str, first: str) -> str:
    """The last day of which a release speaks unless a later one comes: the end of its year or quarter."""
    year, month = int(first[:4]), int(first[5:7])
    months = SYSTEMS[system].months
    if len(months) == 4:
        following = [f"{year}-{one:02}-01" for one in months if one > month] or [f"{year + 1}-01-01"]
    else:
        begin = f"{year}-{months[0]:02}-01"
        following = [begin] if first < begin else [f"{year + 1}-{months[0]:02}-01"]
    return day_before(following[0])
