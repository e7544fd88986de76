"""The lead-in of a stem: the last sentence that asks."""

from __future__ import annotations

import functools
import re

_SENTENCE_END = re.compile(
    r"[.?!](?<!\b(?:Dr|Mr|Ms|St|vs|No)\.)(?<!\bMrs\.)(?<!\b(?:e\.g|i\.e)\.)[\"”’'*_)\]]*\s+(?=[\W_]*[A-Z0-9])"
    r"|\n(?=\s*(?:\n|[A-Z]))"
)
_INSTRUCTION = re.compile(
    r"[\W_]*(?:select|choose|pick|mark|check|tick|note|hint|assume|refer|see|use|answer|round|there\s+may\s+be)"
    r"\b.*",
    re.IGNORECASE | re.DOTALL,
)
_ASKS = re.compile(
    r"\?|\b(?:which|what|who|whose|whom|where|when|why|how)\b|except|following|:\W*$|_{2,}", re.IGNORECASE
)
_EMPHASIS = re.compile(r"[*_]+(?=\w)|(?<=\w)[*_]+|</?(?:b|i|u|em|strong)>", re.IGNORECASE)
_TOO_SHORT = 3
_NEAR = 300
LONGEST = 600
"""How much of the end of a stem is looked at."""


@functools.lru_cache(maxsize=256)
def lead_in(stem: str) -> str:
    """The last sentence that asks, without emphasis marks; the last sentence when none does."""
    end = stem[-LONGEST:]
    if "*" in end or "_" in end or "<" in end:
        end = _EMPHASIS.sub("", end)
    if len(end) > _NEAR:  # nearly always the last sentences are enough; the first one is cut off
        found = _chosen(_sentences(end[-_NEAR:])[1:], all_of_them=False)
        if found:
            return found
    return _chosen(_sentences(end), all_of_them=True)


def _chosen(sentences: list[str], *, all_of_them: bool) -> str:
    """The sentence that asks among the last ones of a text; "" when more of them must be seen."""
    while len(sentences) > 1 and _INSTRUCTION.fullmatch(sentences[-1]) and _ASKS.search(sentences[-2]):
        sentences.pop()
    if len(sentences) < (1 if all_of_them else 2):
        return ""
    last = sentences[-1]
    if "?" not in last and not _ASKS.search(last):
        asking = (one for one in reversed(sentences) if one.rstrip("\"”’') ]*_").endswith("?"))
        last = next(asking, last if all_of_them else "")
    if last is sentences[-1] and len(sentences) > 1 and len(last.split()) <= _TOO_SHORT:
        last = f"{sentences[-2]} {last}"  # "… all of these but one. Which one?"
    return " ".join(last.split())


def _sentences(text: str) -> list[str]:
    found, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [one for one in found if one]
