"""Every text of a bank that people read, with its place."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Where
from qbank.model.bank import Bank


def texts(bank: Bank) -> Iterator[tuple[Where, str]]:
    """The texts of all items, then of all stimuli."""
    for item in bank.items:
        for pointer, text in item.texts():
            yield item.at(*pointer), text
    for stimulus in bank.stimuli:
        yield stimulus.at("title"), stimulus.title
        yield stimulus.at("text"), stimulus.text
        for number, media in enumerate(stimulus.media):
            yield stimulus.at("media", number, "alt"), media.alt


def named(characters: set[str]) -> str:
    """Characters in words, sorted: U+200B zero width space."""
    import unicodedata

    return ", ".join(
        f"U+{ord(one):04X} {unicodedata.name(one, 'control character').lower()}" for one in sorted(characters)
    )
