"""Rule hcpcs-inactive."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import CodeSet, Status
from qbank.domains.medcode.rules._declared import as_of, candidates, declared
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present


@rule(Severity.ERROR, screen=present("codes"))
def hcpcs_inactive(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """A declared HCPCS Level II code or modifier was terminated before the bank's day.

    HCPCS changes four times a year, and a terminated code stays in the published file with its last day: it
    looks as if it were there. What counts is the day of the bank's `as_of`. An option that is terminated on
    purpose says `expect: absent` or `any`.

    Replace the code by one that is active on that day.

    Source: HCPCS Level II alpha-numeric file, termination date.
    """
    on = as_of(bank)
    for one in declared(item, "hcpcs", "hcpcs-modifier") if on else ():
        if one.wanted in ("any", "absent"):
            continue
        answer = codes.lookup(one.code, on, one.system)
        if answer.status is Status.RETIRED:
            last = f": its last day was {answer.valid_to}" if answer.valid_to else ""
            message = f"{one.told} is terminated on {on}{last}"
            yield Finding(one.where, message, one.related, candidates(codes, one, on))
