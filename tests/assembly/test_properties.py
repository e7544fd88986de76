"""Properties: every returned form passes audits and oracle, optima and infeasibility are brute force's."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbank.assembly import Status, assemble, audit
from qbank.assembly.mistakes import check
from qbank.assembly.problems import errors
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.selector import Columns, Fields, predicate
from qbank.psychometrics.irt import information as vector_information
from tests import oracle
from tests.assembly import strategies_assembly as strategies

SLOW = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
FEW = settings(SLOW, max_examples=40)


def with_bank(draw: st.DrawFn, objective: dict[str, Any] | None = None) -> tuple[Bank, Blueprint]:
    bank = draw(strategies.banks())
    blueprint = draw(strategies.blueprints(bank, objective))
    # a row that check refuses is no input of the solver, nor is one that names such a row
    while refused := {p.label for p in errors(check(bank, blueprint))} & {
        row.label for row in blueprint.constraints
    }:
        kept = tuple(row for row in blueprint.constraints if row.label not in refused)
        blueprint = msgspec.structs.replace(blueprint, constraints=kept)
    return bank, blueprint


@st.composite
def problems(draw: st.DrawFn, objective: dict[str, Any] | None = None) -> tuple[Bank, Blueprint]:
    return with_bank(draw, objective)


@SLOW
@given(problems(), st.integers(1, 3))
def test_forms_are_right_and_infeasible_is_true(problem: tuple[Bank, Blueprint], seed: int) -> None:
    bank, blueprint = problem
    result = assemble(bank, blueprint, seed=seed)
    exists = next(strategies.all_runs(bank, blueprint, blueprint.forms), None)
    if result.status is Status.INFEASIBLE:
        assert exists is None
        assert errors(result.findings)
        return
    assert result.status is Status.DONE, result.findings
    assert exists is not None
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
@given(problems({"kind": "match_difficulty", "target": 0.6}))
def test_nearest_difficulty_is_brute_forces(problem: tuple[Bank, Blueprint]) -> None:
    bank, blueprint = problem
    p = {one.item: one.p or 0.0 for one in bank.statistics}
    best = min(
        (
            sum(abs(p[id] - 0.6) for form in run for id, role in form if role == "operational")
            for run in strategies.all_runs(bank, blueprint, blueprint.forms)
        ),
        default=None,
    )
    assert_best(bank, blueprint, best)


@FEW
@given(problems({"kind": "maximin_information", "theta": [-1.0, 1.0]}))
def test_greatest_least_information_is_brute_forces(problem: tuple[Bank, Blueprint]) -> None:
    bank, blueprint = problem
    by_id = {one.item: one for one in bank.statistics}
    best = max(
        (
            min(
                sum(strategies.information(by_id[id], theta) for id, role in form if role == "operational")
                for form in run
                for theta in (-1.0, 1.0)
            )
            for run in strategies.all_runs(bank, blueprint, blueprint.forms)
        ),
        default=None,
    )
    assert_best(bank, blueprint, best)


@FEW
@given(problems({"kind": "maximum_information", "theta": [0.0]}))
def test_greatest_information_is_brute_forces(problem: tuple[Bank, Blueprint]) -> None:
    bank, blueprint = problem
    by_id = {one.item: one for one in bank.statistics}
    best = max(
        (
            sum(
                strategies.information(by_id[id], 0.0) for form in run for id, r in form if r == "operational"
            )
            for run in strategies.all_runs(bank, blueprint, blueprint.forms)
        ),
        default=None,
    )
    assert_best(bank, blueprint, best)


def thetas_of(bank: Bank, run: Any, thetas: tuple[float, ...]) -> list[list[float]]:
    """The information of each form of a run at each theta, as the oracle takes it."""
    by_id = {one.item: one for one in bank.statistics}
    return [
        [
            sum(strategies.information(by_id[id], theta) for id, role in form if role == "operational")
            for theta in thetas
        ]
        for form in run
    ]


@FEW
@given(problems({"kind": "minimax_information", "theta": [-1.0, 1.0], "target": [0.5, 1.0]}))
def test_smallest_distance_to_a_target_is_brute_forces(problem: tuple[Bank, Blueprint]) -> None:
    bank, blueprint = problem
    best = min(
        (
            max(
                abs(value - target)
                for curve in thetas_of(bank, run, (-1.0, 1.0))
                for value, target in zip(curve, (0.5, 1.0), strict=True)
            )
            for run in strategies.all_runs(bank, blueprint, blueprint.forms)
        ),
        default=None,
    )
    assert_best(bank, blueprint, best)


@FEW
@given(problems({"kind": "parallel_information", "theta": [-1.0, 1.0]}))
def test_smallest_spread_between_forms_is_brute_forces(problem: tuple[Bank, Blueprint]) -> None:
    bank, blueprint = problem
    best = min(
        (
            max(max(values) - min(values) for values in zip(*thetas_of(bank, run, (-1.0, 1.0)), strict=True))
            for run in strategies.all_runs(bank, blueprint, blueprint.forms)
        ),
        default=None,
    )
    assert_best(bank, blueprint, best)


@FEW
@given(problems({"kind": "capped_maximin_information", "theta": [-1.0, 1.0]}))
def test_capped_least_information_is_brute_forces(problem: tuple[Bank, Blueprint]) -> None:
    bank, blueprint = problem
    best = max(
        (
            2 * min(map(min, curves)) - max(map(max, curves))
            for run in strategies.all_runs(bank, blueprint, blueprint.forms)
            for curves in (thetas_of(bank, run, (-1.0, 1.0)),)
        ),
        default=None,
    )
    assert_best(bank, blueprint, best)


@FEW
@given(problems({"kind": "minimum_sum", "attribute": "minutes"}))
def test_smallest_sum_is_brute_forces(problem: tuple[Bank, Blueprint]) -> None:
    bank, blueprint = problem
    minutes = {item.id: item.attributes["minutes"] for item in bank.items}
    best = min(
        (
            sum(minutes[id] for form in run for id, _ in form)
            for run in strategies.all_runs(bank, blueprint, blueprint.forms)
        ),
        default=None,
    )
    assert_best(bank, blueprint, best)


@FEW
@given(problems({"kind": "minimax_characteristic_curve", "theta": [-1.0, 1.0], "target": [0.8, 1.6]}))
def test_smallest_distance_to_a_characteristic_curve_is_brute_forces(
    problem: tuple[Bank, Blueprint],
) -> None:
    bank, blueprint = problem
    items = {item.id: msgspec.to_builtins(item) for item in bank.items}
    stats = {one.item: msgspec.to_builtins(one) for one in bank.statistics}

    def distance(form: Any, theta: float, target: float) -> float:
        scored = [items[id] for id, role in form if role == "operational"]
        return abs(oracle.curve_at("characteristic_curve", scored, stats, theta) - target)

    best = min(
        (
            max(distance(form, theta, target) for form in run for theta, target in ((-1.0, 0.8), (1.0, 1.6)))
            for run in strategies.all_runs(bank, blueprint, blueprint.forms)
        ),
        default=None,
    )
    assert_best(bank, blueprint, best)


@FEW
@given(problems({"kind": "least_exposure"}))
def test_least_exposure_is_brute_forces(problem: tuple[Bank, Blueprint]) -> None:
    """Every use costs the uses before it, in earlier forms and in others of the run."""
    bank, blueprint = problem
    before = blueprint.earlier.uses
    best = min(
        (
            sum(
                before.get(id, 0) + sum(id in dict(other) for other in run[:number])
                for number, form in enumerate(run)
                for id, _ in form
            )
            for run in strategies.all_runs(bank, blueprint, blueprint.forms)
        ),
        default=None,
    )
    assert_best(bank, blueprint, best)


IN_TURN = {
    "kind": "lexicographic",
    "of": [
        {"kind": "minimum_sum", "attribute": "minutes"},
        {"kind": "maximum_information", "theta": [0.0]},
    ],
}


@FEW
@given(problems(IN_TURN))
def test_objectives_in_turn_are_brute_forces(problem: tuple[Bank, Blueprint]) -> None:
    bank, blueprint = problem
    minutes = {item.id: item.attributes["minutes"] for item in bank.items}
    best = max(
        (
            (-sum(minutes[id] for form in run for id, _ in form), sum(map(sum, thetas_of(bank, run, (0.0,)))))
            for run in strategies.all_runs(bank, blueprint, blueprint.forms)
        ),
        default=None,
    )
    assert_best(bank, blueprint, best[1] if best else None)


def assert_best(bank: Bank, blueprint: Blueprint, best: float | None) -> None:
    result = assemble(bank, blueprint)
    if result.status is Status.INVALID:
        # too few items with statistics for the length: the check says so before any solver
        assert best is None
        return
    assert (result.status is Status.DONE) == (best is not None), result.findings
    if best is not None:
        assert result.solver is not None
        assert result.solver.objective is not None
        assert abs(result.solver.objective - best) <= 2e-4 * max(1.0, abs(best))


@settings(SLOW, max_examples=300)
@given(st.data())
def test_mask_is_predicate_is_oracle(data: st.DataObject) -> None:
    bank = data.draw(strategies.banks())
    where = data.draw(strategies.wheres())
    fields = Fields(bank)
    stats = {one.item: {"p": one.p} for one in bank.statistics}
    one_by_one = [predicate(where, fields)(item) for item in bank.items]
    assert Columns(bank.items, fields).mask(where).tolist() == one_by_one
    assert [oracle.meets(msgspec.to_builtins(item), where, stats) for item in bank.items] == one_by_one


@FEW
@given(strategies.banks(), st.integers(-3, 3))
def test_information_is_the_written_out_formula(bank: Bank, theta: int) -> None:
    for one in bank.statistics:
        assert one.irt is not None
        if one.irt.b is None or one.irt.model in ("GRM", "GPC"):
            continue
        c = one.irt.c if one.irt.model == "3PL" else 0.0
        found = vector_information([float(theta)], one.irt.a, one.irt.b, c, one.irt.D)[0, 0]
        assert abs(found - strategies.closed_information(one, theta)) < 1e-9
