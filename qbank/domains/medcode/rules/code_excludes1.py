"""Rule code-excludes1."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from qbank.diagnostics import Finding, Related, Severity
from qbank.domains.medcode.codeset import CodeSet, Note, NoteKind, Status
from qbank.domains.medcode.rules._declared import MOST_TOGETHER, answers, as_of
from qbank.domains.medcode.rules._references import edition, names
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present


@rule(Severity.WARNING, screen=present("codes"))
def code_excludes1(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """Two codes that are keyed together exclude each other by an Excludes1 note.

    Looked at are the reportable ICD-10-CM codes of one keyed answer: of the keyed option, of all keyed
    options where several are chosen. Notes of the headers above a code, its block and its chapter hold for it
    too. It is a warning, since two conditions that have nothing to do with each other may be reported
    together all the same; the rationale should then say so.

    Key one of the two, or say in the stem that the conditions are unrelated.

    Source: ICD-10-CM Official Guidelines, I.A.12.a.
    """
    on = as_of(bank)
    for keyed in answers(item, "icd10cm") if on else ():
        together = keyed if len(keyed) > 1 else ()
        reportable = [one for one in together if codes.lookup(one.code, on).status is Status.BILLABLE]
        for first, second in combinations(reportable[:MOST_TOGETHER], 2):
            note = _between(codes, first.code, second.code, on)
            if note is not None:
                yield Finding(
                    first.where,
                    f"{first.told} and {second.told} exclude each other: "
                    f"Excludes1 note at {note.at}{edition(note, on)}, {note.text}",
                    (Related(second.where, second.code),),
                    "Key one of the two, or say in the stem that the conditions are unrelated.",
                )


def _between(codes: CodeSet, one: str, other: str, on: str) -> Note | None:
    return names(codes, one, NoteKind.EXCLUDES1, other, on) or names(
        codes, other, NoteKind.EXCLUDES1, one, on
    )
