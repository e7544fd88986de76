"""overlap: how many items two forms of one run may share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar

from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Space


class Overlap(ConstraintKind, frozen=True, kw_only=True, tag="overlap"):
    """How many items any two forms of one run may share, whatever their roles.

    Without a row of this kind forms share nothing; that implied row is labelled `forms`.
    """

    reason: ClassVar[str] = "the limit on items that forms share"

    maximum: int = 0

    def check(self, setting: Setting) -> Iterator[Problem]:
        """A negative maximum."""
        del setting
        if self.maximum < 0:
            yield self.problem(f"allows {self.maximum} items", hint="Use 0 or more.", pointer=("maximum",))

    def uses(self, forms: int) -> int:
        """One form without sharing, all of them with some."""
        return 1 if self.maximum == 0 else forms

    def rows(self, space: Space) -> Iterator[Block]:
        """No sharing: every item once. Some sharing: a column for every item and pair of forms."""
        if space.forms > 1:
            if self.maximum > 0:
                yield from self._shared(space)
            else:
                yield space.uses(self.label, self.kind, 1.0)

    def _shared(self, space: Space) -> Iterator[Block]:
        import numpy as np

        from qbank.assembly.program import STRUCTURE, block

        by_item = space.slots_by_item()
        for first, second in combinations(range(space.forms), 2):
            both = space.new(len(by_item), 0, 1, integer=False)
            rows: list[tuple[Ints, Floats]] = []
            for item, slots in enumerate(by_item):
                columns = np.concatenate(
                    (space.x(slots, first), space.x(slots, second), both[item : item + 1])
                )
                rows.append((columns, np.append(np.ones(2 * len(slots)), -1.0)))
            yield block(self.label, self.kind, rows, -np.inf, 1.0, family=STRUCTURE)
            total = [(both, np.ones(len(both)))]
            yield block(self.label, self.kind, total, -np.inf, float(self.maximum), family=self.kind)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Compares the forms two by two."""
        del setting
        for one, other in combinations(forms, 2):
            shared = sorted({p.item for p in one.form.placements} & {p.item for p in other.form.placements})
            if len(shared) > self.maximum:
                yield self.problem(
                    f"lets two forms share {self.maximum}; {one.form.id} and {other.form.id} share "
                    f"{len(shared)}: {listed(shared)}",
                    form=other.form.id,
                    items=tuple(shared),
                )
