"""random: any forms that meet the blueprint, drawn by the seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from qbank.assembly.draw import draw
from qbank.assembly.kinds import ObjectiveKind
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.aim import Aim
    from qbank.assembly.program import Floats, Goal
    from qbank.assembly.space import Space


class Random(ObjectiveKind, frozen=True, kw_only=True, tag="random"):
    """Any forms that meet the blueprint: the seed and the item's id give each item its weight.

    The order of files and of items in them does not matter. A gap of one per cent is allowed, for the
    weights mean nothing in themselves.
    """

    gap: ClassVar[float] = 0.01

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Nothing can be wrong in it."""
        del setting
        yield from ()

    def goal(self, space: Space) -> Goal:
        """Maximise the sum of weights."""
        import numpy as np

        from qbank.assembly.program import Goal

        slots = space.slots()
        return Goal(
            sense="maximise",
            columns=np.concatenate([space.x(slots, form) for form in range(space.forms)]),
            costs=np.tile(_weights(space), space.forms),
        )

    def aim(self, space: Space) -> Aim:
        """Weights."""
        import numpy as np

        from qbank.assembly.aim import Aim

        empty = np.zeros(0, dtype=np.int64)
        return Aim(kind="most", slots=space.slots(), table=_weights(space).reshape(-1, 1), without=empty)

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The sum of weights."""
        del setting
        return sum(draw(one.form.seed, "item", seat.item.id) for one in forms for seat in one.seats)


def _weights(space: Space) -> Floats:
    """The weight of every slot."""
    import numpy as np

    weights = np.array([draw(space.seed, "item", item.id) for item in space.items])
    of_slots: Floats = weights[space.slot_item]
    return of_slots
