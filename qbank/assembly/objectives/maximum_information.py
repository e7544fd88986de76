"""maximum_information: as much information as can be, summed over abilities and forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qbank.assembly.kinds import ObjectiveKind
from qbank.assembly.objectives._statistics import (
    check_scales,
    item_information,
    left_out,
    space_information,
)
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting
from qbank.model.form import OPERATIONAL

if TYPE_CHECKING:
    from qbank.assembly.program import Goal
    from qbank.assembly.space import Space


class MaximumInformation(ObjectiveKind, frozen=True, kw_only=True, tag="maximum_information"):
    """Maximise the information of operational items, summed over `theta` and over forms.

    1PL, 2PL and 3PL items on one scale with one D; items without parameters cannot be operational.
    """

    theta: tuple[float, ...]

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Thetas, scales, and the items without parameters."""
        yield from check_theta(self.theta, self.kind)
        yield from check_scales(setting, self.kind)

    def goal(self, space: Space) -> Goal:
        """Maximise the sum of information."""
        import numpy as np

        from qbank.assembly.program import Goal

        slots, table, without = space_information(space, self.theta)
        return Goal(
            sense="maximise",
            columns=np.concatenate([space.x(slots, form) for form in range(space.forms)]),
            costs=np.tile(table.sum(axis=1), space.forms),
            blocks=(left_out(space, self.kind, without),),
        )

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The sum of information."""
        return float(sum(sum(row) for row in form_information(setting, forms, self.theta)))


def check_theta(theta: tuple[float, ...], kind: str) -> Iterator[Problem]:
    """A list of thetas that is empty."""
    if not theta:
        yield Problem(
            kind=kind,
            label="objective",
            message=f"the objective {kind} names no theta",
            hint="Give abilities such as theta: [-1, 0, 1].",
            pointer=("theta",),
        )


def form_information(
    setting: Setting, forms: Sequence[Filled], theta: tuple[float, ...]
) -> list[list[float]]:
    """Information of each form at each theta, over its operational items."""
    by_id = setting.fields.statistics
    return [
        [
            float(value)
            for value in item_information(
                [by_id.get(s.item.id) for s in filled.seats if s.placement.role == OPERATIONAL], theta
            ).sum(axis=0)
        ]
        for filled in forms
    ]
