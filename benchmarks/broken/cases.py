"""A seeded set of broken blueprints: banks of 30 to 5,000 items, ten ways to ask for too much.

Whoever makes a case knows the rows at fault and the shortfall, by construction; `faults` proves both with the
program of `proof.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import msgspec

from benchmarks.broken.proof import least_breach
from qbank.assembly import constraint_kinds, objective_kinds
from qbank.model.bank import Bank, BankRecord
from qbank.model.blueprint import Blueprint
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus

Json = dict[str, Any]
LEVELS = ("recall", "application", "analysis")
AREAS = ("anatomy", "billing", "claims", "diagnosis", "ethics", "grants")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A broken blueprint as records, and what is wrong with it.

    `rows` are the labels of the rows at fault and `missing` what they fall short, over all forms. One row
    cannot be met even alone with the length; several can, but not together. `carried` is the most forms that
    the bank carries, and `best` the least sum, where those are the questions. `change` makes the blueprint
    possible.
    """

    kind: str
    name: str
    items: list[Json]
    blueprint: Json
    rows: tuple[str, ...]
    missing: float
    change: Json
    carried: int | None = None
    best: float | None = None

    @property
    def repaired(self) -> Json:
        """The blueprint with the change: {label: fields}, or {"forms": n}."""
        rows = [{**row, **self.change.get(row["label"], {})} for row in self.blueprint["constraints"]]
        rest = {name: value for name, value in self.change.items() if name in self.blueprint}
        return {**self.blueprint, "constraints": rows, **rest}


def bank_of(case: Case) -> Bank:
    """The bank as qbank reads it."""
    stimuli = sorted({item["stimulus"] for item in case.items if item.get("stimulus")})
    return Bank(
        info=BankRecord(id="broken"),
        items=tuple(msgspec.convert(item, Item) for item in case.items),
        stimuli=tuple(Stimulus(id=one) for one in stimuli),
    )


def blueprint_of(record: Json) -> Blueprint:
    """A blueprint as qbank reads it."""
    kinds = constraint_kinds()
    rows = tuple(msgspec.convert(row, kinds[row["kind"]]) for row in record["constraints"])
    goal = msgspec.convert({"kind": "random"}, objective_kinds()["random"])
    rest = {name: value for name, value in record.items() if name != "constraints"}
    return Blueprint(id="broken", objective=goal, constraints=rows, **rest)


def faults(case: Case) -> list[str]:
    """What the proof does not confirm of a case; nothing, or the case is wrong."""
    found = []
    items, blueprint = case.items, case.blueprint

    def breach(**how: Any) -> float | None:
        return least_breach(items, blueprint, **how)

    if len(case.rows) == 1:
        for hard in (None, {"length", "operational", "pretest", *case.rows}):
            if breach(soft=case.rows, only=hard) != case.missing:
                found += [f"{case.rows[0]} falls short {breach(soft=case.rows, only=hard)}"]
    else:
        if breach(soft=(), only=case.rows) is not None:
            found.append("the rows can hold together")
        if breach() != case.missing:
            found.append(f"the least breach is {breach()}")
    found += [f"{row} is not to blame" for row in case.rows if breach(soft=(), without=[row]) is None]
    if case.carried is not None:
        if case.carried and breach(soft=(), forms=case.carried) is None:
            found.append("fewer forms are carried")
        if breach(soft=(), forms=case.carried + 1) is not None:
            found.append("more forms are carried")
    return found


# --- what every case stands on ---------------------------------------------------------------------------


def item(id: str, area: str, level: str, seconds: int = 60, **more: Any) -> Json:
    """A record without content."""
    return {
        "id": id,
        "type": "essay",
        "status": "active",
        "content_area": area,
        "cognitive_level": level,
        "attributes": {"seconds": seconds},
        "stem": id,
        "rubric": "none",
        **more,
    }


