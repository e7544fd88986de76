"""Option ids that a rationale names: "Option B is wrong", "The correct answers are A and C"."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

_AFTER = (
    r"(?=\s?(?:[.,;:!?\]–—]|$"
    r"|(?:and|or|because|since|as|is|are|was|were|for|which|does|do|has|would|cannot|lies?)\b))"
)
_NOUN = r"(?i:answers?|options?|choices?|responses?|alternatives?|distractors?|key)\b"
_VERDICT = r"(?:correct|right|best|wrong|incorrect|false|true)"
_BECAUSE = r"(?=\s?(?:[.;:!]|$|,(?!\s?(?:but|however|though|although|yet)\b)|because\b|since\b|as\b))"
_OPENS = r"(?:^|(?<=[.!?;:])\s|\b(?i:so|therefore|thus|hence),?\s)"
_MARKS = re.compile(r"[*_()]+")
_SPLIT = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_JOINS = frozenset(["and", "or"])


class _Patterns(NamedTuple):
    any: re.Pattern[str]
    named: re.Pattern[str]
    keyed: re.Pattern[str]


def named(text: str, ids: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The places where a text names options by their ids: the words, and the ids in them."""
    patterns = _patterns(tuple(ids))
    return _with_ids(patterns.named, text) if patterns.any.search(text) else iter(())


def keyed(text: str, ids: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The places where a text says which options are right: the words, and the ids in them."""
    patterns = _patterns(tuple(ids))
    return _with_ids(patterns.keyed, text) if patterns.any.search(text) else iter(())


@functools.lru_cache(maxsize=64)
def _patterns(ids: tuple[str, ...]) -> _Patterns:
    """The patterns for a set of option ids: nearly all items of a bank share one."""
    id = rf"(?:{'|'.join(map(re.escape, sorted(ids, key=len, reverse=True)))})(?![\w'’-])"
    listed = rf"{id}(?:(?:,\s?(?:and\s|or\s)?|\s(?:and|or)\s|\s?[&/]\s?){id})*"
    return _Patterns(
        re.compile(rf"(?<![\w'’-]){id}"),
        re.compile(
            rf"\b{_NOUN}\s?:?\s?(?P<noun>{listed}){_AFTER}"
            rf"|\b{_NOUN}\s(?:is|are|was|were)\s?:?\s(?P<is>{listed}){_AFTER}"
            rf"|{_OPENS}(?:(?i:both|neither|only)\s)?(?P<start>{listed})"
            rf"\s(?:is|are)\s(?:(?:the|both|not|also|therefore|thus)\s)*{_VERDICT}\b"
        ),
        re.compile(
            r"(?:\b(?i:correct|right|best|keyed)\s(?i:answer|option|choice|response|key)s?"
            r"|(?:(?<=[.!?]\s)|^|(?<=\b[Tt]he\s)|(?<=\b[Ss]o\s))(?i:answer|key))"
            r"\s?(?:(?:is|are|was|were)\b\s?:?|:|=)\s?(?:(?:therefore|thus|clearly)\s)?"
            rf"(?:(?i:option|answer|choice)s?\s)?(?P<is>{listed}){_AFTER}"
            rf"|{_OPENS}(?:(?i:option|answer|choice)s?\s)?(?P<start>{listed})"
            r"\s(?:is|are)\s(?:(?:the|both|therefore|thus|clearly|only|single|most)\s)*(?:correct|right|best)"
            rf"(?:\s(?:answer|option|choice|one|response)s?)?{_BECAUSE}"
        ),
    )


def _with_ids(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for found in pattern.finditer(" ".join(_MARKS.sub(" ", text).split())):
        listed = next(group for group in found.groupdict().values() if group)
        ids = tuple(word for word in _SPLIT.findall(listed) if word not in _JOINS)
        yield found[0].strip(), ids
