"""maximin_information: the least information over forms and abilities as great as can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from qbank.assembly.measured import form_curve, left_out, space_curve
from qbank.assembly.objectives._curve import CurveKind
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.program import Goal
    from qbank.assembly.space import Space


class MaximinInformation(CurveKind, frozen=True, kw_only=True, tag="maximin_information"):
    """Maximise the least information of operational items over all forms and all `theta`.

    Items on one scale with one D (1PL, 2PL, 3PL, GRM, GPC); items without parameters cannot be operational.
    """

    wanted: ClassVar[Literal["least", "capped", "spread"]] = "least"

    def goal(self, space: Space) -> Goal:
        """Maximise t, which no form's information at any theta falls below."""
        import numpy as np

        from qbank.assembly.program import Goal, block

        slots, table, without = space_curve(space, self.theta)
        highest = float(table.sum(axis=0).min()) if len(table) else 0.0
        t = space.new(1, 0, highest, integer=False)
        rows = [
            (np.append(space.x(slots, form), t), np.append(table[:, column], -1.0))
            for form in range(space.forms)
            for column in range(len(self.theta))
        ]
        least = block("objective", self.kind, rows, 0.0, np.inf, family="objective")
        return Goal(
            sense="maximise",
            columns=t,
            costs=np.ones(1),
            blocks=(least, left_out(space, self.kind, without)),
        )

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The least information over forms and thetas."""
        return min(value for filled in forms for value in form_curve(setting, filled, self.theta))