def crowd(count: int, rnd: random.Random) -> list[Json]:
    """Items of six areas and three levels, some retired, some pairs of enemies: enough of everything."""
    items = [
        item(f"i{n:05d}", AREAS[n % 6], LEVELS[n // 6 % 3], rnd.randrange(40, 90, 5)) for n in range(count)
    ]
    for one in items[::23]:
        one["status"] = "retired"
    for one, other in zip(items[1::97], items[4::97], strict=False):
        one["enemies"] = [other["id"]]
    return items


def special(prefix: str, count: int, area: str, rnd: random.Random, **more: Any) -> list[Json]:
    """Items of an area of their own."""
    return [
        item(f"{prefix}{n:03d}", area, rnd.choice(LEVELS), rnd.randrange(40, 90, 5), **more)
        for n in range(count)
    ]


def content(label: str, where: Json, **bounds: int) -> Json:
    """A row that counts items."""
    return {"label": label, "kind": "content", "where": where, **bounds}


def background(length: int) -> list[Json]:
    """Rows that are easily met."""
    rows = [content(area, {"content_area": area, "role": "any"}, minimum=length // 20) for area in AREAS]
    rows.append(content("recall", {"cognitive_level": "recall", "role": "any"}, maximum=length - length // 4))
    time = {"label": "time", "kind": "attribute_sum", "attribute": "seconds", "where": {"role": "any"}}
    return [*rows, {**time, "maximum": 85 * length}, {"label": "apart", "kind": "enemies"}]


def plan(length: int, *rows: Json, **more: Any) -> Json:
    """A blueprint with the background rows and others."""
    return {"length": length, "constraints": [*background(length), *rows], **more}


SIZES = (60, 150, 400, 1000, 2500, 5000)
"""How many items the banks have; what a case adds comes on top."""


def length_for(size: int) -> int:
    """A length that such a bank carries several times."""
    return min(60, max(10, size // 8))


# --- ten kinds -------------------------------------------------------------------------------------------


def single_row(size: int, rnd: random.Random) -> Iterator[Case]:
    """One row asks for more than there is; for a sum, for less than there can be."""
    length, have, short = length_for(size), rnd.randrange(2, 6), rnd.randrange(1, 4)
    items = (
        crowd(size, rnd)
        + special("s", have, "scarce", rnd)
        + special("r", 3, "scarce", rnd, status="retired")
    )
    row = content("scarce ones", {"content_area": "scarce"}, minimum=have + short)
    yield Case(
        kind="single row",
        name=f"content {size}",
        items=items,
        blueprint=plan(length, row),
        rows=("scarce ones",),
        missing=short,
        change={"scarce ones": {"minimum": have}},
    )
    items = crowd(size, rnd)
    low = least_breach(
        items, plan(length, {**background(length)[7], "label": "short", "maximum": 0}), ["short"]
    )
    assert low is not None
    row = {**background(length)[7], "label": "short", "maximum": int(low) - 25}
    alone = least_breach(items, plan(length, row), ["short"], only=["length", "short"])
    if alone == 25:
        yield Case(
            kind="single row",
            name=f"sum {size}",
            items=items,
            blueprint=plan(length, row),
            rows=("short",),
            missing=25,
            best=low,
            change={"short": {"maximum": int(low)}},
        )


def two_rows(size: int, rnd: random.Random) -> Iterator[Case]:
    """Two minima that together are more than the length."""
    length, short = length_for(size), rnd.randrange(1, 4)
    first = length // 2 + rnd.randrange(0, 3)
    rows = (
        content("applied", {"cognitive_level": "application"}, minimum=first),
        content("analysed", {"cognitive_level": "analysis"}, minimum=length - first + short),
    )
    yield Case(
        kind="two rows",
        name=f"levels {size}",
        items=crowd(2 * size, rnd),
        blueprint=plan(length, *rows),
        rows=("length", "applied", "analysed"),
        missing=short,
        change={"analysed": {"minimum": length - first}, "anatomy": {"minimum": 0}},
    )


def parent_and_children(size: int, rnd: random.Random) -> Iterator[Case]:
    """Children ask for more than their parent may have, or may have less than it asks for."""
    length, short = length_for(size), rnd.randrange(1, 3)
    items = crowd(size, rnd)
    parts = ("x", "y", "z")
    for part in parts:
        items += special(part, 8, f"family/{part}", rnd)
    each = max(2, length // 12)
    minima = [content(part, {"content_area": f"family/{part}"}, minimum=each) for part in parts]
    parent = content("family", {"content_area": "family"}, maximum=3 * each - short)
    yield Case(
        kind="parent and children",
        name=f"maximum {size}",
        items=items,
        blueprint=plan(length, parent, *minima),
        rows=("family", *parts),
        missing=short,
        change={"family": {"maximum": 3 * each}},
    )
    maxima = [content(part, {"content_area": f"family/{part}"}, maximum=1) for part in parts]
    parent = content("family", {"content_area": "family"}, minimum=3 + short)
    yield Case(
        kind="parent and children",
        name=f"minimum {size}",
        items=items,
        blueprint=plan(length, parent, *maxima),
        rows=("family", *parts),
        missing=short,
        change={"family": {"minimum": 3}},
    )


def enemy_clique(size: int, rnd: random.Random) -> Iterator[Case]:
    """Of a group of enemies a form takes one."""
    length, group, free, short = (
        length_for(size),
        rnd.randrange(4, 13),
        rnd.randrange(1, 4),
        rnd.randrange(1, 3),
    )
    hostile = special("e", group, "cluster", rnd)
    for one, other in combinations(hostile, 2):
        one.setdefault("enemies", []).append(other["id"])
    items = crowd(size, rnd) + hostile + special("f", free, "cluster", rnd)
    row = content("clusters", {"content_area": "cluster"}, minimum=free + 1 + short)
    yield Case(
        kind="enemy clique",
        name=f"{group} {size}",
        items=items,
        blueprint=plan(length, row),
        rows=("clusters",),
        missing=free + 1 + short - min(group + free, free + 1),
        change={"clusters": {"minimum": free + 1}},
    )


def enemy_pairs(size: int, rnd: random.Random) -> Iterator[Case]:
    """Pairs of enemies without groups: circles, chains and chance."""
    length, short = length_for(size), rnd.randrange(1, 3)
    for name, count in (("circle", 7), ("chance", 14)):
        hostile = special("e", count, "cluster", rnd)
        around = zip(hostile, (*hostile[1:], hostile[0]), strict=True)
        pairs = list(around) if name == "circle" else rnd.sample(list(combinations(hostile, 2)), 20)
        for one, other in pairs:
            one.setdefault("enemies", []).append(other["id"])
        links = {frozenset((one["id"], other["id"])) for one, other in pairs}
        most = max(
            len(some)
            for size_of in range(1, count + 1)
            for some in combinations([one["id"] for one in hostile], size_of)
            if not any(frozenset(pair) in links for pair in combinations(some, 2))
        )
        row = content("clusters", {"content_area": "cluster"}, minimum=most + short)
        if most + short <= length:
            yield Case(
                kind="enemy pairs",
                name=f"{name} {size}",
                items=crowd(size, rnd) + hostile,
                blueprint=plan(length, row),
                rows=("clusters",),
                missing=short,
                change={"clusters": {"minimum": most}},
            )


def item_sets(size: int, rnd: random.Random) -> Iterator[Case]:
    """Too few sets of a size, or items that only sets have, of which each may give few."""
    length, good, short = length_for(size), rnd.randrange(2, 4), rnd.randrange(1, 3)
    items = crowd(size, rnd)
    for number in range(good + 3):
        members = 4 if number < good else 2
        items += special(f"c{number}-", members, "case", rnd, stimulus=f"case-{number}")
    row = {
        "label": "cases",
        "kind": "item_set",
        "sets": {"minimum": good + short},
        "items_per_set": {"minimum": 3},
    }
    room = 3 * (good + short) + 2
    yield Case(
        kind="item sets",
        name=f"sets {size}",
        items=items,
        blueprint=plan(max(length, room), row),
        rows=("cases",),
        missing=short,
        change={"cases": {"sets": {"minimum": good}}},
    )
    items = crowd(size, rnd)
    for number in range(good):
        items += special(f"c{number}-", 5, "case", rnd, stimulus=f"case-{number}")
    sizes = {"label": "few of each", "kind": "item_set", "items_per_set": {"maximum": 2}}
    row = content("case items", {"content_area": "case"}, minimum=2 * good + short)
    yield Case(
        kind="item sets",
        name=f"sizes {size}",
        items=items,
        blueprint=plan(max(length, 12), row, sizes),
        rows=("case items",),
        missing=short,
        change={"case items": {"minimum": 2 * good}},
    )


def use_limit(size: int, rnd: random.Random) -> Iterator[Case]:
    """Forms may share items, but an item may be used a few times only."""
    forms, uses, have = rnd.choice(((3, 2, 4), (4, 2, 4), (4, 3, 4), (3, 2, 6)))
    length = min(30, length_for(size))
    each = have * uses // forms
    short = forms * (each + 1) - have * uses
    items = crowd(2 * size, rnd) + special("s", have, "scarce", rnd)
    rows = (
        content("scarce ones", {"content_area": "scarce"}, minimum=each + 1),
        {"label": "shared", "kind": "overlap", "maximum": length},
        {"label": "uses", "kind": "exposure", "maximum": uses},
    )
    yield Case(
        kind="use limit",
        name=f"{forms} forms {size}",
        items=items,
        blueprint=plan(length, *rows, forms=forms),
        rows=("scarce ones",),
        missing=short,
        change={"scarce ones": {"minimum": each}},
    )


def too_many_forms(size: int, rnd: random.Random) -> Iterator[Case]:
    """Forms that share nothing need more than the bank has, of one content or at all."""
    each, carried, asked = rnd.randrange(2, 5), rnd.randrange(1, 4), rnd.randrange(1, 3)
    asked += carried
    have = each * carried + rnd.randrange(each)
    length = min(30, max(each + 6, length_for(size) // 2))
    items = crowd(max(size, 8 * length), rnd) + special("s", have, "scarce", rnd)
    row = content("scarce ones", {"content_area": "scarce"}, minimum=each)
    yield Case(
        kind="too many forms",
        name=f"{asked} of {carried} {size}",
        items=items,
        blueprint=plan(length, row, forms=asked),
        rows=("scarce ones",),
        missing=asked * each - have,
        change={"scarce ones": {"minimum": have // asked}},
        carried=carried,
    )
    items = crowd(length * carried + 23, rnd)
    for one in items:
        one["status"] = "active"
        one.pop("enemies", None)
    items = items[: length * carried + length // 3]
    yield Case(
        kind="too many forms",
        name=f"{asked} of {carried} length {len(items)}",
        items=items,
        blueprint={**plan(length, forms=asked), "constraints": background(length)[7:]},
        rows=("length",),
        missing=asked * length - len(items),
        change={"length": len(items) // asked},
        carried=carried,
    )


def overlap(size: int, rnd: random.Random) -> Iterator[Case]:
    """Two or three forms may share a few items, not as many as the bank makes them share."""
    forms, have, share = rnd.choice(((2, 7, 1), (2, 9, 2), (3, 7, 1), (2, 5, 2)))
    length = max(12, min(30, length_for(size) // 2))
    # the most places that forms fill: an item in k forms is shared by k (k - 1) / 2 pairs
    pairs = forms * (forms - 1) // 2
    most = have + share * pairs
    each = -(-most // forms) + rnd.randrange(2)
    each += forms * each <= most
    items = crowd(max(size, 8 * length), rnd) + special("s", have, "scarce", rnd)
    rows = (
        content("scarce ones", {"content_area": "scarce"}, minimum=each),
        {"label": "shared", "kind": "overlap", "maximum": share},
    )
    if each <= have:
        yield Case(
            kind="overlap",
            name=f"{forms} forms share {share} {size}",
            items=items,
            blueprint=plan(length, *rows, forms=forms),
            rows=("scarce ones",),
            missing=forms * each - most,
            change={"scarce ones": {"minimum": most // forms}},
        )


def pretest_shortage(size: int, rnd: random.Random) -> Iterator[Case]:
    """Fewer pretest items than the form has places for."""
    length, have, short = length_for(size), rnd.randrange(2, 6), rnd.randrange(1, 4)
    items = crowd(size, rnd) + special("p", have, "anatomy", rnd, status="pretest")
    roles = {"operational": length, "pretest": have + short}
    yield Case(
        kind="pretest shortage",
        name=f"status {size}",
        items=items,
        blueprint={**plan(length, roles=roles), "length": length + have + short},
        rows=("pretest",),
        missing=short,
        change={"length": length + have, "roles": {"operational": length, "pretest": have}},
    )
    hostile = special("p", have + 2, "anatomy", rnd, status="pretest")
    hostile[0]["enemies"] = [one["id"] for one in hostile[1:3]]
    hostile[1]["enemies"] = [hostile[2]["id"]]
    roles = {"operational": length, "pretest": have + short}
    yield Case(
        kind="pretest shortage",
        name=f"enemies {size}",
        items=crowd(size, rnd) + hostile,
        blueprint={**plan(length, roles=roles), "length": length + have + short},
        rows=("pretest",),
        missing=short,
        change={"length": length + have, "roles": {"operational": length, "pretest": have}},
    )


KINDS: tuple[Callable[[int, random.Random], Iterator[Case]], ...] = (
    single_row,
    two_rows,
    parent_and_children,
    enemy_clique,
    enemy_pairs,
    item_sets,
    use_limit,
    too_many_forms,
    overlap,
    pretest_shortage,
)


def cases(sizes: tuple[int, ...] = SIZES, seed: int = 1) -> Iterator[Case]:
    """All cases of some sizes, the same for one seed."""
    for make in KINDS:
        for size in sizes:
            yield from make(size, random.Random(f"{seed} {make.__name__} {size}"))
