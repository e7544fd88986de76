"""An independent judge of forms, written from docs and design alone.

It imports nothing of qbank: a form, the items and the blueprint come as plain dictionaries (the JSON
of a form file, items and blueprint as in YAML, with `earlier` for what was there before the run), statistics
as {item id: {p: …, irt: {…}}}. `judge` returns the labels of the rows that are broken, so that it can be
compared with what the audits say; soft rows cannot be broken. What an item is, `oracle_items` says. A method
of `Case` named like a kind of constraint tells whether a row of that kind holds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from tests.oracle_items import (
    Json,
    curve_at,
    is_number,
    item_information,
    key_place,
    meets,
    of_stimulus,
    order_holds,
    passes,
    value,
    within,
)
from tests.oracle_sections import broken_sections

__all__ = ["curve_at", "item_information", "judge", "meets", "value"]

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

    def implied(self, placements: list[Json]) -> Any:
        seats, blueprint = self.seats, self.blueprint
        yield "length", len(placements) != blueprint["length"]
        for role, count in (blueprint.get("roles") or {}).items():
            yield role, sum(_role(p) == role for p in placements) != count
        yield "unknown_item", len(seats) != len(placements)
        yield "repeated_item", len({p["item"] for p in placements}) != len(placements)
        yield "position", [p["position"] for p in placements] != list(range(1, len(placements) + 1))
        eligible = {item["id"] for item in self.eligible()}
        yield "eligible", not all(item["id"] in eligible for _, item in seats)
        anchored = any(p.get("anchor") and _role(p) != SCORED for p in placements)
        yield "role", anchored or not all(_may(item, _role(p), blueprint) for p, item in seats)
        yield "option_order", not all(order_holds(p, item) for p, item in seats)
        order = blueprint.get("order", ["content_area", "item_set", "seed"])
        if "item_set" in order and not blueprint.get("sections"):
            runs = [s for s, _ in groupby(item.get("stimulus", "") for _, item in seats) if s]
            yield "item_set", len(runs) != len(set(runs))
        cut = blueprint.get("cut_score") or {}
        if cut.get("of") is not None:
            points = sum(item.get("points", 1) for p, item in seats if _role(p) == SCORED)
            yield "cut score", abs(points - cut["of"]) > 1e-6

    def content(self, row: Json) -> bool:
        where = row.get("where", {})
        counted, role = self.counted(where), where.get("role", "any")
        if "each" not in row:
            return self._content_number(row, len(counted))
        roles = [r for r in self.blueprint.get("roles") or [SCORED] if role in ("any", r)]
        fits = [item for item in self.eligible() if any(_may(item, r, self.blueprint) for r in roles)]
        known = [*counted, *(item for item in fits if meets(item, where, self.stats))]
        tally = Counter(one for item in counted for one in self.values(item, row["each"]))
        values = {one for item in known for one in self.values(item, row["each"])}
        return all(self._content_number(row, tally[one]) for one in values)

    def _content_number(self, row: Json, number: int) -> bool:
        """Whether a number of items keeps minimum, maximum, share and ratio of a content row."""
        of_role = len(self.counted({"role": row.get("where", {}).get("role", "any")}))
        ratio = row.get("ratio")
        if ratio:
            other = next(one for one in self.blueprint["constraints"] if one["label"] == ratio["to"])
            theirs = len(self.counted(other.get("where", {})))
            if not within(number, {n: ratio[n] * theirs for n in ("minimum", "maximum") if n in ratio}):
                return False
        return within(number, row) and (not of_role or within(number / of_role, row.get("share", {})))

    def attribute_sum(self, row: Json) -> bool:
        numbers = [value(item, row["attribute"], self.stats) for item in self.counted(row.get("where", {}))]
        if not all(map(is_number, numbers)):
            return False
        count = len(numbers) if row["kind"] == "mean" else 1
        return not count or within(sum(numbers) / count, row)

    def all_or_none(self, row: Json) -> bool:
        there = {item["id"] for _, item in self.seats}
        groups: dict[Any, set[str]] = {"": set(row["items"])} if row.get("items") else {}
        for item in self.eligible() if row.get("each") else []:
            if meets(item, row.get("where", {}), self.stats):
                for one in self.values(item, row["each"]):
                    groups.setdefault(one, set()).add(item["id"])
        return all(group <= there or not group & there for group in groups.values())

    def information(self, row: Json) -> bool:
        scored, kind = self.counted({"role": SCORED}), row["kind"]
        if not all(self.stats.get(item["id"], {}).get("irt") for item in scored):
            return False
        aims = row.get("target")
        if row.get("reference"):
            roles = self.blueprint["earlier"]["references"][row["reference"]]["roles"]
            theirs = [self.bank[id] for id, role in roles.items() if role == SCORED]
            aims = [curve_at(kind, theirs, self.stats, theta) for theta in row["theta"]]
        for number, theta in enumerate(row["theta"]):
            total = curve_at(kind, scored, self.stats, theta)
            if not within(total, row) or (aims and abs(total - aims[number]) > row["tolerance"] + 1e-6):
                return False
        return True

    def item_set(self, row: Json) -> bool:
        members: dict[str, list[Json]] = {}
        for item in self.eligible():
            if item.get("stimulus"):
                members.setdefault(item["stimulus"], []).append(item)
        known = {id: self.stimuli.get(id, {"id": id}) for id in members}
        counting = {
            id
            for id, items in members.items()
            if all(meets(item, row.get("where", {}), self.stats) for item in items)
            and all(passes(of_stimulus(known[id], f), test, f) for f, test in row.get("stimulus", {}).items())
        }
        there = Counter(item["stimulus"] for _, item in self.seats if item.get("stimulus") in counting)
        total = row.get("sum")
        return (
            within(len(there), row.get("sets", {}))
            and all(within(count, row.get("items_per_set", {})) for count in there.values())
            and (not row.get("whole") or all(count == len(members[s]) for s, count in there.items()))
            and (not total or within(sum(of_stimulus(known[s], total["attribute"]) for s in there), total))
        )

    def enemies(self, row: Json) -> bool:
        there = {item["id"]: item for _, item in self.seats}
        there |= {s: self.stimuli[s] for _, i in self.seats if (s := i.get("stimulus", "")) in self.stimuli}
        return not any(o in there and o != id for id, one in there.items() for o in one.get("enemies", []))

    def _anchors(self, form: Json, roles: Iterable[str] = ()) -> set[str]:
        """The items of a form that belong to a common block of one of some roles (of any)."""
        wanted = roles or {row.get("role", SCORED) for row in self.rows("anchor_items")}
        return {
            p["item"]
            for p in _placements(form)
            if _role(p) in wanted and (p.get("anchor") or _role(p) != SCORED)
        }

    def anchor_items(self, row: Json) -> bool:
        role, named = row.get("role", SCORED), set(row.get("items", []))
        block = self._anchors(self.forms[0], [role])
        roles = self.blueprint.get("roles") or {SCORED: self.blueprint["length"]}
        size = row.get("number", len(named) if role == SCORED else roles[role])
        if len(block) != size or named - block or any(self._anchors(f, [role]) != block for f in self.forms):
            return False
        if not all(id in named or meets(self.bank[id], row.get("where", {}), self.stats) for id in block):
            return False
        scored, items = self.counted({"role": SCORED}), [self.bank[id] for id in block]
        pairs = [
            (sum(meets(i, other["where"], self.stats) for i in part) for part in (items, scored))
            for other in self.rows("content")
            if other["label"] in row.get("like_rows", [])
        ]
        for field in row.get("like", []):
            for one in {v for item in scored + items for v in self.values(item, field)}:
                pairs.append(sum(one in self.values(i, field) for i in part) for part in (items, scored))
        share = size / max(1, roles.get(SCORED, 0))
        return all(abs(mine - share * whole) <= row.get("tolerance", 1) + 1e-6 for mine, whole in pairs)

    def overlap(self, row: Json) -> bool:
        items = [{p["item"] for p in _placements(form)} for form in self.forms]
        anchors = [self._anchors(form) for form in self.forms]
        common = [
            (items[0] & other) - (anchors[0] & theirs) for other, theirs in zip(items, anchors, strict=True)
        ]
        limits = [row["earlier"]] if row.get("earlier") is not None else []
        if row.get("earlier_share") is not None:
            limits.append(row["earlier_share"] * self.blueprint["length"] + 1e-6)
        before = [set(form["roles"]) for form in self.blueprint.get("earlier", {}).get("forms", [])]
        apart = [(items[0] - anchors[0]) & form for form in before]
        return all(len(one) <= row.get("maximum", 0) for one in common[1:]) and all(
            len(one) <= limit for one in apart for limit in limits
        )

    def exposure(self, row: Json) -> bool:
        used = [{p["item"] for p in _placements(form)} - self._anchors(form) for form in self.forms]
        counts = Counter(id for ids in used for id in ids if id in self.bank)
        before = self.blueprint.get("earlier", {}).get("uses", {})
        return all(
            count + before.get(id, 0) <= row["maximum"]
            for id, count in counts.items()
            if meets(self.bank[id], row.get("where", {}), self.stats)
        )

    def exclusion(self, row: Json) -> bool:
        where, named = row.get("where"), row.get("items", [])
        return not any(i["id"] in named or (where and meets(i, where, self.stats)) for _, i in self.seats)

    def _key_places(self) -> list[int]:
        return [key_place(placement, item) for placement, item in self.seats]

    def key_balance(self, row: Json) -> bool:
        places = [place for place in self._key_places() if place]
        widest = max((len(i["options"]) for _, i in self.seats if i["type"] == "multiple-choice"), default=0)
        return all(within(places.count(n) / len(places), row["share"]) for n in range(1, min(4, widest) + 1))

    def key_run(self, row: Json) -> bool:
        runs = [(place, len(list(run))) for place, run in groupby(self._key_places())]
        return all(not place or length <= row["maximum"] for place, length in runs)

    def fixed_position(self, row: Json) -> bool:
        place = row["position"] if row["position"] > 0 else len(self.seats) + 1 + row["position"]
        there = [item for p, item in self.seats if p["position"] == place]
        return bool(there) and (
            there[0]["id"] == row["item"] if row.get("item") else meets(there[0], row["where"], self.stats)
        )

    def length(self, row: Json) -> bool:
        return within(len(self.counted({"role": row.get("role", "any")})), row)

    def inclusion(self, row: Json) -> bool:
        return set(row["items"]) <= {item["id"] for _, item in self.seats}

    def same_value(self, row: Json) -> bool:
        items = self.counted(row.get("where", {}))
        return len({one for item in items for one in self.values(item, row["field"])}) <= 1

    def mean(self, row: Json) -> bool:
        return self.attribute_sum(row)

    def characteristic_curve(self, row: Json) -> bool:
        return self.information(row)


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
    broken = [label for label, bad in case.implied(placed) if bad]
    rows = list(blueprint.get("constraints", []))
    overlaps = case.rows("overlap")
    if not overlaps:
        rows.append({"label": "forms", "kind": "overlap"})
    if not any("earlier" in row or "earlier_share" in row for row in overlaps):
        rows.append({"label": "earlier forms", "kind": "overlap", "maximum": math.inf, "earlier": 0})
    broken += [
        row["label"] for row in rows if row.get("weight") is None and not getattr(case, row["kind"])(row)
    ]
    return sorted({*broken, *broken_sections(form, case)})


def _placements(form: Json) -> list[Json]:
    return [p for section in form["sections"] for p in section.get("placements", [])]


def _role(placement: Json) -> str:
    return str(placement.get("role", SCORED))


def _may(item: Json, role: str, blueprint: Json) -> bool:
    status = item.get("status", "active")
    if role not in (blueprint.get("roles") or {SCORED: 0}):
        return False
    return status in blueprint.get("pretest_from", ["pretest"]) if role == "pretest" else status != "pretest"
