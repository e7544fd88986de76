"""Ramps and neighbours apart: what the order of a form promises, and what is said of mistakes in it."""

from __future__ import annotations

from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.assembly import Status, assemble, audit, objective_kinds
from qbank.assembly.mistakes import check
from qbank.assembly.ordering import in_order
from qbank.assembly.problems import errors
from qbank.assembly.scrambling import scramble
from qbank.assembly.setting import make_setting
from qbank.diagnostics import Severity
from qbank.model.bank import Bank, BankRecord
from qbank.model.blueprint import Blueprint, OrderRule
from qbank.model.item import Essay, Item
from tests.assembly import strategies_assembly as strategies
from tests.assembly.test_properties import FEW
from tests.cli.cli_help import Qbank, edit


def _blueprint(length: int, *order: str | OrderRule) -> Blueprint:
    goal = msgspec.convert({"kind": "random"}, objective_kinds()["random"])
    return Blueprint(id="b", length=length, objective=goal, order=order)


ENTRIES: tuple[str | OrderRule, ...] = (
    "content_area",
    "item_set",
    "cognitive_level",
    OrderRule(ramp="minutes"),
    OrderRule(ramp="p", direction="descending"),
    OrderRule(apart="group"),
    OrderRule(apart="tags"),
    "shuffle",
    "seed",
)


@FEW
@given(strategies.banks(), st.lists(st.sampled_from(ENTRIES), max_size=4, unique=True), st.integers(0, 9))
def test_every_order_passes_its_audit(bank: Bank, order: list[str | OrderRule], seed: int) -> None:
    blueprint = _blueprint(3, *order)
    if errors(check(bank, blueprint)):
        return
    for form in assemble(bank, blueprint, seed=seed).forms:
        for one in (form, *scramble(form, bank, blueprint, 2, seed)):
            assert errors(audit([one], bank, blueprint)) == ()


@FEW
@given(strategies.banks(smallest=5), st.sampled_from(("ascending", "descending")), st.booleans())
def test_a_ramp_rises_or_falls(bank: Bank, direction: Any, areas: bool) -> None:
    items = [msgspec.structs.replace(item, stimulus="") for item in bank.items]
    bank = msgspec.structs.replace(bank, items=tuple(items))
    rule = OrderRule(ramp="minutes", direction=direction)
    order = ("content_area", rule, "seed") if areas else (rule, "seed")
    placed = in_order(items, make_setting(bank, _blueprint(5, *order)), 1, "b-a")
    sign = 1 if direction == "ascending" else -1
    for one, other in pairwise(placed):
        if not areas or one.content_area == other.content_area:
            assert sign * one.attributes["minutes"] <= sign * other.attributes["minutes"]
    if areas:
        changes = [1 for one, other in pairwise(placed) if one.content_area != other.content_area]
        assert len(changes) == len({item.content_area for item in items}) - 1


@FEW
@given(strategies.banks(smallest=4, largest=6), st.integers(0, 9))
def test_neighbours_are_apart_when_that_can_be(bank: Bank, seed: int) -> None:
    items = [msgspec.structs.replace(item, stimulus="") for item in bank.items]
    bank = msgspec.structs.replace(bank, items=tuple(items))
    setting = make_setting(bank, _blueprint(4, OrderRule(apart="group"), "shuffle"))

    def meetings(some: Any) -> int:
        groups = [item.attributes.get("group") for item in some]
        return sum(one is not None and one == other for one, other in pairwise(groups))

    placed = in_order(items, setting, seed, "b-a")
    assert sorted(item.id for item in placed) == sorted(item.id for item in items)
    possible = any(meetings(some) == 0 for some in permutations(items))
    assert (meetings(placed) == 0) == possible


