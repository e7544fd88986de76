"""Points of an answer, from the definition of the native files alone, with exact numbers.

Written from the documentation and importing only items, so that it judges the page's own scoring.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TypeVar

from qbank.model.item import (
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    Ordering,
    ShortAnswer,
    TrueFalse,
)

T = TypeVar("T")
Answer = list[str] | str


def score(item: Item, answer: Answer) -> float:
    """The points that an answer gets. An essay gets none: people judge it."""
    return float(Fraction(Decimal(repr(item.points))) * _share(item, answer))


def _share(item: Item, answer: Answer) -> Fraction:
    if isinstance(item, TrueFalse):
        return _counted(item, {"true" if item.key else "false"}, set(answer))
    if isinstance(item, MultipleChoice | MultipleResponse):
        return _counted(item, set(item.key_ids), set(answer))
    if isinstance(item, Matching):
        key = {(prompt, option) for prompt, option in (item.key or {}).items()}
        return _counted(item, key, {pair for pair in zip(item.prompts, answer, strict=True) if pair[1]})
    if isinstance(item, Ordering):
        return Fraction(tuple(answer) == item.key)
    if isinstance(item, Numeric):
        return Fraction(_is_near(item, str(answer)))
    if isinstance(item, ShortAnswer):
        return Fraction(any(_same(item, text, str(answer)) for text in item.key or ()))
    return Fraction(0)


def _counted(item: Item, key: set[T], given: set[T]) -> Fraction:
    hits, false = len(key & given), len(given - key)
    scoring = item.scoring
    if scoring.method == "all_or_nothing":
        return Fraction(hits == len(key) and not false)
    penalty, minimum = (Fraction(Decimal(repr(one))) for one in (scoring.penalty, scoring.minimum))
    return max(minimum, (hits - penalty * false) / len(key))


def _is_near(item: Numeric, text: str) -> bool:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return False
    key = item.key
    assert key is not None
    if key.value is not None:
        return abs(number - Decimal(repr(key.value))) <= Decimal(repr(key.tolerance))
    low, high = key.minimum, key.maximum
    return (low is None or number >= Decimal(repr(low))) and (high is None or number <= Decimal(repr(high)))


def _same(item: ShortAnswer, accepted: str, text: str) -> bool:
    left, right = (" ".join(one.split()) for one in (accepted, text))
    return left == right if item.case_sensitive else left.lower() == right.lower()
