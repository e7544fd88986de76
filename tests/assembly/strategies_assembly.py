"""Small random banks and blueprints, and a brute force that knows only the oracle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations, combinations_with_replacement, permutations, product
from typing import Any

import msgspec
from hypothesis import strategies as st

from qbank.assembly import constraint_kinds, objective_kinds
from qbank.model.bank import Bank, BankRecord
from qbank.model.blueprint import Blueprint, Earlier, EarlierForm
from qbank.model.item import Item
from qbank.model.statistics import Irt, Statistics
from qbank.model.stimulus import Stimulus
from tests import oracle

AREAS = ("x", "x/one", "x/two", "y")
LEVELS = ("recall", "analysis")
STATUSES = ("active", "active", "active", "pretest", "retired")
Json = dict[str, Any]


@st.composite
def banks(draw: st.DrawFn, smallest: int = 3, largest: int = 7) -> Bank:
    """A bank of a few items with enemies, item sets and statistics."""
    count = draw(st.integers(smallest, largest))
    ids = [f"i{number}" for number in range(count)]
    items = tuple(draw(items_named(id, ids)) for id in ids)
    statistics = tuple(
        Statistics(
            item=id,
            p=draw(st.integers(20, 95)) / 100,
            irt=draw(parameters()),
        )
        for id in ids
    )
    hostile = draw(st.booleans())
    stimuli = (
        Stimulus(id="case-1", text="one two", enemies=("case-2",) if hostile else ()),
        Stimulus(id="case-2", text="one two three four", attributes={"domain": draw(st.sampled_from("kl"))}),
    )
    return Bank(info=BankRecord(id="tiny"), items=items, stimuli=stimuli, statistics=statistics)


@st.composite
def parameters(draw: st.DrawFn) -> Irt:
    """Item response parameters of any model."""
    steps = sorted(draw(st.lists(st.integers(-20, 20), min_size=1, max_size=3, unique=True)))
    model: Any = draw(st.sampled_from(("1PL", "2PL", "3PL", "GRM", "GPC")))
    return Irt(
        model=model,
        D=1.7,
        a=draw(st.integers(5, 20)) / 10,
        b=steps[0] / 10,
        c=draw(st.sampled_from((0.0, 0.2))),
        thresholds=tuple(step / 10 for step in steps) if model in ("GRM", "GPC") else (),
        scale="s",
    )


@st.composite
def items_named(draw: st.DrawFn, id: str, ids: list[str]) -> Item:
    """An item; mostly multiple-choice with two to four options."""
    record: Json = {
        "id": id,
        "type": draw(st.sampled_from(("multiple-choice", "multiple-choice", "multiple-choice", "essay"))),
        "status": draw(st.sampled_from(STATUSES)),
        "content_area": draw(st.sampled_from(AREAS)),
        "cognitive_level": draw(st.sampled_from(LEVELS)),
        "attributes": {"minutes": draw(st.integers(1, 5))},
        "stem": "word " * draw(st.integers(1, 4)),
        "points": draw(st.sampled_from((1, 1, 2))),
        "stimulus": draw(st.sampled_from(("", "", "case-1", "case-2"))),
        "enemies": draw(st.lists(st.sampled_from(ids), max_size=1)),
        "tags": draw(st.lists(st.sampled_from(("t", "u")), max_size=2, unique=True)),
    }
    if draw(st.booleans()):
        record["attributes"]["group"] = draw(st.sampled_from(("g", "h")))
    if record["type"] == "multiple-choice":
        letters = "ABCD"[: draw(st.sampled_from((2, 3, 4, 4)))]
        record["options"] = {letter: f"text {letter}" for letter in letters}
        record["key"] = draw(st.sampled_from(letters))
        record["shuffle"] = draw(st.booleans())
        record["fixed"] = draw(st.lists(st.sampled_from(letters), max_size=1))
    return msgspec.convert(record, Item)  # type: ignore[no-any-return]


def tests_of(field: str) -> st.SearchStrategy[Any]:
    """Tests of a field for a `where`."""
    values: dict[str, tuple[Any, ...]] = {
        "content_area": ("x", "x/one", "y", "z"),
        "cognitive_level": LEVELS,
        "type": ("multiple-choice", "essay"),
        "tags": ("t", "u"),
        "group": ("g", "h"),
        "minutes": (1, 2, 3),
        "points": (1, 2),
        "stimulus": ("case-1",),
        "shuffle": (True, False),
        "words": (3, 11),
        "option_count": (0, 4),
        "p": (0.5,),
        "status": ("active", "pretest", "retired"),
    }
    scalar = st.sampled_from(values[field])
    plain = scalar | st.lists(scalar, max_size=2) | st.fixed_dictionaries({"present": st.booleans()})
    ranges = st.fixed_dictionaries({}, optional={"minimum": st.integers(0, 3), "maximum": st.integers(1, 9)})
    test = plain | ranges.filter(bool)
    return test | st.fixed_dictionaries({"not": test})


FIELDS = (
    "content_area",
    "cognitive_level",
    "type",
    "tags",
    "group",
    "minutes",
    "points",
    "stimulus",
    "shuffle",
    "words",
    "option_count",
    "p",
    "status",
)


@st.composite
def wheres(draw: st.DrawFn, nested: bool = True) -> Json:
    """A `where` without a role."""
    fields = draw(st.lists(st.sampled_from(FIELDS), max_size=2, unique=True))
    where = {field: draw(tests_of(field)) for field in fields}
    if nested and draw(st.integers(0, 4)) == 0:
        where["any"] = draw(st.lists(wheres(nested=False), max_size=2))
    return where


@st.composite
def bounds(draw: st.DrawFn, most: int) -> Json:
    """A minimum, a maximum or both, the right way round."""
    low = draw(st.integers(0, most))
    high = draw(st.integers(low, most + 1))
    return draw(st.sampled_from(({"minimum": low}, {"maximum": high}, {"minimum": low, "maximum": high})))


GROUPS = ("content_area", "group", "tags", "cognitive_level")


@st.composite
def rows(
    draw: st.DrawFn, ids: list[str], roles: tuple[str, ...], length: int, number: int, kind: str = ""
) -> Json:
    """A row of a kind, or of any."""
    kind = kind or draw(st.sampled_from(sorted(set(constraint_kinds()) - {"overlap", "anchor_items"})))
    row: Json = {"label": f"row {number}", "kind": kind}
    where = draw(wheres())
    with_role = {**where, "role": draw(st.sampled_from((*roles, "any")))}
    match kind:
        case "length":
            row |= {"role": draw(st.sampled_from((*roles, "any"))), **draw(bounds(length))}
        case "content":
            row |= {"where": with_role, **draw(bounds(length))}
            if draw(st.integers(0, 2)) == 0:
                row["each"] = draw(st.sampled_from(GROUPS))
            if draw(st.integers(0, 3)) == 0:
                row["share"] = draw(st.sampled_from(({"minimum": 0.5}, {"maximum": 0.4})))
            if number and draw(st.integers(0, 1)):
                row["ratio"] = {"to": f"row {number - 1}", **draw(bounds(2))}
        case "mean":
            attribute = draw(st.sampled_from(("minutes", "words", "p")))
            if attribute == "p":
                with_role["role"] = "operational"
            scale = 0.3 if attribute == "p" else 1.0
            band = {name: scale * bound for name, bound in draw(bounds(3)).items()}
            row |= {"attribute": attribute, "where": with_role, **band}
        case "all_or_none":
            if draw(st.booleans()):
                row["items"] = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True))
            else:
                row |= {"each": draw(st.sampled_from(GROUPS)), "where": where}
        case "information" | "characteristic_curve":
            thetas = draw(st.sampled_from(([0.0], [-1.0, 1.0])))
            target = {"target": [0.5 + 0.4 * length for _ in thetas], "tolerance": 0.6}
            reference = {"reference": "old", "tolerance": 0.6}
            row |= {"theta": thetas, **draw(st.just(target) | st.just(reference) | bounds(2))}
        case "exposure":
            row |= {"where": where, "maximum": draw(st.integers(1, 3))}
        case "attribute_sum":
            attribute = draw(st.sampled_from(("minutes", "words", "points")))
            row |= {"attribute": attribute, "where": with_role, **draw(bounds(5 * length))}
        case "item_set":
            row |= {"where": where, "sets": draw(bounds(2))}
            if draw(st.booleans()):
                row["items_per_set"] = draw(bounds(3))
            if draw(st.integers(0, 3)) == 0:
                row["whole"] = True
            if draw(st.integers(0, 3)) == 0:
                row["stimulus"] = draw(st.sampled_from(({"words": {"maximum": 3}}, {"id": "case-1"})))
            if draw(st.integers(0, 3)) == 0:
                row["sum"] = {"attribute": "words", **draw(bounds(6))}
        case "same_value":
            row |= {"field": draw(st.sampled_from(("group", "minutes", "cognitive_level"))), "where": where}
        case "key_run":
            row["maximum"] = draw(st.integers(1, 2))
        case "fixed_position":
            row["position"] = draw(st.sampled_from((1, length, -1)))
            named: Json = {"item": ids[0]}
            row |= named if draw(st.booleans()) else {"where": where or {"tags": "t"}}
        case "inclusion":
            row["items"] = [draw(st.sampled_from(ids))]
        case "exclusion":
            row |= {"items": [draw(st.sampled_from(ids))], "where": where}
        case "key_balance":
            row["share"] = draw(
                st.sampled_from(
                    ({"maximum": 0.5}, {"minimum": 0.25}, {"minimum": 0.2, "maximum": 0.5}, {"maximum": 0.34})
                )
            )
    if kind in SOFT and not {"each", "share", "ratio", "items_per_set", "whole", "sum"} & set(row):
        row |= draw(st.sampled_from(({}, {"weight": 1.0}, {"weight": 2.5})))
    return row


SOFT = ("length", "content", "attribute_sum", "item_set")


@st.composite
def anchor_rows(draw: st.DrawFn, ids: list[str], roles: Json, records: list[Json]) -> list[Json]:
    """Rows of kind anchor_items, one for each role that may have one."""
    found = []
    for role in roles:
        if role == "pretest" or draw(st.integers(0, 2)):
            continue
        row: Json = {"label": f"anchors {role}", "kind": "anchor_items", "role": role}
        if role == "operational":
            row["number"] = draw(st.integers(1, max(1, roles[role])))
        if draw(st.integers(0, 2)) == 0:
            row["items"] = [draw(st.sampled_from(ids))]
        if draw(st.booleans()):
            row["where"] = draw(wheres())
        if draw(st.booleans()):
            row |= {"like": [draw(st.sampled_from(GROUPS))], "tolerance": draw(st.integers(0, 2)) / 2}
        labels = [one["label"] for one in records if one["kind"] == "content"]
        if draw(st.booleans()) and labels:
            row["like_rows"] = labels[:1]
        found.append(row)
    return found


@st.composite
def earlier(draw: st.DrawFn, ids: list[str]) -> Earlier:
    """Uses, an earlier form and a form to refer to."""
    some = st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True)
    reference = EarlierForm(id="old", roles=dict.fromkeys(draw(some), "operational"))
    if draw(st.booleans()):
        return Earlier(references={"old": reference})
    uses = {id: draw(st.integers(1, 3)) for id in draw(some)}
    forms = tuple(
        EarlierForm("before", dict.fromkeys(draw(some), "pretest")) for _ in range(draw(st.integers(0, 1)))
    )
    return Earlier(uses, forms, {"old": reference})


@st.composite
def blueprints(draw: st.DrawFn, bank: Bank, objective: Json | None = None, most_rows: int = 3) -> Blueprint:
    """A blueprint for a bank, that may or may not be possible."""
    length = draw(st.integers(1, 3))
    extra = draw(st.sampled_from(("", "", "pretest", "external-anchor"))) if length > 1 else ""
    roles = {"operational": length - 1, extra: 1} if extra else {}
    forms = draw(st.sampled_from((1, 1, 2, 2, 3) if length < 3 else (1, 1, 2)))
    ids = [item.id for item in bank.items]
    names = tuple(roles) or ("operational",)
    records = [draw(rows(ids, names, length, n)) for n in range(draw(st.integers(0, most_rows)))]
    if forms > 1 and draw(st.booleans()):
        limits: tuple[Json, ...] = ({}, {"earlier": 1}, {"earlier_share": 0.5})
        sharing = {"maximum": draw(st.integers(0, 2)), **draw(st.sampled_from(limits))}
        records.append({"label": "overlap", "kind": "overlap", **sharing})
    records += draw(anchor_rows(ids, roles or {"operational": length}, records))
    goal = objective or {"kind": "random"}
    kinds = constraint_kinds()
    return Blueprint(
        id="tiny",
        length=length,
        roles=roles,
        forms=forms,
        pretest_from=draw(st.sampled_from((("pretest",), ("pretest", "active")))),
        objective=msgspec.convert(goal, objective_kinds()[goal["kind"]]),
        constraints=tuple(msgspec.convert(record, kinds[record["kind"]]) for record in records),
        earlier=draw(earlier(ids)),
    )


Taken = tuple[tuple[str, str], ...]
RUN_KINDS = ("overlap", "exposure", "anchor_items")


def all_runs(bank: Bank, blueprint: Blueprint, forms: int) -> Iterator[tuple[Taken, ...]]:
    """Every run that meets a blueprint and breaks its soft rows least, as ((item, role), …) for each form.

    Forms are interchangeable.
    """
    plain = msgspec.to_builtins(blueprint)
    judging = Judging(bank, plain)
    singles = {one: form for one in _candidates(judging) if (form := _arranged(one, judging))}
    runs = (
        run
        for run in combinations_with_replacement(singles, forms)
        if _may_share(run, plain) and _meets_together([singles[one] for one in run], judging)
    )
    soft = [row for row in plain.get("constraints", []) if row.get("weight") is not None]
    if not soft:
        yield from runs
        return
    prices = {run: sum(price(singles[one], soft, judging) for one in run) for run in runs}
    least = min(prices.values(), default=0.0)
    yield from (run for run, one in prices.items() if one < least + 1e-6)


class Judging:
    """A bank and a blueprint as the oracle takes them."""

    def __init__(self, bank: Bank, blueprint: Json) -> None:
        self.items = [msgspec.to_builtins(item) for item in bank.items]
        self.by_id = {item["id"]: item for item in self.items}
        self.stats = {one.item: msgspec.to_builtins(one) for one in bank.statistics}
        self.stimuli = [msgspec.to_builtins(one) for one in bank.stimuli]
        self.blueprint = blueprint
        rows = [row for row in blueprint.get("constraints", []) if row["kind"] not in RUN_KINDS]
        before = {**blueprint.get("earlier", {}), "forms": []}
        self.alone = {**blueprint, "constraints": rows, "earlier": before}

    def passes(self, form: Json, blueprint: Json, others: list[Json]) -> bool:
        return not oracle.judge(form, self.items, blueprint, others, self.stats, self.stimuli)


def _may_share(run: tuple[Taken, ...], blueprint: Json) -> bool:
    """Whether forms share few enough items when there are no anchors; a fast look before the oracle's."""
    rows = blueprint.get("constraints", [])
    if any(row["kind"] == "anchor_items" for row in rows):
        return True
    most = min((row.get("maximum", 0) for row in rows if row["kind"] == "overlap"), default=0)
    sets = [{item for item, _ in one} for one in run]
    return all(len(a & b) <= most for a, b in combinations(sets, 2))


