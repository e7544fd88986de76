"""orphan-stimulus."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank
from qbank.model.index import BankIndex
from qbank.rule import rule


@rule(Severity.WARNING)
def orphan_stimulus(bank: Bank, index: BankIndex) -> Iterator[Finding]:
    """No item hangs on a stimulus.

    Why: either an item has lost its link to it, or a text is kept and reviewed that nobody will ever
    see. The rule is silent while some item or file could not be read, for that may be the one that
    uses it.

    What to do: set `stimulus` in its items, or remove the stimulus.

    Source: exam practice (item sets are kept whole).
    """
    if not bank.complete or bank.unreadable:
        return
    for stimulus in bank.stimuli:
        if stimulus.id not in index.used_stimuli:
            yield Finding(
                stimulus.at("id"),
                f"no item hangs on the stimulus {stimulus.id}",
                hint="Name it as `stimulus` in its items, or remove it.",
            )
