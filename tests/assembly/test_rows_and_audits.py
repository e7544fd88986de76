"""Rows and audits are two readings of one row: on any choice of items they say the same."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qbank.assembly import Status, assemble, audit
from qbank.assembly.decode import decode
from qbank.assembly.duties import implied, stated
from qbank.assembly.mistakes import check
from qbank.assembly.problems import errors
from qbank.assembly.program import Goal, Variables, build
from qbank.assembly.setting import Setting, fill, make_setting
from qbank.assembly.solvers import highs
from qbank.assembly.space import Space
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.form import EXTERNAL_ANCHOR, OPERATIONAL, Form, SolverFacts
from qbank.model.item import Item
from qbank.model.selector import Columns, StimulusFields, predicate
from tests.assembly import strategies_assembly as strategies
from tests.assembly.test_assemble import bank_of, blueprint_of, item

ORDERED = ("key_balance", "key_run", "fixed_position")
"""Kinds that are met when a form is put in order; their rows only say that an order may exist."""

MANY = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


@st.composite
def filled_slots(draw: st.DrawFn, space: Space) -> list[int]:
    """Slots of different items, as many of each role as a form has: shares are shares of that."""
    chosen: dict[int, int] = {}
    for role, count in space.blueprint.role_counts.items():
        free = [s for s in space.slots(role=role).tolist() if int(space.slot_item[s]) not in chosen]
        assume(len(free) >= count)
        for slot in draw(st.permutations(free))[:count]:
            chosen[int(space.slot_item[slot])] = slot
    return sorted(chosen.values())


@st.composite
def selections(draw: st.DrawFn) -> tuple[Bank, Blueprint, list[list[int]], frozenset[str]]:
    """A problem, for each form the numbers of some slots with different items, and internal anchors."""
    bank = draw(strategies.banks())
    blueprint = draw(strategies.blueprints(bank, most_rows=4))
    refused = {one.label for one in errors(check(bank, blueprint))}
    kept = tuple(row for row in blueprint.constraints if row.label not in refused)
    blueprint = msgspec.structs.replace(blueprint, constraints=kept)
    while wrong := {one.label for one in errors(check(bank, blueprint))}:
        kept = tuple(row for row in blueprint.constraints if row.label not in wrong)
        blueprint = msgspec.structs.replace(blueprint, constraints=kept)
    space = Space(bank, blueprint, blueprint.forms, 1)
    forms = [draw(filled_slots(space)) for _ in range(blueprint.forms)]
    scored = sorted({space.items[space.slot_item[s]].id for form in forms for s in form})
    anchors = frozenset(draw(st.lists(st.sampled_from(scored), max_size=2)) if scored else ())
    return bank, blueprint, forms, anchors


@MANY
@given(selections())
def test_rows_hold_exactly_when_the_audit_is_content(
    drawn: tuple[Bank, Blueprint, list[list[int]], frozenset[str]],
) -> None:
    bank, blueprint, forms, anchors = drawn
    setting = make_setting(bank, blueprint)
    space = Space(bank, blueprint, blueprint.forms, 1)
    taken = [
        [(space.items[space.slot_item[s]], space.roles[space.slot_role[s]]) for s in one] for one in forms
    ]
    # an order of items is not looked at here, so that rows about positions must not fail it
    loose = tuple(row for row in blueprint.constraints if row.kind not in ORDERED)
    blueprint = msgspec.structs.replace(blueprint, constraints=loose)
    setting = make_setting(bank, blueprint)
    filled = [fill(form, setting) for form in _made(taken, setting, anchors)]
    blocks = [row for row in stated(blueprint) if row.kind == "anchor_items"]
    # what a common block is worth to other rows is settled only where there is one
    common = not any(errors(tuple(row.audit(setting, filled))) for row in blocks)
    for row in (*implied(blueprint), *stated(blueprint)):
        if row.kind in ("overlap", "exposure") and not common:
            continue
        hard = msgspec.structs.replace(row, weight=None)
        said = errors(tuple(hard.audit(setting, filled)))
        assert _holds(hard, bank, blueprint, forms, anchors) == (not said), (row, said)


def _holds(
    row: Any, bank: Bank, blueprint: Blueprint, forms: list[list[int]], anchors: frozenset[str]
) -> bool:
    """Whether a row's lines can be met when the items of every form, and the anchors, are given."""
    space = Space(bank, blueprint, blueprint.forms, 1)
    internal, external = space.anchors(OPERATIONAL), space.anchors(EXTERNAL_ANCHOR)
    blocks = list(row.rows(space))
    variables = space.variables()
    lower, upper = variables.lower.copy(), variables.upper.copy()

    def fix(columns: Any, values: Any) -> None:
        lower[columns] = upper[columns] = values

    for form, slots in enumerate(forms):
        fix(space.x(np.arange(len(space.slot_item)), form), 0.0)
        fix(space.x(np.array(slots, dtype=np.int64), form), 1.0)
    fix(internal, [float(one.id in anchors) for one in space.items])
    outside = {space.items[space.slot_item[s]].id for one in forms for s in one if _is_external(space, s)}
    fix(external, [float(one.id in outside) for one in space.items])
    nothing = Goal(sense="minimise", columns=np.zeros(0, dtype=np.int64), costs=np.zeros(0))
    program = build(Variables(lower, upper, variables.integer), blocks, nothing)
    return highs.solve(program).values is not None


