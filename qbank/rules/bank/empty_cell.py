"""empty-cell."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.rule import rule
from qbank.rules.bank._cells import cells


@rule(Severity.ERROR)
def empty_cell(blueprint: Blueprint, bank: Bank) -> Iterator[Finding]:
    """A content row of the blueprint needs items and the bank has none for it.

    Why: no form can be built. Items count when the blueprint's `eligible` lets them in, they meet the
    row's `where`, and their status lets them fill its role. The rule is silent while some item or file
    could not be read, and about rows that name an unknown field.

    What to do: write items for it, release some (status), or correct the row.

    Source: van der Linden 2005, Linear Models for Optimal Test Design, chapter 11 (design of item pools).
    """
    for cell in cells(blueprint, bank):
        if cell.eligible == 0:
            yield Finding(
                cell.where,
                f"{cell.name} {cell.wish}, the bank has no eligible item for it",
                hint="Write or release items for it, or correct the row.",
            )
