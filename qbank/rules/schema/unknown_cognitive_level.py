"""Rule unknown-cognitive-level."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.discovery import did_you_mean
from qbank.model.index import BankIndex
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import undeclared_level


@rule(Severity.ERROR, screen=undeclared_level)
def unknown_cognitive_level(item: Item, index: BankIndex) -> Iterator[Finding]:
    """An item's cognitive level is none of those that the bank declares.

    A blueprint counts items by level; an item with a misspelt level is never chosen. A bank that
    declares no levels is not checked.

    Write the level as declared, or declare it in the bank record.

    Source: the bank's own `cognitive_levels`.
    """
    level, levels = item.cognitive_level, index.bank.info.cognitive_levels
    if level and levels and level not in levels:
        yield Finding(
            item.at("cognitive_level"),
            f"the bank declares no cognitive level {level!r}",
            hint=did_you_mean(level, levels) or "Declare it under cognitive_levels: in the bank record.",
        )
