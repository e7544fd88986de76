"""Rule code-not-billable."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import Answer, CodeSet, Status
from qbank.domains.medcode.rules._declared import as_of, candidates, declared
from qbank.domains.medcode.rules._seventh import allowed
from qbank.domains.medcode.systems import day_before
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present


@rule(Severity.ERROR, screen=present("codes"))
def code_not_billable(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """A code that must be reportable is a header; or one declared a header is reportable.

    A keyed code must be reportable on the day of the bank's `as_of`, unless its declaration says
    `expect: header` or `any`; so must every code that says `expect: billable`. A header has codes below it,
    or takes a seventh character. Codes become headers when a code set is extended, mostly on October 1. The
    reverse is told too: a distractor that counts on being a header, and is none.

    Key the code that is reportable, or declare what is meant with `expect`.

    Source: ICD-10-CM Official Guidelines, I.B.2 (level of detail); 45 CFR 162.1002.
    """
    on = as_of(bank)
    for one in declared(item) if on else ():
        if one.wanted not in ("billable", "header"):
            continue
        answer = codes.lookup(one.code, on, one.system)
        status = answer.status
        if one.wanted == "billable" and status is Status.HEADER:
            yield Finding(
                one.where,
                f"{one.told} is a header on {on}, not reportable{_why(codes, answer, on)}",
                one.related,
                candidates(codes, one, on),
            )
        elif one.wanted == "header" and status is Status.BILLABLE:
            yield Finding(
                one.where,
                f"{one.told} is declared a header, and is reportable on {on}",
                one.related,
                "See whether it is right by now; replace it, or correct `expect`.",
            )


def _why(codes: CodeSet, header: Answer, on: str) -> str:
    """What more there is to say of a header: since when it is one, or that it lacks a seventh character."""
    first = header.valid_from
    if first and codes.lookup(header.code, day_before(first), header.system).status is Status.BILLABLE:
        return f": it was reportable until {day_before(first)}"
    ends = allowed(codes, header.code, on) if header.system == "icd10cm" else ""
    return f": it lacks its seventh character ({', '.join(ends)})" if ends else ""
