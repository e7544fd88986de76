"""Rule code-not-yet-effective."""

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
def code_not_yet_effective(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """A declared code comes into force only after the bank's day.

    What counts is the day of the bank's `as_of`: the service date decides which codes may be reported. It
    happens when an item of next year is put among those of this year. A distractor that is not in force yet
    on purpose says `expect: absent` or `any`.

    Replace the code by one in force, move the bank's `as_of`, or keep the item for the next year.

    Source: the code set itself; 45 CFR 162.1000 (code sets in force on the day of the service).
    """
    on = as_of(bank)
    for one in declared(item) if on else ():
        if one.wanted in ("any", "absent"):
            continue
        answer = codes.lookup(one.code, on, one.system)
        if answer.status is Status.FUTURE:
            first = f": its first day is {answer.valid_from}" if answer.valid_from else ""
            message = f"{one.told} is not in force on {on}{first}"
            yield Finding(one.where, message, one.related, candidates(codes, one, on))
