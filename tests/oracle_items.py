"""How the oracle reads items and stimuli: fields, `where`, bounds, and curves over ability.

Written from the docs alone like the oracle itself; it imports nothing of qbank.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

Json = dict[str, Any]
DEFAULTS: Json = {"status": "active", "points": 1, "shuffle": True}


def value(item: Json, field: str, stats: Json) -> Any:
    """The value of a field; None when the item has none."""
    if field in item.get("attributes", {}):
        return item["attributes"][field]
    if field in ("words", "characters"):
        texts = [item.get("stem", ""), *item.get("prompts", {}).values(), *item.get("options", {}).values()]
        return sum(len(t.split()) if field == "words" else len(t) for t in texts)
    if field == "option_count":
        return len(item.get("options", {}))
    if field in ("p", "r", "n"):
        return stats.get(item["id"], {}).get(field)
    found = item.get(field, DEFAULTS.get(field))
    return None if found in ("", [], ()) else found


def of_stimulus(stimulus: Json, field: str) -> Any:
    """The value of a field of a stimulus."""
    texts = [stimulus.get("title", ""), stimulus.get("text", "")]
    derived = {"words": sum(len(t.split()) for t in texts), "characters": sum(map(len, texts))}
    derived |= {"id": stimulus["id"], "media": len(stimulus.get("media", []))}
    return stimulus.get("attributes", {}).get(field, derived.get(field))


def meets(item: Json, where: Json, stats: Json) -> bool:
    """Whether an item meets a where; its role is not looked at."""
    for field, test in where.items():
        if field == "any":
            if test and not any(meets(item, part, stats) for part in test):
                return False
        elif field != "role" and not passes(value(item, field, stats), test, field):
            return False
    return True


def passes(found: Any, test: Any, field: str) -> bool:
    """Whether a value passes a test of a where."""
    if isinstance(test, dict) and "not" in test:
        return not passes(found, test["not"], field)
    if isinstance(test, dict) and "present" in test:
        return (found is not None) is bool(test["present"])
    if isinstance(test, dict):
        return is_number(found) and test.get("minimum", found) <= found <= test.get("maximum", found)
    if isinstance(test, list | tuple):
        return any(passes(found, one, field) for one in test)
    if isinstance(found, list | tuple):
        return test in found
    if field == "content_area" and isinstance(found, str):
        return (found + "/").startswith(f"{test}/")
    return type(found) is type(test) and found == test if isinstance(found, bool) else found == test


def is_number(found: Any) -> bool:
    """Whether a value is a number; true and false are none."""
    return isinstance(found, int | float) and not isinstance(found, bool)


def within(number: float, bounds: Json) -> bool:
    """Whether a number lies between minimum and maximum, where they are stated."""
    low, high = bounds.get("minimum"), bounds.get("maximum")
    return (low is None or number >= low - 1e-6) and (high is None or number <= high + 1e-6)


def probabilities(irt: Json, theta: float) -> list[float]:
    """The probability of every score category of an item, lowest first."""
    slope = irt.get("D", 1.0) * irt.get("a", 1.0)
    if irt["model"] == "GPC":
        powers = [0.0]
        for threshold in irt["thresholds"]:
            powers.append(powers[-1] + slope * (theta - threshold))
        weights = [math.exp(power) for power in powers]
        return [weight / sum(weights) for weight in weights]
    steps = irt["thresholds"] if irt["model"] == "GRM" else [irt["b"]]
    c = irt.get("c", 0.0) if irt["model"] == "3PL" else 0.0
    reached = [1.0, *(c + (1 - c) / (1 + math.exp(-slope * (theta - step))) for step in steps), 0.0]
    return [upper - lower for upper, lower in pairwise(reached)]


def item_information(irt: Json, theta: float) -> float:
    """Fisher information, the sum of P'² / P over categories, with slopes taken numerically."""
    step = 1e-5
    above, below = probabilities(irt, theta + step), probabilities(irt, theta - step)
    slopes = [(high - low) / (2 * step) for high, low in zip(above, below, strict=True)]
    return sum(slope**2 / p for slope, p in zip(slopes, probabilities(irt, theta), strict=True) if p > 1e-12)


def curve_at(kind: str, items: list[Json], stats: Json, theta: float) -> float:
    """The information or the expected score of items at an ability."""
    total = 0.0
    for item in items:
        irt = stats[item["id"]]["irt"]
        shares = probabilities(irt, theta)
        expected = sum(category * p for category, p in enumerate(shares)) / (len(shares) - 1)
        total += item_information(irt, theta) if kind == "information" else item.get("points", 1) * expected
    return total


def order_holds(placement: Json, item: Json) -> bool:
    """Whether a placement presents each option once, and moves none that may not be moved."""
    written, fixed = list(item.get("options", {})), set(item.get("fixed", []))
    order = list(placement.get("option_order", [])) or written
    if not item.get("shuffle", True) and order != written:
        return False
    return sorted(order) == sorted(written) and all(
        order[n] == id for n, id in enumerate(written) if id in fixed
    )


def key_place(placement: Json, item: Json) -> int:
    """Where an item presents its key, from 1; 0 for items that are not single-answer."""
    if item["type"] != "multiple-choice":
        return 0
    order = list(placement.get("option_order", [])) or list(item["options"])
    return order.index(item["key"]) + 1
