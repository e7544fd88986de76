"""Rule code-manifestation-first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import CodeSet
from qbank.domains.medcode.rules._declared import Declared, answers, as_of
from qbank.domains.medcode.rules._order import strings
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present

_NEVER_FIRST = re.compile(r"(?<!not )\b(?:diseases?|conditions?)?\s*classified elsewhere\b", re.IGNORECASE)
_ASKS_FIRST = re.compile(
    r"\b(?:which|what)\s+(?:icd-10-cm\s+)?(?:code|diagnosis)?\s*(?:is|should\s+be|would\s+be|goes|stands|comes)\s+"
    r"(?:sequenced|listed|reported|coded|the)?\s*(?:first(?:-listed)?\b|principal\s+diagnosis)"
    r"|\bwhich\s+(?:icd-10-cm\s+)?code\s+is\s+the\s+principal",
    re.IGNORECASE,
)


@rule(Severity.ERROR, screen=present("codes"))
def code_manifestation_first(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """A keyed answer begins with a code that can never stand first.

    The titles of such codes say "in diseases classified elsewhere": they name a manifestation, or the germ
    behind a disease, and the code of the disease goes before them. Looked at are keys that are a string of
    ICD-10-CM codes, ordering items, and single keys where the stem asks which code comes first.

    Put the code of the underlying disease first.

    Source: ICD-10-CM Official Guidelines, I.A.13.
    """
    on = as_of(bank)
    for one in _firsts(item) if item.codes and on else ():
        title = codes.lookup(one.code, on).title
        if _NEVER_FIRST.search(title):
            yield Finding(
                one.where,
                f'{one.told} stands first, and its title says "classified elsewhere"',
                one.related,
                "Put the code of the underlying disease before it.",
            )


def _firsts(item: Item) -> Iterator[Declared]:
    found = list(strings(item))
    if not found and _ASKS_FIRST.search(item.stem):
        found = [keyed for keyed in answers(item, "icd10cm") if len(keyed) == 1]
    for keyed in found:
        yield keyed[0]
