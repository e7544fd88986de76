"""Form groups: several blueprints in one run are what brute force over all of them finds."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank import api
from qbank.assembly import Status, audit, objective_kinds
from qbank.assembly.auditing import audit_between
from qbank.assembly.groups import Grouped, assemble_groups
from qbank.assembly.mistakes import check
from qbank.assembly.problems import errors
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from tests.assembly import strategies_assembly as strategies
from tests.assembly.test_properties import FEW
from tests.cli.cli_help import Qbank, edit

SHORTEST = {"kind": "minimum_sum", "attribute": "minutes"}


@st.composite
def problems(draw: st.DrawFn) -> tuple[Bank, tuple[Blueprint, ...], int]:
    """A small bank, two blueprints for it, and how much their forms may share."""
    bank = draw(strategies.banks(smallest=4, largest=6))
    made = []
    for id, most in (("one", 2), ("two", 1)):
        blueprint = draw(strategies.blueprints(bank, SHORTEST, most_rows=1))
        forms = min(blueprint.forms, most)
        blueprint = msgspec.structs.replace(blueprint, id=id, forms=forms)
        if errors(check(bank, blueprint)):
            blueprint = msgspec.structs.replace(blueprint, constraints=())
        made.append(blueprint)
    return bank, tuple(made), draw(st.sampled_from((0, 0, 1)))


def _items(run: Any) -> list[set[str]]:
    return [{id for id, _ in form} for form in run]


def _best(bank: Bank, blueprints: tuple[Blueprint, ...], overlap: int) -> tuple[int, int] | None:
    """The least sums of minutes, of the first blueprint first; None when nothing meets both."""
    minutes = {item.id: item.attributes["minutes"] for item in bank.items}
    runs = [list(strategies.all_runs(bank, blueprint, blueprint.forms)) for blueprint in blueprints]
    sums: list[tuple[int, int]] = []
    for first, second in product(*runs):
        mine, theirs = _items(first), _items(second)
        if all(len(one & other) <= overlap for one in mine for other in theirs):
            one, other = (sum(minutes[id] for form in run for id in form) for run in (mine, theirs))
            sums.append((one, other))
    return min(sums, default=None)


def _sums(bank: Bank, made: Grouped) -> tuple[int, ...]:
    minutes = {item.id: item.attributes["minutes"] for item in bank.items}
    return tuple(sum(minutes[one.item] for form in run.forms for one in form.placements) for run in made.runs)


@FEW
@given(problems())
def test_one_program_is_brute_forces(problem: tuple[Bank, tuple[Blueprint, ...], int]) -> None:
    bank, blueprints, overlap = problem
    made = assemble_groups(bank, blueprints, overlap=overlap)
    if made.status is Status.INVALID:
        return
    best = _best(bank, blueprints, overlap)
    assert (made.status is Status.DONE) == (best is not None), made.findings
    if best is None:
        assert made.failed
        assert errors(made.findings)
        return
    assert _sums(bank, made) == best
    for run, blueprint in zip(made.runs, blueprints, strict=True):
        assert errors(audit(run.forms, bank, blueprint)) == ()
        assert run.solver is not None
        assert run.solver.status == "optimal"
    assert audit_between(made.forms, overlap) == ()
    assert assemble_groups(bank, blueprints, overlap=overlap).forms == made.forms


@FEW
@given(problems())
def test_a_sequence_keeps_every_promise_but_the_best(
    problem: tuple[Bank, tuple[Blueprint, ...], int],
) -> None:
    bank, blueprints, overlap = problem
    made = assemble_groups(bank, blueprints, overlap=overlap, most_columns=0)
    if made.status is Status.DONE:
        assert made.method == "in sequence"
        for run, blueprint in zip(made.runs, blueprints, strict=True):
            assert errors(audit(run.forms, bank, blueprint)) == ()
        assert audit_between(made.forms, overlap) == ()
        first = assemble_groups(bank, blueprints[:1])
        assert first.runs[0].forms == made.runs[0].forms
    elif made.status is Status.INFEASIBLE and made.failed == ("two",):
        assert any("assembled after one" in problem.message for problem in made.findings)


def _plain(id: str, length: int, forms: int = 1) -> Blueprint:
    goal = msgspec.convert({"kind": "random"}, objective_kinds()["random"])
    return Blueprint(id=id, length=length, forms=forms, objective=goal)


@pytest.fixture(scope="module")
def bank() -> Bank:
    """Twelve items that nothing keeps apart."""
    arithmetic, _ = api.load_bank(Path(__file__).parents[2] / "banks" / "synthetic-arithmetic")
    plain = [msgspec.structs.replace(item, enemies=(), stimulus="") for item in arithmetic.items]
    active = [item for item in plain if item.status == "active"]
    return msgspec.structs.replace(arithmetic, items=tuple(active[:12]))


def test_lengths_and_numbers_of_forms_differ(bank: Bank) -> None:
    made = assemble_groups(bank, [_plain("long", 4, 2), _plain("short", 2, 2)])
    assert made.method == "one program"
    assert [form.id for form in made.forms] == ["long-a", "long-b", "short-a", "short-b"]
    html = made._repr_html_()
    assert "rows of long" in html
    assert "rows of short" in html
    used = [one.item for form in made.forms for one in form.placements]
    assert len(used) == len(set(used)) == 12


def test_the_group_that_fails_is_named(bank: Bank) -> None:
    alone = assemble_groups(bank, [_plain("small", 3), _plain("large", 13)])
    assert (alone.status, alone.failed) == (Status.INFEASIBLE, ("large",))
    assert alone.findings[0].message.startswith("large: ")
    third = assemble_groups(bank, [_plain("one", 5), _plain("two", 5), _plain("three", 5)])
    assert (third.status, third.failed) == (Status.INFEASIBLE, ("three",))
    (said,) = third.findings
    assert "three can be met alone, but not beside one and two with no items in common" in said.message
    assert "together they need 15 items, and 12 are eligible" in said.message
    shared = assemble_groups(bank, [_plain("one", 5), _plain("two", 5), _plain("three", 5)], overlap=2)
    assert shared.status is Status.DONE


def test_what_cannot_be_a_run(bank: Bank) -> None:
    with pytest.raises(ValueError, match="one id"):
        assemble_groups(bank, [_plain("one", 2), _plain("one", 3)])
    with pytest.raises(ValueError, match="overlap"):
        assemble_groups(bank, [_plain("one", 2), _plain("two", 3)], overlap=-1)
    broken = msgspec.structs.replace(_plain("two", 3), roles={"operational": 2})
    made = assemble_groups(bank, [_plain("one", 2), broken])
    assert (made.status, made.failed) == (Status.INVALID, ("two",))


PLAN = "id: {id}\nbank: ..\nlength: {length}\nforms: {forms}\nobjective: {{kind: random}}\n"


@pytest.fixture
def plans(demo: Path) -> tuple[str, str]:
    """Two blueprints for the demo bank."""
    made = []
    for id, length, forms in (("big", 4, 2), ("small", 2, 1)):
        path = demo / "blueprints" / f"{id}.yaml"
        path.write_text(PLAN.format(id=id, length=length, forms=forms), encoding="utf-8")
        made.append(str(path))
    return made[0], made[1]


def test_groups_on_the_command_line(qbank: Qbank, plans: tuple[str, str]) -> None:
    big, small = plans
    ran = qbank("assemble", "--blueprint", big, "--blueprint", small, "--out", "g")
    assert (ran.code, ran.err) == (0, "2 blueprints, one program\n")
    assert "rows of big" in ran.out
    assert "rows of small" in ran.out
    forms = [f"g/{id}/{id}.form.json" for id in ("big-a", "big-b", "small-a")]
    assert qbank("audit", *forms, "--overlap-between", "0").code == 0


def test_an_audit_between_blueprints(qbank: Qbank, plans: tuple[str, str]) -> None:
    for plan in plans:
        assert qbank("assemble", "--blueprint", plan, "--out", "g").code == 0
    forms = ["g/big-a/big-a.form.json", "g/big-b/big-b.form.json", "g/small-a/small-a.form.json"]
    sets = [{one.item for one in api.load_form(path).placements} for path in forms]
    most = max(len(sets[2] & sets[0]), len(sets[2] & sets[1]))
    assert qbank("audit", *forms).code == 0
    assert qbank("audit", *forms, "--overlap-between", str(most)).code == 0
    assert qbank("audit", *forms, "--overlap-between", "0").code == (1 if most else 0)


def test_groups_that_fail_on_the_command_line(qbank: Qbank, plans: tuple[str, str]) -> None:
    big, small = plans
    edit(Path(small), "length: 2", "length: 7")
    ran = qbank("assemble", "--blueprint", big, "--blueprint", small)
    assert (ran.code, ran.out) == (4, "")
    assert "no form can meet small:" in ran.err
    assert "small can be met alone, but not beside big" in ran.err
    assert qbank("assemble", "--blueprint", big, "--blueprint", small, "--overlap-between", "5").code == 0


def test_usage_of_groups(qbank: Qbank, plans: tuple[str, str]) -> None:
    big, small = plans
    ran = qbank("assemble", "--blueprint", big, "--blueprint", small, "--forms", "2")
    assert ran.code == 2
    assert "say forms in each blueprint" in ran.err
    alone = qbank("assemble", "--blueprint", big, "--overlap-between", "1")
    assert (alone.code, "several --blueprint" in alone.err) == (2, True)
    edit(Path(small), "id: small", "id: big")
    assert "2 blueprints have the id big" in qbank("assemble", "--blueprint", big, "--blueprint", small).err
    edit(Path(small), "bank: ..", "bank: ../../other")
    assert "name different banks" in qbank("assemble", "--blueprint", big, "--blueprint", small).err
