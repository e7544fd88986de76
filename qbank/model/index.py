"""A bank by id: what rules about links and duplicates look things up in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TypeVar

from qbank.model.as_read import each
from qbank.model.bank import Bank
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus

_Record = TypeVar("_Record", Item, Stimulus)


class BankIndex:
    """Items and stimuli of a bank by id. Of several with one id, the first counts.

    `knows` is the question to ask before something is called missing: it is also true of records
    that were seen but could not be read, and of everything while some file could not be read.
    """

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.stimuli: dict[str, Stimulus] = _by_id(bank.stimuli)
        self.areas: Mapping[str, str] = bank.info.area_titles()

    @cached_property
    def items(self) -> dict[str, Item]:
        """The items by id; made when first asked for, which in most banks nobody does."""
        return _by_id(self.bank.items)

    @cached_property
    def used_stimuli(self) -> frozenset[str]:
        """The ids of the stimuli that items hang on."""
        return frozenset(filter(None, each(self.bank.items, "stimulus")))

    def knows_item(self, id: str) -> bool:
        """Whether an item of that id is, or may be, in the bank."""
        return id in self.items or id in self.bank.unreadable or not self.bank.complete

    def knows_stimulus(self, id: str) -> bool:
        """Whether a stimulus of that id is, or may be, in the bank."""
        return id in self.stimuli or id in self.bank.unreadable or not self.bank.complete


def _by_id(records: Sequence[_Record]) -> dict[str, _Record]:
    """The records by id, in their order; of several with one id the first."""
    found = dict(zip(map(attrgetter("id"), records), records, strict=True))
    if len(found) < len(records):
        for record in reversed(records):
            found[record.id] = record
    return found
