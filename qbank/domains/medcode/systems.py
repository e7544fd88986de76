"""The systems of codes: their names, how their codes are written, how long a release is in force."""

from __future__ import annotations

import datetime
import functools

import msgspec


class System(msgspec.Struct, frozen=True):
    """A system of codes.

    `is_tree` tells whether the first characters of a code name the headers above it, `is_licensed` whether
    somebody owns the texts. `months` are those on whose first day a release may begin, the first of them that
    with which a year of the system begins.
    """

    title: str
    is_tree: bool = False
    is_licensed: bool = False
    months: tuple[int, ...] = (10, 4)


SYSTEMS: dict[str, System] = {
    "cpt": System("CPT", is_licensed=True, months=(1,)),
    "cpt-modifier": System("CPT modifiers", is_licensed=True, months=(1,)),
    "hcpcs": System("HCPCS Level II", months=(1, 4, 7, 10)),
    "hcpcs-modifier": System("HCPCS Level II modifiers", months=(1, 4, 7, 10)),
    "icd10cm": System("ICD-10-CM", is_tree=True),
    "icd10pcs": System("ICD-10-PCS", is_tree=True),
    "msdrg": System("MS-DRG"),
    "ncci-mue": System("NCCI units of service", months=(1, 4, 7, 10)),
    "ncci-ptp": System("NCCI pairs of procedures", months=(1, 4, 7, 10)),
}
"""The systems by name, as items declare them."""

_CATEGORY = 3


def clean(code: str, system: str) -> str:
    """A code as tables hold it: upper case, without the dot after a category; any other dot stays."""
    text = code.strip().upper()
    if system == "icd10cm" and text[_CATEGORY : _CATEGORY + 1] == ".":
        return text[:_CATEGORY] + text[_CATEGORY + 1 :]
    return text


def usual(code: str, system: str) -> str:
    """A cleaned code as people write it: ICD-10-CM with a dot after the category."""
    if system == "icd10cm" and len(code) > _CATEGORY and "." not in code:
        return f"{code[:_CATEGORY]}.{code[_CATEGORY:]}"
    return code


def day_before(day: str) -> str:
    """The ISO day before another one; "" for the first day there is."""
    return _moved(day, -1)


def day_after(day: str) -> str:
    """The ISO day after another one; "" for the last day there is, which tables use for "no end"."""
    return _moved(day, 1)


@functools.lru_cache(maxsize=1024)
def _moved(day: str, days: int) -> str:
    try:
        return (datetime.date.fromisoformat(day) + datetime.timedelta(days=days)).isoformat()
    except OverflowError:
        return ""


def is_day(text: str) -> bool:
    """Whether a text is an ISO day such as 2026-10-01."""
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
