"""thin-cell."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.rule import rule
from qbank.rules.bank._cells import cells


@rule(Severity.WARNING)
def thin_cell(blueprint: Blueprint, bank: Bank) -> Iterator[Finding]:
    """A content row of the blueprint needs more items than the bank has for it.

    Why: with fewer items than the row's minimum no form can be built; with fewer than the minimum times
    the number of forms, forms must share items. Items count as in empty-cell, which speaks when there
    are none at all.

    What to do: write or release the number of items that the message says are missing.

    Source: van der Linden 2005, Linear Models for Optimal Test Design, chapter 11 (design of item pools).
    """
    for cell in cells(blueprint, bank):
        if 0 < cell.eligible < cell.needed:
            missing = cell.needed - cell.eligible
            yield Finding(
                cell.where,
                f"{cell.name} {cell.wish}, the bank has {cell.eligible} eligible "
                f"item{'s' * (cell.eligible != 1)}: {missing} too few",
                hint="Write or release more items for it, or correct the row.",
            )
