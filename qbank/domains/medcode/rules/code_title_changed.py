"""Rule code-title-changed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import CodeSet, Status
from qbank.domains.medcode.rules._declared import as_of, declared
from qbank.domains.medcode.rules._shapes import SHAPES
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present

_FISCAL = re.compile(r"FY\s?(20\d\d|\d\d)", re.IGNORECASE)
_CALENDAR = re.compile(r"(?:CY\s?)?(20\d\d)", re.IGNORECASE)
_BY_FISCAL_YEAR = frozenset({"icd10cm", "icd10pcs", "msdrg"})
_THERE = (Status.BILLABLE, Status.HEADER)


@rule(Severity.WARNING, screen=present("codes"))
def code_title_changed(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """The title of a declared code was revised between the year of the item and the day of the bank.

    The code stays, its meaning may not: a revised title can make a key incomplete or a distractor right. The
    year of the item is its attribute `code_year` (FY2026, or 2026 for a calendar year), else its latest
    review; without either the rule says nothing. Licensed texts are never shown or compared.

    Read stem, key and rationale against the new title, then set `code_year`.

    Source: ICD-10-CM addenda (revised titles); exam practice.
    """
    on = as_of(bank)
    for one in declared(item) if on else ():
        before = _day(item, one.system)
        if one.wanted == "any" or not before or before >= on or one.system not in SHAPES:
            continue
        old, new = (codes.lookup(one.code, day, one.system) for day in (before, on))
        if one.system.startswith("cpt") or old.status not in _THERE or new.status not in _THERE:
            continue
        if old.title and new.title and _folded(old.title) != _folded(new.title):
            yield Finding(
                one.where,
                f'the title of {one.told} is not what it was on {before}: "{old.title}" became "{new.title}"',
                one.related,
                "Read the item against the new title, then set `code_year`.",
            )


def _day(item: Item, system: str) -> str:
    """The day for which an item was written, "" when nothing tells."""
    year = str(item.attributes.get("code_year", ""))
    if found := _FISCAL.fullmatch(year):
        number = int(found[1]) + (2000 if len(found[1]) == 2 else 0)
        return f"{number - 1}-10-01" if system in _BY_FISCAL_YEAR else f"{number - 1}-12-31"
    if found := _CALENDAR.fullmatch(year):
        return f"{found[1]}-01-01"
    return max((one.date for one in item.review if _is_day(one.date)), default="")


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())
