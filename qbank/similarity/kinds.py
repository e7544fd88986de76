"""What kind of word a token is: that decides between a reworded question and another one.

The lists are English; in another language words count as names or as common by the bank alone.
"""

from __future__ import annotations

import enum
import re
from functools import cache

from qbank.similarity import words


class Kind(enum.Enum):
    """The kinds of words; the value completes "they differ in …"."""

    NEGATION = "a negation"
    NUMBER = "a number"
    CODE = "a code"
    UNIT = "a unit"
    SIDE = "a side"
    CONTRAST = "one of two opposites"
    NAME = "a name or rare word"
    FUNCTION = "a function word"
    WORD = "a common word"


_NUMBER = re.compile(r"-?\d+(?:[.,:/]\d+)*%?|\d+(?:st|nd|rd|th)")
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d_]).+|[^\W\d_]")  # E11.65, J1885, 25x, the K of vitamin K
_LISTED = {
    **dict.fromkeys(words.FUNCTION, Kind.FUNCTION),
    **dict.fromkeys(words.NUMBERS, Kind.NUMBER),
    **dict.fromkeys(words.UNITS, Kind.UNIT),
    **dict.fromkeys(words.SIDES, Kind.SIDE),
    **dict.fromkeys(words.NEGATIONS, Kind.NEGATION),
}
_CONTRASTS: dict[str, frozenset[int]] = {
    word: frozenset(number for number, group in enumerate(words.CONTRASTS) if word in group)
    for line in words.CONTRASTS
    for word in line
}
_ENDINGS = (("sses", "ss", 6), ("ies", "y", 5), ("ing", "", 7), ("ed", "", 6), ("s", "", 4))


@cache
def kind_of(token: str) -> Kind:
    """The kind of a token as far as it tells by itself: WORD stands for every content word."""
    listed = _LISTED.get(token)
    if listed is not None:
        return listed
    if len(token) > 1 and token.isalpha():
        return Kind.WORD
    if _NUMBER.fullmatch(token):
        return Kind.NUMBER
    return Kind.CODE if _CODE.fullmatch(token) else Kind.WORD


def contrasts(token: str) -> frozenset[int]:
    """The groups of opposites (upper and lower, before and after, colours …) that a word is in."""
    return _CONTRASTS.get(token, frozenset())


@cache
def is_common(token: str) -> bool:
    """Whether a content word is everyday language, so that changing it alone is rewording.

    A word that has opposites (largest, first, upper) is not, common as it may be.
    """
    if contrasts(token):
        return False
    if token in words.COMMON or token in words.SYNONYMS:
        return True
    base = canonical(token)
    if base in words.COMMON or base in words.SYNONYMS:
        return True
    return token.endswith("ly") and token not in words.NO_ADVERBS


@cache
def canonical(token: str) -> str:
    """A content word without its ending, and one word for several of the same meaning."""
    if token in words.SYNONYMS:
        return words.SYNONYMS[token]
    base = _without_ending(token)
    return words.SYNONYMS.get(base, base)


def _without_ending(token: str) -> str:
    for ending, instead, least in _ENDINGS if token[-1] in "sgd" else ():
        if len(token) >= least and token.endswith(ending) and not token.endswith(("ss", "us", "is")):
            token = token.removesuffix(ending) + instead
            break
    return token.removesuffix("e") if len(token) > 4 else token


def _marker(phrase: str) -> str:
    """The most telling word of a phrase: where it is not, the phrase is not."""
    parts: list[str] = _PARTS.findall(phrase)
    return max(parts, key=lambda word: (word not in words.HARMLESS and not _is_function(word), len(word)))


def _is_function(word: str) -> bool:
    return kind_of(word) is Kind.FUNCTION


_PARTS = re.compile(r"[^\W_]+")
_MARKERS = frozenset(map(_marker, words.REPHRASED))


def is_of_phrase(token: str) -> bool:
    """Whether a text with this word may hold a phrase of `words.REPHRASED`; each such text has one."""
    return token in _MARKERS or not (token.isalpha() or _MARKERS.isdisjoint(_PARTS.findall(token)))
