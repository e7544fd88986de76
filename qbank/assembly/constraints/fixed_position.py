"""fixed_position: an item, or an item of a kind, at a position of every form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem
from qbank.assembly.setting import ANY_ROLE, Filled, Setting, may_fill
from qbank.discovery import did_you_mean
from qbank.model import selector
from qbank.model.blueprint import Where
from qbank.model.item import Item

if TYPE_CHECKING:
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space


class FixedPosition(ConstraintKind, frozen=True, kw_only=True, tag="fixed_position"):
    """The `item`, or an item that meets a `where`, stands at a `position` of every form.

    Positions count from 1; negative ones from the end, -1 being the last. The row goes before the
    blueprint's `order`; items of one stimulus still stand together.
    """

    position: int
    item: str = ""
    where: Where = msgspec.field(default_factory=dict)

    def place(self, length: int) -> int:
        """The position from 1 in a form of so many items."""
        return self.position if self.position > 0 else length + 1 + self.position

    def holds(self, item: Item, setting: Setting) -> bool:
        """Whether an item may stand at the position."""
        if self.item:
            return item.id == self.item
        return selector.predicate(self.where, setting.fields)(item)

    def check(self, setting: Setting) -> Iterator[Problem]:
        """The position, the item or `where`, and another row for the same place."""
        yield from self.check_where(self.where, setting, with_role=False)
        length = setting.blueprint.length
        if not 1 <= self.place(length) <= length:
            yield self.problem(
                f"fixes position {self.position} of {length}",
                hint=f"Give a position from 1 to {length}, or from -{length} to -1.",
                pointer=("position",),
            )
        if bool(self.item) == bool(self.where):
            yield self.problem(
                "names both an item and a where" if self.item else "names neither an item nor a where",
                hint="Give one of the two.",
            )
        if self.item and self.item not in setting.items:
            yield self.problem(
                f"names {self.item}, which is not in the bank",
                hint=did_you_mean(self.item, set(setting.items)),
                pointer=("item",),
            )
        elif self.item:
            yield from self._check_item(setting)

    def _check_item(self, setting: Setting) -> Iterator[Problem]:
        item = setting.items[self.item]
        eligible = {one.id for one in setting.eligible}
        if item.id not in eligible or not may_fill(item, ANY_ROLE, setting.blueprint):
            yield self.problem(
                f"names {item.id}, which is not eligible (status {item.status})",
                hint="Change the item's status, the blueprint's eligible, or take it out of this row.",
                items=(item.id,),
                pointer=("item",),
            )
        length = setting.blueprint.length
        others = [row for row in setting.blueprint.constraints if isinstance(row, FixedPosition)]
        for row in others:
            if row.item == item.id and row.place(length) != self.place(length):
                yield self.problem(
                    f'puts {item.id} at position {self.position}, "{row.label}" at {row.position}',
                    hint="Take one of the rows out.",
                    pointer=("position",),
                )

    def rows(self, space: Space) -> Iterator[Block]:
        """One row a form: it holds such an item. The order is made so that it stands at its position."""
        where = {"id": self.item} if self.item else self.where
        slots = space.slots(space.columns.mask(where))
        yield space.sums(self.label, self.kind, [("", slots, None)], 1, None)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Looks at the item that stands at the position."""
        wanted = self.item or "an item that meets its where"
        for filled in forms:
            place = self.place(len(filled.form.placements))
            seats = [seat for seat in filled.seats if seat.placement.position == place]
            if not seats or not self.holds(seats[0].item, setting):
                there = seats[0].item.id if seats else "none"
                yield self.problem(
                    f"needs {wanted} at position {place}, the form has {there}",
                    form=filled.form.id,
                    items=tuple(seat.item.id for seat in seats),
                )
