"""attribute_sum: the sum of a number over items, such as words, seconds or points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from qbank.assembly.kinds import ConstraintKind, Measure, outside
from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import Filled, Setting, numeric, seats_of, where_text
from qbank.model.blueprint import Where

if TYPE_CHECKING:
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space


class AttributeSum(ConstraintKind, frozen=True, kw_only=True, tag="attribute_sum"):
    """The sum of a numeric field over the items that meet a `where`, such as words or seconds."""

    bounded: ClassVar[bool] = True

    attribute: str
    where: Where = msgspec.field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Bounds, `where`, the field, and eligible items that have no number in it."""
        yield from self.check_bounds(self.minimum, self.maximum)
        yield from self.check_where(self.where, setting, with_role=True)
        yield from self.check_attribute(self.attribute, self.where, setting, "sums")

    def rows(self, space: Space) -> Iterator[Block]:
        """One row a form with the numbers as coefficients."""
        import numpy as np

        slots = space.where(self.where)
        values = np.nan_to_num(space.columns.numbers(self.attribute)[space.slot_item[slots]])
        yield space.sums(self.label, self.kind, [("", slots, values)], self.minimum, self.maximum)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Adds up the numbers of the seats, and names items without one."""
        for filled in forms:
            total, lacking = 0.0, []
            for seat in seats_of(self.where, filled, setting):
                number = numeric(seat.item, self.attribute, setting)
                if number is None:
                    lacking.append(seat.item.id)
                else:
                    total += number
            if lacking:
                yield self.problem(
                    f"cannot be summed: no {self.attribute} for {listed(lacking)}",
                    form=filled.form.id,
                    items=tuple(lacking),
                    hard=True,
                )
            if wanted := outside(total, self.minimum, self.maximum):
                yield self.problem(
                    f"needs {wanted} {self.attribute}, the form has {total:.12g}", form=filled.form.id
                )

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The sum over the items that have a number."""
        numbers = (
            numeric(seat.item, self.attribute, setting) for seat in seats_of(self.where, filled, setting)
        )
        total = sum(number for number in numbers if number is not None)
        target = ", ".join(filter(None, (f"sum of {self.attribute}", where_text(self.where))))
        yield Measure(target=target, minimum=self.minimum, maximum=self.maximum, actual=total)
