"""maximum_information: as much information as can be, summed over abilities and forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qbank.assembly.measured import form_curve, left_out, space_curve
from qbank.assembly.objectives._curve import CurveKind
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.aim import Aim
    from qbank.assembly.program import Goal
    from qbank.assembly.space import Space


class MaximumInformation(CurveKind, frozen=True, kw_only=True, tag="maximum_information"):
    """Maximise the information of operational items, summed over `theta` and over forms.

    Items on one scale with one D (1PL, 2PL, 3PL, GRM, GPC); items without parameters cannot be operational.
    """

    def goal(self, space: Space) -> Goal:
        """Maximise the sum of information."""
        import numpy as np

        from qbank.assembly.program import Goal

        slots, table, without = space_curve(space, self.theta)
        return Goal(
            sense="maximise",
            columns=np.concatenate([space.x(slots, form) for form in range(space.forms)]),
            costs=np.tile(table.sum(axis=1), space.forms),
            blocks=(left_out(space, self.kind, without),),
        )

    def aim(self, space: Space) -> Aim:
        """Information, summed over thetas."""
        from qbank.assembly.aim import Aim

        slots, table, without = space_curve(space, self.theta)
        return Aim(kind="most", slots=slots, table=table.sum(axis=1, keepdims=True), without=without)

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The sum of information."""
        return sum(value for filled in forms for value in form_curve(setting, filled, self.theta))
