"""The columns of a program and what they mean.

Binary x for every (form, role, item) that statuses allow, binary z for every (form, stimulus); kinds
of constraints may add columns of their own. The vectorised reading of the blueprint lives here and in
the kinds' `rows`; audits never use it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from qbank.assembly.program import BLUEPRINT_ROWS, Block, Variables, block
from qbank.assembly.sections import section_blueprint
from qbank.model import selector
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint, Where
from qbank.model.form import PRETEST
from qbank.model.item import Item

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.assembly.program import Floats, Ints

    Mask = NDArray[np.bool_]


SECTIONS = "sections"
"""The family of rows that keep the items of a stimulus in one section."""


class Space:
    """The columns of one run. Items are the eligible ones in order of id; a slot is (section, role, item).

    A form without sections has one, and no columns for it. `within` gives the view of a section, in which
    only its slots and its stimuli are seen.
    """

    def __init__(self, bank: Bank, blueprint: Blueprint, forms: int, seed: int) -> None:
        import numpy as np

        self.bank, self.blueprint, self.forms, self.seed = bank, blueprint, forms, seed
        fields = selector.Fields(bank)
        by_id: dict[str, Item] = {}
        for item in bank.items:
            by_id.setdefault(item.id, item)
        everything = [by_id[id] for id in sorted(by_id)]
        eligible = selector.Columns(everything, fields).mask(blueprint.eligible)
        self.items: list[Item] = [everything[row] for row in np.flatnonzero(eligible)]
        self.columns = selector.Columns(self.items, fields)
        self.roles = tuple(blueprint.role_counts)
        self.section: int | None = None
        may = {role: np.flatnonzero(self._may_fill(role)) for role in self.roles}
        cells = [
            (section, place, may[role])
            for section, names in enumerate(_section_roles(blueprint))
            for place, role in enumerate(self.roles)
            if role in names
        ]
        sizes = [len(items) for _, _, items in cells]
        empty = np.zeros(0, dtype=np.int64)
        self.slot_item = np.concatenate([items for _, _, items in cells] or [empty])
        self.slot_role = np.repeat(np.array([place for _, place, _ in cells], dtype=np.int64), sizes)
        self.slot_section = np.repeat(np.array([part for part, _, _ in cells], dtype=np.int64), sizes)
        self.stimuli = sorted({item.stimulus for item in self.items if item.stimulus})
        number = {id: row for row, id in enumerate(self.stimuli)}
        self.stimulus_of = np.array([number.get(item.stimulus, -1) for item in self.items], dtype=np.int64)
        count = forms * (len(self.slot_item) + len(self.stimuli) * (1 + len(blueprint.sections)))
        self._lower: list[Floats] = [np.zeros(count)]
        self._upper: list[Floats] = [np.ones(count)]
        self._integer: list[Mask] = [np.ones(count, dtype=np.bool_)]
        self._count = [count]
        self._anchors: dict[str, Ints] = {}

    def _may_fill(self, role: str) -> Mask:
        """Which items may fill a role, by status."""
        allowed: Where = {"status": {"not": PRETEST}}
        if role == PRETEST:
            allowed = {"status": list(self.blueprint.pretest_from)}
        return self.columns.mask(allowed)

    def new(self, count: int, lower: float, upper: float, *, integer: bool) -> Ints:
        """Add columns and say which they are."""
        import numpy as np

        self._lower.append(np.full(count, float(lower)))
        self._upper.append(np.full(count, float(upper)))
        self._integer.append(np.full(count, integer))
        first = self._count[0]
        self._count[0] += count
        return np.arange(first, self._count[0])

    def within(self, number: int) -> Space:
        """The same columns as the rows of a section see them."""
        view = copy.copy(self)
        view.section = number
        view.blueprint = section_blueprint(self.blueprint, number)
        return view

    def anchors(self, role: str) -> Ints:
        """A binary column for every item: whether it is an anchor of that role, in all forms alike."""
        if role not in self._anchors:
            self._anchors[role] = self.new(len(self.items), 0, 1, integer=True)
        return self._anchors[role]

    def anchored(self, values: Floats, role: str) -> frozenset[str]:
        """The ids of the items that a solution takes as anchors of a role."""
        if role not in self._anchors:
            return frozenset()
        chosen = values[self._anchors[role]] > 0.5
        return frozenset(self.items[row].id for row in chosen.nonzero()[0])

    def variables(self) -> Variables:
        """All columns made so far."""
        import numpy as np

        return Variables(
            np.concatenate(self._lower), np.concatenate(self._upper), np.concatenate(self._integer)
        )

    def slots(self, mask: Mask | None = None, role: str | None = None) -> Ints:
        """The slots of some items in one role (None or any: in every role)."""
        import numpy as np

        chosen = np.ones(len(self.slot_item), dtype=np.bool_) if mask is None else mask[self.slot_item]
        if role in self.roles:
            chosen = chosen & (self.slot_role == self.roles.index(role))
        if self.section is not None:
            chosen = chosen & (self.slot_section == self.section)
        return np.flatnonzero(chosen)

    def x(self, slots: Ints, form: int) -> Ints:
        """The columns of slots in a form."""
        return slots + form * len(self.slot_item)

    def z(self, stimuli: Ints, form: int) -> Ints:
        """The columns of stimuli in a form, or in the section of a view."""
        part = 0 if self.section is None else 1 + self.section
        first = self.forms * (len(self.slot_item) + part * len(self.stimuli))
        return stimuli + first + form * len(self.stimuli)

    def where(self, where: Where) -> Ints:
        """The slots that a `where` with its role means."""
        rest, role = selector.split_role(where)
        return self.slots(self.columns.mask(rest), role)

    def slots_by_item(self) -> list[Ints]:
        """For every item its slots, one per role it may fill."""
        import numpy as np

        slots = self.slots()
        order = slots[np.argsort(self.slot_item[slots], kind="stable")]
        counts = np.bincount(self.slot_item[slots], minlength=len(self.items))
        return np.split(order, np.cumsum(counts)[:-1]) if len(self.items) else []

    def sums(
        self,
        label: str,
        kind: str,
        groups: Iterable[tuple[str, Ints, Floats | None]],
        minimum: float | None,
        maximum: float | None,
        *,
        family: str = BLUEPRINT_ROWS,
        relief: str = "",
    ) -> Block:
        """One row per form and group: minimum ≤ sum of values over the group's slots ≤ maximum."""
        import numpy as np

        rows: list[tuple[Ints, Floats]] = []
        details: list[str] = []
        for detail, slots, values in groups:
            coefficients = np.ones(len(slots)) if values is None else values
            for form in range(self.forms):
                rows.append((self.x(slots, form), coefficients))
                details.append(detail)
        return block(
            label,
            kind,
            rows,
            -np.inf if minimum is None else minimum,
            np.inf if maximum is None else maximum,
            family=family,
            details=details,
            relief=relief,
        )

    def links(self, label: str, kind: str, stimuli: Sequence[int], *, equal: bool = False) -> Block:
        """For every item of some stimuli x_i ≤ z_t (or x_i = z_t), the tight rows of item sets."""
        import numpy as np

        wanted = np.isin(self.stimulus_of, np.asarray(stimuli, dtype=np.int64))
        by_item = self.slots_by_item()
        rows = [
            (
                np.append(self.x(by_item[item], form), self.z(self.stimulus_of[item : item + 1], form)),
                np.append(np.ones(len(by_item[item])), -1.0),
            )
            for item in np.flatnonzero(wanted)
            for form in range(self.forms)
        ]
        return block(label, kind, rows, 0.0 if equal else -np.inf, 0.0, family=kind)


def _section_roles(blueprint: Blueprint) -> list[tuple[str, ...]]:
    """The roles that each section has; those of the blueprint when it has no sections."""
    if not blueprint.sections:
        return [tuple(blueprint.role_counts)]
    return [
        tuple(section_blueprint(blueprint, number).role_counts) for number in range(len(blueprint.sections))
    ]
