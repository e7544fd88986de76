"""Rule all-of-the-above."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse, Option
from qbank.rule import rule
from qbank.rules.options._above import about_others

_ALL = about_others("all|both|each|every one")
_CORRECT = re.compile(
    r"[*_]*(?:all|both)\s+(?:of\s+(?:the\s+)?\w+\s+)?are\s+(?:correct|true|right)\s*[.!]?[*_]*", re.IGNORECASE
)


@rule(Severity.WARNING)
def all_of_the_above(option: Option) -> Iterator[Finding]:
    """An option is "All of the above" or says the same in other words.

    A candidate who knows that two options are right, or that one is wrong, has the answer without knowing
    the rest. As a key it is right far more often than chance.

    Ask for the best answer among options of one kind, or make it a multiple-response item.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 25; NBME item-writing guide; SAQUET.
    """
    if not isinstance(option.item, MultipleChoice | MultipleResponse) or len(option.text) > 60:
        return
    text = option.text.strip()
    if _ALL.fullmatch(text) or _CORRECT.fullmatch(text):
        keeps = option.id in option.item.fixed or not option.item.shuffle
        yield Finding(
            option.item.at("options", option.id),
            f"option {option.id} is {text!r}: knowing two of the others is enough",
            hint="Replace it by an option of the same kind as the others, or make it multiple-response."
            + ("" if keeps else f" If it must stay, keep its place with fixed: [{option.id}]."),
        )
