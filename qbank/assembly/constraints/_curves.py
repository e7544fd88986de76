"""What rows about a curve over ability share: bounds at thetas, a target with a tolerance."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qbank.assembly.kinds import ConstraintKind, Measure, outside
from qbank.assembly.measured import check_scales, check_theta, form_curve, left_out, parameters, space_curve
from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import Filled, Setting
from qbank.model.form import OPERATIONAL

if TYPE_CHECKING:
    from qbank.assembly.measured import Table
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space


class CurveKind(ConstraintKind, frozen=True, kw_only=True):
    """Bounds on a sum over operational items that depends on ability."""

    theta: tuple[float, ...]
    minimum: float | None = None
    maximum: float | None = None
    target: tuple[float, ...] = ()
    tolerance: float | None = None

    @property
    @abstractmethod
    def table(self) -> Table:
        """What is summed."""

    @property
    @abstractmethod
    def noun(self) -> str:
        """What is summed, in words."""

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Thetas, bounds, targets, and the items without parameters."""
        yield from check_theta(self.theta, self.kind, self.label)
        if self.minimum is not None or self.maximum is not None or not self.target:
            yield from self.check_bounds(self.minimum, self.maximum)
        if self.target and len(self.target) != len(self.theta):
            yield self.problem(
                f"names {len(self.target)} targets for {len(self.theta)} thetas",
                hint="Give a target for every theta.",
                pointer=("target",),
            )
        if bool(self.target) != (self.tolerance is not None) or (self.tolerance or 0) < 0:
            yield self.problem(
                "states a target and a tolerance of 0 or more only together",
                hint="Give both, or minimum and maximum.",
                pointer=("target",) if self.target else ("tolerance",),
            )
        yield from check_scales(setting, self.kind, self.label)

    def bounds(self, number: int) -> tuple[float | None, float | None]:
        """The narrowest bounds at the theta of that number."""
        low, high = self.minimum, self.maximum
        if self.target and self.tolerance is not None:
            near, far = self.target[number] - self.tolerance, self.target[number] + self.tolerance
            low = near if low is None else max(low, near)
            high = far if high is None else min(high, far)
        return low, high

    def rows(self, space: Space) -> Iterator[Block]:
        """One row a form and theta; operational slots without parameters stay empty."""
        slots, table, without = space_curve(space, self.theta, self.table)
        for number, theta in enumerate(self.theta):
            group = [(f"{self.noun} at theta {theta:g}", slots, table[:, number])]
            yield space.sums(self.label, self.kind, group, *self.bounds(number))
        yield left_out(space, self.kind, without)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Adds up the curve over the operational seats, and names items without parameters."""
        for filled in forms:
            items = [seat.item for seat in filled.seats if seat.placement.role == OPERATIONAL]
            known = parameters(items, setting.fields)
            without = [item.id for item, one in zip(items, known, strict=True) if one is None]
            if without:
                yield self.problem(
                    f"cannot be judged: no item response parameters for {listed(without)}",
                    form=filled.form.id,
                    items=tuple(without),
                )
                continue
            values = form_curve(setting, filled, self.theta, self.table)
            for number, value in enumerate(values):
                if wanted := outside(value, *self.bounds(number)):
                    yield self.problem(
                        f"needs {self.noun} of {wanted} at theta {self.theta[number]:g}, the form has "
                        f"{value:.6g}",
                        form=filled.form.id,
                    )

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The curve at each theta."""
        for number, value in enumerate(form_curve(setting, filled, self.theta, self.table)):
            low, high = self.bounds(number)
            target = f"{self.noun} at theta {self.theta[number]:g}"
            yield Measure(target=target, minimum=low, maximum=high, actual=round(value, 6))
