"""Large runs: forms that are dealt out meet the blueprint, and no run is better than their bound.

The engine is made to take small runs, of which the straight program knows the optimum.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from benchmarks import synthetic_banks
from qbank.assembly import Assembled, Status, assemble, constraint_kinds, objective_kinds
from qbank.assembly.scale import bound as bounds
from qbank.assembly.scale import engine, shape
from qbank.assembly.scale.bound import relax
from qbank.model.bank import Attribute, Bank, BankRecord
from qbank.model.blueprint import Blueprint
from qbank.model.item import Essay, Item
from qbank.model.statistics import Irt, Statistics
from qbank.model.stimulus import Stimulus
from tests import oracle
from tests.assembly import strategies_assembly as strategies

Json = dict[str, Any]
MAXIMISE = ("maximin_information", "maximum_information", "capped_maximin_information", "random")
GOALS: tuple[Json, ...] = (
    {"kind": "maximin_information", "theta": [-1.0, 1.0]},
    {"kind": "maximum_information", "theta": [0.0]},
    {"kind": "capped_maximin_information", "theta": [-1.0, 1.0]},
    {"kind": "minimax_information", "theta": [-1.0, 1.0], "target": [1.0, 1.5]},
    {"kind": "parallel_information", "theta": [-1.0, 1.0]},
    {"kind": "random"},
    {"kind": "match_difficulty", "target": 0.6},
    {"kind": "minimum_sum", "attribute": "minutes"},
)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@pytest.fixture(autouse=True)
def _taken_by_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LARGE", 0)
    monkeypatch.setattr(engine, "HARD", 0)


def straight(bank: Bank, blueprint: Blueprint, seed: int = 1) -> Assembled:
    """The run as one program."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "LARGE", 10**9)
        patch.setattr(engine, "HARD", 10**9)
        return assemble(bank, blueprint, seed=seed, gap=0.0)


def dealt(result: Assembled) -> bool:
    """Whether a result is the engine's."""
    return result.solver is not None and result.solver.name == engine.NAME


def broken(result: Assembled, bank: Bank, blueprint: Blueprint) -> Iterator[str]:
    """What the oracle finds wrong with the forms of a run."""
    items = [msgspec.to_builtins(item) for item in bank.items]
    stats = {one.item: msgspec.to_builtins(one) for one in bank.statistics}
    stimuli = [msgspec.to_builtins(one) for one in bank.stimuli]
    forms = [msgspec.to_builtins(form) for form in result.forms]
    rows = msgspec.to_builtins(blueprint)
    for number, form in enumerate(forms):
        yield from oracle.judge(form, items, rows, forms[:number], stats, stimuli)


def made(bank: Bank, rows: list[Json], goal: Json, length: int, forms: int, **more: Any) -> Blueprint:
    """A blueprint from records."""
    kinds = constraint_kinds()
    return Blueprint(
        id="large",
        length=length,
        forms=forms,
        objective=msgspec.convert(goal, objective_kinds()[goal["kind"]]),
        constraints=tuple(msgspec.convert(row, kinds[row["kind"]]) for row in rows),
        **more,
    )


