"""What a rationale says of an option without naming its letter: "Incorrect. …", "The answer is the tibia"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from qbank.rules._patterns import compiled
from qbank.rules.key._letters import supposed
from qbank.rules.options._same import same

PLAIN = " .()*_\"'“”"
"""What does not count at the ends of an option's text."""
_NOUN = r"(?:option|answer|choice|response)"
_ONE = rf"(?:{_NOUN}|one|solution)"
_SURE = r"(?:(?:therefore|thus|hence|then|clearly|also|indeed)\s+)*"
_BAD = r"(?:incorrect|wrong|inaccurate|untrue|not\s+(?:the\s+)?(?:correct|right|best|true|accurate))"
_GOOD = r"(?:correct|right)"
_SUBJECT = rf"(?:(?:this|that|it|the(?=\s+{_NOUN}))(?:\s+{_ONE})?\s+is\s+{_SURE}(?:an?\s+|the\s+)?)?"
_END = r"(?=[\s*_]*(?:[.!;–—()\]]|-\s|$|(?:because|since)\b))"
_CROSSES, _TICKS = "✗✘❌✖", "✓✔✅"
_RIGHT = compiled(rf"\W*{_SUBJECT}{_GOOD}(?:\s+{_ONE})?(?:{_END}|(?=\s*:))", re.IGNORECASE)
_WRONG = compiled(
    rf"\W*{_SUBJECT}(?:an?\s+|the\s+)?(?:{_BAD}|false|distractor)(?:\s+{_ONE})?(?:{_END}|(?=\s*[:,]))",
    re.IGNORECASE,
)
_NO = compiled(r"\W*no[.!:,](?=\s+\D)", re.IGNORECASE)
_IS_RIGHT = compiled(
    rf"\s+(?:alone\s+)?(?:is|are)\s+(?:the\s+)?(?:correct|right)(?:\s+{_ONE})?{_END}", re.IGNORECASE
)
_IS_WRONG = compiled(rf"\s+(?:is|are)\s+(?:an?\s+|the\s+)?{_BAD}(?:\s+{_ONE})?{_END}", re.IGNORECASE)
_CONCLUDES = compiled(
    rf"(?:this|that)\s+(?:{_NOUN}\s+is\s+{_SURE}(?:(?:an?|the)\s+)?(?:(?P<wrong>{_BAD})|{_GOOD})(?:\s+{_ONE})?"
    rf"|is\s+{_SURE}(?:(?:an?|the)\s+)?(?:(?P<wrong2>{_BAD})|{_GOOD})\s+{_NOUN})\W*$"
    rf"|(?:which|this)\s+(?:makes|renders)\s+(?:it|this(?:\s+{_NOUN})?)\s+(?:the\s+)?"
    rf"(?:(?P<wrong3>{_BAD})|{_GOOD})(?:\s+{_ONE})?\W*$",
    re.IGNORECASE,
)
_ASKS_YES = compiled(r"\b(?:which|what|who|whom|whose|how|where|when|why)\b", re.IGNORECASE)
_YES = compiled(r"\W*(?:yes|no)\b", re.IGNORECASE)
_YET = compiled(
    r"\b(?:but|however|although|though|yet|except|unless|only\s+(?:if|when|for))\b", re.IGNORECASE
)
_ANSWER = compiled(
    rf"(?:\b(?:correct|right|best|keyed)\s+{_ONE}(?:\s+here)?|(?:^|[.!?;:]\s+|\bthe\s+)(?:answer|ans\.?|key))"
    rf"(?:\s+(?:is|must\s+be)\s*:?|\s*:)\s*{_SURE}",
    re.IGNORECASE,
)
_ARTICLE = compiled(r"[\"“'‘*_]*(?:(?:the|an?)\s+)?[\"“'‘*_]*", re.IGNORECASE)
_QUOTED = compiled(r"[\"”'’*_)]*\s*(?:[.,;:!?)–—]|$|(?:because|since|as|which)\b|(?-i:[A-Z]))", re.IGNORECASE)
_IS_ANSWER = compiled(
    rf"[\"”'’*_]*\s+(?:is|are|was)\s+{_SURE}(?:(?:the\s+)?(?:correct|right)|the\s+best)(?:\s+{_ONE})?"
    r"(?=\s*(?:[.!;]|$|because\b|since\b))",
    re.IGNORECASE,
)
_MOST = 64
"""How many answers of one text are looked at."""
_JUDGED = (" correct", " right", " the best ")
_STARTS = compiled(
    r"(?:^|[.!?;:]\s+|\b(?:so|therefore|thus|hence),?\s+)(?:\(?[A-H]\)?[.:)]?\s+)?(?:(?:the|an?)\s+)?[\"“'‘*_]*$",
    re.IGNORECASE,
)


