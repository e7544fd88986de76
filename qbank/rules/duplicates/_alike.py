"""The alike items of a bank, provided once for all rules of the family."""

from __future__ import annotations

from qbank.model.bank import Bank
from qbank.model.earlier import Earlier
from qbank.model.item import Item
from qbank.rule import provides
from qbank.similarity.pairs import SimilarItems


@provides(SimilarItems)
def similar_items(bank: Bank, earlier: Earlier) -> SimilarItems:
    """The alike items of a bank; what a rule does not ask for is never computed."""
    return SimilarItems(bank, earlier)


def is_intended(earlier: Item, later: Item) -> bool:
    """Whether one of the two is retired (and may have been replaced), or they are written enemies."""
    return is_retired(earlier, later) or earlier.id in later.enemies or later.id in earlier.enemies


def is_retired(earlier: Item, later: Item) -> bool:
    """Whether one of the two is retired, or they are one item under one id."""
    return "retired" in (earlier.status, later.status) or earlier.id.casefold() == later.id.casefold()
