"""Screens on the options of an item among themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from qbank.screening.holds import DIGIT, ODD

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

    Test = Callable[[Batch], Iterable[int]]


def option_count(least: int, most: int | None = None) -> Test:
    """Items of so many options."""
    return lambda batch: batch.choices.with_options(least, most)


def all_numeric(least: int, heads: frozenset[str], longest: int) -> Test:
    """Items of at least so many options that all hold a digit and may be numbers.

    A number may stand behind words that begin with one of some pairs of letters.
    """

    def test(batch: Batch) -> Iterable[int]:
        choices = batch.choices
        return choices.all_of(choices.having(DIGIT | ODD) & choices.numeric(heads, longest), least)

    return test


def longest_exceeds(ratio: float, least: int) -> Test:
    """Items of at least so many options whose longest one exceeds the median that many times."""
    return lambda batch: batch.choices.longest_exceeds(ratio, least)


def key_exceeds(ratio: float) -> Test:
    """Items whose key is at least that many times as long as the longest distractor."""
    return lambda batch: batch.choices.key_exceeds(ratio)


def options_alike(batch: Batch) -> Iterable[int]:
    """Items two of whose options are equal but for case, white space and compatible characters."""
    return batch.choices.alike


def contained_options(batch: Batch) -> Iterable[int]:
    """Items one of whose options may be another one without digits and signs, and something behind it."""
    return batch.choices.contained


def one_head(batch: Batch) -> Iterable[int]:
    """Items all of whose three or more options may begin with the same three words."""
    return batch.choices.one_head


def key_stands_out(batch: Batch) -> Iterable[int]:
    """Items of three or more options whose key may be written otherwise than two distractors."""
    return batch.choices.key_stands_out


def unusually_keyed(batch: Batch) -> Iterable[int]:
    """All items but those of multiple choice and response whose keys are among their options, each once."""
    return batch.choices.unusually_keyed


def echoing_key(letters: int, longest: int, blanks: int, counts: Callable[[str], bool]) -> Test:
    """Items a word of whose key, one that counts, begins like something in the stem, or at its end."""

    @lru_cache(maxsize=2**16)
    def judge(word: bytes) -> bool:
        return counts(word.decode())

    return lambda batch: batch.echoing(letters, longest, blanks, judge)
