"""The lead-in of a stem: the last sentence that asks."""

from __future__ import annotations

import functools
import re
from itertools import pairwise

# one set of characters comes first: the search for it is fast
_SENTENCE_END = re.compile(
    r"[.?!\n](?:(?<=[.?!])(?<!\b(?:Dr|Mr|Ms|St|vs|No)\.)(?<!\bMrs\.)(?<!\b(?:e\.g|i\.e)\.)"
    r"[\"”’'*_)\]]*\s+(?=[\W_]*[A-Z0-9])|(?<=\n)(?=\s*(?:\n|[A-Z])))"
)
_INSTRUCTION = re.compile(
    r"[\W_]*(?:select|choose|pick|mark|check|tick|note|hint|assume|refer|see|use|answer|round|there\s+may\s+be)"
    r"\b.*",
    re.IGNORECASE | re.DOTALL,
)
_ASKS = re.compile(
    r"\?|\b(?:which|what|who|whose|whom|where|when|why|how)\b|except|following|:\W*$|_{2,}", re.IGNORECASE
)
_EMPHASIS = re.compile(
    r"[*_<](?:(?<=[*_])(?:[*_]*(?=\w)|(?<=\w[*_])[*_]*)|(?<=<)/?(?:b|i|u|em|strong)>)", re.IGNORECASE
)
_TOO_SHORT = 3
_NEAR = (160, 300)
"""Nearly always the last sentences are enough: so many characters are looked at first."""
LONGEST = 600
"""How much of the end of a stem is looked at."""


@functools.lru_cache(maxsize=2048)
def lead_in(stem: str) -> str:
    """The last sentence that asks, without emphasis marks; the last sentence when none does."""
    end = stem[-LONGEST:]
    if is_marked(end):
        end = _EMPHASIS.sub("", end)
    found = plain_question(end)
    if found:
        return found
    for near in _NEAR:
        found = _chosen(_sentences(end, len(end) - near), all_of_them=False) if len(end) > near else ""
        if found:
            return found
    return _chosen(_sentences(end), all_of_them=True)


def is_marked(text: str) -> bool:
    """Whether a text may hold emphasis, which the lead-in is read without."""
    return "*" in text or "_" in text or "<" in text


def plain_question(text: str, first: int = 0) -> str:
    """The lead-in of a text without emphasis where it is easily told; "" in all other cases.

    It is a question of several words at the end, nothing parts it, and the sentence before it ends somewhere
    behind the place `first`.
    """
    if not text.endswith("?"):
        return ""
    near = max(0, first, len(text) - _NEAR[1])
    before = max(text.rfind(". ", near), text.rfind("? ", near))
    ending = _SENTENCE_END.match(text, before) if before >= 0 else None
    if ending is None:
        return ""
    last = text[ending.end() :]
    if "." in last or "!" in last or "\n" in last or last.index("?") < len(last) - 1:
        return ""  # it may be more than one sentence
    words = last.split()
    return "" if len(words) <= _TOO_SHORT or _INSTRUCTION.match(last) else " ".join(words)


def _chosen(sentences: list[str], *, all_of_them: bool) -> str:
    """The sentence that asks among the last ones of a text; "" when more of them must be seen."""
    while len(sentences) > 1 and _INSTRUCTION.fullmatch(sentences[-1]) and _ASKS.search(sentences[-2]):
        sentences.pop()
    if len(sentences) < (1 if all_of_them or (sentences and _stands_alone(sentences[-1])) else 2):
        return ""
    last = sentences[-1]
    if "?" not in last and not _ASKS.search(last):
        asking = (one for one in reversed(sentences) if one.rstrip("\"”’') ]*_").endswith("?"))
        last = next(asking, last if all_of_them else "")
    if last is sentences[-1] and len(sentences) > 1 and len(last.split()) <= _TOO_SHORT:
        last = f"{sentences[-2]} {last}"  # "… all of these but one. Which one?"
    return " ".join(last.split())


def _stands_alone(sentence: str) -> bool:
    """Whether a last sentence is the one that asks, whatever stands before it."""
    asks = "?" in sentence or _ASKS.search(sentence) is not None
    return asks and len(sentence.split()) > _TOO_SHORT and not _INSTRUCTION.match(sentence)


def _sentences(text: str, first: int = 0) -> list[str]:
    """The sentences of a text; with `first` those that begin behind the first sentence end from there on."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, first)]
    starts = ends if first else [0, *ends]
    bounds = [*starts, len(text)]
    pieces = (text[start:end].strip() for start, end in pairwise(bounds))
    return [one for one in pieces if one]
