"""Words that templates share: days, editions, and in what two titles differ."""

from __future__ import annotations

import datetime
import re
from difflib import SequenceMatcher

_OCTOBER = 10
_SIDE = re.compile(r"\b(right|left|bilateral)\b", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:other|others|unspecified|nos|nec|elsewhere|classified|and/or|any part|not applicable)\b|[\[\]:;]",
    re.IGNORECASE,
)
_LONGEST_TITLE = 95
_SHORT = 3
_ORDINALS = frozenset({"first", "second", "third"})


def in_words(day: str) -> str:
    """An ISO day as an American reader writes it: November 22, 2026."""
    date = datetime.date.fromisoformat(day)
    return f"{date:%B} {date.day}, {date.year}"


def fiscal_year(day: str) -> int:
    """The fiscal year of a day, which begins on October 1 of the year before."""
    date = datetime.date.fromisoformat(day)
    return date.year + (date.month >= _OCTOBER)


def edition(day: str) -> str:
    """The edition of ICD-10-CM that is in force on a day: FY 2027."""
    return f"FY {fiscal_year(day)}"


def quarter(day: str) -> str:
    """The quarterly release of HCPCS Level II in force on a day: July 2026."""
    date = datetime.date.fromisoformat(day)
    return f"{date.replace(month=(date.month - 1) // 3 * 3 + 1, day=1):%B %Y}"


def sides(title: str) -> list[str]:
    """The words for sides that a title holds, in lower case."""
    return [found.casefold() for found in _SIDE.findall(title)]


def is_clear(title: str) -> bool:
    """Whether a title names one thing, in few words: nothing "other" or "unspecified", no brackets."""
    return 0 < len(title) <= _LONGEST_TITLE and not _OPEN.search(title)


def difference(title: str, other: str) -> tuple[str, str]:
    """The words in which two titles differ, from the first to the last change: (own, the other's)."""
    return _difference(title, other, 0, 0)


def told_difference(title: str, other: str) -> tuple[str, str]:
    """The same as a reader understands it: a number with the word before it, "first" with the word after."""
    both = difference(title, other)
    if any(word in _ORDINALS for word in both):
        return _difference(title, other, 0, 1)
    is_short = any(len(word) <= _SHORT or word.isdecimal() for word in both)
    return _difference(title, other, 1, 0) if is_short else both


def _difference(title: str, other: str, before: int, after: int) -> tuple[str, str]:
    """The words in which two titles differ, with so many words around them."""
    words, others = title.split(), other.split()
    own_bare, other_bare = ([word.casefold().strip(",") for word in part] for part in (words, others))
    steps = SequenceMatcher(None, own_bare, other_bare, autojunk=False).get_opcodes()
    changes = [one for one in steps if one[0] != "equal"]
    if not changes:
        return "", ""
    (_, first, _, start, _), (_, _, last, _, end) = changes[0], changes[-1]
    own = words[max(0, first - before) : last + after]
    return " ".join(own).strip(", "), " ".join(others[max(0, start - before) : end + after]).strip(", ")
