"""match_difficulty: operational items as near to a target difficulty as can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qbank.assembly.kinds import ObjectiveKind
from qbank.assembly.measured import fewest, lacking
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting, numeric
from qbank.discovery import did_you_mean
from qbank.model.form import OPERATIONAL

if TYPE_CHECKING:
    from qbank.assembly.aim import Aim
    from qbank.assembly.program import Goal
    from qbank.assembly.space import Space


class MatchDifficulty(ObjectiveKind, frozen=True, kw_only=True, tag="match_difficulty"):
    """Minimise the sum over operational items of the absolute deviation of a field from a target.

    Items without a number cannot be operational then; how many those are is said, nothing is imputed.
    """

    attribute: str = "p"
    target: float = 0.7

    def check(self, setting: Setting) -> Iterator[Problem]:
        """The field, and the items that have no number in it."""
        if self.attribute not in setting.fields.names:
            yield Problem(
                kind=self.kind,
                label="objective",
                message=f"the objective matches {self.attribute!r}, which is no field of the bank",
                hint=did_you_mean(self.attribute, set(setting.fields.names)),
                pointer=("attribute",),
            )
        else:
            yield from lacking(
                setting,
                self.kind,
                self.attribute,
                lambda item: numeric(item, self.attribute, setting) is not None,
            )

    def goal(self, space: Space) -> Goal:
        """Minimise the sum of deviations."""
        return fewest(space, self.kind, self.aim(space))

    def aim(self, space: Space) -> Aim:
        """The deviations."""
        import numpy as np

        from qbank.assembly.aim import Aim

        slots = space.slots(role=OPERATIONAL) if OPERATIONAL in space.roles else np.zeros(0, dtype=np.int64)
        numbers = space.columns.numbers(self.attribute)[space.slot_item[slots]].reshape(-1, 1)
        deviation = np.abs(numbers - self.target)
        known = ~np.isnan(deviation[:, 0])
        return Aim(kind="fewest", slots=slots[known], table=deviation[known], without=slots[~known])

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The sum of deviations."""
        numbers = [
            numeric(seat.item, self.attribute, setting)
            for filled in forms
            for seat in filled.seats
            if seat.placement.role == OPERATIONAL
        ]
        return sum(abs(number - self.target) for number in numbers if number is not None)
