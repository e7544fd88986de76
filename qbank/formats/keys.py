"""What counts as right: accepted texts, the range of a number, a numeric key in words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from qbank.model.item import NumericKey, ShortAnswer


def accepted(item: ShortAnswer) -> tuple[str, ...]:
    """The accepted texts, white space made single blanks."""
    return tuple(" ".join(text.split()) for text in item.key or ())


def bounds(key: NumericKey) -> tuple[Decimal | None, Decimal | None]:
    """The closed range of right numbers, computed in decimals: 0.3 ± 0.1 ends at 0.4, not beside it."""
    if key.value is not None:
        value, tolerance = Decimal(repr(key.value)), Decimal(repr(key.tolerance))
        return value - tolerance, value + tolerance
    return _decimal(key.minimum), _decimal(key.maximum)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def numeric_words(key: NumericKey, number: Callable[[float], str]) -> str:
    """A numeric key in words, without its unit: `5 ± 0.1`, `4 to 6`, `at least 4`; "" where there is none.

    `number` writes a number.
    """
    if key.value is not None:
        return number(key.value) + (f" ± {number(key.tolerance)}" if key.tolerance else "")
    if key.minimum is not None and key.maximum is not None:
        return f"{number(key.minimum)} to {number(key.maximum)}"
    if key.minimum is not None:
        return f"at least {number(key.minimum)}"
    return "" if key.maximum is None else f"at most {number(key.maximum)}"
