"""A text of an item or stimulus that people read, with its place: what rules about texts look at."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from qbank.diagnostics import Pointer, Where
from qbank.model.item import ItemBase
from qbank.model.stimulus import Stimulus


class Text(msgspec.Struct, frozen=True):
    """One text: whose it is, where it stands there, and what it says."""

    owner: ItemBase | Stimulus
    pointer: Pointer
    text: str

    @property
    def where(self) -> Where:
        """The place of the text."""
        return self.owner.at(*self.pointer)

    def within(self, offset: int) -> Where:
        """The place of a character of the text."""
        return self.where.within(offset)


def texts_of(owner: ItemBase | Stimulus) -> Iterator[Text]:
    """Every text of an item or stimulus, in order."""
    for pointer, text in owner.texts():
        yield Text(owner, pointer, text)
