"""Banks of 16 items: the optimum is that of trying all forms, and infeasible is what no form meets."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbank.assembly import Status, assemble
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus
from tests.assembly.test_assemble import bank_of, blueprint_of, item

ITEMS, LENGTH = 16, 6
Json = dict[str, Any]


@st.composite
def problems(draw: st.DrawFn) -> tuple[Bank, Blueprint, Json]:
    """16 items in three areas with minutes, enemies and two item sets, and rows that may or may not hold."""
    minutes = draw(st.lists(st.integers(1, 30), min_size=ITEMS, max_size=ITEMS))
    areas = draw(st.lists(st.sampled_from("xyz"), min_size=ITEMS, max_size=ITEMS))
    pairs = draw(st.sets(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=6))
    sets = [f"case-{n // 3}" if n < 6 else "" for n in range(ITEMS)]
    items: list[Item] = [
        item(
            f"i{n:02d}",
            content_area=areas[n],
            attributes={"minutes": minutes[n]},
            stimulus=sets[n],
            enemies=sorted({f"i{b:02d}" for a, b in pairs if a == n and b != n}),
        )
        for n in range(ITEMS)
    ]
    wanted = {
        "x": draw(st.integers(0, 5)),
        "most": draw(st.integers(20, 120)),
        "sets": draw(st.integers(0, 2)),
    }
    blueprint = blueprint_of(
        {"label": "x", "kind": "content", "where": {"content_area": "x"}, "minimum": wanted["x"]},
        {"label": "time", "kind": "attribute_sum", "attribute": "minutes", "maximum": wanted["most"]},
        {
            "label": "sets",
            "kind": "item_set",
            "sets": {"minimum": wanted["sets"], "maximum": 2},
            "items_per_set": {"minimum": 2, "maximum": 3},
        },
        {"label": "enemies apart", "kind": "enemies"},
        length=LENGTH,
        objective={"kind": "minimum_sum", "attribute": "minutes"},
    )
    stimuli = tuple(Stimulus(id=f"case-{n}", text="Read.") for n in range(2))
    return bank_of(*items, stimuli=stimuli), blueprint, wanted


def best(bank: Bank, wanted: Json) -> int | None:
    """The least sum of minutes over all forms that meet the rows, by trying all; None when there is none."""
    hostile = {frozenset((one.id, other)) for one in bank.items for other in one.enemies}
    sums = []
    for form in combinations(bank.items, LENGTH):
        minutes = sum(one.attributes["minutes"] for one in form)
        cases = [one.stimulus for one in form if one.stimulus]
        sizes = [cases.count(case) for case in set(cases)]
        if (
            minutes <= wanted["most"]
            and sum(one.content_area == "x" for one in form) >= wanted["x"]
            and wanted["sets"] <= len(sizes)
            and all(2 <= size <= 3 for size in sizes)
            and not any(frozenset((a.id, b.id)) in hostile for a, b in combinations(form, 2))
        ):
            sums.append(minutes)
    return min(sums, default=None)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_the_optimum_is_that_of_trying_all(problem: tuple[Bank, Blueprint, Json]) -> None:
    bank, blueprint, wanted = problem
    least = best(bank, wanted)
    made = assemble(bank, blueprint)
    if least is None:
        assert made.status is Status.INFEASIBLE
        return
    assert made.status is Status.DONE
    assert made.solver is not None
    assert (made.solver.objective, made.solver.status) == (least, "optimal")
