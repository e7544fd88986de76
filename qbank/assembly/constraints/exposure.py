"""exposure: how often an item may be used, in the forms of one run and before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from qbank.assembly.constraints._anchors import anchor_columns, anchors_of
from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem, counted
from qbank.assembly.setting import Filled, Setting, seats_of
from qbank.model.blueprint import Where

if TYPE_CHECKING:
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space


class Exposure(ConstraintKind, frozen=True, kw_only=True, tag="exposure"):
    """How often an item that meets a `where` may be used: in the forms of one run, whatever its role.

    The uses that `--usage` counts come before those of the run. The row does not let forms share items; a
    row of kind overlap does. Without one, every item stands in one form at most. Anchors, the common block
    of a row of kind anchor_items, stand in every form and are not counted.
    """

    reason: ClassVar[str] = "the limit on uses of an item"

    maximum: int
    where: Where = msgspec.field(default_factory=dict)

    def check(self, setting: Setting) -> Iterator[Problem]:
        """A maximum under 1, and the `where`."""
        if self.maximum < 1:
            yield self.problem(
                f"allows {counted(self.maximum, 'use')} of an item",
                hint="Use 1 or more; a row of kind exclusion keeps items out.",
                pointer=("maximum",),
            )
        yield from self.check_where(self.where, setting, with_role=False)

    def uses(self, forms: int) -> int:
        """The maximum, where the row means every item."""
        return forms if self.where else min(forms, self.maximum)

    def rows(self, space: Space) -> Iterator[Block]:
        """For every item that could be used too often one row over all forms, less its uses as an anchor."""
        if not (space.blueprint.earlier.uses or anchor_columns(space)):
            if space.forms > self.maximum:
                yield space.uses(self.label, self.kind, float(self.maximum), space.columns.mask(self.where))
            return
        import numpy as np

        from qbank.assembly.program import block

        mask = space.columns.mask(self.where)
        before = np.array([space.blueprint.earlier.uses.get(item.id, 0) for item in space.items])
        left = np.maximum(0, self.maximum - before)
        blocks = anchor_columns(space)
        concerned = [
            (item, slots)
            for item, slots in enumerate(space.slots_by_item())
            if mask[item] and len(slots) and space.forms > left[item]
        ]
        rows = [
            (
                np.concatenate((*used, *(part[item : item + 1] for part in blocks))),
                np.repeat([1.0, -float(space.forms)], [sum(map(len, used)), len(blocks)]),
            )
            for item, slots in concerned
            for used in ([space.x(slots, form) for form in range(space.forms)],)
        ]
        upper = [float(left[item]) for item, _ in concerned]
        yield block(self.label, self.kind, rows, -np.inf, upper, family=self.kind)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Counts the forms of every item, after its uses before the run."""
        before = setting.blueprint.earlier.uses
        users: dict[str, list[str]] = {}
        for filled in forms:
            anchors = anchors_of(filled.form, setting.blueprint)
            for id in sorted({seat.item.id for seat in seats_of(self.where, filled, setting)} - anchors):
                users.setdefault(id, []).append(filled.form.id)
        for id, names in sorted(users.items()):
            earlier = before.get(id, 0)
            if len(names) + earlier > self.maximum:
                told = f" and was used {counted(earlier, 'time')} before" if earlier else ""
                limit = counted(self.maximum, "form")
                yield self.problem(
                    f"lets an item stand in {limit}; {id} stands in {len(names)}{told}",
                    form=names[-1],
                    items=(id,),
                )
