"""What objectives share that bring a curve over ability as near to a target as can be."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from qbank.assembly.kinds import ObjectiveKind
from qbank.assembly.measured import OBJECTIVE, check_scales, check_theta, form_curve, left_out, space_curve
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.aim import Aim
    from qbank.assembly.measured import Table
    from qbank.assembly.program import Floats, Goal, Ints
    from qbank.assembly.space import Space


class MinimaxKind(ObjectiveKind, frozen=True, kw_only=True):
    """Minimise the largest distance of a curve to its target, over all forms and thetas."""

    compares: ClassVar[bool] = True

    theta: tuple[float, ...]
    target: tuple[float, ...]

    @property
    @abstractmethod
    def table(self) -> Table:
        """What is summed over the operational items of a form."""

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
        """Minimise t with -t ≤ curve - target ≤ t."""
        import numpy as np

        from qbank.assembly.program import Goal, block

        slots, table, without = space_curve(space, self.theta, self.table)
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
        """The curve at each theta."""
        from qbank.assembly.aim import Aim

        slots, table, without = space_curve(space, self.theta, self.table)
        return Aim(kind="near", slots=slots, table=table, without=without, target=self.target)

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The largest distance over forms and thetas."""
        return max(
            abs(value - target)
            for filled in forms
            for value, target in zip(
                form_curve(setting, filled, self.theta, self.table), self.target, strict=True
            )
        )
