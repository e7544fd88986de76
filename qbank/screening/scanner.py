"""The one pass over a batch that finds the literals of all screens: the only door to ahocorasick_rs."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from qbank.screening.words import EDGE, Field, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_MOST = 4
"""Blanks of a literal that are tried as a line break too."""


class Hits(msgspec.Struct, frozen=True):
    """Where literals were found: number of the literal, first byte and the byte after the last, aligned."""

    literal: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


@functools.lru_cache(maxsize=4)
def scanner(conditions: frozenset[Words]) -> Scanner:
    """The scanner of some conditions; the same one for the same conditions."""
    return Scanner(sorted(conditions, key=repr))


class Scanner:
    """All literals of some conditions, to be found in one pass over each field."""

    def __init__(self, conditions: Iterable[Words]) -> None:
        self._numbers: dict[tuple[bytes, bool, bool], int] = {}
        self._of: dict[Words, list[int]] = {
            one: [self._number(literal) for literal in one.literals] for one in conditions
        }
        self._wanted = {one: _mask(owned, len(self._numbers)) for one, owned in self._of.items()}
        edges = np.array([key[1:] for key in self._numbers], dtype=bool).reshape(-1, 2)
        self._before, self._after = edges[:, 0], edges[:, 1]
        self._sizes = [len(text) for text, _, _ in self._numbers]
        self._lone = {field: self._letters_of(field) for field in Field}
        self._automata: dict[Field, tuple[Any, NDArray[np.int64]]] = {}

    def _number(self, literal: str | bytes) -> int:
        if isinstance(literal, bytes):
            return self._numbers.setdefault((literal, False, False), len(self._numbers))
        before, after = literal.startswith(EDGE), literal.endswith(EDGE)
        text = literal.removeprefix(EDGE).removesuffix(EDGE).casefold().encode()
        return self._numbers.setdefault((text, before, after), len(self._numbers))

    def _is_letter(self, number: int) -> bool:
        """Whether a literal is a letter that stands alone: too common to be looked for like the others."""
        return bool(self._before[number] and self._after[number]) and self._sizes[number] == 1

    def _numbers_of(self, field: Field) -> list[int]:
        """The literals that are looked for in a field."""
        return sorted({one for words, owned in self._of.items() if field in words.fields for one in owned})

    def _letters_of(self, field: Field) -> NDArray[np.int64]:
        """Which literal each byte is as a letter that stands alone, -1 for none; empty without any."""
        texts = [text for text, *_ in self._numbers]
        letters = [number for number in self._numbers_of(field) if self._is_letter(number)]
        found = np.full(256 if letters else 0, -1, dtype=np.int64)
        for number in letters:
            found[texts[number][0]] = number
        return found

    def _automaton(self, field: Field) -> tuple[Any, NDArray[np.int64]]:
        """What finds the literals of a field, and which literal each of its patterns is."""
        numbers = self._numbers_of(field)
        texts = {number: text for (text, _, _), number in self._numbers.items()}
        patterns = [
            (written, number)
            for number in numbers
            if not self._is_letter(number)
            for written in _written(texts[number])
        ]
        owners = np.array([number for _, number in patterns], dtype=np.int64)
        return _automaton([written for written, _ in patterns]), owners

    def wanted(self, condition: Words) -> NDArray[np.bool_]:
        """Which of the literals are the condition's. Raises KeyError for one that was not announced."""
        return self._wanted[condition]

    def place(self, condition: Words) -> NDArray[np.int64]:
        """Of every literal which one of the condition's it is; meaningless for the literals of others."""
        found = np.zeros(len(self._numbers), dtype=np.int64)
        found[self._of[condition]] = np.arange(len(condition.literals))
        return found

    def find(self, field: Field, data: bytes, is_word: NDArray[np.bool_]) -> Hits:
        """The literals in the folded bytes of a field; `is_word` tells of each byte whether it is of a word.

        The first and the last byte are NUL.
        """
        if len(data) <= 1:  # no text
            return Hits(*([np.zeros(0, dtype=np.int64)] * 3))
        if field not in self._automata:
            self._automata[field] = self._automaton(field)
        automaton, owners = self._automata[field]
        found = automaton.find_matches_as_indexes(data, overlapping=True) if automaton else []
        flat = itertools.chain.from_iterable(found)
        table = np.fromiter(flat, dtype=np.int64, count=3 * len(found)).reshape(-1, 3)
        literal, start, end = owners[table[:, 0]], table[:, 1], table[:, 2]
        behind = np.minimum(end, len(data) - 1)
        inside = (self._before[literal] & is_word[start - 1]) | (self._after[literal] & is_word[behind])
        kept = ~inside
        alone, at = self._letters(self._lone[field], data, is_word)
        return Hits(
            np.concatenate([literal[kept], alone]),
            np.concatenate([start[kept], at]),
            np.concatenate([end[kept], at + 1]),
        )

    def _letters(
        self, lone: NDArray[np.int64], data: bytes, is_word: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The letters that stand alone: which literals they are, and where."""
        if not len(lone):
            return lone, lone
        at = np.flatnonzero(is_word[1:-1] & ~is_word[:-2] & ~is_word[2:]) + 1
        literal = lone[np.frombuffer(data, dtype=np.uint8)[at]]
        return literal[literal >= 0], at[literal >= 0]


def _mask(chosen: Sequence[int], size: int) -> NDArray[np.bool_]:
    mask = np.zeros(size, dtype=bool)
    mask[list(chosen)] = True
    return mask


def _written(literal: bytes) -> Sequence[bytes]:
    """A literal with its blanks as blanks and as line breaks."""
    parts = literal.split(b" ")
    if not 1 < len(parts) <= _AT_MOST:
        return (literal,)
    return [
        b"".join(itertools.chain.from_iterable(zip(parts, (*gaps, b""), strict=True)))
        for gaps in itertools.product((b" ", b"\n"), repeat=len(parts) - 1)
    ]


def _automaton(patterns: Sequence[bytes]) -> Any:
    from ahocorasick_rs import BytesAhoCorasick, Implementation

    return BytesAhoCorasick(patterns, implementation=Implementation.DFA) if patterns else None
