"""Rule code-ambiguous."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import Answer, CodeSet, Status
from qbank.domains.medcode.rules._declared import as_of, declared, dotted, is_coded, plain
from qbank.domains.medcode.rules._shapes import SHAPES
from qbank.domains.medcode.rules._text import mentions_of
from qbank.model.bank import Bank
from qbank.model.item import Item
from qbank.rule import rule

_KNOWN = (Status.BILLABLE, Status.HEADER, Status.RETIRED)


@rule(Severity.ERROR)
def code_ambiguous(bank: Bank, codes: CodeSet) -> Iterator[Finding]:
    """A string is a HCPCS code, and an ICD-10-CM code without its dot, and nothing says which is meant.

    A0100 is typhoid fever and a taxi ride; 270 strings are both. The rule fires on such a string in a text
    when the item declares it under neither system and no word in the text tells (HCPCS, ICD-10-CM, category),
    and on one declared under a system that there is not. It needs data of both systems, and a bank that
    declares codes.

    Declare the code with its system, and write ICD-10-CM codes with their dot.

    Source: the code sets themselves; exam practice.
    """
    on = as_of(bank.info)
    if not on or not is_coded(bank):
        return
    for item in bank.items:
        if item.status == "retired":
            continue
        for one in declared(item):
            meanings = () if one.system in SHAPES else _meanings(codes, one.code, on)
            if meanings:
                yield Finding(one.where, _told(one.code, meanings), one.related, _HINT)
        for mention in mentions_of(item):
            known = mention.system or "." in mention.code or _is_declared(item, mention.code)
            meanings = () if known else _meanings(codes, mention.code, on)
            if meanings:
                yield Finding(item.at(*mention.pointer), _told(mention.code, meanings), hint=_HINT)


_HINT = "Declare the code with its system, and write an ICD-10-CM code with its dot."


def _is_declared(item: Item, code: str) -> bool:
    return any(plain(one.code) == plain(code) for one in item.codes)


def _meanings(codes: CodeSet, code: str, on: str) -> tuple[Answer, ...]:
    """What a string is in either system; () unless it is something in both."""
    both = (codes.lookup(dotted(code), on, "icd10cm"), codes.lookup(plain(code), on, "hcpcs"))
    return both if "." not in code and all(one.status in _KNOWN for one in both) else ()


def _told(code: str, meanings: tuple[Answer, ...]) -> str:
    names = ("ICD-10-CM", "HCPCS")
    parts = [
        f"{name} {one.code}" + (f" ({one.title})" if one.title else "")
        for name, one in zip(names, meanings, strict=True)
    ]
    return f"{code} is both {' and '.join(parts)}, and nothing says which is meant"