def _is_external(space: Space, slot: int) -> bool:
    return bool(space.roles[space.slot_role[slot]] == EXTERNAL_ANCHOR)


@MANY
@given(strategies.banks(), st.sampled_from(({"words": {"maximum": 3}}, {"id": "case-2"}, {"domain": "k"})))
def test_stimuli_are_chosen_alike_one_by_one_and_all_at_once(bank: Bank, where: dict[str, Any]) -> None:
    fields = StimulusFields(bank)
    one_by_one = [predicate(where, fields)(one) for one in bank.stimuli]
    assert Columns(bank.stimuli, fields).mask(where).tolist() == one_by_one


def test_long_forms_have_no_long_runs_and_keep_their_balance() -> None:
    """Half of 80 items present their key at the first position whatever is done."""
    items = [item(f"i{n:02d}", key="A", shuffle=n % 2 == 0, content_area=f"x{n % 3}") for n in range(80)]
    rows = (
        {"label": "runs", "kind": "key_run", "maximum": 2},
        {"label": "keys", "kind": "key_balance", "share": {"minimum": 0.1, "maximum": 0.6}},
        {"label": "start", "kind": "fixed_position", "item": "i77", "position": 1},
        {"label": "end", "kind": "fixed_position", "where": {"content_area": "x0"}, "position": -1},
    )
    bank, blueprint = bank_of(*items), blueprint_of(*rows, length=80)
    result = assemble(bank, blueprint)
    assert result.status is Status.DONE, result.findings
    assert audit(result.forms, bank, blueprint) == ()
    assert result.forms[0].placements[0].item == "i77"


def test_too_many_keys_at_one_position_are_seen_by_the_rows() -> None:
    items = [item(f"i{n:02d}", key="A", shuffle=False) for n in range(20)]
    rows = ({"label": "runs", "kind": "key_run", "maximum": 3},)
    result = assemble(bank_of(*items), blueprint_of(*rows, length=10))
    assert result.status is Status.INFEASIBLE
    assert [one.message for one in errors(result.findings)] == [
        '"runs" cannot be met for the key at position 1'
    ]


def test_soft_rows_are_weighed_against_each_other_before_the_objective() -> None:
    """Of two rows that cannot both hold the heavier holds; one penalty is not traded for the objective."""
    items = [item(f"i{n}", content_area="x" if n < 3 else "y", attributes={"minutes": n}) for n in range(6)]
    rows = (
        {"label": "x", "kind": "content", "where": {"content_area": "x"}, "minimum": 3, "weight": 1},
        {"label": "y", "kind": "content", "where": {"content_area": "y"}, "minimum": 2, "weight": 3},
    )
    goal = {"kind": "minimum_sum", "attribute": "minutes"}
    result = assemble(bank_of(*items), blueprint_of(*rows, length=3, objective=goal))
    assert {placement.item for placement in result.forms[0].placements} == {"i0", "i3", "i4"}
    assert result.solver is not None
    assert result.solver.objective == 7
    assert [one.message for one in result.findings] == ['"x" (soft) needs at least 3, the form has 1']


def _made(taken: list[list[tuple[Item, str]]], setting: Setting, anchors: frozenset[str]) -> tuple[Form, ...]:
    return decode(taken, setting, 1, SolverFacts("hand", "made"), anchors=anchors)
