"""Rule stale-reference."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.screening import Field, mentions

_FISCAL = compiled(
    r"\b(?:FY|fiscal\s+year)\s*[’']?(20\d\d|\d\d)(?:\s*[-–/]\s*(20\d\d|\d\d))?(?!\d)", re.IGNORECASE
)
_YEAR = compiled(r"(?<![\w.:/-])(19[5-9]\d|20\d\d)(?![\w]|[.:/-]\d)")
_DATE = compiled(r"\d{4}-\d\d")
_MONTH = compiled(r"\b(?:oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?\s+(?:\d{1,2},\s*)?$", re.IGNORECASE)
# works about a year that stay true of it: laws, rules, periodicals, cases
_OF_ITS_TIME = compiled(
    r"\b(?:act|law|statute|U\.?\s?S\.?\s?C|C\.?F\.?R|fed\.?\s?reg|federal\s+register|regulations?|directive|ordinance"
    r"|(?:final|proposed|interim)\s+rule|assistant|coding\s+clinic|journal|newsletter|quarter|transmittal|bulletin|opinion"
    r"|advisory|article|changes|history|decision|et\s+al|doi|https?)\b",
    re.IGNORECASE,
)
ANNUAL = (
    "code set",
    "code book",
    "codebook",
    "ICD-10-CM",
    "ICD-10-PCS",
    "HCPCS",
    "CPT",
    "NCCI",
    "MS-DRG",
    "fee schedule",
)
"""Works that have a new edition each year."""
_OCTOBER = 10
_NEAR = 24


@rule(Severity.WARNING, screen=mentions("|fy", "fiscal", *ANNUAL, fields=Field.REFERENCES))
def stale_reference(
    item: Item,
    bank: BankRecord,
    *,
    annual: tuple[str, ...] = ANNUAL,
) -> Iterator[Finding]:
    """A reference names an edition that is older than the year for which the bank is written.

    A key that rests on last year's code set or guideline may no longer be right. What counts as a yearly
    work: whatever states a fiscal year (FY 2026; from October on the next one holds), and the works that the
    option `annual` names. The bank's year is that of its `as_of`; without one the rule says nothing. Years
    of laws, rules and periodicals, years in a number, and retired items are left alone.

    Check the key against the current edition, and name that one.

    Source: exam practice: an exam states the editions it is based on.
    """
    if not item.references or item.status == "retired" or not _DATE.match(bank.as_of):
        return
    year, month = int(bank.as_of[:4]), int(bank.as_of[5:7])
    fiscal = year + (month >= _OCTOBER)
    for number, text in enumerate(item.references):
        named = _older(text, year, fiscal, tuple(map(str.casefold, annual)))
        if named:
            yield Finding(
                item.at("references", number),
                f"the edition {named} is older than the bank, which is as of {bank.as_of}",
                hint="Check the key against the current edition, and name that one.",
            )


def _older(text: str, year: int, fiscal: int, annual: tuple[str, ...]) -> str:
    """The edition that a reference names, when a newer one holds; "" otherwise."""
    if _OF_ITS_TIME.search(text):
        return ""
    stated = [(found[0], _full(found[2] or found[1])) for found in _FISCAL.finditer(text)]
    if stated:
        return stated[0][0] if max(one for _, one in stated) < fiscal else ""
    folded = text.casefold()
    if not any(work in folded for work in annual):
        return ""
    editions = []
    for found in _YEAR.finditer(text):
        late = (
            _MONTH.search(text[max(0, found.start() - _NEAR) : found.start()]) is not None
        )  # in force until the next October
        editions.append((found[0], int(found[1]) + late >= (fiscal if late else year)))
    return "" if not editions or any(current for _, current in editions) else editions[-1][0]


def _full(year: str) -> int:
    return int(year) if len(year) > 2 else 2000 + int(year)
