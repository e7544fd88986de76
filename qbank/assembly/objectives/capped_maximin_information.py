"""capped_maximin_information: much information everywhere, and hardly more in one place than in another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from qbank.assembly.measured import band_rows, form_curve, left_out, space_curve
from qbank.assembly.objectives._curve import CurveKind
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.program import Goal
    from qbank.assembly.space import Space


class CappedMaximinInformation(CurveKind, frozen=True, kw_only=True, tag="capped_maximin_information"):
    """Maximise the least information over all forms and all `theta`, less what the greatest has above it.

    With y the least and y + d the greatest information, y - d is maximised, so that no form overflows where
    another is short. Items on one scale with one D (1PL, 2PL, 3PL, GRM, GPC); items without parameters
    cannot be operational. Source: Luo (2020), Journal of Educational Measurement 57, 547-565.
    """

    wanted: ClassVar[Literal["least", "capped", "spread"]] = "capped"

    def goal(self, space: Space) -> Goal:
        """Maximise y - d with y ≤ information ≤ y + d for every form and theta."""
        import numpy as np

        from qbank.assembly.program import Goal

        slots, table, without = space_curve(space, self.theta)
        highest = float(table.sum(axis=0).min()) if len(table) else 0.0
        y = space.new(1, 0, highest, integer=False)
        d = space.new(1, 0, np.inf, integer=False)
        within = band_rows(space, self.kind, slots, table, np.repeat(y, len(self.theta)), d)
        return Goal(
            sense="maximise",
            columns=np.append(y, d),
            costs=np.array([1.0, -1.0]),
            blocks=(*within, left_out(space, self.kind, without)),
        )

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The least information less the distance from it to the greatest."""
        values = [value for filled in forms for value in form_curve(setting, filled, self.theta)]
        return 2 * min(values) - max(values)