def verdict(text: str, option: str) -> bool | None:
    """Whether an option's own rationale calls it right (True) or wrong (False); None when neither.

    "Right, but …" is no verdict.
    """
    text, bare = text.replace("*", "").strip(), same(option).strip(PLAIN)
    if _RIGHT.match(bare) or _WRONG.match(bare):
        return None
    first, last = _ends(text)
    start = len(bare) if bare and begins(text, bare) else 0
    if text[:1] and text[0] in _CROSSES + _TICKS:
        return text[0] in _TICKS
    if _IS_WRONG.match(text, start) if start else _WRONG.match(text):
        return False
    if (_IS_RIGHT.match(text, start) if start else _RIGHT.match(text)) and not _YET.search(first):
        return True
    found = _CONCLUDES.search(last)
    if found is None or _YET.search(last):
        return None
    return not (found["wrong"] or found["wrong2"] or found["wrong3"])


def says_no(text: str, stem: str, options: Mapping[str, str]) -> bool:
    """Whether a rationale begins "No." and does not answer a question by it."""
    if not _NO.match(text) or any(map(_YES.match, options.values())):
        return False
    return _ASKS_YES.search(stem) is not None


def answers(text: str, options: Mapping[str, str]) -> list[str]:
    """The ids of the options whose text is said to be the answer."""
    found: list[str] = []
    if not _ANSWER.search(text) and not any(judged in text.lower() for judged in _JUDGED):
        return found
    texts = {id: same(option).strip(PLAIN) for id, option in options.items()}
    for match in islice(_ANSWER.finditer(text), _MOST):
        if not supposed(text, match.end()):
            start = _ARTICLE.match(text, match.end()).end()  # type: ignore[union-attr]
            found += _ended(text, start, texts) or _ended(text, match.end(), texts)
    low = text.lower()
    if not any(judged in low for judged in _JUDGED):
        return found
    for id, option in texts.items():
        at = low.find(option.lower()) if len(option) > 1 else -1
        if at >= 0 and _STARTS.search(text, 0, at) and _IS_ANSWER.match(text, at + len(option)):
            found.append(id)
    return found


def _ended(text: str, start: int, texts: Mapping[str, str]) -> list[str]:
    return [id for id in _longest(text, start, texts) if _QUOTED.match(text, start + len(texts[id]))]


def _longest(text: str, start: int, texts: Mapping[str, str]) -> list[str]:
    """The options that stand at a place of a text; of those that begin alike, the longest."""
    here = [id for id, option in texts.items() if begins(text, option, start)]
    most = max((len(texts[id]) for id in here), default=0)
    return [id for id in here if len(texts[id]) == most]


def begins(text: str, option: str, at: int = 0) -> bool:
    """Whether a text, from a place on, begins with an option as whole words, whatever the case."""
    end = at + len(option)
    if not option or text[end : end + 1].isalnum():
        return False
    return text[at:end].casefold() == option.casefold()


def _ends(text: str) -> tuple[str, str]:
    """The first and the last sentence."""
    sentences = re.split(r"(?<=[.!?])\s", text.strip())
    return sentences[0], sentences[-1]
