"""Solution → forms: which items were taken in which role, in order, with options in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.constraints.key_balance import KeyBalance
from qbank.assembly.ordering import in_order, option_orders
from qbank.assembly.setting import Setting
from qbank.model import hashing
from qbank.model.form import BankReference, BlueprintReference, Form, Placement, Section, SolverFacts
from qbank.model.item import Item

if TYPE_CHECKING:
    from qbank.assembly.program import Floats
    from qbank.assembly.space import Space


def form_letters(number: int) -> str:
    """0 → a, 25 → z, 26 → aa."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def chosen(space: Space, values: Floats) -> list[list[tuple[Item, str]]]:
    """For every form the items that a solution takes, with their roles."""
    import numpy as np

    slots = np.arange(len(space.slot_item))
    return [
        [
            (space.items[space.slot_item[slot]], space.roles[space.slot_role[slot]])
            for slot in np.flatnonzero(values[space.x(slots, form)] > 0.5)
        ]
        for form in range(space.forms)
    ]


def decode(
    taken: list[list[tuple[Item, str]]], setting: Setting, seed: int, facts: SolverFacts
) -> tuple[Form, ...]:
    """Finished forms from the items taken for each."""
    blueprint, bank = setting.blueprint, setting.bank
    stimuli = {stimulus.id: stimulus for stimulus in bank.stimuli}
    bank_reference = BankReference(bank.id, hashing.bank_hash(bank))
    forms = []
    for number, items in enumerate(taken):
        letters = form_letters(number)
        id = f"{blueprint.id}-{letters}"
        roles = {item.id: role for item, role in items}
        ordered = in_order([item for item, _ in items], setting, seed, id)
        orders = option_orders(ordered, _key_bounds(setting), seed, id)
        placements = tuple(
            Placement(
                position=position,
                item=item.id,
                content_hash=hashing.content_hash(item, stimuli),
                record_hash=hashing.record_hash(item),
                role=roles[item.id],
                option_order=orders[item.id],
            )
            for position, item in enumerate(ordered, 1)
        )
        forms.append(
            Form(
                id=id,
                title=f"{blueprint.title or blueprint.id}, form {letters.upper()}",
                blueprint=BlueprintReference(blueprint.id, blueprint.hash),
                bank=bank_reference,
                seed=seed,
                solver=facts,
                sections=(Section(id="main", placements=placements),),
                time_limit_minutes=blueprint.time_limit_minutes,
                cut_score=blueprint.cut_score,
                relaxed=blueprint.relaxed or msgspec.UNSET,
            )
        )
    return tuple(forms)


class _Bounds(msgspec.Struct, frozen=True):
    """The narrowest of several key balances."""

    rows: tuple[KeyBalance, ...]

    def __call__(self, total: int) -> tuple[int, int]:
        both = [row.counts(total) for row in self.rows]
        return max(low for low, _ in both), min(high for _, high in both)


def _key_bounds(setting: Setting) -> _Bounds | None:
    rows = tuple(row for row in setting.blueprint.constraints if isinstance(row, KeyBalance))
    return _Bounds(rows) if rows else None
