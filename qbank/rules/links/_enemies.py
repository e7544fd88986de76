"""What the rules about enemies share: items and stimuli that name enemies."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from qbank.model.as_read import holding
from qbank.model.bank import Bank
from qbank.model.index import BankIndex
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus

_ENEMIES = attrgetter("enemies")


def with_enemies(bank: Bank) -> Iterator[Item | Stimulus]:
    """The items and stimuli that name enemies, in order."""
    yield from holding(bank.items, "enemies")
    yield from filter(_ENEMIES, bank.stimuli)


def named(id: str, index: BankIndex) -> Item | Stimulus | None:
    """The item or stimulus of an id; an item comes first."""
    return index.items.get(id) or index.stimuli.get(id)
