"""Rule negative-stem."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.stem._negative import NEGATES, negative


@rule(Severity.WARNING, screen=NEGATES)
def negative_stem(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """The lead-in asks for the exception: "which is NOT", "all of the following EXCEPT", "least likely".

    Candidates who overlook one word answer the opposite, and knowing what is not so is seldom what
    matters. Only the last sentence that asks is judged; "not" anywhere before it is part of the case.

    Ask for what is so. Where the exception is the point, as for a contraindication, name it:
    "Which drug is contraindicated?"

    Source: Haladyna, Downing & Rodriguez (2002), guideline 17; NBME item-writing guide; SAQUET.
    """
    found = negative(item.stem)
    if found:
        yield Finding(
            item.at("stem").within(item.stem.rfind(found)),
            f"the lead-in asks for the exception: {_shown(found)!r}",
            hint="Ask for what is so, or name the exception (contraindicated, excluded, unsafe).",
        )


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:40]}… {text[-18:]}"
