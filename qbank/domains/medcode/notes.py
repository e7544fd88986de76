"""Instructional notes of an edition, each at the node where it stands, and which of them hold for a code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from qbank.domains.medcode.codeset import Note, NoteKind
from qbank.domains.medcode.systems import clean, usual

_CATEGORY = 3


class NoteBook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The notes that hold on some days (ISO, inclusive).

    `notes` maps a node (a code without its dot, the range of a block, the number of a chapter) to its notes
    in their order, `above` a category to its blocks and its chapter, nearest first.
    """

    system: str
    valid_from: str
    valid_to: str
    source: str = ""
    origin: str = ""
    notes: dict[str, tuple[tuple[NoteKind, str], ...]] = {}
    above: dict[str, tuple[str, ...]] = {}


def notes_of(code: str, on: str, system: str, books: Iterable[NoteBook]) -> list[Note]:
    """The notes that hold for a code: its own, then those of the nodes above it, nearest first.

    Of books that speak of the day each node takes the first that knows it; where none does, the last book
    before it speaks. Seventh characters are those of the nearest node that has some.
    """
    fitting = _fitting([one for one in books if one.system == system], on)
    found: list[Note] = []
    has_seventh = False
    for node in _nodes(clean(code, system), fitting):
        book = next((one for one in fitting if node in one.notes), None)
        if book is None:
            continue
        here = [
            Note(kind, text, usual(node, system), book.valid_from)
            for kind, text in book.notes[node]
            if kind is not NoteKind.SEVENTH_CHARACTER or not has_seventh
        ]
        has_seventh = has_seventh or any(one.kind is NoteKind.SEVENTH_CHARACTER for one in here)
        found += here
    return found


def _fitting(books: list[NoteBook], on: str) -> list[NoteBook]:
    """The books that speak of a day, the latest first; the last one before it when none does."""
    speaking = [one for one in books if one.valid_from <= on <= one.valid_to]
    before = [one for one in books if one.valid_to < on]
    chosen = speaking or [one for one in before if one.valid_to == max(other.valid_to for other in before)]
    return sorted(chosen, key=lambda one: one.valid_from, reverse=True)


def _nodes(code: str, books: list[NoteBook]) -> Iterator[str]:
    """A code and the nodes above it, nearest first."""
    yield from (code[:length] for length in range(len(code), _CATEGORY - 1, -1))
    category = code[:_CATEGORY]
    yield from next((one.above[category] for one in books if category in one.above), ())
