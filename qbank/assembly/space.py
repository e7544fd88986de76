"""The columns of a program and what they mean.

Binary x for every (form, role, item) that statuses allow, binary z for every (form, stimulus); kinds
of constraints may add columns of their own. The vectorised reading of the blueprint lives here and in
the kinds' `rows`; audits never use it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from qbank.assembly.program import BLUEPRINT_ROWS, Block, Variables, block, tiled
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
        by_id = {item.id: item for item in reversed(bank.items)}  # of items with one id the first counts
        everything = [by_id[id] for id in sorted(by_id)]
        self.columns = selector.Columns(everything, fields)
        eligible = self.columns.mask(blueprint.eligible)
        self.items: list[Item] = everything
        if not eligible.all():
            self.items = [everything[row] for row in np.flatnonzero(eligible)]
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
        self._slots: tuple[Ints, list[int]] | None = None

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
        view._slots = None
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

    def _by_item(self) -> Ints:
        """The slots of this space, or of the section of a view, item by item."""
        import numpy as np

        slots = self.slots()
        return slots[np.argsort(self.slot_item[slots], kind="stable")]

    def slots_by_item(self) -> list[Ints]:
        """For every item its slots, one per role it may fill."""
        import numpy as np

        order = self._by_item()
        ends = np.cumsum(np.bincount(self.slot_item[order], minlength=len(self.items))).tolist()
        return [order[start:end] for start, end in pairwise([0, *ends])]

    def slots_of(self, items: Sequence[int]) -> Ints:
        """The slots of some items, item by item."""
        import numpy as np

        if self._slots is None:
            order = self._by_item()
            self._slots = (
                order,
                np.searchsorted(self.slot_item[order], np.arange(len(self.items) + 1)).tolist(),
            )
        order, starts = self._slots
        return np.concatenate([order[starts[item] : starts[item + 1]] for item in items] or [order[:0]])

    def slots_by_stimulus(self) -> list[Ints]:
        """For every stimulus the slots of its items."""
        import numpy as np

        slots = self.slots()
        of_slot = self.stimulus_of[self.slot_item[slots]]
        order = slots[np.argsort(of_slot, kind="stable")]
        ends = np.searchsorted(np.sort(of_slot), np.arange(-1, len(self.stimuli)), side="right").tolist()
        return [order[start:end] for start, end in pairwise(ends)]

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
        items = np.flatnonzero(wanted)
        order = self._by_item()
        counts = np.bincount(self.slot_item[order], minlength=len(self.items))[items]
        own = order[wanted[self.slot_item[order]]]
        bounds = (0.0 if equal else -np.inf, 0.0)
        return self.of_stimuli(label, kind, counts, own, self.stimulus_of[items], -1.0, bounds)

    def of_stimuli(
        self,
        label: str,
        kind: str,
        lengths: Ints,
        slots: Ints,
        stimuli: Ints,
        factor: float,
        bounds: tuple[float, float],
    ) -> Block:
        """Rows Σx + factor z a form and group: group g has lengths[g] of the slots, and its stimulus."""
        import numpy as np

        ends = np.cumsum(lengths + 1)
        last = np.zeros(len(slots) + len(stimuli), dtype=np.bool_)
        last[ends - 1] = True
        columns, step = (
            np.empty(len(last), dtype=np.int64),
            np.where(last, len(self.stimuli), len(self.slot_item)),
        )
        columns[~last], columns[last] = self.x(slots, 0), self.z(stimuli, 0)
        values = np.where(last, factor, 1.0)
        count = len(stimuli) * self.forms
        return Block(
            label=label,
            kind=kind,
            family=kind,
            starts=np.concatenate((np.zeros(1, np.int64), np.cumsum(np.repeat(lengths + 1, self.forms)))),
            columns=tiled(lengths + 1, columns, step, self.forms),
            values=values[tiled(lengths + 1, np.arange(len(last)), 0, self.forms)],
            lower=np.full(count, bounds[0]),
            upper=np.full(count, bounds[1]),
            details=("",) * count,
        )

    def at_most_one(
        self, label: str, kind: str, slots: list[Ints], stimuli: list[Ints], details: list[str]
    ) -> Block:
        """A row a form and group: at most one of some slots and stimuli."""
        import numpy as np

        parts = [
            part for pair in zip(slots, (self.z(one, 0) for one in stimuli), strict=True) for part in pair
        ]
        columns = np.concatenate([*parts, np.zeros(0, dtype=np.int64)])
        step = np.where(columns < len(self.slot_item) * self.forms, len(self.slot_item), len(self.stimuli))
        lengths = np.array([len(one) + len(two) for one, two in zip(slots, stimuli, strict=True)], np.int64)
        made = tiled(lengths, columns, step, self.forms)
        count = len(lengths) * self.forms
        return Block(
            label=label,
            kind=kind,
            family=kind,
            starts=np.concatenate((np.zeros(1, np.int64), np.cumsum(np.repeat(lengths, self.forms)))),
            columns=made,
            values=np.ones(len(made)),
            lower=np.full(count, -np.inf),
            upper=np.ones(count),
            details=tuple(detail for detail in details for _ in range(self.forms)),
        )

    def uses(self, label: str, kind: str, most: float, mask: Mask | None = None) -> Block:
        """A row for every item: the slots of all forms it fills, at most so many."""
        import numpy as np

        order = self._by_item()
        if mask is not None:
            order = order[mask[self.slot_item[order]]]
        counts = np.bincount(self.slot_item[order], minlength=len(self.items))
        counts = counts[counts > 0]
        columns = tiled(counts, order, len(self.slot_item), self.forms)
        return Block(
            label=label,
            kind=kind,
            family=kind,
            starts=np.concatenate((np.zeros(1, np.int64), np.cumsum(counts * self.forms))),
            columns=columns,
            values=np.ones(len(columns)),
            lower=np.full(len(counts), -np.inf),
            upper=np.full(len(counts), most),
            details=("",) * len(counts),
        )


def _section_roles(blueprint: Blueprint) -> list[tuple[str, ...]]:
    """The roles that each section has; those of the blueprint when it has no sections."""
    if not blueprint.sections:
        return [tuple(blueprint.role_counts)]
    return [
        tuple(section_blueprint(blueprint, number).role_counts) for number in range(len(blueprint.sections))
    ]
