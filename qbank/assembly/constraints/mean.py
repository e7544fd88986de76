"""mean: the mean of a number over items, such as the p value or the reading time of an item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from qbank.assembly.kinds import ConstraintKind, Measure, outside
from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import Filled, Setting, numeric, seats_of, where_text
from qbank.model.blueprint import Where
from qbank.model.form import OPERATIONAL
from qbank.model.selector import STATISTIC_FIELDS

if TYPE_CHECKING:
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space


class Mean(ConstraintKind, frozen=True, kw_only=True, tag="mean"):
    """The mean of a numeric field over the items of a form that meet a `where`.

    A mean of statistics (p, r, n, a, b, c) is one of operational items: the role of its `where` is
    operational, or the blueprint has no other. A form without any such item keeps the row.
    """

    bounded: ClassVar[bool] = True

    attribute: str
    where: Where = msgspec.field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Bounds, `where`, the field and its role, and eligible items that have no number in it."""
        yield from self.check_bounds(self.minimum, self.maximum)
        yield from self.check_where(self.where, setting, with_role=True)
        yield from self.check_attribute(self.attribute, self.where, setting, "takes the mean of")
        role = self.where.get("role", OPERATIONAL)
        other = role != OPERATIONAL and set(setting.blueprint.role_counts) != {OPERATIONAL}
        if other and self.attribute in STATISTIC_FIELDS and self.attribute not in setting.fields.attributes:
            yield self.problem(
                f"takes the mean of {self.attribute} over the role {role}",
                hint="Statistics are judged on operational items; write role: operational.",
                pointer=("where", "role"),
            )

    def rows(self, space: Space) -> Iterator[Block]:
        """Σ (value - minimum) x ≥ 0 and Σ (value - maximum) x ≤ 0, which need no number of items."""
        import numpy as np

        slots = space.where(self.where)
        values = np.nan_to_num(space.columns.numbers(self.attribute)[space.slot_item[slots]])
        relief = f"Widen its bounds, or add items whose {self.attribute} is nearer to them."
        detail = f"mean {self.attribute}"
        if self.minimum is not None:
            group = [(detail, slots, values - self.minimum)]
            yield space.sums(self.label, self.kind, group, 0.0, None, relief=relief)
        if self.maximum is not None:
            group = [(detail, slots, values - self.maximum)]
            yield space.sums(self.label, self.kind, group, None, 0.0, relief=relief)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Takes the mean of the seats, and names items without a number."""
        for filled in forms:
            seats = list(seats_of(self.where, filled, setting))
            numbers = {seat.item.id: numeric(seat.item, self.attribute, setting) for seat in seats}
            without = [id for id, value in numbers.items() if value is None]
            if without:
                yield self.problem(
                    f"has no mean: no {self.attribute} for {listed(without)}",
                    form=filled.form.id,
                    items=tuple(without),
                    hard=True,
                )
            mean = _mean(list(numbers.values()))
            if mean is not None and (wanted := outside(mean, self.minimum, self.maximum)):
                yield self.problem(
                    f"needs a mean {self.attribute} of {wanted}, the form has {mean:.6g}", form=filled.form.id
                )

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The mean over the items that have a number."""
        seats = seats_of(self.where, filled, setting)
        mean = _mean([numeric(seat.item, self.attribute, setting) for seat in seats])
        target = ", ".join(filter(None, (f"mean {self.attribute}", where_text(self.where))))
        if mean is not None:
            yield Measure(target=target, minimum=self.minimum, maximum=self.maximum, actual=round(mean, 6))


def _mean(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return sum(known) / len(known) if known else None
