"""Rule unknown-item-reference."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity, Where
from qbank.discovery import did_you_mean
from qbank.model.bank import Bank
from qbank.model.index import BankIndex
from qbank.rule import rule


@rule(Severity.ERROR)
def unknown_item_reference(bank: Bank, index: BankIndex) -> Iterator[Finding]:
    """A statistics record is about an item that the bank does not have.

    The numbers then belong to nothing: an item was renamed and counts as never measured, or it was deleted
    while its statistics stayed. Items that were seen but could not be read count as known. (Enemies and
    stimuli that are not there are unknown-enemy and unknown-stimulus; rows of a blueprint are judged when it
    is compiled.)

    Correct the id, or remove the line.

    Source: the bank's own ids.
    """
    for record in bank.statistics:
        if not index.knows_item(record.item):
            yield Finding(
                Where(record.record, ("item",)),
                f"the bank has no item {record.item} that these statistics could be about",
                hint=did_you_mean(record.item, index.items) or "Correct the id, or remove the line.",
            )
