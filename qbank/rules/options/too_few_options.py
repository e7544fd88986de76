"""Rule too-few-options."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.options.true_false_options import true_false_options
from qbank.screening import option_count


@rule(Severity.INFO, screen=option_count(0, 2))
def too_few_options(item: MultipleChoice | MultipleResponse, *, minimum: int = 3) -> Iterator[Finding]:
    """An item has fewer than three options.

    With two, half of the guesses are right. Three plausible options are enough: a fourth that nobody
    chooses adds reading, not measurement. Items whose options are true and false have a rule of their
    own.

    Add a plausible option, or write a true-false item.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 18; Rodriguez (2005), three options are optimal.
    """
    count = len(item.options)
    if count >= minimum or (isinstance(item, MultipleChoice) and any(true_false_options(item))):
        return
    yield Finding(
        item.at("options"),
        f"there {'is' if count == 1 else 'are'} {count or 'no'} option{'s' * (count != 1)}; "
        f"{minimum} is the least",
        hint="Add plausible options.",
    )
