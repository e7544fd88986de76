"""all_or_none: items that stand in a form together or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import Filled, Setting
from qbank.discovery import did_you_mean
from qbank.model import selector
from qbank.model.blueprint import Where

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Space


class AllOrNone(ConstraintKind, frozen=True, kw_only=True, tag="all_or_none"):
    """Items that a form holds all together or not at all, whatever their roles.

    Either `items`, one group by ids, or `each`, a group for every value that eligible items have in that
    field; `where` narrows the items that make up those groups. An item that is not eligible keeps the
    other `items` of its row out of every form.
    """

    reason: ClassVar[str] = "items that stand together or not at all"

    items: tuple[str, ...] = ()
    each: str = ""
    where: Where = msgspec.field(default_factory=dict)

    def check(self, setting: Setting) -> Iterator[Problem]:
        """One of `items` and `each`; unknown items and fields."""
        yield from self.check_where(self.where, setting, with_role=False)
        if bool(self.items) == bool(self.each):
            yield self.problem(
                "names both items and each" if self.items else "names no group",
                hint="Give items, one group by ids, or each, a field whose values are the groups.",
            )
        if self.items and self.where:
            yield self.problem(
                "narrows items that are named by id",
                hint="Take the where out, or use each.",
                pointer=("where",),
            )
        if self.each and self.each not in setting.fields.names:
            yield self.problem(
                f"groups by {self.each!r}, which is no field of the bank",
                hint=did_you_mean(self.each, set(setting.fields.names)),
                pointer=("each",),
            )
        yield from self.check_items(self.items, setting)

    def rows(self, space: Space) -> Iterator[Block]:
        """Every item of a group stands where the group's first stands; a lone or missing one is no group."""
        import numpy as np

        from qbank.assembly.program import block

        by_item = space.slots_by_item()
        rows: list[tuple[Ints, Floats]] = []
        for first, *others in self._groups(space):
            for other in others:
                signs = np.repeat([1.0, -1.0], [len(by_item[other]), len(by_item[first])])
                slots = np.concatenate((by_item[other], by_item[first]))
                rows += [(space.x(slots, form), signs) for form in range(space.forms)]
        yield block(self.label, self.kind, rows, 0.0, 0.0, family=self.kind)
        eligible = {item.id for item in space.items}
        if not eligible.issuperset(self.items):
            slots = space.slots(space.columns.mask({"id": list(self.items)}))
            yield space.sums(self.label, self.kind, [("", slots, None)], None, 0, family=self.kind)

    def _groups(self, space: Space) -> list[list[int]]:
        """The groups as rows of the space's items."""
        if self.items:
            number = {item.id: row for row, item in enumerate(space.items)}
            known = sorted({number[id] for id in self.items if id in number})
            return [known] if known else []
        members: dict[str, list[int]] = {}
        mask = space.columns.mask(self.where)
        for row, value in enumerate(space.columns.column(self.each)):
            for one in _values(value) if mask[row] else ():
                members.setdefault(one, []).append(row)
        return [members[value] for value in sorted(members)]

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Looks whether a form holds a part of a group."""
        groups: dict[str, set[str]] = {"": set(self.items)} if self.items else {}
        meets = selector.predicate(self.where, setting.fields)
        for item in setting.eligible if self.each else ():
            for value in _values(setting.fields.value(item, self.each)) if meets(item) else ():
                groups.setdefault(value, set()).add(item.id)
        for filled in forms:
            present = {placement.item for placement in filled.form.placements}
            for value, group in sorted(groups.items()):
                missing = sorted(group - present)
                if missing and group & present:
                    what = f" of {self.each} {value}" if value else ""
                    yield self.problem(
                        f"takes the {len(group)} items{what} together or none of them, the form has "
                        f"{len(group & present)}; it misses {listed(missing)}",
                        form=filled.form.id,
                        items=tuple(missing),
                    )


def _values(value: selector.Value) -> tuple[str, ...]:
    """The groups to which a value belongs: each of several tags, none for no value."""
    if isinstance(value, tuple):
        return value
    return () if value is None else (str(value),)
