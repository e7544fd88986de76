"""Rule vague-option."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.rules.options._plain import words
from qbank.screening import Field, mentions

_VAGUE_TEXT = (
    "usually often frequently sometimes occasionally rarely seldom generally typically normally commonly"
)
_VAGUE = frozenset(_VAGUE_TEXT.split())
_ANY = "|".join(sorted(_VAGUE))
_CLAIM = compiled(
    rf"\b(?:is|are|was|were|it|they|can|may|will|do|does|has|have)\s+(?:not\s+|very\s+)?({_ANY})\b"
    r"(?!\s+\w+(?:ed|en)\s+than\b)"
    rf"|^\W*({_ANY})(?!-)\b(?!\s+(?:than|as)\b)"
    rf"|,\s+({_ANY})\W*$|\b(?:occurs?|happens?|appears?|recurs?)\s+({_ANY})\b"
    rf"|(?<!more )(?<!most )(?<!less )(?<!least )(?<!as )\b({_ANY})\s+"
    r"(?:\w+s|\w+ed|be|have|not|but|in\s+most|the\s+case)\b",
    re.IGNORECASE,
)
_QUOTED = compiled(r"[“\"][^”\"]{0,500}[”\"]")  # bounded: a text may open quotations and close none


@rule(Severity.INFO, screen=mentions(*_VAGUE_TEXT.split(), fields=Field.OPTIONS))
def vague_option(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """An option claims something of vague frequency: usually, often, rarely.

    Nobody agrees how often "often" is, so such a claim can hardly be wrong; test-wise candidates choose
    it. A word in a quotation is what somebody says, not the option's own claim.

    State the share ("in more than half of patients"), or leave the word out.

    Source: NBME item-writing guide (vague terms); SAQUET; Holsgrove & Elzubeir (1998).
    """
    for id, text in item.options.items():
        if _VAGUE.isdisjoint(words(text)):
            continue
        found = _CLAIM.search(_QUOTED.sub("", text))
        if found:
            word = next(filter(None, found.groups()))
            yield Finding(
                item.at("options", id),
                f"option {id} says {word.casefold()!r}: how often is that?",
                hint="State the share, or leave the word out.",
            )
