"""Long passages that stand word for word in several texts, found by hashes of every run of words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity.kinds import Kind, kind_of
from qbank.similarity.rows import Rows, encoded
from qbank.similarity.shingles import longest_run, same_windows

if TYPE_CHECKING:
    from qbank.similarity.rows import Ints

LONG = 1000
"""Texts of so many words are compared by hashes."""

LEAST_PLAIN_WORDS = 0.6
"""The share of words without digits and signs from which on a run of words is prose."""


class Passage(NamedTuple):
    """The longest run of words that two texts have in common, by the numbers of the texts."""

    first: int
    later: int
    words: tuple[str, ...]


def shared_passages(texts: Sequence[Sequence[str]], least: int) -> Iterator[Passage]:
    """For texts with a run of at least `least` words of an earlier one: the first such text, and the run.

    A run that stands in a thousand texts makes a thousand passages, not half a million.
    """
    return passages(texts.__getitem__, encoded(texts), least)


def passages(text: Callable[[int], Sequence[str]], rows: Rows, least: int) -> Iterator[Passage]:
    """The same for texts of which the words are known as numbers, in `rows`."""
    for first, later in sorted(same_windows(rows, least)):
        words = longest_passage(text(first), text(later), row(rows, first), row(rows, later), least)
        if words:
            yield Passage(first, later, words)


def longest_passage(
    one: Sequence[str], other: Sequence[str], codes: Ints, others: Ints, least: int
) -> tuple[str, ...]:
    """The longest run of words (and their numbers) of two texts; () where it is short or no prose."""
    words = _longest(one, other, codes, others)
    return words if len(words) >= least and is_prose(words) else ()


def is_prose(words: Sequence[str]) -> bool:
    """Whether words make sentences: a list of laboratory values is half numbers, units and signs."""
    plain = sum(word.isalpha() and kind_of(word) is not Kind.UNIT for word in words)
    return plain >= LEAST_PLAIN_WORDS * len(words)


def _longest(one: Sequence[str], other: Sequence[str], codes: Ints, others: Ints) -> tuple[str, ...]:
    """The longest run that two texts share, the earliest in the one; of long texts by hashes.

    To compare two texts place by place takes the square of how often their commonest word stands there.
    """
    if min(len(one), len(other)) >= LONG:
        start, size = longest_run(codes, others)
        return tuple(one[start : start + size])
    found = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return tuple(one[found.a : found.a + found.size])


def row(rows: Rows, place: int) -> Ints:
    """One of the rows."""
    return rows.values[rows.starts[place] : rows.starts[place + 1]]
