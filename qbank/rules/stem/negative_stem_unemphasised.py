"""Rule negative-stem-unemphasised."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.stem._negative import NEGATES, negative

_WORD = re.compile(
    r"\bcannot\b|\bnot\b|\b\w+n[’']t\b|\bexcept\w*|\bleast\b"
    r"|\b(?:false|incorrect|untrue|wrong|inaccurate|unlikely)\b",
    re.IGNORECASE,
)
_BEFORE = r"(?:[*_]|<(?:b|strong|em|i|u)>)[^*_<>\n]{0,40}\b"
_AFTER = r"\b[^*_<>\n]{0,40}(?:[*_]|</(?:b|strong|em|i|u)>)"


@rule(Severity.WARNING, screen=NEGATES)
def negative_stem_unemphasised(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """The lead-in asks for the exception, and nothing marks the word that says so.

    A candidate who overlooks "not" or "except" in small letters answers the opposite of what is asked:
    the item then measures reading, not knowledge.

    Ask for what is so; where the exception must be asked for, write the word in capitals or in bold
    (NOT, EXCEPT, `**least**`).

    Source: Haladyna, Downing & Rodriguez (2002), guideline 17: if negatives are used, emphasise them.
    """
    found = negative(item.stem)
    if not found:
        return
    words = _WORD.findall(found)
    if words and not any(word.isupper() or _emphasised(word, item.stem) for word in words):
        yield Finding(
            item.at("stem"),
            f"nothing marks {words[-1]!r}, which turns the question round",
            hint=f"Ask for what is so, or write {words[-1].upper()}.",
        )


def _emphasised(word: str, stem: str) -> bool:
    """Whether a word stands in capitals somewhere, in bold or in italics."""
    return re.search(_BEFORE + re.escape(word) + _AFTER, stem, re.IGNORECASE) is not None
