"""Every text of a bank that people read, with its place."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Pointer, Where
from qbank.model.bank import Bank
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus


def texts(bank: Bank) -> Iterator[tuple[Where, str]]:
    """The texts of all items, then of all stimuli."""
    for owner, pointer, text in owned_texts(bank):
        yield owner.at(*pointer), text


def owned_texts(bank: Bank) -> Iterator[tuple[Item | Stimulus, Pointer, str]]:
    """The same texts, each with its owner and path: the place is made when there is a finding."""
    for item in bank.items:
        for pointer, text in item.texts():
            yield item, pointer, text
    for stimulus in bank.stimuli:
        yield stimulus, ("title",), stimulus.title
        yield stimulus, ("text",), stimulus.text
        for number, media in enumerate(stimulus.media):
            yield stimulus, ("media", number, "alt"), media.alt


def named(characters: set[str]) -> str:
    """Characters in words, sorted: U+200B zero width space."""
    import unicodedata

    return ", ".join(
        f"U+{ord(one):04X} {unicodedata.name(one, 'control character').lower()}" for one in sorted(characters)
    )
