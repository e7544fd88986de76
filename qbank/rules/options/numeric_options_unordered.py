"""Rule numeric-options-unordered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.options._quantity import HEADS, LONGEST, in_order, place, quantities
from qbank.rules.options._reorder import Measured, reordered
from qbank.screening import all_numeric

_ENOUGH = 3
_NAMES = re.compile(
    r"\b(?:codes?|modifiers?|versions?|ports?|models?|numbered|releases?|DRGs?|ICD|CPT|HCPCS|ISBN|RFC|forms?)\b",
    re.IGNORECASE,
)
_LONG = re.compile(r"\d{5,}")


@rule(Severity.WARNING, fixable=True, screen=all_numeric(_ENOUGH, HEADS, LONGEST))
def numeric_options_unordered(
    item: MultipleChoice | MultipleResponse, measured: Measured
) -> Iterator[Finding]:
    """All options are numbers or quantities of one unit, and they stand in no order.

    Candidates who know the answer have to search for it, and an unusual place draws guesses. Years are
    numbers here; codes, version numbers and other names made of digits are not.

    Put the options in rising or falling order and move the key along; `shuffle: false` keeps them so on
    the form.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 20; NBME item-writing guide; SAQUET.
    """
    texts = list(item.options.values())
    if len(texts) < _ENOUGH or not any(map(str.isdigit, texts[0])):
        return
    found = quantities(texts)
    if found is None or in_order(found) or _are_names(item, texts):
        return
    ids = list(item.options)
    order = sorted(range(len(ids)), key=lambda number: place(found[number]))
    yield Finding(
        item.at("options"),
        f"the options are numbers, but in no order: {_listed(texts)}",
        hint=f"Order them: {_listed([texts[number] for number in order])}; the key moves along.",
        fix=reordered(item, order, measured),
    )


def _are_names(item: MultipleChoice | MultipleResponse, texts: list[str]) -> bool:
    """Whether the numbers are codes or other names: said by the stem, or long and all of one length."""
    plain = [text.strip() for text in texts]
    if all(map(_LONG.fullmatch, plain)) and len(set(map(len, plain))) == 1:
        return True
    return all(text.replace(".", "").isdigit() for text in plain) and _NAMES.search(item.stem) is not None


def _listed(texts: list[str]) -> str:
    return "; ".join(text.strip() for text in texts)
