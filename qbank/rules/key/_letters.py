"""Option ids that a rationale names: "Option B is wrong", "The correct answers are A and C"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_ID = r"[*_]{0,2}\(?[*_]{0,2}[A-Za-z][A-Za-z0-9]{0,15}[*_]{0,2}\)?[*_]{0,2}"
_IDS = rf"{_ID}(?:\s*(?:,\s*(?:and\s+|or\s+)?|\s(?:and|or)\s+|&|/)\s*{_ID})*"
_AFTER = (
    r"(?=\s*(?:[.,;:!?)\]–—]|$"
    r"|(?:and|or|because|since|as|is|are|was|were|for|which|does|do|has|would|cannot)\b))"
)
_NOUN = r"(?:answers?|options?|choices?|responses?|alternatives?|distractors?|key)"
_VERDICT = r"(?:correct|right|best|wrong|incorrect|false|true)"
_BECAUSE = r"(?=\s*(?:[.;:!]|$|,(?!\s*(?:but|however|though|although|yet)\b)|because\b|since\b|as\b))"

_NAMED = re.compile(
    rf"\b(?i:{_NOUN})\b\s*:?\s*(?P<noun>{_IDS}){_AFTER}"
    rf"|\b(?i:{_NOUN})\s+(?:is|are|was|were)\s*:?\s+(?P<is>{_IDS}){_AFTER}"
    rf"|(?:^|(?<=[.!?;:])\s+|\b(?i:so|therefore|thus|hence),?\s+)(?:(?i:both|neither|only)\s+)?(?P<start>{_IDS})"
    rf"\s+(?:is|are)\s+(?:(?:the|both|not|also|therefore|thus)\s+)*{_VERDICT}\b"
)
_KEYED = re.compile(
    rf"\b(?:(?i:correct|right|best|keyed)\s+(?i:answer|option|choice|response|key)s?"
    rf"|(?:(?<=[.!?]\s)|^|(?<=\b[Tt]he\s)|(?<=\b[Ss]o\s))(?i:answer|key))"
    rf"\s*(?:(?:is|are|was|were)\b\s*:?|:|=)\s*(?:(?:therefore|thus|clearly)\s+)?"
    rf"(?:(?i:option|answer|choice)s?\s+)?(?P<is>{_IDS}){_AFTER}"
    rf"|(?:^|(?<=[.!?;:])\s+|\b(?i:so|therefore|thus|hence),?\s+)(?:(?i:option|answer|choice)s?\s+)?(?P<start>{_IDS})"
    rf"\s+(?:is|are)\s+(?:(?:the|both|therefore|thus|clearly|only|single|most)\s+)*(?:correct|right|best)"
    rf"(?:\s+(?:answer|option|choice|one|response)s?)?{_BECAUSE}"
)
_SPLIT = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_JOINS = frozenset(["and", "or"])


def named(text: str, ids: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The places where a text names options by their ids: the words, and the ids in them."""
    return _with_ids(_NAMED, text, ids)


def keyed(text: str, ids: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The places where a text says which options are right: the words, and the ids in them."""
    return _with_ids(_KEYED, text, ids)


def _with_ids(
    pattern: re.Pattern[str], text: str, ids: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for found in pattern.finditer(" ".join(text.split())):
        listed = next(group for group in found.groupdict().values() if group)
        words = [word for word in _SPLIT.findall(listed) if word not in _JOINS]
        if words and all(word in ids for word in words):
            said = found[0].strip()
            yield said + ")" * (said.count("(") - said.count(")")), tuple(words)
