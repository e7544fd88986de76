"""unknown-enemy."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.discovery import did_you_mean
from qbank.model.bank import Bank
from qbank.model.index import BankIndex
from qbank.rule import rule
from qbank.rules.links._enemies import with_enemies


@rule(Severity.ERROR)
def unknown_enemy(bank: Bank, index: BankIndex) -> Iterator[Finding]:
    """An enemy is named that is neither an item nor a stimulus of the bank.

    Why: only what is written counts, so a misspelt enemy is no enemy: the two items that must not meet
    can stand in one form, one giving away the other. Records that were seen but could not be read count
    as known.

    What to do: correct the id, or take it out when the item is gone for good.

    Source: van der Linden 2005, Linear Models for Optimal Test Design, section 3.2 (enemy items).
    """
    for record in with_enemies(bank):
        for number, id in enumerate(record.enemies):
            if not index.knows_item(id) and not index.knows_stimulus(id):
                yield Finding(
                    record.at("enemies", number),
                    f"the bank has no item {id} to be an enemy of {record.id}",
                    hint=did_you_mean(id, {**index.items, **index.stimuli}, but=record.id)
                    or "Correct the id, or take it out.",
                )
