"""What rules may ask for: the code sets of a bank, the tables that it brings along, licensed titles."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from qbank.domains.medcode.codeset import CodeSet
from qbank.domains.medcode.fingerprints import LicensedTitles
from qbank.model.bank import Bank
from qbank.rule import provides

if TYPE_CHECKING:
    from qbank.diagnostics import Finding
    from qbank.domains.medcode.local import Local
    from qbank.domains.medcode.notes import NoteBook
    from qbank.domains.medcode.table import Table


class BankTables:
    """The tables of codes in the folder `codes` of a bank, read when somebody looks at them."""

    def __init__(self, root: str) -> None:
        self._root = root

    @cached_property
    def local(self) -> Local:
        """The tables, their notes, and what is wrong with them."""
        from qbank.domains.medcode.local import read_local

        return read_local(self._root)

    def problems(self) -> tuple[Finding, ...]:
        """What is wrong with them, each with its place: mistakes, then what the store contradicts."""
        if not self.local.tables:
            return self.local.problems
        from qbank.diagnostics import Finding
        from qbank.domains.medcode import store
        from qbank.domains.medcode.bank_table import contradictions
        from qbank.domains.medcode.systems import usual

        wrong = tuple(
            Finding(
                self.local.places[one.system, one.row.code, one.row.valid_from],
                f"{usual(one.row.code, one.system)} is {one.kind} on {one.day}, not {one.row.kind}, "
                f"says the store ({one.source})",
                (),
                "`qbank codes table` writes the tables of a bank anew.",
            )
            for one in contradictions(self.local.tables, store.tables())
        )
        return self.local.problems + wrong


@provides(CodeSet)  # type: ignore[type-abstract]
def code_set(bank: Bank) -> CodeSet:
    """The code sets of a bank: the user's store, then its own tables. Nothing is read before a question."""
    from qbank.domains.medcode.answers import TableCodes

    own = BankTables(bank.root)

    def tables() -> list[Table]:
        from qbank.domains.medcode import store

        return [*store.tables(), *own.local.tables, *store.asked()]

    def notes() -> list[NoteBook]:
        from qbank.domains.medcode import store

        return [*store.note_books(), *own.local.books]

    return TableCodes(tables, notes)


@provides(BankTables)
def bank_tables(bank: Bank) -> BankTables:
    """The tables that a bank brings along."""
    return BankTables(bank.root)


@provides(LicensedTitles)
def licensed_titles(bank: Bank) -> LicensedTitles:
    """The titles of the user's licensed lists, as fingerprints."""
    from qbank.domains.medcode import store

    del bank
    return store.licensed_titles()
