"""How many forms a bank carries, what runs out first, what to write: against brute force and known banks."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings

from benchmarks.broken.cases import bank_of, blueprint_of, cases
from qbank.assembly import Status, assemble, carries, carrying
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from tests.assembly import strategies_assembly as strategies
from tests.assembly.test_assemble import bank_of as bank_with
from tests.assembly.test_assemble import blueprint_of as blueprint_with
from tests.assembly.test_assemble import exam_bank, exam_blueprint, item
from tests.assembly.test_explanations import MANY
from tests.assembly.test_properties import problems


def test_the_broken_blueprints_are_carried_as_often_as_is_known() -> None:
    for case in cases((60,)):
        if case.carried is not None:
            found = carries(bank_of(case), blueprint_of(case.blueprint))
            assert (found.carried, found.bound) == (case.carried, case.carried), case.name
            assert case.rows[0] in found.first
            assert found.write is not None
            assert sum(one.count for one in found.write) == case.missing


def test_what_to_write_counts_for_several_rows_at_once() -> None:
    levels = ("analysis", "recall")
    items = [
        item(f"i{n}", content_area="x" if n < 4 else "y", cognitive_level=levels[n % 2]) for n in range(12)
    ]
    rows = [
        {"label": "x", "kind": "content", "where": {"content_area": "x"}, "minimum": 2},
        {"label": "recall", "kind": "content", "where": {"cognitive_level": "recall"}, "minimum": 2},
    ]
    bank, blueprint = bank_with(*items), blueprint_with(*rows, length=4)
    assert carries(bank, blueprint, 2).write == ()
    three = carries(bank, blueprint, 3)
    assert (three.carried, three.bound, three.first) == (2, 2, ("x",))
    assert sorted((one.unit, "x" in one.rows) for one in three.write or ()) == [("item", True)]
    assert sum(one.count for one in three.write or ()) == 2
    four = carries(bank, blueprint, 4).write or ()
    assert all({"length", "x"} <= set(one.rows) for one in four)
    assert sum(one.count for one in four) == 4
    assert sum(one.count for one in four if "recall" in one.rows) >= 2


def test_sets_run_out_too() -> None:
    found = carries(exam_bank(), exam_blueprint(), 3)
    assert (found.carried, found.bound) == (2, 2)
    assert "cases" in found.first
    assert found.write is not None
    assert [(one.count, one.unit) for one in found.write if one.unit == "set"] == [(2, "set")]


def test_rows_that_contradict_each_other_carry_nothing() -> None:
    rows = [
        {"label": a, "kind": "content", "where": {"content_area": a}, "minimum": 3, "maximum": 9}
        for a in "xy"
    ]
    bank = bank_with(*(item(f"{a}{n}", content_area=a) for a in "xy" for n in range(9)))
    found = carries(bank, blueprint_with(*rows, length=5), 1)
    assert (found.carried, found.bound, found.write) == (0, 0, None)


def test_what_the_clock_stopped_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    bank, blueprint = exam_bank(), exam_blueprint()
    whole = carries(bank, blueprint, 3)
    assert whole.reproducible
    monkeypatch.setattr(carrying, "SECONDS", 0.0)
    stopped = carries(bank, blueprint, 3)
    assert not stopped.reproducible
    assert (stopped.carried, stopped.bound, stopped.first) == (0, whole.bound, whole.first)
    assert stopped.write is not None  # null says that nothing would do


@settings(MANY, max_examples=40)
@given(problems())
def test_the_number_of_forms_is_brute_forces(problem: tuple[Bank, Blueprint]) -> None:
    bank, blueprint = problem
    found = carries(bank, blueprint, 3)
    assert found.reproducible
    assert found.carried <= found.bound
    for forms in (1, 2, 3):
        exists = next(strategies.all_runs(bank, blueprint, forms), None) is not None
        assert exists == (found.carried >= forms), forms
    if found.carried:
        many = msgspec.structs.replace(blueprint, forms=min(found.carried, 3))
        assert assemble(bank, many).status is Status.DONE
