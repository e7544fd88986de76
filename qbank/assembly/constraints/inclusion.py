"""inclusion: items that every form must hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem
from qbank.assembly.setting import ANY_ROLE, Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space


class Inclusion(ConstraintKind, frozen=True, kw_only=True, tag="inclusion"):
    """Items, by id, that every form must hold, in whatever role their status allows."""

    items: tuple[str, ...]

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Unknown items, and items that are not eligible or fit no role."""
        if not self.items:
            yield self.problem("includes nothing", hint="Give items.", pointer=("items",))
        yield from self.check_items(self.items, setting, ANY_ROLE)

    def rows(self, space: Space) -> Iterator[Block]:
        """For each item, one row a form: its slots sum to 1."""
        groups = [(id, space.slots(space.columns.mask({"id": id})), None) for id in sorted(set(self.items))]
        yield space.sums(self.label, self.kind, groups, 1, None)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Looks for every item in every form."""
        del setting
        for filled in forms:
            present = {placement.item for placement in filled.form.placements}
            for id in self.items:
                if id not in present:
                    yield self.problem(f"misses {id}", form=filled.form.id, items=(id,))
