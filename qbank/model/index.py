"""A bank by id: what rules about links and duplicates look things up in."""

from __future__ import annotations

from collections.abc import Mapping

from qbank.model.bank import Bank
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus


class BankIndex:
    """Items and stimuli of a bank by id. Of several with one id, the first counts.

    `knows` is the question to ask before something is called missing: it is also true of records
    that were seen but could not be read, and of everything while some file could not be read.
    """

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.items: dict[str, Item] = {}
        self.stimuli: dict[str, Stimulus] = {}
        self.item_ids_ignoring_case: dict[str, Item] = {}
        for item in bank.items:
            self.items.setdefault(item.id, item)
            self.item_ids_ignoring_case.setdefault(item.id.casefold(), item)
        for stimulus in bank.stimuli:
            self.stimuli.setdefault(stimulus.id, stimulus)
        self.used_stimuli = frozenset(item.stimulus for item in bank.items if item.stimulus)
        self.areas: Mapping[str, str] = bank.info.area_titles()

    def knows_item(self, id: str) -> bool:
        """Whether an item of that id is, or may be, in the bank."""
        return id in self.items or id in self.bank.unreadable or not self.bank.complete

    def knows_stimulus(self, id: str) -> bool:
        """Whether a stimulus of that id is, or may be, in the bank."""
        return id in self.stimuli or id in self.bank.unreadable or not self.bank.complete