def calibrated(count: int, seed: int) -> Bank:
    """A bank of calibrated items in areas and levels: item sets of four, enemies in threes, times."""
    rng = np.random.default_rng(seed)
    items, statistics = [], []
    for number in range(count):
        in_set = number < count // 4
        first = number - number % 3
        enemies = [f"i{one:04d}" for one in range(first, first + 3) if one != number]
        items.append(
            Essay(
                id=f"i{number:04d}",
                content_area="xyz"[(number // 4) % 3] if in_set else "xyz"[int(rng.integers(3))],
                cognitive_level=("recall", "analysis")[int(rng.integers(2))],
                stem="?",
                rubric="!",
                stimulus=f"s{number // 4:04d}" if in_set else "",
                enemies=tuple(enemies) if count // 4 <= first < count // 2 - 2 else (),
                attributes={"seconds": float(np.round(rng.normal(60, 12), 1))},
            )
        )
        a, b = float(np.exp(rng.normal(0.0, 0.25))), float(rng.normal())
        irt = Irt(model="2PL", a=a, b=b)
        statistics.append(Statistics(item=f"i{number:04d}", p=float(rng.uniform(0.3, 0.9)), irt=irt))
    return Bank(
        info=BankRecord(id="calibrated", attributes={"seconds": Attribute("number")}),
        items=tuple(items),
        stimuli=tuple(Stimulus(id=f"s{number:04d}") for number in range(count // 16 + 1)),
        statistics=tuple(statistics),
    )


ROWS: list[Json] = [
    {"label": "x", "kind": "content", "where": {"content_area": "x"}, "minimum": 4, "maximum": 4},
    {"label": "y", "kind": "content", "where": {"content_area": "y"}, "minimum": 3, "maximum": 5},
    {
        "label": "recall",
        "kind": "content",
        "where": {"cognitive_level": "recall"},
        "minimum": 5,
        "maximum": 7,
    },
    {
        "label": "sets",
        "kind": "item_set",
        "sets": {"maximum": 2},
        "items_per_set": {"minimum": 2, "maximum": 3},
    },
    {"label": "enemies", "kind": "enemies"},
    {"label": "time", "kind": "attribute_sum", "attribute": "seconds", "minimum": 690, "maximum": 730},
    {"label": "p", "kind": "mean", "attribute": "p", "minimum": 0.5, "maximum": 0.7},
]


@pytest.mark.parametrize("goal", GOALS[:7], ids=lambda goal: str(goal["kind"]))
@pytest.mark.parametrize("forms", [1, 4])
def test_every_aim_is_dealt_within_its_bound(goal: Json, forms: int) -> None:
    bank = calibrated(240, 3)
    blueprint = made(bank, ROWS, goal, 12, forms)
    result = assemble(bank, blueprint)
    assert result.status is Status.DONE, result.findings
    assert dealt(result), result.log
    assert list(broken(result, bank, blueprint)) == []
    assert_within(result, goal)
    again = assemble(msgspec.structs.replace(bank, items=bank.items[::-1]), blueprint)
    assert msgspec.json.encode(again.forms) == msgspec.json.encode(result.forms)


def assert_within(result: Assembled, goal: Json) -> None:
    """The objective is on its side of the bound."""
    assert result.solver is not None
    objective, bound = result.solver.objective, result.solver.bound
    assert objective is not None
    assert bound is not None
    assert (objective - bound) * (1 if goal["kind"] in MAXIMISE else -1) <= 1e-6


@pytest.mark.parametrize(("goal", "room"), [(GOALS[0], 0.02), (GOALS[1], 0.01), (GOALS[5], 0.02)])
def test_dealt_forms_are_nearly_as_good_as_can_be(goal: Json, room: float) -> None:
    bank = calibrated(400, 5)
    result = assemble(bank, made(bank, ROWS[:5], goal, 12, 5))
    assert dealt(result), result.log
    assert result.solver is not None
    assert result.solver.gap is not None
    assert result.solver.gap <= room


def test_parallel_forms_are_alike() -> None:
    bank = calibrated(400, 5)
    result = assemble(bank, made(bank, ROWS[:3], GOALS[4], 12, 4))
    assert dealt(result)
    assert result.solver is not None
    assert result.solver.bound == 0.0
    assert result.solver.objective is not None
    assert result.solver.objective <= 0.02


@settings(SLOW, max_examples=60)
@given(st.data(), st.sampled_from(GOALS), st.integers(1, 9))
def test_what_is_dealt_meets_the_blueprint_and_its_bound(data: st.DataObject, goal: Json, seed: int) -> None:
    bank = data.draw(strategies.banks(smallest=6, largest=12))
    blueprint = data.draw(strategies.blueprints(bank, goal))
    result = assemble(bank, blueprint, seed=seed)
    event("dealt" if dealt(result) else "straight")
    best = straight(bank, blueprint, seed)
    if not dealt(result):
        assert result.status is best.status
        return
    assert list(broken(result, bank, blueprint)) == []
    assert_within(result, goal)
    assert result.solver is not None
    assert best.solver is not None
    assert result.solver.bound is not None
    assert best.solver.objective is not None
    room = 1e-5 * max(1.0, abs(best.solver.objective))
    # no run is better than the bound, the best one included, and the best one is no worse than this one
    sign = 1 if goal["kind"] in MAXIMISE else -1
    assert sign * (best.solver.objective - result.solver.bound) <= room
    assert sign * ((result.solver.objective or 0.0) - best.solver.objective) <= room


@settings(SLOW, max_examples=60)
@given(st.data(), st.sampled_from(GOALS[:7]), st.integers(1, 3))
def test_rows_that_fit_are_dealt(data: st.DataObject, goal: Json, forms: int) -> None:
    seed = data.draw(st.integers(0, 50))
    bank = calibrated(60, seed)
    rows = data.draw(st.lists(st.sampled_from(ROWS), max_size=4, unique_by=lambda row: row["label"]))
    length = data.draw(st.integers(10, 14))
    blueprint = made(bank, rows, goal, length, forms)
    result = assemble(bank, blueprint, time_limit=5.0)
    event("dealt" if dealt(result) else "straight")
    if dealt(result):
        assert list(broken(result, bank, blueprint)) == []
        assert_within(result, goal)


@pytest.mark.parametrize(
    ("rows", "goal", "more", "words"),
    [
        (
            [{"label": "keys", "kind": "key_balance", "share": {"maximum": 0.5}}],
            GOALS[5],
            {},
            'the row "keys" (key_balance) has columns of its own',
        ),
        ([], {"kind": "lexicographic", "of": [GOALS[1]]}, {}, "lexicographic is no sum over items"),
        ([], GOALS[5], {"roles": {"operational": 1, "pretest": 1}}, "items may stand in more than one role"),
    ],
)
def test_what_cannot_be_dealt_is_solved_straight(
    rows: list[Json], goal: Json, more: Json, words: str
) -> None:
    items = tuple(
        msgspec.convert(
            {
                "id": f"i{number}",
                "type": "multiple-choice",
                "stem": "?",
                "options": {"A": "one", "B": "two", "C": "three"},
                "key": "ABC"[number % 3],
            },
            Item,
        )
        for number in range(8)
    )
    statistics = tuple(Statistics(item=item.id, irt=Irt(model="1PL", b=0.0)) for item in items)
    bank = Bank(info=BankRecord(id="b"), items=items, statistics=statistics)
    blueprint = made(bank, rows, goal, 2, 2, pretest_from=("pretest", "active"), **more)
    result = assemble(bank, blueprint)
    assert result.status is Status.DONE, result.findings
    assert not dealt(result)
    assert any("class aggregation: not taken" in line and words in line for line in result.log), result.log


def test_small_runs_are_solved_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    bank = calibrated(60, 1)
    result = assemble(bank, made(bank, ROWS[:2], GOALS[1], 12, 1))
    assert result.solver is not None
    assert (result.solver.name, result.solver.status) == ("highs", "optimal")


def test_forms_that_may_share_share_nothing_and_say_how_good_sharing_could_be() -> None:
    bank = calibrated(240, 3)
    share: list[Json] = [*ROWS[:3], {"label": "overlap", "kind": "overlap", "maximum": 6}]
    shared = assemble(bank, made(bank, share, GOALS[1], 12, 3))
    alone = assemble(bank, made(bank, ROWS[:3], GOALS[1], 12, 3))
    assert dealt(shared)
    assert shared.solver is not None
    assert alone.solver is not None
    assert (shared.solver.bound or 0) > (alone.solver.bound or 0) >= (shared.solver.objective or 0)


def test_the_bound_is_the_same_however_few_items_the_first_program_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bank = calibrated(240, 3)
    _, task, _ = engine._task(bank, made(bank, ROWS, GOALS[0], 12, 4), 4, 1)
    few = relax(task)
    monkeypatch.setattr(bounds, "PARTS", (100.0, 100.0))
    whole = relax(task)
    assert few is not None
    assert whole is not None
    assert few.columns < whole.columns
    assert abs(few.value - whole.value) <= 1e-6 * whole.value


def test_a_run_that_the_clock_ends_says_so() -> None:
    bank = calibrated(400, 5)
    blueprint = made(bank, ROWS[:3], GOALS[0], 12, 5)
    result = assemble(bank, blueprint, time_limit=0.0)
    assert dealt(result)
    assert result.status is Status.TIME_LIMIT_WITH_FORM
    assert result.solver is not None
    assert not result.solver.reproducible
    assert list(broken(result, bank, blueprint)) == []


def synthetic(path: Path) -> Bank:
    """A bank of the shared data: item, domain, subdomain, level, a, b, c, testlet, enemy group."""
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row["enemy_group"], []).append(row["item"])
    items = [
        Essay(
            id=f"i{row['item']}",
            content_area=f"d{row['domain']}/s{int(row['subdomain']) % 4}",
            cognitive_level=f"level{row['level']}",
            stimulus="" if row["testlet"] == "-1" else f"t{row['testlet']}",
            enemies=()
            if row["enemy_group"] == "-1"
            else tuple(f"i{one}" for one in groups[row["enemy_group"]] if one != row["item"]),
        )
        for row in rows
    ]
    statistics = [
        Statistics(
            item=f"i{row['item']}",
            irt=Irt(model="3PL", D=1.702, a=float(row["a"]), b=float(row["b"]), c=float(row["c"])),
        )
        for row in rows
    ]
    return Bank(info=BankRecord(id="synthetic"), items=tuple(items), statistics=tuple(statistics))


@pytest.mark.parametrize(
    ("name", "forms", "least", "bound"), [("1k", 1, 38.8749, 38.9147), ("5k", 5, 38.63, 38.7446)]
)
def test_known_banks_come_near_to_their_known_bounds(
    name: str, forms: int, least: float, bound: float, test_data: Path
) -> None:
    bank = synthetic(test_data / "ata" / f"synthetic_{name}.csv")
    result = assemble(bank, synthetic_banks.blueprint(forms))
    assert dealt(result), result.log
    assert result.solver is not None
    assert result.solver.objective is not None
    assert result.solver.bound is not None
    assert least <= result.solver.objective <= result.solver.bound <= bound


def test_rows_that_would_make_too_many_classes_are_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = calibrated(240, 3)
    blueprint = made(bank, ROWS, GOALS[0], 12, 4)
    fine = engine._task(bank, blueprint, 4, 1)[1].shape
    monkeypatch.setattr(shape, "MOST_CLASSES", 3)
    coarse = engine._task(bank, blueprint, 4, 1)[1].shape
    assert fine.classes > 3 >= coarse.classes
    assert len(coarse.sums.lower) > len(fine.sums.lower)
    result = assemble(bank, blueprint)
    assert dealt(result), result.log
    assert list(broken(result, bank, blueprint)) == []


def test_a_bank_without_a_usable_item_is_explained() -> None:
    bank = calibrated(60, 3)
    nothing: list[Json] = [{"label": "none", "kind": "exclusion", "where": {"status": "active"}}]
    result = assemble(bank, made(bank, nothing, GOALS[1], 12, 2))
    assert result.status is Status.INFEASIBLE
