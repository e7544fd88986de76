"""Rule code-unknown."""

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

_THERE = (Status.BILLABLE, Status.HEADER)


@rule(Severity.ERROR, screen=present("codes"))
def code_unknown(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """A declared code is not in the code set of the bank's day; or one declared absent is.

    What counts is the day of the bank's `as_of`. A distractor that is invented on purpose says
    `expect: absent`; when such a code comes into being, it is no longer surely wrong, and that is told too.
    Only complete data makes a code absent: where the data does not hold the whole system, codes-not-checked
    counts what it cannot tell. A wrong seventh character is for code-seventh-character.

    Correct the code, or declare what is meant with `expect`.

    Source: the code set itself; exam practice: a key that is no code cannot be right.
    """
    on = as_of(bank)
    for one in declared(item) if on else ():
        if one.wanted == "any" or not _is_shaped(one.system, one.code):
            continue
        answer = codes.lookup(one.code, on, one.system)
        name = SHAPES[one.system].name
        if one.wanted != "absent" and answer.status is Status.ABSENT:
            if one.system != "icd10cm" or not fault(codes, one.code, on):
                hint = candidates(codes, one, on)
                yield Finding(one.where, f"{one.told} is no code of {name} on {on}", one.related, hint)
        elif one.wanted == "absent" and answer.status in _THERE:
            title = f": {answer.title}" if answer.title else ""
            yield Finding(
                one.where,
                f"{one.told} is declared absent, and is a {_word(answer.status)} of {name} on {on}{title}",
                one.related,
                "See whether it is right by now; replace it, or correct `expect`.",
            )


def _word(status: Status) -> str:
    return "header" if status is Status.HEADER else "reportable code"


def _is_shaped(system: str, code: str) -> bool:
    return system in SHAPES and SHAPES[system].pattern.fullmatch(code) is not None
