"""minimax_information: forms whose information lies as near to a target as can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from qbank.assembly.kinds import ObjectiveKind
from qbank.assembly.measured import OBJECTIVE, check_scales, check_theta, form_curve, left_out, space_curve
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.aim import Aim
    from qbank.assembly.program import Floats, Goal, Ints
    from qbank.assembly.space import Space


class MinimaxInformation(ObjectiveKind, frozen=True, kw_only=True, tag="minimax_information"):
    """Minimise the largest distance of a form's information to its target, over all forms and all `theta`.

    `target` has a number for each theta. Items on one scale with one D (1PL, 2PL, 3PL, GRM, GPC); items
    without parameters cannot be operational. Source: van der Linden (2005), Linear Models for Optimal Test
    Design, ch. 5.
    """

    compares: ClassVar[bool] = True

    theta: tuple[float, ...]
    target: tuple[float, ...]

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Thetas, targets, scales, and the items without parameters."""
        yield from check_theta(self.theta, self.kind)
        if len(self.target) != len(self.theta):
            yield Problem(
                kind=self.kind,
                label=OBJECTIVE,
                message=f"the objective names {len(self.target)} targets for {len(self.theta)} thetas",
                hint="Give a target for every theta.",
                pointer=("target",),
            )
        yield from check_scales(setting, self.kind)

    def goal(self, space: Space) -> Goal:
        """Minimise t with -t ≤ information - target ≤ t."""
        import numpy as np

        from qbank.assembly.program import Goal, block

        slots, table, without = space_curve(space, self.theta)
        t = space.new(1, 0, np.inf, integer=False)
        rows: list[tuple[Ints, Floats]] = []
        lower: list[float] = []
        for number, target in enumerate(self.target):
            for form in range(space.forms):
                columns = np.append(space.x(slots, form), t)
                rows += [(columns, np.append(sign * table[:, number], 1.0)) for sign in (1.0, -1.0)]
                lower += [target, -target]
        near = block(OBJECTIVE, self.kind, rows, lower, np.inf, family=OBJECTIVE)
        return Goal(
            sense="minimise", columns=t, costs=np.ones(1), blocks=(near, left_out(space, self.kind, without))
        )

    def aim(self, space: Space) -> Aim:
        """Information at each theta."""
        from qbank.assembly.aim import Aim

        slots, table, without = space_curve(space, self.theta)
        return Aim(kind="near", slots=slots, table=table, without=without, target=self.target)

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The largest distance over forms and thetas."""
        return max(
            abs(value - target)
            for filled in forms
            for value, target in zip(form_curve(setting, filled, self.theta), self.target, strict=True)
        )
