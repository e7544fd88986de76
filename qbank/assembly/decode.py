"""Solution → forms: which items were taken in which role and section, in order, with options in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.arranging import arranged
from qbank.assembly.constraints.key_balance import KeyBalance
from qbank.assembly.ordering import in_order, option_orders
from qbank.assembly.sections import section_setting
from qbank.assembly.setting import Setting
from qbank.model import hashing
from qbank.model.form import BankReference, BlueprintReference, Form, Placement, Section, SolverFacts
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus

if TYPE_CHECKING:
    from qbank.assembly.program import Floats
    from qbank.assembly.space import Space

MAIN = "main"
"""The id of the only section of a form whose blueprint has none."""


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
    return [
        [(space.items[space.slot_item[slot]], space.roles[space.slot_role[slot]]) for slot in slots]
        for slots in _taken(space, values)
    ]


def homes(space: Space, values: Floats) -> list[dict[str, int]]:
    """For every form the number of the section of each item that a solution takes."""
    return [
        {space.items[space.slot_item[slot]].id: int(space.slot_section[slot]) for slot in slots}
        for slots in _taken(space, values)
    ]


def _taken(space: Space, values: Floats) -> list[list[int]]:
    import numpy as np

    slots = np.arange(len(space.slot_item))
    return [
        [int(slot) for slot in np.flatnonzero(values[space.x(slots, form)] > 0.5)]
        for form in range(space.forms)
    ]


def decode(
    taken: list[list[tuple[Item, str]]],
    setting: Setting,
    seed: int,
    facts: SolverFacts,
    sections: Sequence[Mapping[str, int]] = (),
    anchors: frozenset[str] = frozenset(),
) -> tuple[Form, ...]:
    """Finished forms from the items taken for each.

    `sections` tells for each form the section of items, `anchors` which are internal anchors. Raises NoOrder.
    """
    blueprint, bank = setting.blueprint, setting.bank
    stimuli = {stimulus.id: stimulus for stimulus in bank.stimuli}
    bank_reference = BankReference(bank.id, hashing.bank_hash(bank))
    forms = []
    for number, items in enumerate(taken):
        letters = form_letters(number)
        id = f"{blueprint.id}-{letters}"
        home = sections[number] if sections else {}
        parts = arrangement([item for item, _ in items], home, setting, seed, id)
        forms.append(
            Form(
                id=id,
                title=f"{blueprint.title or blueprint.id}, form {letters.upper()}",
                blueprint=BlueprintReference(blueprint.id, blueprint.hash),
                bank=bank_reference,
                seed=seed,
                solver=facts,
                sections=_sections(parts, {item.id: role for item, role in items}, stimuli, anchors),
                time_limit_minutes=blueprint.time_limit_minutes,
                cut_score=blueprint.cut_score,
                relaxed=blueprint.relaxed or msgspec.UNSET,
            )
        )
    return tuple(forms)


class Part(msgspec.Struct, frozen=True):
    """A section without placements, its items in order, and the option order of each."""

    section: Section
    items: tuple[Item, ...]
    orders: dict[str, tuple[str, ...]]


def arrangement(
    items: Sequence[Item], home: Mapping[str, int], setting: Setting, seed: int, name: str
) -> tuple[Part, ...]:
    """The items of a form in sections and in order, and the options of each, as seed and name draw them.

    `home` is the number of each item's section; a blueprint without sections needs none.
    """
    plans = setting.blueprint.sections
    settings = [section_setting(setting, number) for number in range(len(plans))] or [setting]
    frames = [
        Section(id=plan.id, title=plan.title, time_limit_minutes=plan.time_limit_minutes) for plan in plans
    ] or [Section(id=MAIN)]
    ordered = [
        in_order([item for item in items if home.get(item.id, 0) == number], part, seed, name)
        for number, part in enumerate(settings)
    ]
    bounds = _key_bounds(setting)
    orders = _option_orders(ordered, settings, bounds, seed, name)
    if not plans:
        ordered[0], orders = arranged(ordered[0], orders, setting, bounds)
    return tuple(Part(frame, tuple(some), orders) for frame, some in zip(frames, ordered, strict=True))


def _option_orders(
    ordered: Sequence[Sequence[Item]],
    settings: Sequence[Setting],
    bounds: _Bounds | None,
    seed: int,
    name: str,
) -> dict[str, tuple[str, ...]]:
    """Option orders that keep the key balance of the form, or that of each section."""
    if bounds is not None or len(settings) == 1:
        return option_orders([item for some in ordered for item in some], bounds, seed, name)
    return {
        id: order
        for some, setting in zip(ordered, settings, strict=True)
        for id, order in option_orders(some, _key_bounds(setting), seed, name).items()
    }


def _sections(
    parts: Sequence[Part],
    roles: Mapping[str, str],
    stimuli: Mapping[str, Stimulus],
    anchors: frozenset[str],
) -> tuple[Section, ...]:
    """The sections with their placements, counted through."""
    sections, position = [], 0
    for part in parts:
        placements = []
        for item in part.items:
            position += 1
            placements.append(
                Placement(
                    position=position,
                    item=item.id,
                    content_hash=hashing.content_hash(item, stimuli),
                    record_hash=hashing.record_hash(item),
                    role=roles[item.id],
                    anchor=item.id in anchors,
                    option_order=part.orders[item.id],
                )
            )
        sections.append(msgspec.structs.replace(part.section, placements=tuple(placements)))
    return tuple(sections)


class _Bounds(msgspec.Struct, frozen=True):
    """The narrowest of several key balances."""

    rows: tuple[KeyBalance, ...]

    def __call__(self, total: int) -> tuple[int, int]:
        both = [row.counts(total) for row in self.rows]
        return max(low for low, _ in both), min(high for _, high in both)


def _key_bounds(setting: Setting) -> _Bounds | None:
    rows = tuple(row for row in setting.blueprint.constraints if isinstance(row, KeyBalance))
    return _Bounds(rows) if rows else None
