"""unknown-stimulus."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.discovery import did_you_mean
from qbank.model.index import BankIndex
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present


@rule(Severity.ERROR, screen=present("stimulus"))
def unknown_stimulus(item: Item, index: BankIndex) -> Iterator[Finding]:
    """An item hangs on a stimulus that the bank does not have.

    Why: the item cannot be answered without its case, passage or figure, and it cannot be assembled
    into an item set. A stimulus that was seen but could not be read counts as known.

    What to do: correct the id, or add the stimulus.

    Source: QTI 3.0, assessment stimulus references; exam practice.
    """
    if item.stimulus and not index.knows_stimulus(item.stimulus):
        yield Finding(
            item.at("stimulus"),
            f"the bank has no stimulus {item.stimulus}",
            hint=did_you_mean(item.stimulus, index.stimuli) or "Add the stimulus, or correct the id.",
        )
