"""Rule code-seventh-character."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import CodeSet, Status
from qbank.domains.medcode.rules._declared import as_of, candidates, declared
from qbank.domains.medcode.rules._seventh import fault
from qbank.domains.medcode.rules._shapes import SHAPES
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present


@rule(Severity.ERROR, screen=present("codes"))
def code_seventh_character(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """The seventh character of a declared ICD-10-CM code is missing, not allowed, or in the wrong place.

    A seventh character stands seventh: a shorter code takes the placeholder X in between (W11.XXXA, not
    W11.A). It must be one that the category defines, and a code that is complete takes none. A distractor
    that is wrong in this way on purpose says `expect: absent`. A header of the code set that only lacks its
    seventh character is for code-not-billable; which character fits the encounter, for code-encounter.

    Write the code with its placeholder and with a seventh character of its category.

    Source: ICD-10-CM Official Guidelines, I.A.4 (placeholder) and I.A.5 (7th characters).
    """
    on = as_of(bank)
    for one in declared(item, "icd10cm") if on else ():
        if one.wanted in ("any", "absent") or not SHAPES["icd10cm"].pattern.fullmatch(one.code):
            continue
        if codes.lookup(one.code, on).status is Status.ABSENT and (told := fault(codes, one.code, on)):
            yield Finding(one.where, f"{one.told}: {told}", one.related, candidates(codes, one, on))
