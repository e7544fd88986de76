"""Rule missing-lead-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.stem._asking import asks, completes
from qbank.rules.stem._lead_in import lead_in

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_SHORTEST_WORD = 2
_VERDICTS = {"true", "false"}
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])[.!][\"”’')]*\s+(?=[A-Z])|\n+")
# "this battle", "these pants" that nobody named: the clue asks for the name; not "this patient", "this time"
_POINTS = re.compile(
    r"\b(?:this|these)\s+(?!(?:is|are|was|were|has|have|had|does|did|happen\w*|occur\w*|began|started|continued)\b)"
    r"(?!(?:[\w-]+\s+){0,2}?(?:patients?|man|woman|boy|girl|child|infant|baby|person|people|couple|family"
    r"|time|times|morning|afternoon|evening|night|day|week|month|year|visit|symptoms?|pain|findings?)\b)\w",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?<=[\w,;)%])\s+(?:who|whose|whom|which|when|where|how|why|what)\b", re.IGNORECASE)
_TRIES = re.compile(r"\btry\s+\w+ing\b", re.IGNORECASE)


def _may_ask_nothing(batch: Batch) -> list[int]:
    return [number for number, stem in enumerate(batch.stems) if len(stem) >= 120 and "?" not in stem]


@rule(Severity.INFO, screen=_may_ask_nothing)
def missing_lead_in(item: MultipleChoice | MultipleResponse, *, words: int = 60) -> Iterator[Finding]:
    """A long case ends without asking anything.

    A stem of `words` words or more whose last sentence is neither a question nor a task nor left open for
    an option: the candidate must guess from the options what is wanted. It happens when a vignette is
    pasted and its question is not. A clue that points at what nobody named ("… died in this battle") asks
    for the name, and so does a gap; over True and False a statement is enough.

    End the stem with one question that can be answered without looking at the options.

    Source: NBME item-writing guide: a vignette is followed by a focused lead-in.
    """
    stem = item.stem
    if {text.strip().casefold() for text in item.options.values()} == _VERDICTS:
        return  # a statement to be judged
    if "?" in stem or "__" in stem or len(stem) < words * _SHORTEST_WORD or completes(stem):
        return
    if len(stem.split()) >= words and not asks(_without_clauses(lead_in(stem))) and not _is_clue(stem):
        yield Finding(
            item.at("stem"),
            "the case ends, and nothing is asked",
            hint="End with one question that can be answered without the options.",
        )


def _without_clauses(sentence: str) -> str:
    """A sentence with a full stop without the words that open its clauses: "a drug which helps"."""
    return _CLAUSE.sub(" ", sentence) if sentence.rstrip("\"”’')").endswith(".") else sentence


def _is_clue(stem: str) -> bool:
    """Whether the first or the last sentence points at what is to be named, or the last says what to try."""
    sentences = [one for one in _SENTENCE_END.split(stem) if one.strip()]
    return any(_POINTS.search(one) for one in (sentences[0], sentences[-1])) or bool(
        _TRIES.search(sentences[-1])
    )
