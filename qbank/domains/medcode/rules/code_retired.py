"""Rule code-retired."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import CodeSet, Status
from qbank.domains.medcode.rules._declared import as_of, candidates, declared
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present

_BY_ANOTHER = frozenset({"hcpcs", "hcpcs-modifier"})


@rule(Severity.ERROR, screen=present("codes"))
def code_retired(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """A declared code was taken out of its code set before the bank's day.

    What counts is the day of the bank's `as_of`. Keys, distractors and codes in the stem are judged alike: a
    candidate who knows the current code set strikes out a retired option. One that is retired on purpose
    says `expect: absent` or `any`. HCPCS codes are for hcpcs-inactive, codes that became headers for
    code-not-billable.

    Replace the code by a current one; the candidates that are named are neighbours, not a proven successor.

    Source: the code set itself; exam practice: keys go stale on October 1.
    """
    on = as_of(bank)
    for one in declared(item) if on else ():
        if one.wanted in ("any", "absent") or one.system in _BY_ANOTHER:
            continue
        answer = codes.lookup(one.code, on, one.system)
        if answer.status is Status.RETIRED:
            last = f": its last day was {answer.valid_to}" if answer.valid_to else ""
            message = f"{one.told} is retired on {on}{last}"
            yield Finding(one.where, message, one.related, candidates(codes, one, on))
