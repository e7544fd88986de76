"""Rule none-of-the-above."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import Option
from qbank.rule import rule
from qbank.rules.options._above import about_others, claims_about_others
from qbank.screening import Field, mentions

_OPENINGS = ("|none ", "|neither ", "|not any", "|no one", "|no answer", "|no option", "|no choice")
_NONE = about_others("none|neither|not any|no one")
_CORRECT = re.compile(
    r"[*_]*(?:none|neither|no\s+(?:answer|option|choice))\s+(?:of\s+(?:the\s+)?\w+\s+)?(?:is|are)"
    r"\s+(?:correct|true|right)\s*[.!]?[*_]*",
    re.IGNORECASE,
)


@rule(
    Severity.WARNING,
    screen=mentions(
        "|none ",
        "|neither ",
        "|not any",
        "|no one",
        "|no answer",
        "|no option",
        "|no choice",
        fields=Field.OPTIONS,
    ),
)
def none_of_the_above(option: Option) -> Iterator[Finding]:
    """An option is "None of the above" or says the same in other words.

    Who chooses it shows that the other options are wrong, not that the right answer is known; and where
    options are judged by degree, there is always a better one.

    Replace it by an option of the same kind as the others, or leave it out: three good options do.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 25; NBME item-writing guide; SAQUET.
    """
    yield from claims_about_others(
        option,
        (_NONE, _CORRECT),
        "it can be chosen without knowing the answer",
        "Replace it by an option of the same kind as the others, or leave it out.",
    )
