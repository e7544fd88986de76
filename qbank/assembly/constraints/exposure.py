"""exposure: in how many forms of one run an item may stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem, counted
from qbank.assembly.setting import Filled, Setting, seats_of
from qbank.model.blueprint import Where

if TYPE_CHECKING:
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space


class Exposure(ConstraintKind, frozen=True, kw_only=True, tag="exposure"):
    """In how many forms of one run an item that meets a `where` may stand, whatever its role.

    The row does not let forms share items; a row of kind overlap does. Without one, every item stands in
    one form at most.
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
        """For every item one row over all forms."""
        if space.forms > self.maximum:
            yield space.uses(self.label, self.kind, float(self.maximum), space.columns.mask(self.where))

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Counts the forms of every item."""
        users: dict[str, list[str]] = {}
        for filled in forms:
            for id in sorted({seat.item.id for seat in seats_of(self.where, filled, setting)}):
                users.setdefault(id, []).append(filled.form.id)
        for id, names in sorted(users.items()):
            if len(names) > self.maximum:
                yield self.problem(
                    f"lets an item stand in {counted(self.maximum, 'form')}; {id} stands in {len(names)}",
                    form=names[-1],
                    items=(id,),
                )
