"""Sections: what they promise is what brute force finds, and what is wrong with them is said."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank import api
from qbank.assembly import Status, assemble, audit, constraint_kinds, objective_kinds
from qbank.assembly.mistakes import check
from qbank.assembly.problems import errors
from qbank.model.bank import Bank, BankRecord
from qbank.model.blueprint import Blueprint, SectionPlan
from qbank.model.form import Form
from qbank.model.item import Essay, Item, MultipleChoice
from tests import oracle
from tests.assembly import strategies_assembly as strategies
from tests.assembly.test_properties import FEW
from tests.cli.cli_help import Qbank

Json = dict[str, Any]
WHOLE = ("overlap", "exposure")


@st.composite
def problems(draw: st.DrawFn) -> tuple[Bank, Blueprint]:
    """A small bank and a blueprint of two sections that may or may not be possible."""
    bank = draw(strategies.banks(largest=6))
    ids = [item.id for item in bank.items]
    lengths = draw(st.sampled_from(((1, 1), (1, 2), (2, 1))))
    kinds = constraint_kinds()
    plans = []
    for number, length in enumerate(lengths):
        records = [
            draw(strategies.rows(ids, ("operational",), length, n)) for n in range(draw(st.integers(0, 1)))
        ]
        rows = tuple(msgspec.convert(one, kinds[one["kind"]]) for one in records if one["kind"] not in WHOLE)
        plans.append(SectionPlan(id=f"s{number}", length=length, constraints=rows))
    records = [
        draw(strategies.rows(ids, ("operational",), sum(lengths), n)) for n in range(draw(st.integers(0, 1)))
    ]
    blueprint = Blueprint(
        id="tiny",
        length=sum(lengths),
        forms=draw(st.sampled_from((1, 1, 2))),
        objective=msgspec.convert({"kind": "random"}, objective_kinds()["random"]),
        constraints=tuple(msgspec.convert(one, kinds[one["kind"]]) for one in records),
        sections=tuple(plans),
    )
    refused = {problem.label for problem in errors(check(bank, blueprint))}
    return bank, _without(blueprint, refused)


def _without(blueprint: Blueprint, labels: set[str]) -> Blueprint:
    """A blueprint without the rows that its check refuses."""
    return msgspec.structs.replace(
        blueprint,
        constraints=tuple(row for row in blueprint.constraints if row.label not in labels),
        sections=tuple(
            msgspec.structs.replace(
                plan,
                constraints=tuple(row for row in plan.constraints if f"{plan.id}: {row.label}" not in labels),
            )
            for plan in blueprint.sections
        ),
    )


def _exists(bank: Bank, blueprint: Blueprint) -> bool:
    """Whether some run meets the blueprint, by trying all."""
    tree = msgspec.to_builtins(blueprint)
    exposed = [row for row in tree.get("constraints", []) if row["kind"] == "exposure"]
    del exposed  # forms share nothing, so that no item is used more than once
    singles = [frozenset(_ids(form)) for form in _good(bank, tree)]
    distinct = set(singles)
    if blueprint.forms == 1:
        return bool(distinct)
    return any(not (one & other) for one, other in combinations(distinct, 2))


def _good(bank: Bank, blueprint: Json) -> Iterator[Json]:
    items = [msgspec.to_builtins(item) for item in bank.items]
    by_id = {item["id"]: item for item in items}
    stats = {one.item: msgspec.to_builtins(one) for one in bank.statistics}
    stimuli = [msgspec.to_builtins(one) for one in bank.stimuli]
    first, second = (plan["length"] for plan in blueprint["sections"])
    for front in combinations(sorted(by_id), first):
        for back in combinations([id for id in sorted(by_id) if id not in front], second):
            ordered = [
                sorted(some, key=lambda one: (by_id[one].get("stimulus", ""), one)) for some in (front, back)
            ]
            for orders in product(*(strategies._orders(by_id[id]) for some in ordered for id in some)):
                form = _form(ordered, list(orders), blueprint)
                if not oracle.judge(form, items, blueprint, stats=stats, stimuli=stimuli):
                    yield form
                    break


def _form(ordered: list[list[str]], orders: list[list[str]], blueprint: Json) -> Json:
    placements = [
        {"position": n, "item": id, "role": "operational", "option_order": order}
        for n, (id, order) in enumerate(zip([id for some in ordered for id in some], orders, strict=True), 1)
    ]
    cut = len(ordered[0])
    return {
        "sections": [
            {"id": plan["id"], "placements": part}
            for plan, part in zip(blueprint["sections"], (placements[:cut], placements[cut:]), strict=True)
        ]
    }


def _ids(form: Json) -> list[str]:
    return [one["item"] for section in form["sections"] for one in section["placements"]]


@FEW
@given(problems(), st.integers(1, 3))
def test_forms_are_right_and_infeasible_is_true(problem: tuple[Bank, Blueprint], seed: int) -> None:
    bank, blueprint = problem
    result = assemble(bank, blueprint, seed=seed)
    if result.status is Status.INFEASIBLE:
        assert not _exists(bank, blueprint)
        assert errors(result.findings)
        return
    assert result.status is Status.DONE, result.findings
    assert errors(audit(result.forms, bank, blueprint)) == ()
    items = [msgspec.to_builtins(item) for item in bank.items]
    stimuli = [msgspec.to_builtins(one) for one in bank.stimuli]
    stats = {one.item: msgspec.to_builtins(one) for one in bank.statistics}
    forms = [msgspec.to_builtins(form) for form in result.forms]
    for number, form in enumerate(forms):
        rows = msgspec.to_builtins(blueprint)
        assert oracle.judge(form, items, rows, forms[:number], stats, stimuli) == []
    again = assemble(msgspec.structs.replace(bank, items=bank.items[::-1]), blueprint, seed=seed)
    assert msgspec.json.encode(again.forms) == msgspec.json.encode(result.forms)


@FEW
@given(problems(), st.data())
def test_audit_and_oracle_agree_on_any_selection(
    problem: tuple[Bank, Blueprint], data: st.DataObject
) -> None:
    bank, blueprint = problem
    blueprint = msgspec.structs.replace(blueprint, forms=1)
    loose = msgspec.structs.replace(
        blueprint,
        constraints=(),
        sections=tuple(msgspec.structs.replace(plan, constraints=()) for plan in blueprint.sections),
    )
    result = assemble(bank, loose, seed=data.draw(st.integers(1, 9)))
    for form in result.forms:
        said = {one.label or one.kind for one in errors(audit([form], bank, blueprint))}
        items = [msgspec.to_builtins(item) for item in bank.items]
        stimuli = [msgspec.to_builtins(one) for one in bank.stimuli]
        stats = {one.item: msgspec.to_builtins(one) for one in bank.statistics}
        tree = msgspec.to_builtins(blueprint)
        judged = set(oracle.judge(msgspec.to_builtins(form), items, tree, (), stats, stimuli))
        assert said == judged


def _bank() -> Bank:
    choice = {"options": {"A": "a", "B": "b", "C": "c", "D": "d"}, "key": "A"}
    items: list[Item] = [
        MultipleChoice(id=f"{area}{number}", content_area=area, **choice)  # type: ignore[arg-type]
        for area in ("x", "y")
        for number in range(6)
    ]
    items += [Essay(id=f"set{number}", content_area="x", stimulus="case") for number in range(3)]
    return Bank(info=BankRecord(id="two"), items=tuple(items), stimuli=())


def _blueprint(*plans: Json, **fields: Any) -> Blueprint:
    kinds = constraint_kinds()
    sections = tuple(
        SectionPlan(
            **{
                **plan,
                "constraints": tuple(
                    msgspec.convert(row, kinds[row["kind"]]) for row in plan.get("constraints", ())
                ),
            }
        )
        for plan in plans
    )
    return Blueprint(
        id="two",
        objective=msgspec.convert({"kind": "random"}, objective_kinds()["random"]),
        sections=sections,
        **{"length": sum(plan.length for plan in sections), **fields},
    )


FRONT: Json = {
    "id": "front",
    "title": "In front",
    "length": 4,
    "time_limit_minutes": 5,
    "constraints": [
        {"label": "area", "kind": "content", "where": {"content_area": "x"}, "maximum": 1},
        {"label": "keys", "kind": "key_balance", "share": {"minimum": 0.25, "maximum": 0.25}},
    ],
}
BACK: Json = {"id": "back", "length": 3, "order": ("seed",)}


def _made(*plans: Json, **fields: Any) -> tuple[Blueprint, Form]:
    blueprint = _blueprint(*plans, **fields)
    result = assemble(_bank(), blueprint)
    assert result.status is Status.DONE, result.findings
    return blueprint, result.forms[0]


def test_rows_of_a_section_count_its_items_only() -> None:
    whole = {
        "label": "area",
        "kind": "content",
        "where": {"content_area": "x"},
        "minimum": 3,
    }
    kind = constraint_kinds()["content"]
    _, form = _made(FRONT, BACK, constraints=(msgspec.convert(whole, kind),))
    front, back = form.sections
    assert (front.id, front.title, front.time_limit_minutes) == ("front", "In front", 5)
    assert [one.position for one in form.placements] == list(range(1, 8))
    assert sum(one.item.startswith("y") for one in front.placements) >= 3
    assert sum(not one.item.startswith("y") for one in back.placements) >= 2
    keys = [one.option_order.index("A") for one in front.placements if one.option_order]
    assert sorted(keys) == [0, 1, 2, 3]


def test_an_audit_sees_sections() -> None:
    blueprint, form = _made(FRONT, BACK)
    front, back = form.sections
    assert audit([form], _bank(), blueprint) == ()

    def said(*sections: Any) -> str:
        changed = msgspec.structs.replace(form, sections=sections)
        return "; ".join(one.message for one in audit([changed], _bank(), blueprint))

    assert "has the sections back, front; the blueprint has front, back" in said(back, front)
    assert "another time limit in section front" in said(
        msgspec.structs.replace(front, time_limit_minutes=6), back
    )
    moved = msgspec.structs.replace(back, placements=(*front.placements[-1:], *back.placements))
    shorter = msgspec.structs.replace(front, placements=front.placements[:-1])
    text = said(shorter, moved)
    assert '"front: length" needs at least 4 items, the form has 3' in text
    assert '"back: length" needs at most 3 items, the form has 4' in text


def test_a_set_stands_in_one_section() -> None:
    cases = {"label": "case", "kind": "item_set", "sets": {"minimum": 1}, "items_per_set": {"minimum": 3}}
    kind = constraint_kinds()["item_set"]
    blueprint, form = _made(BACK, {"id": "end", "length": 3}, constraints=(msgspec.convert(cases, kind),))
    homes = {
        section.id for section in form.sections for one in section.placements if one.item.startswith("set")
    }
    assert len(homes) == 1
    narrow = _blueprint({"id": "a", "length": 2}, {"id": "b", "length": 2}, constraints=blueprint.constraints)
    assert assemble(_bank(), narrow).status is Status.INFEASIBLE
    torn = [list(section.placements) for section in form.sections]
    place = next(n for n, part in enumerate(torn) if part[0].item.startswith("set"))
    torn[place][0], torn[1 - place][0] = torn[1 - place][0], torn[place][0]
    changed = tuple(
        msgspec.structs.replace(section, placements=tuple(part))
        for section, part in zip(form.sections, torn, strict=True)
    )
    found = audit([msgspec.structs.replace(form, sections=changed)], _bank(), blueprint)
    assert any("stand in the sections" in one.message for one in found)


def test_a_ratio_names_a_row_of_its_section() -> None:
    rows = [
        {"label": "x", "kind": "content", "where": {"content_area": "x"}, "minimum": 1},
        {
            "label": "y",
            "kind": "content",
            "where": {"content_area": "y"},
            "ratio": {"to": "x", "minimum": 2},
        },
    ]
    _, form = _made({"id": "a", "length": 3, "constraints": rows}, {"id": "b", "length": 2})
    areas = [one.item[0] for one in form.sections[0].placements]
    assert areas.count("y") >= 2 * (3 - areas.count("y")) > 0


def test_roles_of_sections() -> None:
    bank = _bank()
    items = tuple(
        msgspec.structs.replace(item, status="pretest") if item.id in ("x0", "y0") else item
        for item in bank.items
    )
    bank = msgspec.structs.replace(bank, items=items)
    roles = {"operational": 4, "pretest": 2}
    plans = (
        {"id": "a", "length": 4, "roles": {"operational": 2, "pretest": 2}},
        {"id": "b", "length": 2, "roles": {"operational": 2}},
    )
    blueprint = _blueprint(*plans, roles=roles)
    (form,) = assemble(bank, blueprint).forms
    assert [sorted(one.role for one in section.placements) for section in form.sections] == [
        ["operational", "operational", "pretest", "pretest"],
        ["operational", "operational"],
    ]


@pytest.mark.parametrize(
    ("plans", "fields", "message", "pointer"),
    [
        (
            ({"id": "a", "length": 2}, {"id": "a", "length": 2}),
            {},
            "two sections have the id 'a'",
            ("sections", 1, "id"),
        ),
        (
            ({"id": "a", "length": 2},),
            {"length": 3},
            "length is 3, but the sections add up to 2 (2 a)",
            ("length",),
        ),
        (
            ({"id": "a", "length": 2, "time_limit_minutes": 9},),
            {"time_limit_minutes": 8},
            "the sections take 9 minutes, the form has 8",
            ("sections",),
        ),
        (
            ({"id": "a", "length": 2, "roles": {"operational": 1}},),
            {},
            "the section a has the length 2, but its roles add up to 1 (1 operational)",
            ("sections", 0, "length"),
        ),
        (
            ({"id": "a", "length": 2},),
            {"roles": {"operational": 1, "pretest": 1}},
            "the section a does not say how many items of each role it has",
            ("sections", 0),
        ),
        (
            ({"id": "a", "length": 2, "roles": {"operational": 2}},),
            {"roles": {"operational": 1, "pretest": 1}},
            "the form has 1 operational item, the sections have 2",
            ("sections",),
        ),
        (
            ({"id": "a", "length": 2, "constraints": [{"label": "o", "kind": "overlap"}]},),
            {},
            '"a: o" is of the kind overlap, which compares whole forms',
            ("sections", 0, "constraints", 0, "kind"),
        ),
        (
            ({"id": "a", "length": 2, "order": ("sed",)},),
            {},
            "order names 'sed', which is no field of the bank",
            ("sections", 0, "order", 0),
        ),
    ],
)
def test_mistakes(
    plans: tuple[Json, ...], fields: Json, message: str, pointer: tuple[str | int, ...]
) -> None:
    found = check(_bank(), _blueprint(*plans, **fields))
    assert (message, pointer) in [(one.message, one.pointer) for one in found]


def test_keys_are_balanced_for_the_form_or_for_sections() -> None:
    row = {"label": "keys", "kind": "key_balance", "share": {"maximum": 0.5}}
    made = msgspec.convert(row, constraint_kinds()["key_balance"])
    found = check(_bank(), _blueprint({"id": "a", "length": 2, "constraints": [row]}, constraints=(made,)))
    assert [one.label for one in found] == ["a: keys"]


PLAN = """\
id: demo-parts
bank: ..
length: 8
constraints:
- {label: enemies apart, kind: enemies}
sections:
- id: care
  title: Care
  length: 4
  time_limit_minutes: 8
  constraints:
  - {label: topic, kind: content, where: {content_area: maintenance}, minimum: 4}
