"""same_value: one value of a field for a whole form, such as the year of a code set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from qbank.assembly.kinds import ConstraintKind, Measure
from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import Filled, Setting, seats_of
from qbank.discovery import did_you_mean
from qbank.model.blueprint import Where

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Space


class SameValue(ConstraintKind, frozen=True, kw_only=True, tag="same_value"):
    """All items of a form that have a value in a field have the same one, whatever their roles.

    Which value that is, each form chooses for itself; items without a value go with any. `where` narrows
    the row to the items that meet it. One code-set date a form: `field: code_year`.
    """

    reason: ClassVar[str] = "items of different values that must not be mixed"

    field: str
    where: Where = msgspec.field(default_factory=dict)

    def check(self, setting: Setting) -> Iterator[Problem]:
        """The field, and the `where`."""
        yield from self.check_where(self.where, setting, with_role=False)
        if self.field not in setting.fields.names:
            yield self.problem(
                f"compares {self.field!r}, which is no field of the bank",
                hint=did_you_mean(self.field, set(setting.fields.names)),
                pointer=("field",),
            )
        elif self.field == "tags":
            yield self.problem(
                "compares tags, of which an item may have several",
                hint="Use a field with one value an item.",
                pointer=("field",),
            )

    def rows(self, space: Space) -> Iterator[Block]:
        """A column y for every form and value: x ≤ y of its value, and at most one y."""
        import numpy as np

        from qbank.assembly.program import block

        column, mask = space.columns.column(self.field), space.columns.mask(self.where)
        names = [_name(value) if yes else None for value, yes in zip(column, mask, strict=True)]
        number = {name: row for row, name in enumerate(sorted({name for name in names if name is not None}))}
        if len(number) < 2:
            return
        by_item = space.slots_by_item()
        rows: list[tuple[Ints, Floats]] = []
        choices: list[tuple[Ints, Floats]] = []
        for form in range(space.forms):
            y = space.new(len(number), 0, 1, integer=True)
            choices.append((y, np.ones(len(y))))
            rows += [
                (np.append(space.x(by_item[item], form), y[number[name]]), np.append(ones, -1.0))
                for item, name in enumerate(names)
                if name is not None and len(ones := np.ones(len(by_item[item])))
            ]
        yield block(self.label, self.kind, rows, -np.inf, 0.0, family=self.kind)
        yield block(self.label, self.kind, choices, -np.inf, 1.0, family=self.kind)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Collects the values of the seats."""
        for filled in forms:
            values = self._found(setting, filled)
            if len(values) > 1:
                told = listed([f"{value} ({listed(ids, 2)})" for value, ids in sorted(values.items())])
                yield self.problem(
                    f"needs one {self.field} in a form, the form has {len(values)}: {told}",
                    form=filled.form.id,
                )

    def _found(self, setting: Setting, filled: Filled) -> dict[str, list[str]]:
        """The values in a form, each with the ids of its items."""
        values: dict[str, list[str]] = {}
        for seat in seats_of(self.where, filled, setting):
            name = _name(setting.fields.value(seat.item, self.field))
            if name is not None:
                values.setdefault(name, []).append(seat.item.id)
        return values

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The number of values."""
        yield Measure(target=f"values of {self.field}", maximum=1, actual=len(self._found(setting, filled)))


def _name(value: object) -> str | None:
    return None if value is None else str(value)