def _meets_together(forms: list[Json], judging: Judging) -> bool:
    """Whether forms meet the rows about a run, with some choice of internal anchors."""
    rows = judging.blueprint.get("constraints", [])
    own = [
        row
        for row in rows
        if row["kind"] == "anchor_items" and row.get("role", "operational") == "operational"
    ]
    common = set.intersection(
        *({p["item"] for p in placements(form) if p["role"] == "operational"} for form in forms)
    )
    size = own[0].get("number", len(own[0].get("items", ()))) if own else 0
    return any(
        all(judging.passes(form, judging.blueprint, marked[:n]) for n, form in enumerate(marked))
        for chosen in combinations(sorted(common), size)
        for marked in ([with_anchors(form, set(chosen)) for form in forms],)
    )


def placements(form: Json) -> list[Json]:
    """The placements of a form of one section."""
    found: list[Json] = form["sections"][0]["placements"]
    return found


def with_anchors(form: Json, ids: set[str]) -> Json:
    """The form with some items marked as anchors."""
    marked = [{**p, "anchor": True} if p["item"] in ids else p for p in placements(form)]
    return {"sections": [{"id": "main", "placements": marked}]}


def price(form: Json, soft: list[Json], judging: Judging) -> float:
    """The sum of weight times amount by which a form breaks soft rows."""
    total = 0.0
    for row in soft:
        items = [
            judging.by_id[p["item"]]
            for p in placements(form)
            if row.get("where", {}).get("role", row.get("role", "any")) in ("any", p["role"])
            and (
                row["kind"] == "item_set"
                or oracle.meets(judging.by_id[p["item"]], row.get("where", {}), judging.stats)
            )
        ]
        bounds, number = row, float(len(items))
        if row["kind"] == "attribute_sum":
            number = sum(oracle.value(item, row["attribute"], judging.stats) for item in items)
        if row["kind"] == "item_set":
            bounds, number = row.get("sets", {}), float(_sets(row, items, judging))
        low, high = bounds.get("minimum", number), bounds.get("maximum", number)
        total += row["weight"] * max(0.0, low - number, number - high)
    return total


