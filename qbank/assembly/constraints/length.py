"""length: how many items a form holds, in all or in one role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from qbank.assembly.kinds import ConstraintKind, Measure, Supply, outside
from qbank.assembly.problems import Problem
from qbank.assembly.setting import ANY_ROLE, Filled, Setting, matching
from qbank.model.blueprint import Where

if TYPE_CHECKING:
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space


class Length(ConstraintKind, frozen=True, kw_only=True, tag="length"):
    """How many items a form holds, in all or in one role.

    The blueprint's own `length` and `roles` imply rows of this kind, labelled `length`, `operational`,
    `pretest` and `external-anchor`.
    """

    bounded: ClassVar[bool] = True

    role: str = ANY_ROLE
    minimum: int | None = None
    maximum: int | None = None

    @property
    def _where(self) -> Where:
        return {} if self.role == ANY_ROLE else {"role": self.role}

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Bounds and role."""
        yield from self.check_counts(self.minimum, self.maximum)
        if self.role != ANY_ROLE:
            yield from self.check_where(self._where, setting, with_role=True)

    def rows(self, space: Space) -> Iterator[Block]:
        """One row a form over all slots of the role."""
        yield space.sums(
            self.label, self.kind, [("", space.where(self._where), None)], self.minimum, self.maximum
        )

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Counts placements, known or not."""
        del setting
        for filled in forms:
            count = self._count(filled)
            if wanted := outside(count, self.minimum, self.maximum):
                yield self.problem(f"needs {wanted} items, the form has {count}", form=filled.form.id)

    def _count(self, filled: Filled) -> int:
        return sum(self.role in (ANY_ROLE, placement.role) for placement in filled.form.placements)

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The number of placements."""
        del setting
        target = f"items, role {self.role}"
        yield Measure(target=target, minimum=self.minimum, maximum=self.maximum, actual=self._count(filled))

    def supply(self, setting: Setting) -> Iterator[Supply]:
        """The eligible items that may fill the role."""
        ids = tuple(item.id for item in matching(self._where, setting))
        yield Supply(
            label=self.label, where=self._where, supply=len(ids), demand=self.minimum or 0, eligible=ids
        )
