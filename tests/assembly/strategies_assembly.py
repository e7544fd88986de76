"""Small random banks and blueprints, and a brute force that knows only the oracle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import msgspec
from hypothesis import strategies as st

from qbank.assembly import constraint_kinds, objective_kinds
from qbank.model.bank import Bank, BankRecord
from qbank.model.blueprint import Blueprint
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
    stimuli = (Stimulus(id="case-1", enemies=("case-2",) if hostile else ()), Stimulus(id="case-2"))
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
    kind = kind or draw(st.sampled_from(sorted(set(constraint_kinds()) - {"overlap"})))
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
            row |= {"theta": thetas, **draw(st.just(target) | bounds(2))}
        case "exposure":
            row |= {"where": where, "maximum": draw(st.integers(1, 2))}
        case "attribute_sum":
            attribute = draw(st.sampled_from(("minutes", "words", "points")))
            row |= {"attribute": attribute, "where": with_role, **draw(bounds(5 * length))}
        case "item_set":
            row |= {"where": where, "sets": draw(bounds(2))}
            if draw(st.booleans()):
                row["items_per_set"] = draw(bounds(3))
            if draw(st.integers(0, 3)) == 0:
                row["whole"] = True
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
    return row


@st.composite
def blueprints(draw: st.DrawFn, bank: Bank, objective: Json | None = None, most_rows: int = 3) -> Blueprint:
    """A blueprint for a bank, that may or may not be possible."""
    length = draw(st.integers(1, 3))
    pretest = draw(st.integers(0, 1)) if length > 1 else 0
    roles = {"operational": length - pretest, "pretest": pretest} if pretest else {}
    forms = draw(st.sampled_from((1, 1, 2, 2, 3) if length < 3 else (1, 1, 2)))
    ids = [item.id for item in bank.items]
    names = tuple(roles) or ("operational",)
    records = [draw(rows(ids, names, length, n)) for n in range(draw(st.integers(0, most_rows)))]
    if forms > 1 and draw(st.booleans()):
        records.append({"label": "overlap", "kind": "overlap", "maximum": draw(st.integers(0, 2))})
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
    )


def all_runs(
    bank: Bank, blueprint: Blueprint, forms: int
) -> Iterator[tuple[tuple[tuple[str, str], ...], ...]]:
    """Every run that meets a blueprint, as ((item, role), …) for each form. Forms are interchangeable."""
    items = [msgspec.to_builtins(item) for item in bank.items]
    rows_as_written = msgspec.to_builtins(blueprint)
    stats = {one.item: msgspec.to_builtins(one) for one in bank.statistics}
    stimuli = [msgspec.to_builtins(one) for one in bank.stimuli]
    singles = [
        one
        for one in _candidates(items, rows_as_written)
        if _passes(one, items, rows_as_written, stats, stimuli)
    ]
    sharing = [
        row.get("maximum", 0) for row in rows_as_written.get("constraints", []) if row["kind"] == "overlap"
    ]
    most = min(sharing, default=0)
    limits = [row for row in rows_as_written.get("constraints", []) if row["kind"] == "exposure"]
    by_id = {item["id"]: item for item in items}
    for run in combinations(singles, forms) if most == 0 else product(singles, repeat=forms):
        sets = [{item for item, _ in one} for one in run]
        if all(len(a & b) <= most for a, b in combinations(sets, 2)) and all(
            sum(id in one for one in sets) <= row["maximum"]
            for row in limits
            for id in by_id
            if oracle.meets(by_id[id], row.get("where", {}), stats)
        ):
            yield run


def _candidates(items: list[Json], blueprint: Json) -> Iterator[tuple[tuple[str, str], ...]]:
    roles = blueprint.get("roles") or {"operational": blueprint["length"]}
    slots = [role for role, count in roles.items() for _ in range(count)]
    for chosen in combinations([item["id"] for item in items], blueprint["length"]):
        for assigned in sorted(set(_permutations(slots))):
            yield tuple(zip(chosen, assigned, strict=True))


def _permutations(slots: list[str]) -> Iterator[tuple[str, ...]]:
    from itertools import permutations

    return permutations(slots)


def _passes(
    taken: tuple[tuple[str, str], ...], items: list[Json], blueprint: Json, stats: Json, stimuli: list[Json]
) -> bool:
    """Whether some order of options lets a form pass; items of a stimulus are put side by side."""
    by_id = {item["id"]: item for item in items}
    ordered = sorted(taken, key=lambda pair: (by_id[pair[0]].get("stimulus", ""), pair[0]))
    choices = [_orders(by_id[id]) for id, _ in ordered]
    balanced = any(row["kind"] == "key_balance" for row in blueprint.get("constraints", []))
    for orders in product(*choices) if balanced else [tuple(one[0] for one in choices)]:
        placements = [
            {"position": n, "item": id, "role": role, "option_order": order}
            for n, ((id, role), order) in enumerate(zip(ordered, orders, strict=True), 1)
        ]
        form = {"sections": [{"id": "main", "placements": placements}]}
        if not oracle.judge(form, items, blueprint, stats=stats, stimuli=stimuli):
            return True
    return False


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
