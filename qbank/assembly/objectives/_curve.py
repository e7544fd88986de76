"""What objectives share that look at the information of a form over ability, with no target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from qbank.assembly.kinds import ObjectiveKind
from qbank.assembly.measured import check_scales, check_theta, space_curve
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Setting

if TYPE_CHECKING:
    from qbank.assembly.aim import Aim
    from qbank.assembly.space import Space


class CurveKind(ObjectiveKind, frozen=True, kw_only=True):
    """Make the information of operational items at some thetas good; `wanted` is the kind of `Aim`."""

    wanted: ClassVar[Literal["least", "capped", "spread"]]

    theta: tuple[float, ...]

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Thetas, scales, and the items without parameters."""
        yield from check_theta(self.theta, self.kind)
        yield from check_scales(setting, self.kind)

    def aim(self, space: Space) -> Aim:
        """Information at each theta."""
        from qbank.assembly.aim import Aim

        slots, table, without = space_curve(space, self.theta)
        return Aim(kind=self.wanted, slots=slots, table=table, without=without)
