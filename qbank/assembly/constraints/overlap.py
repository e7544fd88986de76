"""overlap: how many items two forms of one run, or a form and an earlier one, may share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar

from qbank.assembly.constraints._anchors import anchor_columns, anchors_of
from qbank.assembly.kinds import BREACHES, ConstraintKind, Measure
from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Space


class Overlap(ConstraintKind, frozen=True, kw_only=True, tag="overlap"):
    """How many items any two forms of one run may share, whatever their roles, and a form and an earlier one.

    Without a row of this kind forms share nothing; that implied row is labelled `forms`. `earlier` is the
    most items that a form may share with each of the forms of `--against`, `earlier_share` the same as a
    share of its length; when no row states either, a form shares nothing with those (the implied row
    `earlier forms`). Anchors, the common block of a row of kind anchor_items, are not counted.
    """

    reason: ClassVar[str] = "the limit on items that forms share"

    maximum: int = 0
    earlier: int | None = None
    earlier_share: float | None = None

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Negative numbers, and a share that is none."""
        del setting
        for name, number in (("maximum", self.maximum), ("earlier", self.earlier or 0)):
            if number < 0:
                yield self.problem(f"allows {number} items", hint="Use 0 or more.", pointer=(name,))
        if not 0 <= (self.earlier_share or 0) <= 1:
            yield self.problem(
                f"allows a share of {self.earlier_share:g}",
                hint="Shares go from 0 to 1.",
                pointer=("earlier_share",),
            )

    def with_earlier(self, length: int) -> int | None:
        """The most items that a form of a length may share with an earlier one; None without a limit."""
        limits = [] if self.earlier is None else [self.earlier]
        if self.earlier_share is not None:
            limits.append(math.floor(self.earlier_share * length + 1e-9))
        return min(limits, default=None)

    def uses(self, forms: int) -> int:
        """One form without sharing, all of them with some."""
        return 1 if self.maximum == 0 else forms

    def rows(self, space: Space) -> Iterator[Block]:
        """No sharing: every item once. Some sharing: a column for every item and pair of forms.

        Forms may always share as many items as they hold.
        """
        if space.forms > 1 and self.maximum < space.blueprint.length:
            if self.maximum > 0:
                yield from self._shared(space)
            elif anchor_columns(space):
                yield from self._disjoint(space)
            else:
                yield space.uses(self.label, self.kind, 1.0)
        most = self.with_earlier(space.blueprint.length)
        if most is not None and space.blueprint.earlier.forms:
            yield self._apart(space, most)

    def _disjoint(self, space: Space) -> Iterator[Block]:
        """Σ over forms ≤ 1 beside anchors: one that stands in all forms gets the room for that."""
        import numpy as np

        from qbank.assembly.program import block

        blocks = anchor_columns(space)
        room = np.full(len(blocks), 1.0 - space.forms)
        rows: list[tuple[Ints, Floats]] = []
        for item, slots in enumerate(space.slots_by_item()):
            columns = np.concatenate([space.x(slots, form) for form in range(space.forms)])
            values = np.ones(len(columns))
            if blocks:
                columns = np.concatenate((columns, *(part[item : item + 1] for part in blocks)))
                values = np.append(values, room)
            if len(slots):
                rows.append((columns, values))
        yield block(self.label, self.kind, rows, -np.inf, 1.0, family=self.kind)

    def _shared(self, space: Space) -> Iterator[Block]:
        import numpy as np

        from qbank.assembly.program import STRUCTURE, block

        by_item = space.slots_by_item()
        blocks = anchor_columns(space)
        for first, second in combinations(range(space.forms), 2):
            both = space.new(len(by_item), 0, 1, integer=False)
            rows: list[tuple[Ints, Floats]] = []
            for item, slots in enumerate(by_item):
                less = [part[item : item + 1] for part in (both, *blocks)]
                columns = np.concatenate((space.x(slots, first), space.x(slots, second), *less))
                rows.append((columns, np.repeat([1.0, -1.0], [2 * len(slots), len(less)])))
            yield block(self.label, self.kind, rows, -np.inf, 1.0, family=STRUCTURE)
            total = [(both, np.ones(len(both)))]
            yield block(self.label, self.kind, total, -np.inf, float(self.maximum), family=self.kind)

    def _apart(self, space: Space, most: int) -> Block:
        """For every form and earlier form: the items of the latter, less anchors, at most so many."""
        import numpy as np

        from qbank.assembly.program import block

        blocks = anchor_columns(space)
        rows: list[tuple[Ints, Floats]] = []
        for earlier in space.blueprint.earlier.forms:
            there = np.array([item.id in earlier.roles for item in space.items], dtype=np.bool_)
            slots, less = space.slots(there), [part[there] for part in blocks]
            values = np.repeat([1.0, -1.0], [len(slots), sum(map(len, less))])
            rows += [(np.concatenate((space.x(slots, form), *less)), values) for form in range(space.forms)]
        return block(self.label, self.kind, rows, -np.inf, float(most), family=self.kind)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Compares the forms two by two, and each with the earlier ones."""
        anchors = {filled.form.id: anchors_of(filled.form, setting.blueprint) for filled in forms}
        for one, other in combinations(forms, 2):
            shared = {p.item for p in one.form.placements} & {p.item for p in other.form.placements}
            shared -= anchors[one.form.id] & anchors[other.form.id]
            if len(shared) > self.maximum:
                yield self.problem(
                    f"lets two forms share {self.maximum}; {one.form.id} and {other.form.id} share "
                    f"{len(shared)}: {listed(sorted(shared))}",
                    form=other.form.id,
                    items=tuple(sorted(shared)),
                )
        for filled, name, shared, most in self._compared(setting, forms):
            if len(shared) > most:
                yield self.problem(
                    f"lets a form share {most} with an earlier one; {filled.form.id} and the earlier form "
                    f"{name} share {len(shared)}: {listed(sorted(shared))}",
                    form=filled.form.id,
                    items=tuple(sorted(shared)),
                )

    def _compared(
        self, setting: Setting, forms: Sequence[Filled]
    ) -> Iterator[tuple[Filled, str, set[str], int]]:
        """Every form beside every earlier one: its name, what they share but for anchors, and the limit."""
        most = self.with_earlier(setting.blueprint.length)
        for filled in forms if most is not None else ():
            own = {placement.item for placement in filled.form.placements}
            own -= anchors_of(filled.form, setting.blueprint)
            for earlier in setting.blueprint.earlier.forms:
                yield filled, earlier.id, own & set(earlier.roles), most or 0

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """What the form shares with each earlier form, otherwise how often it breaks the row."""
        compared = list(self._compared(setting, [filled]))
        for _, name, shared, most in compared:
            yield Measure(target=f"items shared with {name}", maximum=most, actual=len(shared))
        if not compared:
            yield from super().measures(setting, filled)

    def measured(self, setting: Setting, forms: Sequence[Filled]) -> list[list[Measure]]:
        """The same of the forms of a run; without earlier forms, they are compared with each other once."""
        if setting.blueprint.earlier.forms and self.with_earlier(setting.blueprint.length) is not None:
            return [list(self.measures(setting, filled)) for filled in forms]
        broken = Counter(problem.form for problem in self.audit(setting, forms))
        return [[Measure(target=BREACHES, maximum=0, actual=broken[one.form.id])] for one in forms]
