"""The alike items of a bank, provided once for all rules of the family."""

from __future__ import annotations

from qbank.model.bank import Bank
from qbank.rule import provides
from qbank.similarity.pairs import SimilarItems


@provides(SimilarItems)
def similar_items(bank: Bank) -> SimilarItems:
    """The alike items of a bank; what a rule does not ask for is never computed."""
    return SimilarItems(bank)
