"""Explanations of broken blueprints: the right rows, the exact shortfall, repairs that work, bounded time."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.broken.cases import Case, bank_of, blueprint_of, cases, faults
from benchmarks.broken_blueprints import wrong
from qbank.assembly import Assembled, Status, assemble, audit, constraint_kinds
from qbank.assembly.compile import compile_blueprint
from qbank.assembly.conflict import explain
from qbank.assembly.conflict.fewer_forms import fewer
from qbank.assembly.merging import merge
from qbank.assembly.problems import errors
from qbank.assembly.program import Goal, build
from qbank.assembly.relaxing import RelaxError, parsed, relaxed
from qbank.assembly.setting import make_setting
from qbank.assembly.solvers import highs
from qbank.diagnostics import Severity
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint, CutScore, SectionPlan
from tests.assembly import strategies_assembly as strategies
from tests.assembly.test_assemble import bank_of as bank_with
from tests.assembly.test_assemble import blueprint_of as blueprint_with
from tests.assembly.test_assemble import exam_bank, exam_blueprint, item
from tests.assembly.test_properties import problems

SMALL = list(cases((60, 150)))
"""The fast part of the benchmark's set."""

MANY = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


def all_at_once(result: Assembled) -> dict[str, str]:
    """The cheapest relaxation of every error together, or the one that is enough for all."""
    whole = [one for one in result.findings if one.severity is Severity.INFO and one.repairs]
    offers = [
        next(repair.relax for repair in one.repairs if repair.relax)
        for one in whole or errors(result.findings)
        if one.kind != "forms" and any(repair.relax for repair in one.repairs)
    ]
    return parsed([text for offer in offers for text in offer])


@pytest.mark.parametrize("case", SMALL, ids=lambda case: f"{case.kind}, {case.name}")
def test_right_rows_and_exact_shortfall(case: Case) -> None:
    assert faults(case) == []
    bank, blueprint = bank_of(case), blueprint_of(case.blueprint)
    result = assemble(bank, blueprint)
    assert wrong(case, result) == []
    assert assemble(bank, blueprint_of(case.repaired)).status is Status.DONE
    changes = all_at_once(result)
    repaired = assemble(bank, blueprint, relax=changes)
    assert repaired.status is Status.DONE, changes
    for form in repaired.forms:
        assert form.relaxed == changes


def test_every_kind_is_there() -> None:
    assert len({case.kind for case in SMALL}) == 10


@pytest.mark.parametrize("case", [c for c in SMALL if c.carried], ids=lambda case: case.name)
def test_fewer_forms_are_a_repair(case: Case) -> None:
    bank, blueprint = bank_of(case), blueprint_of(case.blueprint)
    told = next(one for one in assemble(bank, blueprint).findings if one.kind == "forms")
    assert told.repairs[0].relax == (f"forms={case.carried}",)
    result = assemble(bank, blueprint, relax=parsed(told.repairs[0].relax))
    assert (result.status, len(result.forms)) == (Status.DONE, case.carried)
    assert result.forms[0].relaxed is msgspec.UNSET


def nothing() -> Goal:
    import numpy as np

    return Goal(sense="minimise", columns=np.zeros(0, dtype=np.int64), costs=np.zeros(0))


@MANY
@given(problems())
def test_merged_programs_are_feasible_together(problem: tuple[Bank, Blueprint]) -> None:
    bank, blueprint = problem
    compiled = compile_blueprint(bank, blueprint, blueprint.forms, 1)
    variables, blocks = merge(compiled.space, compiled.variables, compiled.blocks)
    assert len(variables) <= len(compiled.variables)
    plain = highs.solve(build(compiled.variables, compiled.blocks, nothing()))
    small = highs.solve(build(variables, blocks, nothing()))
    assert small.outcome is plain.outcome


