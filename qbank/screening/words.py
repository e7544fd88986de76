"""Literal words as a condition without which a rule cannot fire."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

EDGE = "|"
"""Before or after a literal: the edge of a word."""


class Field(enum.IntEnum):
    """The fields of an item that hold text, in the order of the columns of a batch."""

    STEM = 0
    OPTIONS = 1
    PROMPTS = 2
    RATIONALE = 3
    REFERENCES = 4


class Words(msgspec.Struct, frozen=True):
    """The condition that one of some literals stands in one of some fields of an item.

    Case does not count, and a blank stands for a tab or a line break too. `|` at an end of a literal is the
    edge of a word. A literal of bytes is a part of a character in UTF-8. With `every`, each option must hold
    one of them; `least` is the number of texts that must. With `tail` a literal counts among the last so many
    characters of a text only.
    """

    literals: tuple[str | bytes, ...]
    fields: tuple[Field, ...] = tuple(Field)
    every: bool = False
    least: int = 1
    tail: int = 0

    def __call__(self, batch: Batch) -> Iterable[int]:
        """The numbers of the items that hold one of the literals."""
        return batch.holding(self)


class Screen(msgspec.Struct, frozen=True):
    """A condition that is a function of a batch and asks for words: `words` lists them beforehand."""

    test: Callable[[Any], Iterable[int]]
    words: tuple[Words, ...]

    def __call__(self, batch: Batch) -> Iterable[int]:
        """The numbers of the items to look at."""
        return self.test(batch)


def mentions(
    *literals: str | bytes,
    fields: Field | tuple[Field, ...] = tuple(Field),
    every: bool = False,
    least: int = 1,
    tail: int = 0,
) -> Words:
    """The condition that one of the literals stands in one of the fields."""
    return Words(literals, (fields,) if isinstance(fields, Field) else fields, every, least, tail)


def whole(literals: Iterable[str]) -> tuple[str, ...]:
    """Literals that must be whole words."""
    return tuple(f"{EDGE}{one}{EDGE}" for one in literals)
