"""Rule code-table."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.provider import BankTables
from qbank.model.bank import Bank
from qbank.rule import rule


@rule(Severity.ERROR)
def code_table(bank: Bank, tables: BankTables) -> Iterator[Finding]:
    """A table of codes in the bank's folder has a mistake.

    A bank may bring facts about the codes that its items use, in files `codes/*.tsv`. A line with a mistake
    (an unknown system, a day that is none, two lines about one code on one day) is passed over, so that its
    code is unknown. A line that contradicts a code set which you imported is told, too.

    Correct the line, or write the table anew with `qbank codes table`.

    Source: docs/codes.md, tables of a bank.
    """
    del bank
    yield from tables.problems()
