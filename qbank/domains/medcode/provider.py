"""What rules may ask for: the code sets of a bank, and the tables that it brings along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qbank.domains.medcode.codeset import CodeSet
from qbank.model.bank import Bank
from qbank.rule import provides

if TYPE_CHECKING:
    from qbank.diagnostics import Finding
    from qbank.domains.medcode.table import Table


class BankTables:
    """The tables of codes in the folder `codes` of a bank, read when somebody looks at them."""

    def __init__(self, root: str) -> None:
        self._root = root

    def problems(self) -> tuple[Finding, ...]:
        """What is wrong with them, each with file, line and column."""
        from qbank.domains.medcode.local import read_local

        return read_local(self._root).problems


@provides(CodeSet)  # type: ignore[type-abstract]
def code_set(bank: Bank) -> CodeSet:
    """The code sets of a bank; nothing is read before the first question."""
    from qbank.domains.medcode.answers import TableCodes

    def load() -> Iterator[Table]:
        from qbank.domains.medcode.local import read_local

        yield from read_local(bank.root).tables

    return TableCodes(load)


@provides(BankTables)
def bank_tables(bank: Bank) -> BankTables:
    """The tables that a bank brings along."""
    return BankTables(bank.root)
