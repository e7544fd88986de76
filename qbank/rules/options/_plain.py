"""Option texts as they are compared with each other: no emphasis, no full stop, no case; their words."""

from __future__ import annotations

import re
from functools import lru_cache

from qbank.rules.options._above import about_others

_ABOUT_OTHERS = about_others("all|both|each|every one|none|neither|not any|no one|any|some|two|three")
OPENINGS = frozenset({"al", "bo", "ea", "ev", "no", "ne", "an", "so", "tw", "th"})
"""How such a claim begins, in lower case."""
_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """A text without emphasis marks and full stop, in lower case, with single spaces."""
    return " ".join(text.strip().strip("*_`").rstrip(".").casefold().split())


@lru_cache(maxsize=256)
def words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case: letters and digits, with what joins them."""
    return tuple(_WORD.findall(text.casefold()))


def is_about_others(text: str) -> bool:
    """Whether an option is nothing but a claim about the others: all of the above, none of these."""
    return (
        len(text) <= 60
        and text.lstrip(" *_")[:2].casefold() in OPENINGS
        and _ABOUT_OTHERS.fullmatch(text.strip()) is not None
    )
