"""Rule overlapping-ranges."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import combinations

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.rules.options._many import MOST
from qbank.rules.options._quantity import HEADS, LONGEST, Quantity, quantities
from qbank.rules.stem._lead_in import lead_in
from qbank.screening import all_numeric

_ASKS_FOR_RANGE = compiled(
    r"\b(?:ranges?|intervals?|windows?|reference|normal|limits|spans?|series|codes?|blocks?|extents?|latitudes?"
    r"|longitudes?|(?:between|from)\s+(?:which|what))\b",
    re.IGNORECASE,
)
_COUNTS = compiled(r"\bhow\s+(?:many|much)\b|\b(?:number|amount|population|cost|price)\b", re.IGNORECASE)
_ASKS_FOR_VALUE = compiled(
    r"\bhow\s+(?:many|much|long|old|far|tall|high|large|big|deep|wide|heavy|fast|often|hot|cold|thick)\b"
    r"|\b(?:per\s?cent(?:age)?|proportion|share|fraction|number|amount|quantity|count|ages?|weights?|mass|lengths?"
    r"|heights?|widths?|depths?|sizes?|distance|speed|rates?|dos(?:e|es|age)|temperature|pressure|duration"
    r"|life\s?spans?|average|typical|estimated?|approximate(?:ly)?|population|cost|price|value|probability"
    r"|chance|risk|prevalence|incidence|mortality|levels?|concentration|frequency)\b",
    re.IGNORECASE,
)
_YEARS = range(1000, 2100)
_ERAS = frozenset({"ad", "bc", "ce", "bce"})


@rule(Severity.ERROR, screen=all_numeric(2, HEADS, LONGEST))
def overlapping_ranges(item: MultipleChoice) -> Iterator[Finding]:
    """Two options are ranges that overlap: 10–20 and 15–30.

    A value in both makes both right, and test-wise candidates choose where ranges meet. Ranges that only
    touch (10–20 and 20–30) stay silent, and so do items in which one range is right as a whole: the lead-in
    asks for a range (the normal range, a reference interval, a series of codes), the ranges are years (a
    reign, a season), or they have no unit and no quantity is asked for (a score, a record of games). Items of
    more than a hundred options are not looked at.

    Make the ranges exclusive.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 21 (options independent, not overlapping).
    """
    texts = list(item.options.values())
    if not 2 <= len(texts) <= MOST or not any(map(str.isdigit, texts[0])):
        return
    found = quantities(texts)
    if found is None or not any(one.low < one.high for one in found) or _is_asked_for(item.stem, found):
        return
    for (id, one), (other, two) in combinations(zip(item.options, found, strict=True), 2):
        if one != two and _overlap(one, two):
            yield Finding(
                item.at("options", other),
                f"{item.options[other].strip()} overlaps {item.options[id].strip()} of option {id}",
                related=(Related(item.at("options", id), f"option {id}"),),
                hint="Make the ranges exclusive.",
            )


def _is_asked_for(stem: str, found: list[Quantity]) -> bool:
    """Whether a range is the answer as a whole, and no estimate of one value."""
    asked, unit = lead_in(stem), found[0].unit
    if _ASKS_FOR_RANGE.search(asked) or unit in _ERAS:
        return True
    years = all(one.low in _YEARS and one.high in _YEARS for one in found)
    return not unit and (_COUNTS if years else _ASKS_FOR_VALUE).search(asked) is None


def _overlap(one: Quantity, two: Quantity) -> bool:
    """Whether some values are in both; at least one of the two must be a range with two ends."""
    if one.low == one.high and two.low == two.high:
        return False
    (low, high), (low2, high2) = _ends(one), _ends(two)
    first, last = max(low, low2), min(high, high2)
    inside = first == last and (low2 < low == high < high2 or low < low2 == high2 < high)
    return first < last or inside  # ranges that only touch share no more than an end


def _ends(one: Quantity) -> tuple[float, float]:
    if one.low < one.high:
        return one.low, one.high
    return (-math.inf if one.bias < 0 else one.low), (math.inf if one.bias > 0 else one.low)
