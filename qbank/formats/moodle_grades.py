"""The shares of points that Moodle knows: others are refused by its import, or silently moved."""

from __future__ import annotations

import re
from decimal import Decimal

from qbank.model.item import Matching, MultipleResponse

SHARES = (
    100.0, 90.0, 83.33333, 80.0, 75.0, 70.0, 66.66667, 60.0, 50.0, 40.0, 33.33333, 30.0, 25.0, 20.0,
    16.66667, 14.28571, 12.5, 11.11111, 10.0, 5.0, 0.0,
)  # fmt: skip
"""Per cent of the points; the same below zero."""


def share(value: float) -> float | None:
    """The share that Moodle knows for a fraction from -1 to 1, in per cent; None when it knows none."""
    percent = abs(value) * 100
    near = min(SHARES, key=lambda one: abs(one - percent))
    if abs(near - percent) > 0.001:
        return None
    return near if value >= 0 else -near


def option_shares(item: MultipleResponse) -> dict[str, float] | None:
    """The share that each option gives, None when Moodle knows no such share.

    Right options share the points; a wrong one takes off the penalty, counted in right options. Where they
    only count together, a wrong one takes all: with one right option this says the same.
    """
    keys = set(item.key_ids)
    right = share(1 / len(keys)) if keys else None
    whole = item.scoring.method == "all_or_nothing"
    wrong = share(-1.0 if whole else -item.scoring.penalty / len(keys)) if keys else None
    if right is None or wrong is None:
        return None
    return {id: right if id in keys else wrong for id in item.options}


def lowest_is_zero(item: MultipleResponse | Matching) -> bool:
    """Whether an item never gives less than nothing, which Moodle holds for every question."""
    return item.scoring.minimum == 0


def written(percent: float) -> str:
    """A share as files write it: 50, 33.33333."""
    return f"{percent:.5f}".rstrip("0").rstrip(".") if percent else "0"


def number(value: float) -> str:
    """A number in digits, without an exponent, which not every reader of Moodle's formats takes."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def literal(accepted: str) -> str:
    """An accepted text as Moodle reads it: an asterisk that stands for itself."""
    return accepted.replace("*", "\\*")


def accepted_text(written: str) -> str | None:
    """The text that Moodle accepts; None when an asterisk stands for any others."""
    if re.search(r"(?<!\\)\*", written):
        return None
    return written.replace("\\*", "*")
