"""Rule all-of-the-above."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import Option
from qbank.rule import rule
from qbank.rules.options._above import about_others, claims_about_others
from qbank.screening import Field, mentions

_ALL = about_others(r"all(?:\s+(?:two|three|four|five))?|both|each|every one")
_CORRECT = re.compile(
    r"[*_]*(?:all|both)\s+(?:of\s+(?:the\s+)?\w+\s+)?are\s+(?:correct|true|right)\s*[.!]?[*_]*", re.IGNORECASE
)


@rule(Severity.WARNING, screen=mentions("|all ", "|both ", "|each ", "|every one", fields=Field.OPTIONS))
def all_of_the_above(option: Option) -> Iterator[Finding]:
    """An option is "All of the above" or says the same in other words.

    A candidate who knows that two options are right, or that one is wrong, has the answer without knowing
    the rest. As a key it is right far more often than chance.

    Ask for the best answer among options of one kind, or make it a multiple-response item.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 25; NBME item-writing guide; SAQUET.
    """
    yield from claims_about_others(
        option,
        (_ALL, _CORRECT),
        "knowing two of the others is enough",
        "Replace it by an option of the same kind as the others, or make it multiple-response.",
    )