- id: road
  length: 4
  constraints:
  - {label: topic, kind: content, where: {content_area: riding}, minimum: 3}
objective: {kind: random}
"""


def test_from_a_file_to_exports_and_back(qbank: Qbank, demo: Path) -> None:
    plan = demo / "blueprints" / "parts.yaml"
    plan.write_text(PLAN, encoding="utf-8")
    ran = qbank("assemble", "--blueprint", str(plan), "--to", "xlsx", "--to", "qti30")
    assert (ran.code, ran.err) == (0, "")
    assert "care: topic" in ran.out
    form = api.load_form("exports/demo-parts-a/demo-parts-a.form.json")
    assert [(one.id, one.title, one.time_limit_minutes) for one in form.sections] == [
        ("care", "Care", 8),
        ("road", "", None),
    ]
    assert qbank("audit", "exports/demo-parts-a/demo-parts-a.form.json").code == 0
    assert "road: topic" in qbank("coverage", "--blueprint", str(plan)).out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  length: 4\n  time", "  lenght: 4\n  time", "12:3"),
        ("kind: content, where: {content_area: riding}", "kind: contnt, where: {}", "16:26"),
        ("minimum: 3}", "minium: 3}", "16:66"),
        ("content_area: riding}", "content_aera: riding}", "16:57"),
        ("length: 8", "length: 9", "3:9"),
    ],
)
def test_mistakes_are_shown_at_their_place(qbank: Qbank, demo: Path, old: str, new: str, said: str) -> None:
    plan = demo / "blueprints" / "parts.yaml"
    plan.write_text(PLAN.replace(old, new), encoding="utf-8")
    ran = qbank("assemble", "--blueprint", str(plan))
    assert (ran.code, ran.out) == (1, "")
    places = [line for line in ran.err.splitlines() if line.startswith("demo/blueprints/parts.yaml")]
    assert places
    if "lenght" in new:
        assert "Did you mean length?" in ran.err
    else:
        assert any(said in line for line in places), ran.err