def _sets(row: Json, items: list[Json], judging: Judging) -> int:
    """How many sets of a form count for a row: the most that a row without an upper bound would allow."""
    there = {item["stimulus"] for item in items if item.get("stimulus")}
    form = {"sections": [{"placements": [{"position": n, "item": i["id"]} for n, i in enumerate(items, 1)]}]}
    for number in range(len(there), -1, -1):
        asked = {**row, "sets": {"minimum": number}}
        asked.pop("weight", None)
        blueprint = {**judging.alone, "constraints": [asked]}
        broken = oracle.judge(form, judging.items, blueprint, (), judging.stats, judging.stimuli)
        if row["label"] not in broken:
            return number
    return 0


def _candidates(judging: Judging) -> Iterator[Taken]:
    blueprint = judging.blueprint
    roles = blueprint.get("roles") or {"operational": blueprint["length"]}
    slots = [role for role, count in roles.items() for _ in range(count)]
    for chosen in combinations([item["id"] for item in judging.items], blueprint["length"]):
        for assigned in sorted(set(permutations(slots))):
            yield tuple(zip(chosen, assigned, strict=True))


def _arranged(taken: Taken, judging: Judging) -> Json | None:
    """The form in an order of items and options in which it passes alone; sets side by side."""
    kinds = {row["kind"] for row in judging.blueprint.get("constraints", [])}
    orders = permutations(taken) if kinds & {"key_run", "fixed_position"} else [taken]
    for order in orders:
        ordered = order
        if order is taken:
            ordered = tuple(
                sorted(taken, key=lambda pair: (judging.by_id[pair[0]].get("stimulus", ""), pair[0]))
            )
        choices = [_orders(judging.by_id[id]) for id, _ in ordered]
        shuffled = kinds & {"key_run", "key_balance"}
        for options in product(*choices) if shuffled else [tuple(one[0] for one in choices)]:
            placed = [
                {"position": n, "item": id, "role": role, "option_order": one}
                for n, ((id, role), one) in enumerate(zip(ordered, options, strict=True), 1)
            ]
            form = {"sections": [{"id": "main", "placements": placed}]}
            if judging.passes(form, judging.alone, []):
                return form
    return None


def _orders(item: Json) -> list[list[str]]:
    """Option orders of an item, one for every position that its key may take."""
    written = list(item.get("options", {}))
    fixed = item.get("fixed", [])
    if item["type"] != "multiple-choice" or not item.get("shuffle", True) or item["key"] in fixed:
        return [written]
    found = []
    for position, other in enumerate(written):
        if other not in fixed:
            order = list(written)
            here = order.index(item["key"])
            order[here], order[position] = order[position], order[here]
            found.append(order)
    return found


def information(one: Statistics, theta: float) -> float:
    """Fisher information, as the oracle takes it."""
    assert one.irt is not None
    return oracle.item_information(msgspec.to_builtins(one.irt), theta)


def closed_information(one: Statistics, theta: float) -> float:
    """Fisher information of a logistic model, written out again: D² a² (Q / P) ((P - c) / (1 - c))²."""
    assert one.irt is not None
    irt = one.irt
    assert irt.b is not None
    c = irt.c if irt.model == "3PL" else 0.0
    p = c + (1 - c) / (1 + math.exp(-irt.D * irt.a * (theta - irt.b)))
    return irt.D**2 * irt.a**2 * (1 - p) / p * ((p - c) / (1 - c)) ** 2
