"""exclusion: items that no form may hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting, seats_of
from qbank.model.blueprint import Where

if TYPE_CHECKING:
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space


class Exclusion(ConstraintKind, frozen=True, kw_only=True, tag="exclusion"):
    """Items, by id or by a `where`, that no form may hold in any role."""

    reason: ClassVar[str] = "excluded items"

    items: tuple[str, ...] = ()
    where: Where = msgspec.field(default_factory=dict)

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Unknown items, the `where`, and a row that names nothing."""
        yield from self.check_where(self.where, setting, with_role=False)
        if not self.items and not self.where:
            yield self.problem("excludes nothing", hint="Give items or where.")
        yield from self.check_items(self.items, setting, known=setting.bank.unreadable)

    def rows(self, space: Space) -> Iterator[Block]:
        """One row a form: the excluded slots sum to 0."""
        import numpy as np

        mask = space.columns.mask({"id": list(self.items)})
        if self.where:
            mask = mask | space.columns.mask(self.where)
        slots = space.slots(np.asarray(mask))
        yield space.sums(self.label, self.kind, [("", slots, None)], None, 0, family=self.kind)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Looks for the excluded items in every form."""
        for filled in forms:
            found = {seat.item.id for seat in filled.seats if seat.item.id in self.items}
            if self.where:
                found |= {seat.item.id for seat in seats_of(self.where, filled, setting)}
            for id in sorted(found):
                yield self.problem(f"excludes {id}, which the form holds", form=filled.form.id, items=(id,))