@MANY
@given(problems(), st.integers(1, 2))
def test_the_rows_of_fewer_forms_are_theirs(problem: tuple[Bank, Blueprint], forms: int) -> None:
    bank, blueprint = problem
    compiled = compile_blueprint(bank, blueprint, forms + 1, 1)
    some = fewer(compiled, forms)
    if some is None:
        return
    anew = compile_blueprint(bank, blueprint, forms, 1)
    strict = [part for part in anew.goal_blocks if part.family != "objective"]
    first = highs.solve(build(some.variables, some.blocks, nothing()))
    second = highs.solve(build(anew.variables, (*anew.blocks, *strict), nothing()))
    assert first.outcome is second.outcome


@MANY
@given(problems())
def test_repairs_make_it_possible(problem: tuple[Bank, Blueprint]) -> None:
    """What an explanation offers as enough is enough, in brute force's eyes too."""
    bank, blueprint = problem
    result = assemble(bank, blueprint)
    whole = [one for one in result.findings if one.severity is Severity.INFO and one.repairs]
    carried = [one for one in result.findings if one.kind == "forms"]
    if not whole or not whole[0].repairs[0].relax or any("no form" in one.message for one in carried):
        return
    changes = parsed(whole[0].repairs[0].relax)
    repaired = assemble(bank, blueprint, relax=changes)
    assert repaired.status is Status.DONE, (changes, result.findings)
    judged = relaxed(blueprint, changes)
    assert next(strategies.all_runs(bank, judged, judged.forms), None) is not None


def test_no_time_says_so() -> None:
    case = SMALL[0]
    bank, blueprint = bank_of(case), blueprint_of(case.blueprint)
    told = explain(compile_blueprint(bank, blueprint, 1, 1), make_setting(bank, blueprint), 0.0)
    assert [(one.kind, one.severity) for one in told] == [("time_limit", Severity.ERROR)]
    assert told[0].message.startswith("the search for the reason was stopped, after 0 seconds at most")


# --- relaxing -------------------------------------------------------------------------------------------


def rows(blueprint: Blueprint) -> dict[str, Any]:
    return {row.label: msgspec.to_builtins(row) for row in blueprint.constraints}


def test_a_value_moves_the_bound_that_forbids_it() -> None:
    before = exam_blueprint(1)
    after = relaxed(
        before, parsed(["icd=9", "recall=5..14", "apart=off", "cases=1", "keys=15", "time = 1800"])
    )
    now = rows(after)
    assert (now["icd"]["minimum"], now["icd"]["maximum"]) == (9, 12)
    assert (now["recall"]["minimum"], now["recall"]["maximum"]) == (5, 14)
    assert "apart" not in now
    assert now["cases"]["sets"] == {"minimum": 1.0, "maximum": 2}
    assert now["keys"]["share"] == {"minimum": 0.2, "maximum": 0.5}
    assert now["time"]["maximum"] == 1800
    assert now["claims"] == rows(before)["claims"]
    assert after.relaxed == {
        "icd": "9", "recall": "5..14", "apart": "off", "cases": "1", "keys": "15", "time": "1800",
    }  # fmt: skip


def test_numbers_of_items_and_forms_are_relaxed() -> None:
    after = relaxed(exam_blueprint(2), {"pretest": "3", "forms": "1", "cut score": "24"})
    assert (after.roles, after.length, after.forms) == ({"operational": 25, "pretest": 3}, 28, 1)
    assert after.cut_score == CutScore(points=18, of=24)
    assert after.relaxed == {"pretest": "3", "cut score": "24"}
    assert relaxed(blueprint_with(length=4), {"length": "3"}).length == 3
    assert relaxed(exam_blueprint(1), {"cut score": "off"}).cut_score == CutScore(points=18)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("icd", "'icd' is no relaxation"),
        ("=9", "'=9' is no relaxation"),
        ("idc=9", "Did you mean icd?"),
        ("icd=many", "'icd' cannot be 'many'"),
        ("icd=nan", "'icd' cannot be 'nan'"),
        ("icd=9.5", "counts items and cannot be 9.5"),
        ("icd=12", "'icd' allows 12 already"),
        ("apart=3", "'apart' has no bounds. Write apart=off"),
        ("pretest=0", "pretest cannot be 0"),
        ("forms=1.5", "forms cannot be 1.5"),
    ],
)
def test_relaxations_that_cannot_be(text: str, said: str) -> None:
    with pytest.raises(RelaxError) as raised:
        relaxed(exam_blueprint(1), parsed([text]))
    assert said in str(raised.value)


