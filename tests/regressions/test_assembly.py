"""Mistakes that an attack on assembly found, each as the smallest case that showed it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from qbank.assembly import Problem, Status, assemble, audit, constraint_kinds, objective_kinds
from qbank.assembly.mistakes import check
from qbank.model.bank import Attribute, Bank, BankRecord, ContentArea
from qbank.model.blueprint import Blueprint, CutScore
from qbank.model.item import Item
from qbank.model.statistics import Irt, Statistics

Json = dict[str, Any]


def item(number: int, **record: Any) -> Item:
    options = {letter: f"text {letter}" for letter in "ABCD"}
    base = {"id": f"i{number}", "type": "multiple-choice", "stem": "Which?", "options": options, "key": "A"}
    return msgspec.convert({**base, **record}, Item)  # type: ignore[no-any-return]


def bank(*items: Item, **more: Any) -> Bank:
    record = BankRecord(
        id="bank",
        content_areas=(ContentArea("bones", children=(ContentArea("hand"),)), ContentArea("skin")),
        cognitive_levels=("recall", "application"),
        attributes={"origin": Attribute(values=("written", "template"))},
    )
    return Bank(info=record, items=items, **more)


def blueprint(*rows: Json, length: int = 2, objective: Json | None = None, **more: Any) -> Blueprint:
    goal = objective or {"kind": "random"}
    kinds = constraint_kinds()
    return Blueprint(
        id="paper",
        length=length,
        constraints=tuple(
            msgspec.convert({"label": f"row {n}", **row}, kinds[row["kind"]]) for n, row in enumerate(rows, 1)
        ),
        objective=msgspec.convert(goal, objective_kinds()[goal["kind"]]),
        **more,
    )


def said(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{one.message}. {one.hint}".strip() for one in problems]


FOUR = bank(*(item(n, content_area="bones/hand", cognitive_level="recall") for n in range(4)))


@pytest.mark.parametrize(
    ("where", "message", "pointer"),
    [
        (
            {"content_area": "bnes"},
            "content area 'bnes', which the bank does not know. Did you mean bones?",
            (),
        ),
        ({"content_area": {"not": ["skin", "bnes"]}}, "content area 'bnes'", ("not", 1)),
        ({"cognitive_level": "recal"}, "cognitive level 'recal'", ()),
        ({"type": "multiple_choice"}, "type 'multiple_choice'", ()),
        ({"status": ["active", "actve"]}, "status 'actve'", (1,)),
        ({"origin": "writen"}, "origin 'writen'", ()),
        ({"any": [{"origin": "writen"}]}, "origin 'writen'", (0, "origin")),
    ],
)
def test_a_value_that_no_item_can_have_is_a_mistake(
    where: Json, message: str, pointer: tuple[Any, ...]
) -> None:
    (found,) = check(FOUR, blueprint({"kind": "content", "where": where, "maximum": 2}))
    assert message in f"{found.message}. {found.hint}"
    assert found.pointer == ("constraints", 0, "where", next(iter(where)), *pointer)


def test_values_that_are_declared_or_that_items_have_are_none() -> None:
    wheres = [{"content_area": area} for area in ("bones", "bones/hand", "skin")]
    wheres += [{"origin": "template"}, {"status": "retired"}, {"type": "essay"}]
    rows = [{"kind": "content", "where": where, "maximum": 2} for where in wheres]
    assert not check(FOUR, blueprint(*rows))
    undeclared = Bank(items=(item(1, content_area="bones/hand"),))
    rows = [{"kind": "content", "where": {"content_area": "skin"}, "maximum": 2}]
    assert not check(undeclared, blueprint(*rows, length=1))


def test_mistakes_that_were_infeasible_or_silent() -> None:
    wrong = blueprint(
        {"kind": "content", "where": {}, "minimum": -1},
        {"kind": "item_set", "sets": {"minimum": 1.5}},
        {"kind": "inclusion", "items": []},
        {"kind": "key_balance", "share": {"maximum": 30}},
        {"kind": "enemies", "label": ""},
        eligible={"status": "actve"},
        pretest_from=("pretst",),
        cut_score=CutScore(points=3, of=2),
    )
    assert said(check(FOUR, wrong)) == [
        "pretest_from names 'pretst', which is no status. Did you mean pretest?",
        "the cut score is 3 of 2 points, which nobody can reach. Lower points, or correct of.",
        "eligible looks for the status 'actve', which the bank does not know. Did you mean active?",
        '"row 1" asks for a minimum of -1. Give a whole number, 0 or more.',
        '"row 2" asks for a minimum of 1.5. Give a whole number, 0 or more.',
        '"row 3" includes nothing. Give items.',
        '"row 4" states a maximum share of 30. Shares go from 0 to 1.',
        "a row has an empty label. Name it: messages speak of rows by their labels.",
    ]


def test_a_huge_minimum_has_a_reason() -> None:
    result = assemble(FOUR, blueprint({"kind": "content", "where": {}, "minimum": 10**9}))
    assert result.status is Status.INFEASIBLE
    assert said(result.findings) == [
        '"row 1" needs 1000000000; 4 items in the bank, 4 eligible, at most 2 can stand together because of '
        'the row "length". Lower the row to 2; a form has only 2 items.'
    ]


def test_items_that_cannot_all_be_included_are_counted() -> None:
    ids = [f"i{n}" for n in range(4)]
    result = assemble(FOUR, blueprint({"kind": "inclusion", "items": ids}))
    assert said(result.findings) == [
        '"row 1" names 4 items; at most 2 can be had because of the row "length". '
        "Take items out of the row, or change what stands in their way."
    ]


def test_an_exclusion_that_stands_in_the_way_is_named() -> None:
    rows = {"kind": "inclusion", "items": ["i1"]}, {"kind": "exclusion", "label": "seen", "items": ["i1"]}
    result = assemble(FOUR, blueprint(*rows))
    assert result.findings[0].message == (
        '"row 1" names 1 item; at most 0 can be had because of excluded items ("seen")'
    )


def test_values_that_fall_short_together_are_not_told_apart() -> None:
    items = bank(*(item(n, attributes={"origin": f"book {n}"}) for n in range(5)))
    result = assemble(items, blueprint({"kind": "content", "each": "origin", "where": {}, "minimum": 1}))
    assert [one.message for one in result.findings] == [
        '"row 1" needs at least 1 of every origin; the bank has items enough, '
        'but all together they miss that by 3 because of the row "length"'
    ]


def test_a_share_near_its_bound_is_not_rounded_onto_it() -> None:
    items = bank(*(item(n, shuffle=False, key="A" if n < 4 else "B") for n in range(13)))
    paper = blueprint({"kind": "key_balance", "share": {"maximum": 0.7}}, length=13)
    free = assemble(items, blueprint(length=13))
    messages = [one.message for one in audit(free.forms, items, paper)]
    assert messages == [
        '"row 1" needs at most 70% of the keys at position 2, the form has 9 of 13 (69.2%)'
    ] or (not messages)
    strict = blueprint({"kind": "key_balance", "share": {"maximum": 0.69}}, length=13)
    assert [one.message for one in audit(free.forms, items, strict) if one.label] == [
        '"row 1" needs at most 69% of the keys at position 2, the form has 9 of 13 (69.2%)'
    ]


def test_an_anchor_is_operational() -> None:
    items = bank(item(1), item(2, status="pretest"))
    paper = blueprint(roles={"operational": 1, "pretest": 1})
    (form,) = assemble(items, paper).forms
    placed = tuple(msgspec.structs.replace(one, anchor=True) for one in form.placements)
    section = msgspec.structs.replace(form.sections[0], placements=placed)
    edited = msgspec.structs.replace(form, sections=(section,))
    assert [one.message for one in audit([edited], items, paper)] == [
        "i2 is an anchor, but pretest: only operational items are"
    ]


def test_an_item_that_does_not_discriminate_gives_no_information() -> None:
    numbers = tuple(
        Statistics(item=f"i{n}", irt=Irt(model="2PL", a=-3.0 if n == 0 else 1.0, b=0.0)) for n in range(3)
    )
    items = bank(item(0), item(1), item(2), statistics=numbers)
    paper = blueprint(objective={"kind": "maximum_information", "theta": [0]})
    result = assemble(items, paper)
    assert [one.item for one in result.forms[0].placements] != ["i0"]
    assert {one.item for one in result.forms[0].placements} == {"i1", "i2"}