def test_apart_moves_nothing_that_the_order_fixes() -> None:
    items = tuple(
        Essay(id=f"e{n}", content_area=area, tags=(tag,))
        for n, (area, tag) in enumerate(zip("xxxyyy", "aabaab", strict=True))
    )
    bank = Bank(info=BankRecord(id="b"), items=items)
    blueprint = _blueprint(6, "content_area", OrderRule(apart="tags"), "seed")
    (form,) = assemble(bank, blueprint).forms
    tags = {item.id: item.tags[0] for item in items}
    areas = {item.id: item.content_area for item in items}
    assert [areas[one.item] for one in form.placements] == list("xxxyyy")
    assert [tags[one.item] for one in form.placements[:3]] == list("aba")
    found = audit([form], bank, blueprint)
    assert [one.severity for one in found] == [Severity.INFO] * len(found)
    assert all("are neighbours of one tags, a" in one.message for one in found)
    assert len(found) == 1


def test_an_item_set_counts_with_its_mean_and_missing_numbers_come_last() -> None:
    minutes = {"a": 5, "b": 1, "c": 9, "d": 4, "e": None}
    items: tuple[Item, ...] = tuple(
        Essay(
            id=id,
            stimulus="case" if id in "bc" else "",
            attributes={} if value is None else {"minutes": value},
        )
        for id, value in minutes.items()
    )
    bank = Bank(info=BankRecord(id="b"), items=items)
    blueprint = _blueprint(5, OrderRule(ramp="minutes"), "id")
    (form,) = assemble(bank, blueprint).forms
    assert [one.item for one in form.placements] == ["d", "a", "b", "c", "e"]
    (section,) = form.sections
    first, *rest = section.placements
    swapped = [msgspec.structs.replace(one, position=n) for n, one in enumerate([*rest, first], 1)]
    turned = msgspec.structs.replace(section, placements=tuple(swapped))
    found = audit([msgspec.structs.replace(form, sections=(turned,))], bank, blueprint)
    assert [one.message for one in found] == ["d stands after e, which breaks the ramp of minutes"]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (OrderRule(ramp="minuts"), "order names 'minuts', which is no field of the bank"),
        (OrderRule(apart="grup"), "order names 'grup', which is no field of the bank"),
        (OrderRule(), "order says neither ramp nor apart"),
        (OrderRule(ramp="p", apart="p"), "order says both ramp and apart"),
        (
            OrderRule(ramp="content_area"),
            "order sorts by content_area, and no eligible item has a number in it",
        ),
    ],
)
def test_mistakes(rule: OrderRule, message: str) -> None:
    items = (Essay(id="a", content_area="x", attributes={"minutes": 1, "group": "g"}),)
    found = check(Bank(info=BankRecord(id="b"), items=items), _blueprint(1, "seed", rule))
    assert [(one.message, one.pointer) for one in found] == [(message, ("order", 1))]


def test_in_a_file(qbank: Qbank, plan: Path) -> None:
    text = plan.read_text(encoding="utf-8").split("\norder:")[0]
    plan.write_text(f"{text}\norder: [{{ramp: words, direction: descending}}, shuffle]\n", encoding="utf-8")
    assert qbank("assemble", "--blueprint", str(plan)).code == 0
    edit(plan, "ramp: words", "rmp: words")
    ran = qbank("assemble", "--blueprint", str(plan))
    assert (ran.code, ran.out) == (1, "")
    assert "Did you mean ramp?" in ran.err
    edit(plan, "rmp: words, direction: descending", "ramp: words, direction: down")
    assert "order[1].direction is 'down'" in qbank("assemble", "--blueprint", str(plan)).err


def test_an_order_that_was_there_before_is_kept() -> None:
    items = tuple(Essay(id=f"e{n}", content_area="xy"[n % 2]) for n in range(6))
    bank = Bank(info=BankRecord(id="b"), items=items)
    made = [assemble(bank, _blueprint(6, "content_area", entry)) for entry in ("seed", "shuffle")]
    assert [run.status for run in made] == [Status.DONE, Status.DONE]
    orders = [[one.item for one in run.forms[0].placements] for run in made]
    assert orders[0] == orders[1]
