"""Rule code-sequence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from qbank.diagnostics import Finding, Related, Severity
from qbank.domains.medcode.codeset import CodeSet, Note, NoteKind
from qbank.domains.medcode.rules._declared import MOST_TOGETHER, as_of
from qbank.domains.medcode.rules._order import strings
from qbank.domains.medcode.rules._references import edition, names
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present

_TOLD = {NoteKind.CODE_FIRST: "code first", NoteKind.USE_ADDITIONAL: "use additional code"}


@rule(Severity.WARNING, screen=present("codes"))
def code_sequence(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """The keyed order of codes breaks a code-first or use-additional note.

    Looked at are keys that are a string of ICD-10-CM codes ("E11.22, N18.31"), and ordering items. A note
    "code first" at a code puts the codes that it names before it; "use additional code" puts them after it.
    Notes of the headers above hold too, and conditions such as "fifth or sixth character 5" are read. Where
    two notes contradict each other, or the stem says that any order will do, nothing is said.

    Put the codes in the order of the note.

    Source: ICD-10-CM Official Guidelines, I.A.13 and I.B.7.
    """
    on = as_of(bank)
    for keyed in strings(item) if item.codes and on else ():
        for early, late in combinations(keyed[:MOST_TOGETHER], 2):
            note = _broken(codes, early.code, late.code, on)
            if note is not None and _broken(codes, late.code, early.code, on) is None:
                yield Finding(
                    early.where,
                    f"{early.told} stands before {late.code}, against the note "
                    f'"{_TOLD[note.kind]}" at {note.at}{edition(note, on)}',
                    (Related(late.where, late.code), *early.related),
                    f"Write {late.code}, {early.code}.",
                )


def _broken(codes: CodeSet, early: str, late: str, on: str) -> Note | None:
    """The note that puts the later of two codes before the earlier one."""
    return names(codes, early, NoteKind.CODE_FIRST, late, on) or names(
        codes, late, NoteKind.USE_ADDITIONAL, early, on
    )
