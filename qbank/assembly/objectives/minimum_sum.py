"""minimum_sum: as little of a number as can be, such as the shortest time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qbank.assembly.kinds import ObjectiveKind
from qbank.assembly.measured import OBJECTIVE, fewest
from qbank.assembly.problems import Problem, counted, listed
from qbank.assembly.setting import ANY_ROLE, Filled, Setting, may_fill, numeric
from qbank.diagnostics import Severity
from qbank.discovery import did_you_mean

if TYPE_CHECKING:
    from qbank.assembly.aim import Aim
    from qbank.assembly.program import Goal
    from qbank.assembly.space import Space


class MinimumSum(ObjectiveKind, frozen=True, kw_only=True, tag="minimum_sum"):
    """Minimise the sum of a field over all items of all forms, whatever their roles: the shortest time.

    Items without a number cannot stand in a form then; how many those are is said, nothing is imputed.
    """

    attribute: str

    def check(self, setting: Setting) -> Iterator[Problem]:
        """The field, and the items that have no number in it."""
        if self.attribute not in setting.fields.names:
            yield Problem(
                kind=self.kind,
                label=OBJECTIVE,
                message=f"the objective sums {self.attribute!r}, which is no field of the bank",
                hint=did_you_mean(self.attribute, set(setting.fields.names)),
                pointer=("attribute",),
            )
            return
        items = [item for item in setting.eligible if may_fill(item, ANY_ROLE, setting.blueprint)]
        without = [item.id for item in items if numeric(item, self.attribute, setting) is None]
        if without:
            enough = len(items) - len(without) >= setting.blueprint.length
            yield Problem(
                kind=self.kind,
                label=OBJECTIVE,
                message=f"{counted(len(without), 'eligible item')} of {len(items)} without a number for "
                f"{self.attribute}: {listed(without)}",
                hint="Left out; nothing is imputed."
                if enough
                else f"Give every item its {self.attribute}, or choose the objective random.",
                severity=Severity.WARNING if enough else Severity.ERROR,
                items=tuple(without),
            )

    def goal(self, space: Space) -> Goal:
        """Minimise the sum."""
        return fewest(space, self.kind, self.aim(space))

    def aim(self, space: Space) -> Aim:
        """The numbers."""
        import numpy as np

        from qbank.assembly.aim import Aim

        slots = space.slots()
        values = space.columns.numbers(self.attribute)[space.slot_item[slots]].reshape(-1, 1)
        known = ~np.isnan(values[:, 0])
        return Aim(kind="fewest", slots=slots[known], table=values[known], without=slots[~known])

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The sum."""
        numbers = (numeric(seat.item, self.attribute, setting) for one in forms for seat in one.seats)
        return sum(number for number in numbers if number is not None)
