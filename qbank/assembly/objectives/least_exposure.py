"""least_exposure: items that have been used least."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qbank.assembly.kinds import ObjectiveKind
from qbank.assembly.measured import OBJECTIVE
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Goal, Ints
    from qbank.assembly.space import Space


class LeastExposure(ObjectiveKind, frozen=True, kw_only=True, tag="least_exposure"):
    """Minimise the uses that the items of all forms had before, whatever their roles.

    Every use of an item costs as much as the item had uses before it: those that `--usage` counts, and
    those in other forms of the run. An item with 3 earlier uses that stands in two forms costs 3 + 4.
    """

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Nothing can be wrong in it."""
        del setting
        yield from ()

    def goal(self, space: Space) -> Goal:
        """Minimise Σ over uses of the uses before; a second, third … use in the run has its own column."""
        import numpy as np

        from qbank.assembly.program import Goal, block

        before = [space.blueprint.earlier.uses.get(item.id, 0) for item in space.items]
        columns: list[Ints] = [np.zeros(0, dtype=np.int64)]
        costs: list[Floats] = [np.zeros(0)]
        rows: list[tuple[Ints, Floats]] = []
        for item, slots in enumerate(space.slots_by_item()):
            x = np.concatenate([space.x(slots, form) for form in range(space.forms)])
            columns.append(x)
            costs.append(np.full(len(x), float(before[item])))
            if space.forms > 1 and len(x):
                # convex costs: the solver fills the cheap later uses in order by itself
                again = space.new(space.forms - 1, 0, 1, integer=False)
                columns.append(again)
                costs.append(np.arange(1.0, space.forms))
                rows.append((np.append(x, again), np.repeat([1.0, -1.0], [len(x), len(again)])))
        blocks: tuple[Block, ...] = ()
        if rows:
            blocks = (block(OBJECTIVE, self.kind, rows, -np.inf, 1.0, family=OBJECTIVE),)
        return Goal(
            sense="minimise", columns=np.concatenate(columns), costs=np.concatenate(costs), blocks=blocks
        )

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The sum over uses of the uses before."""
        before = setting.blueprint.earlier.uses
        uses = Counter(seat.item.id for filled in forms for seat in filled.seats)
        return float(sum(count * before.get(id, 0) + count * (count - 1) // 2 for id, count in uses.items()))
