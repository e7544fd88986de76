"""The difference of two texts, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from qbank.comparison.changes import Op, Span

MOST_PAIRS = 250_000
"""Where more pairs of words than these would have to be compared, the middle counts as one change."""


def words(old: str, new: str) -> tuple[Span, ...]:
    """Runs of words: in both texts, only in the old, only in the new. White space does not count."""
    return tuple(Span(op, " ".join(run)) for op, run in _runs(old.split(), new.split()) if run)


def _runs(old: list[str], new: list[str]) -> Iterator[tuple[Op, Sequence[str]]]:
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    yield "same", old[:start]
    if len(before) * len(after) > MOST_PAIRS:
        yield "old", before
        yield "new", after
    else:
        for is_same, one, other in _blocks(before, after):
            if is_same:
                yield "same", one
            else:
                yield "old", one
                yield "new", other
    yield "same", old[len(old) - end :]


def _blocks(old: list[str], new: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
    """Parts of both texts in order: the same words, or words that took each other's place.

    A word or two that happen to be the same amid many others say nothing and belong to the change.
    """
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    last = len(codes) - 1
    one: list[str] = []
    other: list[str] = []
    for number, (tag, i, j, k, m) in enumerate(codes):
        inside = 0 < number < last and j - i <= 2
        chance = inside and _is_large(codes[number - 1]) and _is_large(codes[number + 1])
        if tag == "equal" and not chance:
            if one or other:
                yield False, one, other
            yield True, old[i:j], new[k:m]
            one, other = [], []
        else:
            one, other = one + old[i:j], other + new[k:m]
    if one or other:
        yield False, one, other


def _is_large(code: tuple[str, int, int, int, int]) -> bool:
    _, i, j, k, m = code
    return j - i + m - k > 4


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words from the start on are the same."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count
