"""An independent judge of forms, written from docs and design alone.

It imports nothing of qbank: a form, the items and the blueprint come as plain dictionaries (the JSON
of a form file, items and blueprint as in YAML), statistics as {item id: {p: …, irt: {…}}}. `judge` returns
the labels of the rows that are broken, so that it can be compared with what the audits say.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

Json = dict[str, Any]
DEFAULTS: Json = {"status": "active", "points": 1, "shuffle": True}


def judge(
    form: Json,
    items: Iterable[Json],
    blueprint: Json,
    others: Iterable[Json] = (),
    stats: Json | None = None,
    stimuli: Iterable[Json] = (),
) -> list[str]:
    """The labels of broken rows of a form; `others` are the other forms of the same run."""
    hostile = {stimulus["id"]: set(stimulus.get("enemies", [])) for stimulus in stimuli}
    bank = {item["id"]: item for item in items}
    placements = [p for section in form["sections"] for p in section.get("placements", [])]
    broken = [label for label, bad in _implied(placements, bank, blueprint, stats or {}) if bad]
    seats = [(p, bank[p["item"]]) for p in placements if p["item"] in bank]
    rows = blueprint.get("constraints", [])
    for row in rows:
        if row["kind"] in ("overlap", "exposure"):
            continue
        if row["kind"] == "enemies" and _hostile_stimuli(seats, hostile):
            broken.append(row["label"])
        if not _JUDGES[row["kind"]](row, seats, bank, blueprint, stats or {}):
            broken.append(row["label"])
    shared = [(row["label"], row.get("maximum", 0)) for row in rows if row["kind"] == "overlap"] or [
        ("forms", 0)
    ]
    broken += _sections(form, bank, blueprint, stats or {})
    mine = {p["item"] for p in placements}
    others = list(others)
    for other in others:
        theirs = {p["item"] for section in other["sections"] for p in section.get("placements", [])}
        broken += [label for label, most in shared if len(mine & theirs) > most]
    broken += [
        row["label"]
        for row in rows
        if row["kind"] == "exposure" and not _exposure(row, [form, *others], bank, stats or {})
    ]
    return sorted(set(broken))


def _sections(form: Json, bank: dict[str, Json], blueprint: Json, stats: Json) -> list[str]:
    """The broken rows of sections, each called after its section."""
    plans, broken = blueprint.get("sections") or [], []
    if plans and [one["id"] for one in form["sections"]] != [plan["id"] for plan in plans]:
        return ["sections"]
    homes: dict[str, str] = {}
    for plan, section in zip(plans, form["sections"], strict=False):
        seats = [(p, bank[p["item"]]) for p in section.get("placements", []) if p["item"] in bank]
        own = {**blueprint, "roles": plan.get("roles"), "length": plan["length"], "constraints": []}
        own["constraints"] = plan.get("constraints", [])
        rows = [
            *own["constraints"],
            {"label": "length", "kind": "length", **dict.fromkeys(_BOTH, plan["length"])},
        ]
        rows += [
            {"label": role, "kind": "length", "role": role, **dict.fromkeys(_BOTH, count)}
            for role, count in (plan.get("roles") or {}).items()
        ]
        broken += [
            f"{plan['id']}: {row['label']}"
            for row in rows
            if not _JUDGES[row["kind"]](row, seats, bank, own, stats)
        ]
        if section.get("time_limit_minutes") != plan.get("time_limit_minutes"):
            broken.append("sections")
        order = plan.get("order") or blueprint.get("order", ["content_area", "item_set", "seed"])
        sets = [item.get("stimulus", "") for _, item in seats]
        runs = [s for n, s in enumerate(sets) if s and (n == 0 or sets[n - 1] != s)]
        if "item_set" in order and len(runs) != len(set(runs)):
            broken.append("item_set")
        broken += ["item_set" for one in set(sets) - {""} if homes.setdefault(one, plan["id"]) != plan["id"]]
    return broken


_BOTH = ("minimum", "maximum")


def _exposure(row: Json, forms: list[Json], bank: dict[str, Json], stats: Json) -> bool:
    uses = Counter(
        id
        for form in forms
        for id in {p["item"] for section in form["sections"] for p in section.get("placements", [])}
        if id in bank and meets(bank[id], row.get("where", {}), stats)
    )
    return all(count <= row["maximum"] for count in uses.values())


def _implied(placements: list[Json], bank: dict[str, Json], blueprint: Json, stats: Json) -> Any:
    seats = [(p, bank[p["item"]]) for p in placements if p["item"] in bank]
    roles = blueprint.get("roles") or {}
    yield "length", len(placements) != blueprint["length"]
    for role, count in roles.items():
        yield role, sum(p.get("role", "operational") == role for p in placements) != count
    yield "unknown_item", len(seats) != len(placements)
    yield "repeated_item", len({p["item"] for p in placements}) != len(placements)
    yield "position", [p["position"] for p in placements] != list(range(1, len(placements) + 1))
    where = blueprint.get("eligible", {"status": ["active", "pretest"]})
    yield "eligible", not all(meets(item, where, stats) for _, item in seats)
    yield "role", not all(_may(item, p.get("role", "operational"), blueprint) for p, item in seats)
    yield "option_order", not all(_order_holds(p, item) for p, item in seats)
    together = "item_set" in blueprint.get("order", ["content_area", "item_set", "seed"])
    if together and not blueprint.get("sections"):
        sets = [item.get("stimulus", "") for _, item in seats]
        runs = [s for n, s in enumerate(sets) if s and (n == 0 or sets[n - 1] != s)]
        yield "item_set", len(runs) != len(set(runs))
    cut = blueprint.get("cut_score") or {}
    if cut.get("of") is not None:
        points = sum(i.get("points", 1) for p, i in seats if p.get("role", "operational") == "operational")
        yield "cut score", abs(points - cut["of"]) > 1e-6


def _may(item: Json, role: str, blueprint: Json) -> bool:
    status = item.get("status", "active")
    if role not in (blueprint.get("roles") or {"operational": 0}):
        return False
    return status in blueprint.get("pretest_from", ["pretest"]) if role == "pretest" else status != "pretest"


def _order_holds(placement: Json, item: Json) -> bool:
    written, fixed = list(item.get("options", {})), set(item.get("fixed", []))
    order = list(placement.get("option_order", [])) or written
    if not item.get("shuffle", True) and order != written:
        return False
    return sorted(order) == sorted(written) and all(
        order[n] == id for n, id in enumerate(written) if id in fixed
    )


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


def meets(item: Json, where: Json, stats: Json) -> bool:
    """Whether an item meets a where; its role is not looked at."""
    for field, test in where.items():
        if field == "any":
            if test and not any(meets(item, part, stats) for part in test):
                return False
        elif field != "role" and not _passes(value(item, field, stats), test, field):
            return False
    return True


def _passes(found: Any, test: Any, field: str) -> bool:
    if isinstance(test, dict) and "not" in test:
        return not _passes(found, test["not"], field)
    if isinstance(test, dict) and "present" in test:
        return (found is not None) is bool(test["present"])
    if isinstance(test, dict):
        if isinstance(found, bool) or not isinstance(found, int | float):
            return False
        return not (found < test.get("minimum", found) or found > test.get("maximum", found))
    if isinstance(test, list | tuple):
        return any(_passes(found, one, field) for one in test)
    if isinstance(found, list | tuple):
        return test in found
    if field == "content_area" and isinstance(found, str):
        return (found + "/").startswith(f"{test}/")
    return type(found) is type(test) and found == test if isinstance(found, bool) else found == test


def _counted(row: Json, seats: Any, stats: Json) -> list[Json]:
    where = row.get("where", {})
    role = where.get("role", "any")
    return [
        item
        for placement, item in seats
        if role in ("any", placement.get("role", "operational")) and meets(item, where, stats)
    ]


def _within(number: float, bounds: Json) -> bool:
    low, high = bounds.get("minimum"), bounds.get("maximum")
    return (low is None or number >= low - 1e-6) and (high is None or number <= high + 1e-6)


def _length(row: Json, seats: Any, bank: Any, blueprint: Json, stats: Json) -> bool:
    role = row.get("role", "any")
    return _within(sum(role in ("any", p.get("role", "operational")) for p, _ in seats), row)


def _content(row: Json, seats: Any, bank: dict[str, Json], blueprint: Json, stats: Json) -> bool:
    counted = _counted(row, seats, stats)
    if "each" not in row:
        return _content_number(row, len(counted), seats, blueprint, stats)
    where = row.get("where", {})
    role = where.get("role", "any")
    known = [
        item
        for item in bank.values()
        if meets(item, blueprint.get("eligible", {"status": ["active", "pretest"]}), stats)
        and meets(item, where, stats)
        and any(
            _may(item, one, blueprint)
            for one in (blueprint.get("roles") or {"operational": 0})
            if role in ("any", one)
        )
    ]

    def values(item: Json) -> list[Any]:
        found = value(item, row["each"], stats)
        return [] if found is None else list(found) if isinstance(found, list | tuple) else [found]

    tally = Counter(one for item in counted for one in values(item))
    return all(
        _content_number(row, tally[one], seats, blueprint, stats)
        for one in {v for item in (*known, *counted) for v in values(item)}
    )


def _content_number(row: Json, number: int, seats: Any, blueprint: Json, stats: Json) -> bool:
    """Whether a number of items keeps minimum, maximum, share and ratio of a content row."""
    role = row.get("where", {}).get("role", "any")
    of_role = sum(role in ("any", p.get("role", "operational")) for p, _ in seats)
    ratio = row.get("ratio")
    if ratio:
        other = next(one for one in blueprint["constraints"] if one["label"] == ratio["to"])
        theirs = len(_counted(other, seats, stats))
        scaled = {name: ratio[name] * theirs for name in ("minimum", "maximum") if name in ratio}
        if not _within(number, scaled):
            return False
    return _within(number, row) and (not of_role or _within(number / of_role, row.get("share", {})))


def _attribute_sum(row: Json, seats: Any, bank: Any, blueprint: Json, stats: Json) -> bool:
    numbers = [value(item, row["attribute"], stats) for item in _counted(row, seats, stats)]
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        return False
    return _within(sum(numbers), row)


def _mean(row: Json, seats: Any, bank: Any, blueprint: Json, stats: Json) -> bool:
    numbers = [value(item, row["attribute"], stats) for item in _counted(row, seats, stats)]
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        return False
    return not numbers or _within(sum(numbers) / len(numbers), row)


def _all_or_none(row: Json, seats: Any, bank: dict[str, Json], blueprint: Json, stats: Json) -> bool:
    there = {item["id"] for _, item in seats}
    groups: dict[Any, set[str]] = {"": set(row["items"])} if row.get("items") else {}
    eligible = blueprint.get("eligible", {"status": ["active", "pretest"]})
    for item in bank.values() if row.get("each") else ():
        if meets(item, eligible, stats) and meets(item, row.get("where", {}), stats):
            found = value(item, row["each"], stats)
            for one in [] if found is None else found if isinstance(found, list | tuple) else [found]:
                groups.setdefault(one, set()).add(item["id"])
    return all(group <= there or not group & there for group in groups.values())


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


def _curve(row: Json, seats: Any, bank: Any, blueprint: Json, stats: Json) -> bool:
    scored = [item for placement, item in seats if placement.get("role", "operational") == "operational"]
    known = [stats.get(item["id"], {}).get("irt") for item in scored]
    if None in known:
        return False
    for number, theta in enumerate(row["theta"]):
        total = 0.0
        for item, irt in zip(scored, known, strict=True):
            if row["kind"] == "information":
                total += item_information(irt, theta)
            else:
                shares = probabilities(irt, theta)
                expected = sum(category * p for category, p in enumerate(shares)) / (len(shares) - 1)
                total += item.get("points", 1) * expected
        bounds = [row]
        if row.get("target"):
            near, far = row["target"][number] - row["tolerance"], row["target"][number] + row["tolerance"]
            bounds.append({"minimum": near, "maximum": far})
        if not all(_within(total, one) for one in bounds):
            return False
    return True


def _item_set(row: Json, seats: Any, bank: dict[str, Json], blueprint: Json, stats: Json) -> bool:
    eligible = blueprint.get("eligible", {"status": ["active", "pretest"]})
    members: dict[str, list[Json]] = {}
    for item in bank.values():
        if item.get("stimulus") and meets(item, eligible, stats):
            members.setdefault(item["stimulus"], []).append(item)
    counting = {s for s, ms in members.items() if all(meets(m, row.get("where", {}), stats) for m in ms)}
    there = Counter(item["stimulus"] for _, item in seats if item.get("stimulus") in counting)
    return (
        _within(len(there), row.get("sets", {}))
        and all(_within(count, row.get("items_per_set", {})) for count in there.values())
        and (not row.get("whole") or all(count == len(members[s]) for s, count in there.items()))
    )


def _enemies(row: Json, seats: Any, bank: Any, blueprint: Json, stats: Json) -> bool:
    there = {item["id"] for _, item in seats}
    return not any(other in there and other != i["id"] for _, i in seats for other in i.get("enemies", []))


def _hostile_stimuli(seats: Any, hostile: dict[str, set[str]]) -> bool:
    there = {item.get("stimulus", "") for _, item in seats} - {""}
    return any(hostile.get(one, set()) & (there - {one}) for one in there)


def _inclusion(row: Json, seats: Any, bank: Any, blueprint: Json, stats: Json) -> bool:
    return set(row["items"]) <= {item["id"] for _, item in seats}


def _exclusion(row: Json, seats: Any, bank: Any, blueprint: Json, stats: Json) -> bool:
    where = row.get("where")
    return not any(
        item["id"] in row.get("items", []) or (where and meets(item, where, stats)) for _, item in seats
    )


def _key_balance(row: Json, seats: Any, bank: Any, blueprint: Json, stats: Json) -> bool:
    orders = [
        (list(p.get("option_order", [])) or list(item["options"]), item["key"])
        for p, item in seats
        if item["type"] == "multiple-choice"
    ]
    widest = max((len(order) for order, _ in orders), default=0)
    for position in range(min(4, widest)):
        count = sum(order.index(key) == position for order, key in orders)
        if not _within(count / len(orders), row["share"]):
            return False
    return True


_JUDGES: dict[str, Any] = {
    "length": _length,
    "content": _content,
    "attribute_sum": _attribute_sum,
    "mean": _mean,
    "all_or_none": _all_or_none,
    "information": _curve,
    "characteristic_curve": _curve,
    "item_set": _item_set,
    "enemies": _enemies,
    "inclusion": _inclusion,
    "exclusion": _exclusion,
    "key_balance": _key_balance,
}
