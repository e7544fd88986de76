"""parallel_information: forms whose information differs as little as can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from qbank.assembly.measured import band_rows, form_curve, left_out, space_curve
from qbank.assembly.objectives._curve import CurveKind
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.program import Goal
    from qbank.assembly.space import Space


class ParallelInformation(CurveKind, frozen=True, kw_only=True, tag="parallel_information"):
    """Minimise the largest difference of information between any two forms of the run at any `theta`.

    It says nothing about how much information the forms have: state that in a row of kind information, or
    in an earlier objective of kind lexicographic. Items on one scale with one D (1PL, 2PL, 3PL, GRM, GPC);
    items without parameters cannot be operational.
    """

    compares: ClassVar[bool] = True
    wanted: ClassVar[Literal["least", "capped", "spread"]] = "spread"

    def goal(self, space: Space) -> Goal:
        """Minimise t with low_k ≤ information at theta k ≤ low_k + t for every form."""
        import numpy as np

        from qbank.assembly.program import Goal

        slots, table, without = space_curve(space, self.theta)
        t = space.new(1, 0, np.inf, integer=False)
        low = space.new(len(self.theta), 0, np.inf, integer=False)
        within = band_rows(space, self.kind, slots, table, low, t)
        return Goal(
            sense="minimise",
            columns=t,
            costs=np.ones(1),
            blocks=(*within, left_out(space, self.kind, without)),
        )

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The largest difference over thetas."""
        curves = [form_curve(setting, filled, self.theta) for filled in forms]
        return max((max(values) - min(values) for values in zip(*curves, strict=True)), default=0.0)
