"""Rows and audits agree: any selection of items keeps a kind's rows exactly when its audit is silent.

The selections are random, mostly bad ones, of any number of items; nothing is solved for but the columns that
rows bring along themselves. Key balance is left out, as its rows ask whether some order of options would do,
and an audit judges one.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qbank.assembly import constraint_kinds
from qbank.assembly.compile import compile_blueprint
from qbank.assembly.constraints.content import Content
from qbank.assembly.constraints.key_balance import KeyBalance
from qbank.assembly.constraints.overlap import Overlap
from qbank.assembly.decode import decode
from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.mistakes import check
from qbank.assembly.ordering import key_positions
from qbank.assembly.problems import errors
from qbank.assembly.program import Block, Goal, Variables, build
from qbank.assembly.setting import fill, make_setting
from qbank.assembly.solution import Outcome
from qbank.assembly.solvers import highs
from qbank.assembly.space import Space
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint, Bounds
from qbank.model.form import SolverFacts
from qbank.model.item import MultipleChoice
from qbank.model.statistics import Irt, Statistics
from tests.assembly import strategies_assembly as strategies
from tests.assembly.test_assemble import bank_of, item

# rows about orders and common blocks are judged in test_rows_and_audits
KINDS = sorted(set(constraint_kinds()) - {"key_balance", "key_run", "fixed_position", "anchor_items"})
MANY = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


def row_of(data: st.DataObject, kind: str, bank: Bank, length: int, others: list[Any]) -> Any:
    """A row of one kind as a record."""
    ids = [item.id for item in bank.items]
    if kind == "overlap":
        return {"label": "row 1", "kind": kind, "maximum": data.draw(st.integers(0, 3))}
    row: dict[str, Any] = data.draw(strategies.rows(ids, ("operational", "pretest"), length, 1, kind))
    if "where" in row and data.draw(st.booleans()):
        # a narrow where often counts nothing at all
        row["where"] = {name: test for name, test in row["where"].items() if name == "role"}
    if "ratio" in row:
        others.append({"label": "row 0", "kind": "content", "where": {"role": "any"}, "minimum": 0})
    return row


def in_sets(bank: Bank) -> Bank:
    """A bank whose items all belong to a set, most of them to one."""
    replace = msgspec.structs.replace
    return replace(bank, items=tuple(replace(one, stimulus=one.stimulus or "case-1") for one in bank.items))


def satisfied(variables: Variables, blocks: list[Block], fixed: dict[int, float]) -> bool:
    """Whether rows hold for given slots and some values of the other columns."""
    lower, upper = variables.lower.copy(), variables.upper.copy()
    for column, value in fixed.items():
        lower[column] = upper[column] = value
    nothing = Goal(sense="minimise", columns=np.zeros(0, dtype=np.int64), costs=np.zeros(0))
    program = build(Variables(lower, upper, variables.integer), blocks, nothing)
    return highs.solve(program).outcome is Outcome.OPTIMAL


def selections(data: st.DataObject, space: Space) -> list[dict[str, str]]:
    """For every form some eligible items with a role that each may fill."""
    roles: dict[str, list[str]] = {}
    for slot, role in zip(space.slot_item, space.slot_role, strict=True):
        roles.setdefault(space.items[slot].id, []).append(space.roles[role])
    return [
        {id: data.draw(st.sampled_from(roles[id])) for id in sorted(roles) if data.draw(st.booleans())}
        for _ in range(space.forms)
    ]


def slots_of(space: Space, chosen: list[dict[str, str]]) -> dict[int, float]:
    """The columns of all slots with whether they are taken."""
    fixed = {}
    for form, taken in enumerate(chosen):
        for slot in range(len(space.slot_item)):
            id, role = space.items[space.slot_item[slot]].id, space.roles[space.slot_role[slot]]
            fixed[int(space.x(np.array([slot]), form)[0])] = float(taken.get(id) == role)
    return fixed


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data())
def test_rows_hold_exactly_when_the_audit_is_silent(kind: str, data: st.DataObject) -> None:
    bank = data.draw(strategies.banks(smallest=2, largest=6))
    if kind == "item_set":
        bank = in_sets(bank)
    if kind in ("information", "characteristic_curve") and data.draw(st.booleans()):
        # the first item has no parameters, and may not be scored
        bank = msgspec.structs.replace(bank, statistics=bank.statistics[1:])
    length = data.draw(st.integers(1, 4))
    forms = data.draw(st.integers(1, 3)) if kind in ("overlap", "exposure") else data.draw(st.integers(1, 2))
    others: list[Any] = []
    record = row_of(data, kind, bank, length, others)
    kinds = constraint_kinds()
    row: ConstraintKind = msgspec.convert(record, kinds[kind])
    blueprint = Blueprint(
        id="tiny",
        length=length + 1,
        roles={"operational": length, "pretest": 1},
        forms=forms,
        pretest_from=("pretest", "active"),
        objective=_random(),
        constraints=(*(msgspec.convert(one, kinds[one["kind"]]) for one in others), row),
    )
    assume(not [one for one in errors(check(bank, blueprint)) if one.label == row.label])
    space = Space(bank, blueprint, forms, 1)
    blocks = list(row.rows(space))
    chosen = selections(data, space)
    if isinstance(row, Overlap) and row.maximum >= blueprint.length:
        # forms of this length cannot share more, and the row states nothing
        assume(all(len(taken) <= blueprint.length for taken in chosen))
    if isinstance(row, Content) and row.share != Bounds():
        # a share is one of the items that a form of the blueprint has in the role
        role = row.where.get("role", "any")
        counts = [sum(role in ("any", one) for one in taken.values()) for taken in chosen]
        assume(set(counts) == {blueprint.role_counts.get(role, blueprint.length)})
    setting = make_setting(bank, blueprint)
    items = {item.id: item for item in bank.items}
    seats = [[(items[id], role) for id, role in sorted(one.items())] for one in chosen]
    made = [fill(form, setting) for form in decode(seats, setting, 1, SolverFacts("hand", "made"))]
    silent = not list(row.audit(setting, made))
    assert satisfied(space.variables(), blocks, slots_of(space, chosen)) == silent


@settings(MANY, max_examples=120)
@given(data=st.data())
def test_key_balance_holds_exactly_when_some_order_does(data: st.DataObject) -> None:
    from itertools import product

    bank = data.draw(strategies.banks(smallest=5, largest=8))
    judged = tuple(one for one in bank.items if isinstance(one, MultipleChoice) or one.id == "i0")
    bank = msgspec.structs.replace(bank, items=judged)
    low = data.draw(st.sampled_from((None, 0.2, 0.25)))
    high = data.draw(st.sampled_from((0.34, 0.4, 0.5) if low is None else (None, 0.4, 0.5)))
    row = KeyBalance(label="row 1", share=Bounds(minimum=low, maximum=high))
    probe = compile_blueprint(bank, Blueprint(id="tiny", length=1, objective=_random()), 1, 1)
    chosen = selections(data, probe.space)
    # the length counts in rows of a least share, as that of the form
    blueprint = Blueprint(id="tiny", length=max(1, len(chosen[0])), objective=_random(), constraints=(row,))
    space = Space(bank, blueprint, 1, 1)
    items = {item.id: item for item in bank.items}
    single = [one for id in sorted(chosen[0]) if isinstance(one := items[id], MultipleChoice)]
    widest = max((len(one.option_texts) for one in single), default=0)
    exists = any(
        all(
            (low or 0.0) - 1e-9 <= places.count(position) / len(single) <= (high or 1.0) + 1e-9
            for position in range(1, min(4, widest) + 1)
        )
        for places in product(*(key_positions(one) for one in single))
    )
    blocks = list(row.rows(space))
    assert satisfied(space.variables(), blocks, slots_of(space, chosen)) == exists
    setting = make_setting(bank, blueprint)
    seats = [[(items[id], role) for id, role in sorted(chosen[0].items())]]
    made = [fill(form, setting) for form in decode(seats, setting, 1, SolverFacts("hand", "made"))]
    assert (not list(row.audit(setting, made))) == exists


def _random() -> Any:
    from qbank.assembly import objective_kinds

    return msgspec.convert({"kind": "random"}, objective_kinds()["random"])


@pytest.mark.parametrize(("keys", "holds"), [("AABCD", False), ("ABCD", True), ("AABBCCDD", True)])
def test_a_least_share_of_keys_counts_each_key_once(keys: str, holds: bool) -> None:
    bank = bank_of(*(item(f"i{n}", key=key, shuffle=False) for n, key in enumerate(keys)))
    row = KeyBalance(label="keys", share=Bounds(minimum=0.25))
    blueprint = Blueprint(id="tiny", length=len(keys), objective=_random(), constraints=(row,))
    space = Space(bank, blueprint, 1, 1)
    blocks = list(row.rows(space))
    everything = slots_of(space, [{one.id: "operational" for one in bank.items}])
    assert satisfied(space.variables(), blocks, everything) == holds


@pytest.mark.parametrize("kind", ["information", "characteristic_curve"])
def test_an_item_without_parameters_is_never_scored(kind: str) -> None:
    known = tuple(Statistics(item=f"i{n}", irt=Irt(model="2PL", b=0.0)) for n in range(1, 4))
    bank = bank_of(*(item(f"i{n}") for n in range(4)), statistics=known)
    row = msgspec.convert(
        {"label": "curve", "kind": kind, "theta": [0.0], "minimum": 0.0}, constraint_kinds()[kind]
    )
    blueprint = Blueprint(id="tiny", length=2, objective=_random(), constraints=(row,))
    space = Space(bank, blueprint, 1, 1)
    blocks = list(row.rows(space))
    for ids, holds in ((("i1", "i2"), True), (("i0", "i1"), False)):
        chosen = slots_of(space, [dict.fromkeys(ids, "operational")])
        assert satisfied(space.variables(), blocks, chosen) == holds
