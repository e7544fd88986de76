"""Rule key-calculation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, Numeric, ShortAnswer
from qbank.rule import rule
from qbank.rules.key._formula import FormulaError, value
from qbank.rules.options._quantity import Quantity, quantities
from qbank.screening import present

_NUMBER = re.compile(r"(?<![\w.,])[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w]|[.,]\d)")
_NOISE = 1e-9


@rule(Severity.ERROR, screen=present("calculation"))
def key_calculation(item: MultipleChoice | Numeric | ShortAnswer) -> Iterator[Finding]:
    """The item's `calculation` does not give the key, or gives a distractor too.

    The calculation is the proof of the key: when a dose in the stem is changed and the key is not, this is
    where it shows. Allowed are numbers, the item's variables, + - * / **, parentheses, min, max, round (half
    away from zero), ceil, floor and abs. The value is compared with the number in the key, within
    `tolerance`; distractors are judged when they are quantities of the key's unit.

    Correct the key, the expression or the variables; round() in the expression when the key is rounded.

    Source: exam practice: calculated keys are recomputed; IMS QTI 3.0, response processing.
    """
    calculation = item.calculation
    if calculation is None:
        return
    where = item.at("calculation", "expression")
    try:
        result = value(calculation.expression, calculation.variables)
    except FormulaError as error:
        yield Finding(
            where,
            f"the calculation cannot be done: {error}",
            hint="Use numbers, the variables, + - * / **, parentheses, min, max, round, ceil, floor, abs.",
        )
        return
    ranges = _keyed(item)
    if ranges and not any(_meets(result, low, high, calculation.tolerance) for low, high in ranges):
        yield Finding(
            where,
            f"the calculation gives {result:.10g}, the key is {_told(ranges)}",
            hint="Correct the key, the expression or the variables; round() where the key is rounded.",
        )
    elif ranges and isinstance(item, MultipleChoice):
        for id in _also(item, result, calculation.tolerance):
            yield Finding(
                item.at("options", id),
                f"the calculation gives {result:.10g}, which is option {id} too",
                hint="Replace the distractor, or make the tolerance smaller.",
            )


def _keyed(item: MultipleChoice | Numeric | ShortAnswer) -> list[tuple[float, float]]:
    """The numbers of the key as ranges; none when it holds no number."""
    if isinstance(item, Numeric):
        key = item.key
        if key is None:
            return []
        if key.value is not None:
            return [(key.value - key.tolerance, key.value + key.tolerance)]
        low = float("-inf") if key.minimum is None else key.minimum
        high = float("inf") if key.maximum is None else key.maximum
        return [] if key.minimum is None and key.maximum is None else [(low, high)]
    if isinstance(item, ShortAnswer):
        return [one for text in item.key or () for one in _numbers(text)]
    return _numbers(item.options.get(item.key, "")) if isinstance(item.key, str) else []


def _numbers(text: str) -> list[tuple[float, float]]:
    one = _quantity(text)
    if one is not None:
        return [(one.low, one.high)]
    found = [float(number.replace(",", "").replace("−", "-")) for number in _NUMBER.findall(text)]
    return [(number, number) for number in found]


def _quantity(text: str) -> Quantity | None:
    found = quantities([text])
    return found[0] if found and not found[0].bias else None


def _also(item: MultipleChoice, result: float, tolerance: float) -> Iterator[str]:
    """The distractors that are quantities of the key's unit and equal the result."""
    key = _quantity(item.options.get(str(item.key), ""))
    for id, text in item.options.items():
        other = _quantity(text) if id != item.key else None
        same_unit = other is not None and key is not None and other.unit == key.unit
        if other is not None and same_unit and _meets(result, other.low, other.high, tolerance):
            yield id


def _meets(result: float, low: float, high: float, tolerance: float) -> bool:
    slack = tolerance + _NOISE * max(1.0, abs(result))
    return low - slack <= result <= high + slack


def _told(ranges: list[tuple[float, float]]) -> str:
    return " or ".join(f"{low:.10g}" if low == high else f"{low:.10g} to {high:.10g}" for low, high in ranges)
