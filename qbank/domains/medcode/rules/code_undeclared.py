"""Rule code-undeclared."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import CodeSet, Status
from qbank.domains.medcode.rules._declared import as_of, dotted, is_coded, plain
from qbank.domains.medcode.rules._text import Mention, mentions_of
from qbank.model.bank import Bank
from qbank.model.item import Item
from qbank.rule import rule

_KNOWN = (Status.BILLABLE, Status.HEADER, Status.RETIRED, Status.FUTURE)


@rule(Severity.WARNING)
def code_undeclared(bank: Bank, codes: CodeSet) -> Iterator[Finding]:
    """A text of an item names a code that the item does not declare.

    Only declared codes are checked against the code set, so an undeclared one grows old unseen. Looked at are
    banks that declare codes at all. What counts as a code: ICD-10-CM with its dot (E11.22), categories and
    HCPCS codes beside a word such as "code" or "category", HCPCS codes that the code set knows, numbers
    behind "CPT". A1c, T10, B12, S1 and H1N1 are none, nor are room numbers. References are left alone. A
    header of a declared code counts as declared; modifiers are not looked for.

    Declare the code under `codes`, with its role and what is expected of it.

    Source: exam practice: what changes on October 1 must be found by a program.
    """
    if not is_coded(bank):
        return
    on = as_of(bank.info)
    for item in bank.items:
        if item.status == "retired":
            continue
        told: set[str] = set()
        for one in mentions_of(item):
            if one.code in told or _is_declared(item, one) or not _is_code(codes, one, on):
                continue
            told.add(one.code)
            system = one.system or "hcpcs"
            yield Finding(
                item.at(*one.pointer).within(one.offset),
                f"the text names {one.code}, which `codes` does not declare",
                hint=f"Declare it: {{system: {system}, code: {one.code}, role: …, expect: …}}.",
            )


def _is_declared(item: Item, one: Mention) -> bool:
    """Whether an item declares a code, or one below it."""
    bare = plain(one.code)
    return any(plain(known.code).startswith(bare) for known in item.codes)


def _is_code(codes: CodeSet, one: Mention, on: str) -> bool:
    """Whether a string is surely a code: by its shape, by words beside it, or since the code set knows it."""
    if one.is_sure:
        return one.system != "" or not _is_both(codes, one.code, on)
    if not on or codes.lookup(one.code, on, "hcpcs").status not in _KNOWN:
        return False
    return one.system == "hcpcs" or not _is_both(codes, one.code, on)


def _is_both(codes: CodeSet, code: str, on: str) -> bool:
    """Whether a string may be a code of two systems; code-ambiguous tells of those."""
    return bool(on) and all(
        codes.lookup(text, on, system).status in _KNOWN
        for text, system in ((dotted(code), "icd10cm"), (code, "hcpcs"))
    )
