"""content: how many items of a kind a form holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qbank.assembly.kinds import ConstraintKind, Measure, Supply, outside
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting, matching, seats_of, where_text
from qbank.discovery import did_you_mean
from qbank.model.blueprint import Where
from qbank.model.item import Item

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Space


class Content(ConstraintKind, frozen=True, kw_only=True, tag="content"):
    """How many items that meet a `where` a form holds.

    With `each: FIELD` the bounds hold for every value that eligible items have in that field (an item
    without a value belongs to none, an item with several tags to each of them).
    """

    where: Where
    minimum: int | None = None
    maximum: int | None = None
    each: str = ""

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Bounds, `where` and `each`."""
        yield from self.check_counts(self.minimum, self.maximum)
        yield from self.check_where(self.where, setting, with_role=True)
        if self.each and self.each not in setting.fields.names:
            yield self.problem(
                f"counts each {self.each!r}, which is no field of the bank",
                hint=did_you_mean(self.each, set(setting.fields.names)),
                pointer=("each",),
            )

    def rows(self, space: Space) -> Iterator[Block]:
        """One row a form, or one a form and value."""
        slots = space.where(self.where)
        groups = self._by_value(space, slots) if self.each else [("", slots, None)]
        yield space.sums(self.label, self.kind, groups, self.minimum, self.maximum)

    def _by_value(self, space: Space, slots: Ints) -> list[tuple[str, Ints, Floats | None]]:
        import numpy as np

        column = space.columns.column(self.each)
        members: dict[str, list[int]] = {}
        for slot in slots:
            value = column[space.slot_item[slot]]
            for one in value if isinstance(value, tuple) else () if value is None else (value,):
                members.setdefault(str(one), []).append(int(slot))
        return [
            (f"{self.each} {value}", np.array(members[value], dtype=np.int64), None)
            for value in sorted(members)
        ]

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Counts the seats that meet the `where`, for every value when `each` is given."""
        wanted_values: set[str] = set()
        if self.each:
            for item in matching(self.where, setting):
                wanted_values.update(self._values(item, setting))
        for filled in forms:
            seats = list(seats_of(self.where, filled, setting))
            if not self.each:
                yield from self._judge(filled, "", [seat.item.id for seat in seats])
                continue
            for value in sorted(wanted_values | {v for s in seats for v in self._values(s.item, setting)}):
                ids = [seat.item.id for seat in seats if value in self._values(seat.item, setting)]
                yield from self._judge(filled, f" of {self.each} {value}", ids)

    def _judge(self, filled: Filled, detail: str, ids: list[str]) -> Iterator[Problem]:
        if wanted := outside(len(ids), self.minimum, self.maximum):
            yield self.problem(
                f"needs {wanted}{detail}, the form has {len(ids)}", form=filled.form.id, items=tuple(ids)
            )

    def _values(self, item: Item, setting: Setting) -> tuple[str, ...]:
        value = setting.fields.value(item, self.each)
        if isinstance(value, tuple):
            return tuple(str(one) for one in value)
        return () if value is None else (str(value),)

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The number of items; with `each`, the least and greatest number of a value the form has."""
        seats = list(seats_of(self.where, filled, setting))
        counts = [len(seats)]
        target = where_text(self.where)
        if self.each:
            values = [value for seat in seats for value in self._values(seat.item, setting)]
            counts = sorted({values.count(value) for value in values}) or [0]
            target = ", ".join(filter(None, (target, f"each {self.each}")))
        for count in dict.fromkeys((counts[0], counts[-1])):
            yield Measure(target=target, minimum=self.minimum, maximum=self.maximum, actual=count)

    def supply(self, setting: Setting) -> Iterator[Supply]:
        """The eligible items that meet the `where`, for every value when `each` is given."""
        items = list(matching(self.where, setting))
        groups = {"": items}
        if self.each:
            values = sorted({value for item in items for value in self._values(item, setting)})
            groups = {v: [item for item in items if v in self._values(item, setting)] for v in values}
        for value, members in groups.items():
            if not self.each or self.minimum:
                yield Supply(
                    label=self.label,
                    where={**self.where, self.each: value} if self.each else self.where,
                    supply=len(members),
                    demand=self.minimum or 0,
                    detail=f"{self.each} {value}" if self.each else "",
                    eligible=tuple(item.id for item in members),
                )
