"""Rule true-false-options."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.options._plain import plain
from qbank.screening import option_count

_PAIRS = (
    frozenset({"true", "false"}),
    frozenset({"yes", "no"}),
    frozenset({"t", "f"}),
    frozenset({"right", "wrong"}),
    frozenset({"correct", "incorrect"}),
)
_NEITHER = frozenset(
    {"don't know", "i don't know", "not sure", "maybe", "cannot tell", "can't tell", "unknown"}
)
_MOST = 3


@rule(Severity.INFO, screen=option_count(2, _MOST))
def true_false_options(item: MultipleChoice) -> Iterator[Finding]:
    """A multiple-choice item whose options are true and false, or yes and no.

    Half of the guesses are right, and nobody learns what a candidate who says "false" takes to be true.
    As type true-false it would at least be counted and exported as what it is.

    Write it as type true-false, or ask for the fact itself with three or more options.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 9; SAQUET.
    """
    if not 2 <= len(item.options) <= _MOST:
        return
    texts = frozenset(map(plain, item.options.values()))
    if texts - _NEITHER in _PAIRS:
        yield Finding(
            item.at("options"),
            f"the options are {' / '.join(text.strip() for text in item.options.values())}",
            hint="Write it as type true-false, or ask for the fact itself.",
        )
