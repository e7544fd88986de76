"""An independent judge of forms, written from docs and design alone.

It imports nothing of qbank: a form, the items and the blueprint come as plain dictionaries (the JSON
of a form file, items and blueprint as in YAML, with `earlier` for what was there before the run), statistics
as {item id: {p: …, irt: {…}}}. `judge` returns the labels of the rows that are broken, so that it can be
compared with what the audits say; soft rows cannot be broken.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import groupby, pairwise
from typing import Any, NamedTuple

Json = dict[str, Any]
DEFAULTS: Json = {"status": "active", "points": 1, "shuffle": True}
SCORED = "operational"


class Case(NamedTuple):
    """A form with everything by which it is judged; `seats` are its (placement, item)."""

    seats: list[tuple[Json, Json]]
    forms: list[Json]
    bank: dict[str, Json]
    blueprint: Json
    stats: Json
    stimuli: dict[str, Json]

    def eligible(self) -> list[Json]:
        where = self.blueprint.get("eligible", {"status": ["active", "pretest"]})
        return [item for item in self.bank.values() if meets(item, where, self.stats)]

    def counted(self, where: Json) -> list[Json]:
        """The items of the form that a where with its role means."""
        role = where.get("role", "any")
        return [i for p, i in self.seats if role in ("any", _role(p)) and meets(i, where, self.stats)]

    def values(self, item: Json, field: str) -> list[Any]:
        found = value(item, field, self.stats)
        return [] if found is None else list(found) if isinstance(found, list | tuple) else [found]

    def rows(self, kind: str) -> list[Json]:
        return [row for row in self.blueprint.get("constraints", []) if row["kind"] == kind]


def judge(
    form: Json,
    items: Iterable[Json],
    blueprint: Json,
    others: Iterable[Json] = (),
    stats: Json | None = None,
    stimuli: Iterable[Json] = (),
) -> list[str]:
    """The labels of broken rows of a form; `others` are the other forms of the same run."""
    bank, sets = {item["id"]: item for item in items}, {one["id"]: one for one in stimuli}
    placed = _placements(form)
    seats = [(p, bank[p["item"]]) for p in placed if p["item"] in bank]
    case = Case(seats, [form, *others], bank, blueprint, stats or {}, sets)
    broken = [label for label, bad in _implied(placed, case) if bad]
    rows = list(blueprint.get("constraints", []))
    overlaps = case.rows("overlap")
    if not overlaps:
        rows.append({"label": "forms", "kind": "overlap"})
    if not any("earlier" in row or "earlier_share" in row for row in overlaps):
        rows.append({"label": "earlier forms", "kind": "overlap", "maximum": math.inf, "earlier": 0})
    broken += [
        row["label"] for row in rows if row.get("weight") is None and not _JUDGES[row["kind"]](row, case)
    ]
    return sorted(set(broken))


def _placements(form: Json) -> list[Json]:
    return [p for section in form["sections"] for p in section.get("placements", [])]


def _role(placement: Json) -> str:
    return str(placement.get("role", SCORED))


def _implied(placements: list[Json], case: Case) -> Any:
    seats, blueprint = case.seats, case.blueprint
    yield "length", len(placements) != blueprint["length"]
    for role, count in (blueprint.get("roles") or {}).items():
        yield role, sum(_role(p) == role for p in placements) != count
    yield "unknown_item", len(seats) != len(placements)
    yield "repeated_item", len({p["item"] for p in placements}) != len(placements)
    yield "position", [p["position"] for p in placements] != list(range(1, len(placements) + 1))
    eligible = {item["id"] for item in case.eligible()}
    yield "eligible", not all(item["id"] in eligible for _, item in seats)
    anchored = any(p.get("anchor") and _role(p) != SCORED for p in placements)
    yield "role", anchored or not all(_may(item, _role(p), blueprint) for p, item in seats)
    yield "option_order", not all(_order_holds(p, item) for p, item in seats)
    if "item_set" in blueprint.get("order", ["content_area", "item_set", "seed"]):
        runs = [s for s, _ in groupby(item.get("stimulus", "") for _, item in seats) if s]
        yield "item_set", len(runs) != len(set(runs))
    cut = blueprint.get("cut_score") or {}
    if cut.get("of") is not None:
        points = sum(item.get("points", 1) for p, item in seats if _role(p) == SCORED)
        yield "cut score", abs(points - cut["of"]) > 1e-6


def _may(item: Json, role: str, blueprint: Json) -> bool:
    status = item.get("status", "active")
    if role not in (blueprint.get("roles") or {SCORED: 0}):
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


def _of_stimulus(stimulus: Json, field: str) -> Any:
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
        elif field != "role" and not _passes(value(item, field, stats), test, field):
            return False
    return True


def _passes(found: Any, test: Any, field: str) -> bool:
    if isinstance(test, dict) and "not" in test:
        return not _passes(found, test["not"], field)
    if isinstance(test, dict) and "present" in test:
        return (found is not None) is bool(test["present"])
    if isinstance(test, dict):
        return _is_number(found) and test.get("minimum", found) <= found <= test.get("maximum", found)
    if isinstance(test, list | tuple):
        return any(_passes(found, one, field) for one in test)
    if isinstance(found, list | tuple):
        return test in found
    if field == "content_area" and isinstance(found, str):
        return (found + "/").startswith(f"{test}/")
    return type(found) is type(test) and found == test if isinstance(found, bool) else found == test


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


def _within(number: float, bounds: Json) -> bool:
    low, high = bounds.get("minimum"), bounds.get("maximum")
    return (low is None or number >= low - 1e-6) and (high is None or number <= high + 1e-6)


def _content(row: Json, case: Case) -> bool:
    where = row.get("where", {})
    counted, role = case.counted(where), where.get("role", "any")
    if "each" not in row:
        return _content_number(row, len(counted), case)
    roles = [r for r in case.blueprint.get("roles") or [SCORED] if role in ("any", r)]
    fits = [item for item in case.eligible() if any(_may(item, r, case.blueprint) for r in roles)]
    known = [*counted, *(item for item in fits if meets(item, where, case.stats))]
    tally = Counter(one for item in counted for one in case.values(item, row["each"]))
    values = {one for item in known for one in case.values(item, row["each"])}
    return all(_content_number(row, tally[one], case) for one in values)


def _content_number(row: Json, number: int, case: Case) -> bool:
    """Whether a number of items keeps minimum, maximum, share and ratio of a content row."""
    of_role = len(case.counted({"role": row.get("where", {}).get("role", "any")}))
    ratio = row.get("ratio")
    if ratio:
        other = next(one for one in case.blueprint["constraints"] if one["label"] == ratio["to"])
        theirs = len(case.counted(other.get("where", {})))
        if not _within(number, {n: ratio[n] * theirs for n in ("minimum", "maximum") if n in ratio}):
            return False
    return _within(number, row) and (not of_role or _within(number / of_role, row.get("share", {})))


def _sum_or_mean(row: Json, case: Case) -> bool:
    numbers = [value(item, row["attribute"], case.stats) for item in case.counted(row.get("where", {}))]
    if not all(map(_is_number, numbers)):
        return False
    if row["kind"] == "mean":
        return not numbers or _within(sum(numbers) / len(numbers), row)
    return _within(sum(numbers), row)


def _all_or_none(row: Json, case: Case) -> bool:
    there = {item["id"] for _, item in case.seats}
    groups: dict[Any, set[str]] = {"": set(row["items"])} if row.get("items") else {}
    for item in case.eligible() if row.get("each") else []:
        if meets(item, row.get("where", {}), case.stats):
            for one in case.values(item, row["each"]):
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


def _curve_at(kind: str, items: list[Json], stats: Json, theta: float) -> float:
    """The information or the expected score of items at an ability."""
    total = 0.0
    for item in items:
        irt = stats[item["id"]]["irt"]
        shares = probabilities(irt, theta)
        expected = sum(category * p for category, p in enumerate(shares)) / (len(shares) - 1)
        total += item_information(irt, theta) if kind == "information" else item.get("points", 1) * expected
    return total


def _curve(row: Json, case: Case) -> bool:
    scored, kind = case.counted({"role": SCORED}), row["kind"]
    if not all(case.stats.get(item["id"], {}).get("irt") for item in scored):
        return False
    aims = row.get("target")
    if row.get("reference"):
        roles = case.blueprint["earlier"]["references"][row["reference"]]["roles"]
        theirs = [case.bank[id] for id, role in roles.items() if role == SCORED]
        aims = [_curve_at(kind, theirs, case.stats, theta) for theta in row["theta"]]
    for number, theta in enumerate(row["theta"]):
        total = _curve_at(kind, scored, case.stats, theta)
        if not _within(total, row) or (aims and abs(total - aims[number]) > row["tolerance"] + 1e-6):
            return False
    return True


def _item_set(row: Json, case: Case) -> bool:
    members: dict[str, list[Json]] = {}
    for item in case.eligible():
        if item.get("stimulus"):
            members.setdefault(item["stimulus"], []).append(item)
    known = {id: case.stimuli.get(id, {"id": id}) for id in members}
    counting = {
        id
        for id, items in members.items()
        if all(meets(item, row.get("where", {}), case.stats) for item in items)
        and all(_passes(_of_stimulus(known[id], f), test, f) for f, test in row.get("stimulus", {}).items())
    }
    there = Counter(item["stimulus"] for _, item in case.seats if item.get("stimulus") in counting)
    total = row.get("sum")
    return (
        _within(len(there), row.get("sets", {}))
        and all(_within(count, row.get("items_per_set", {})) for count in there.values())
        and (not row.get("whole") or all(count == len(members[s]) for s, count in there.items()))
        and (not total or _within(sum(_of_stimulus(known[s], total["attribute"]) for s in there), total))
    )


def _enemies(row: Json, case: Case) -> bool:
    there = {item["id"]: item for _, item in case.seats}
    there |= {s: case.stimuli[s] for _, i in case.seats if (s := i.get("stimulus", "")) in case.stimuli}
    return not any(o in there and o != id for id, one in there.items() for o in one.get("enemies", []))


def _anchors(form: Json, case: Case, roles: Iterable[str] = ()) -> set[str]:
    """The items of a form that belong to a common block of one of some roles (of any)."""
    wanted = roles or {row.get("role", SCORED) for row in case.rows("anchor_items")}
    return {
        p["item"] for p in _placements(form) if _role(p) in wanted and (p.get("anchor") or _role(p) != SCORED)
    }


def _anchor_items(row: Json, case: Case) -> bool:
    role, named = row.get("role", SCORED), set(row.get("items", []))
    block = _anchors(case.forms[0], case, [role])
    roles = case.blueprint.get("roles") or {SCORED: case.blueprint["length"]}
    size = row.get("number", len(named) if role == SCORED else roles[role])
    if len(block) != size or named - block or any(_anchors(f, case, [role]) != block for f in case.forms):
        return False
    if not all(id in named or meets(case.bank[id], row.get("where", {}), case.stats) for id in block):
        return False
    scored, items = case.counted({"role": SCORED}), [case.bank[id] for id in block]
    pairs = [
        (sum(meets(i, other["where"], case.stats) for i in part) for part in (items, scored))
        for other in case.rows("content")
        if other["label"] in row.get("like_rows", [])
    ]
    for field in row.get("like", []):
        for one in {v for item in scored + items for v in case.values(item, field)}:
            pairs.append(sum(one in case.values(i, field) for i in part) for part in (items, scored))
    share = size / max(1, roles.get(SCORED, 0))
    return all(abs(mine - share * whole) <= row.get("tolerance", 1) + 1e-6 for mine, whole in pairs)


def _overlap(row: Json, case: Case) -> bool:
    items = [{p["item"] for p in _placements(form)} for form in case.forms]
    anchors = [_anchors(form, case) for form in case.forms]
    common = [
        (items[0] & other) - (anchors[0] & theirs) for other, theirs in zip(items, anchors, strict=True)
    ]
    limits = [row["earlier"]] if row.get("earlier") is not None else []
    if row.get("earlier_share") is not None:
        limits.append(row["earlier_share"] * case.blueprint["length"] + 1e-6)
    before = [set(form["roles"]) for form in case.blueprint.get("earlier", {}).get("forms", [])]
    apart = [(items[0] - anchors[0]) & form for form in before]
    return all(len(one) <= row.get("maximum", 0) for one in common[1:]) and all(
        len(one) <= limit for one in apart for limit in limits
    )


def _exposure(row: Json, case: Case) -> bool:
    used = [{p["item"] for p in _placements(form)} - _anchors(form, case) for form in case.forms]
    counts = Counter(id for ids in used for id in ids if id in case.bank)
    before = case.blueprint.get("earlier", {}).get("uses", {})
    return all(
        count + before.get(id, 0) <= row["maximum"]
        for id, count in counts.items()
        if meets(case.bank[id], row.get("where", {}), case.stats)
    )


def _exclusion(row: Json, case: Case) -> bool:
    where, named = row.get("where"), row.get("items", [])
    return not any(i["id"] in named or (where and meets(i, where, case.stats)) for _, i in case.seats)


def _key_places(case: Case) -> list[int]:
    """Where each item of the form presents its key, from 1; 0 for items that are not single-answer."""
    return [
        (list(p.get("option_order", [])) or list(item["options"])).index(item["key"]) + 1
        if item["type"] == "multiple-choice"
        else 0
        for p, item in case.seats
    ]


def _key_balance(row: Json, case: Case) -> bool:
    places = [place for place in _key_places(case) if place]
    widest = max((len(i["options"]) for _, i in case.seats if i["type"] == "multiple-choice"), default=0)
    judged = range(1, min(4, widest) + 1)
    return all(_within(places.count(place) / len(places), row["share"]) for place in judged)


def _key_run(row: Json, case: Case) -> bool:
    runs = [(place, len(list(run))) for place, run in groupby(_key_places(case))]
    return all(not place or length <= row["maximum"] for place, length in runs)


def _fixed_position(row: Json, case: Case) -> bool:
    place = row["position"] if row["position"] > 0 else len(case.seats) + 1 + row["position"]
    there = [item for p, item in case.seats if p["position"] == place]
    return bool(there) and (
        there[0]["id"] == row["item"] if row.get("item") else meets(there[0], row["where"], case.stats)
    )


_JUDGES: dict[str, Any] = {
    "all_or_none": _all_or_none,
    "anchor_items": _anchor_items,
    "attribute_sum": _sum_or_mean,
    "characteristic_curve": _curve,
    "content": _content,
    "enemies": _enemies,
    "exclusion": _exclusion,
    "exposure": _exposure,
    "fixed_position": _fixed_position,
    "inclusion": lambda row, case: set(row["items"]) <= {item["id"] for _, item in case.seats},
    "information": _curve,
    "item_set": _item_set,
    "key_balance": _key_balance,
    "key_run": _key_run,
    "length": lambda row, case: _within(len(case.counted({"role": row.get("role", "any")})), row),
    "mean": _sum_or_mean,
    "overlap": _overlap,
    "same_value": lambda row, case: (
        len({v for i in case.counted(row.get("where", {})) for v in case.values(i, row["field"])}) <= 1
    ),
}