def test_a_row_is_relaxed_once() -> None:
    with pytest.raises(RelaxError, match="relaxed twice"):
        parsed(["a=1", "a=2"])


def test_a_relaxed_form_is_audited_aloud() -> None:
    bank, blueprint = exam_bank(), exam_blueprint(1)
    form = assemble(bank, blueprint, relax={"icd": "11", "claims": "9"}).forms[0]
    told = audit([form], bank, blueprint)
    assert [(one.kind, one.severity) for one in told] == [("relaxed", Severity.WARNING)]
    assert told[0].message == "was made with rows of the blueprint relaxed: claims=9, icd=11"
    strict = audit([msgspec.structs.replace(form, relaxed=msgspec.UNSET)], bank, blueprint)
    assert all(one.label in ("icd", "claims") for one in errors(strict))
    gone = msgspec.structs.replace(form, relaxed={"icd": "11", "clams": "9"})
    said = [one.message for one in errors(audit([gone], bank, blueprint))]
    assert any("cannot be judged as relaxed" in one for one in said)


def test_several_short_rows_are_all_told() -> None:
    items = [item(f"x{n}", content_area="x") for n in range(3)] + [
        item(f"y{n}", content_area="y") for n in range(3)
    ]
    short = [
        {"label": f"all {a}", "kind": "content", "where": {"content_area": a}, "minimum": 4} for a in "xy"
    ]
    result = assemble(bank_with(*items), blueprint_with(*short, length=6))
    assert [(one.label, one.missing) for one in errors(result.findings)] == [("all x", 1), ("all y", 1)]
    changes = all_at_once(result)
    assert changes == {"all x": "3", "all y": "3"}
    assert assemble(bank_with(*items), blueprint_with(*short, length=6), relax=changes).status is Status.DONE


def test_a_row_that_is_short_does_not_hide_a_contradiction() -> None:
    items = [item(f"{a}{n}", content_area=a) for a in "xyz" for n in range(4)]
    asked = [
        {"label": a, "kind": "content", "where": {"content_area": a}, "minimum": low}
        for a, low in (("x", 5), ("y", 3), ("z", 3))
    ]
    result = assemble(bank_with(*items), blueprint_with(*asked, length=5))
    told = errors(result.findings)
    assert told[0].label == "x"
    assert '"y" (at least 3: content_area y); "z" (at least 3: content_area z)' in told[1].message


def test_a_row_of_a_section_is_relaxed_there() -> None:
    rows: tuple[dict[str, Any], ...] = (
        {"label": "short", "kind": "attribute_sum", "attribute": "words", "maximum": 3},
    )
    kinds = constraint_kinds()
    plan = SectionPlan(
        id="s0", length=2, constraints=tuple(msgspec.convert(one, kinds[one["kind"]]) for one in rows)
    )
    blueprint = msgspec.structs.replace(blueprint_with(length=2), sections=(plan,))
    wider = relaxed(blueprint, {"s0: short": "9"})
    assert wider.constraints == ()
    assert [getattr(row, "maximum", None) for row in wider.sections[0].constraints] == [9]
    assert relaxed(blueprint, {"s0: short": "off"}).sections[0].constraints == ()
    with pytest.raises(RelaxError, match="follows from the sections"):
        relaxed(blueprint, {"s0: length": "3"})
