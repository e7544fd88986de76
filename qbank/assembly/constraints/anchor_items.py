"""anchor_items: a block of items that stands in every form of a run, to link the forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from qbank.assembly.constraints._anchors import KIND, anchor_rows
from qbank.assembly.constraints.content import Content
from qbank.assembly.kinds import ConstraintKind, Measure, Supply, outside
from qbank.assembly.problems import Problem, counted, listed
from qbank.assembly.setting import Filled, Seat, Setting, matching
from qbank.discovery import did_you_mean
from qbank.model import selector
from qbank.model.blueprint import Blueprint, Where
from qbank.model.form import EXTERNAL_ANCHOR, OPERATIONAL
from qbank.model.item import Item

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Mask, Space


class AnchorItems(ConstraintKind, frozen=True, kw_only=True, tag="anchor_items"):
    """A block of items that stands in every form of a run, so that the forms can be put on one scale.

    `role: operational` makes an internal anchor of `number` items, marked `anchor: true` in the forms;
    `role: external-anchor` makes all items of that role the same in every form. The block holds the
    `items` that are named; the others are chosen among those that meet `where`. For every value of the
    fields `like`, and for the content rows labelled in `like_rows`, the block holds as large a share of
    items as the operational items of each form do, within `tolerance` items. Anchors are not counted by
    rows of kind overlap and exposure.
    """

    role: Literal["operational", "external-anchor"] = "operational"
    items: tuple[str, ...] = ()
    where: Where = msgspec.field(default_factory=dict)
    number: int | None = None
    like: tuple[str, ...] = ()
    like_rows: tuple[str, ...] = ()
    tolerance: float = 1.0

    def size(self, blueprint: Blueprint) -> int:
        """How many items the block has."""
        if self.number is not None:
            return self.number
        if self.role == EXTERNAL_ANCHOR:
            return blueprint.role_counts.get(EXTERNAL_ANCHOR, 0)
        return len(set(self.items))

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Role, number, items, `where`, and what the block is to be like."""
        yield from self.check_where(self.where, setting, with_role=False)
        yield from self._check_size(setting.blueprint)
        yield from self._check_items(setting)
        for number, field in enumerate(self.like):
            if field not in setting.fields.names:
                yield self.problem(
                    f"compares {field!r}, which is no field of the bank",
                    hint=did_you_mean(field, set(setting.fields.names)),
                    pointer=("like", number),
                )
        labels = {row.label for row in _content_rows(setting.blueprint)}
        for number, label in enumerate(self.like_rows):
            if label not in labels:
                yield self.problem(
                    f"compares the row {label!r}, which is no content row of operational items",
                    hint=did_you_mean(label, labels),
                    pointer=("like_rows", number),
                )
        if self.tolerance < 0:
            yield self.problem(
                f"has the tolerance {self.tolerance:g}", hint="Use 0 or more.", pointer=("tolerance",)
            )

    def _check_size(self, blueprint: Blueprint) -> Iterator[Problem]:
        if self.role not in blueprint.role_counts:
            yield self.problem(
                f"takes the role {self.role}, which the blueprint does not have",
                hint=f"Add {self.role} to roles, or choose another role.",
                pointer=("role",),
            )
            return
        if sum(row.role == self.role for row in anchor_rows(blueprint)) > 1:
            yield self.problem(
                f"is not the only row of kind {KIND} with the role {self.role}", hint="Make them one row."
            )
        of_role, size = blueprint.role_counts[self.role], self.size(blueprint)
        if self.role == EXTERNAL_ANCHOR and size != of_role:
            yield self.problem(
                f"has {counted(size, 'item')}, but a form has {counted(of_role, 'external-anchor item')}",
                hint="Leave number out: the block is all items of that role.",
                pointer=("number",),
            )
        elif size < 1 or size > of_role:
            yield self.problem(
                f"has {counted(size, 'item')} of the {counted(of_role, 'operational item')} of a form",
                hint="Give items, or a number from 1 to that of operational items.",
                pointer=("number",),
            )
        if len(set(self.items)) > size:
            yield self.problem(
                f"names {counted(len(set(self.items)), 'item')} for a block of {size}",
                hint="Take items out, or raise the number.",
                pointer=("items",),
            )

    def _check_items(self, setting: Setting) -> Iterator[Problem]:
        yield from self.check_items(self.items, setting, self.role)

    def rows(self, space: Space) -> Iterator[Block]:
        """A column a for every item, Σ a = size; a ≤ x in every form, a = x for external anchors."""
        import numpy as np

        from qbank.assembly.program import STRUCTURE, block

        anchors = space.anchors(self.role)
        slots = space.slots(role=self.role)
        of_slots = space.slot_item[slots]
        rows: list[tuple[Ints, Floats]] = [
            (np.array([x, anchors[item]]), np.array([-1.0, 1.0]))
            for form in range(space.forms)
            for x, item in zip(space.x(slots, form), of_slots, strict=True)
        ]
        lower = 0.0 if self.role == EXTERNAL_ANCHOR else -np.inf
        yield block(self.label, self.kind, rows, lower, 0.0, family=STRUCTURE)
        may = np.zeros(len(space.items), dtype=np.bool_)
        may[of_slots] = True
        never = anchors[~(may & self._candidates(space))]
        yield block(self.label, self.kind, [(never, np.ones(len(never)))], -np.inf, 0.0, family=STRUCTURE)
        size = self.size(space.blueprint)
        yield block(self.label, self.kind, [(anchors, np.ones(len(anchors)))], float(size), float(size))
        named = [(id, space.columns.mask({"id": id})) for id in sorted(set(self.items))]
        ones = [(anchors[mask], np.ones(int(mask.sum()))) for _, mask in named]
        yield block(self.label, self.kind, ones, 1.0, np.inf, details=[id for id, _ in named])
        yield from self._like_rows(space, size)

    def _candidates(self, space: Space) -> Mask:
        """The items of which the block may be made: those named and, if that is not all, those of `where`."""
        import numpy as np

        named = space.columns.mask({"id": list(self.items)}) if self.items else np.bool_(False)
        mask: Mask = np.zeros(len(space.items), dtype=np.bool_) | named
        if self._is_open(space.blueprint):
            mask |= space.columns.mask(self.where)
        return mask

    def _is_open(self, blueprint: Blueprint) -> bool:
        return len(set(self.items)) < self.size(blueprint)

    def _like_rows(self, space: Space, size: int) -> Iterator[Block]:
        """-tolerance ≤ Σ a - share · Σ x ≤ tolerance for every group of items and form."""
        import numpy as np

        from qbank.assembly.program import block

        share = size / max(1, space.blueprint.role_counts.get(OPERATIONAL, 0))
        anchors = space.anchors(self.role)
        rows: list[tuple[Ints, Floats]] = []
        details: list[str] = []
        for detail, mask in self._groups(space):
            slots = space.slots(mask, OPERATIONAL)
            values = np.repeat([1.0, -share], [int(mask.sum()), len(slots)])
            for form in range(space.forms):
                rows.append((np.append(anchors[mask], space.x(slots, form)), values))
                details.append(detail)
        relief = "Widen the tolerance, or compare less."
        bounds = (-self.tolerance, self.tolerance)
        yield block(self.label, self.kind, rows, *bounds, details=details, relief=relief)

    def _groups(self, space: Space) -> Iterator[tuple[str, Mask]]:
        import numpy as np

        for row in _content_rows(space.blueprint):
            if row.label in self.like_rows:
                yield f'share of "{row.label}"', space.columns.mask(selector.split_role(row.where)[0])
        for field in self.like:
            column = space.columns.column(field)
            for value in sorted({one for found in column for one in _values(found)}):
                members = [value in _values(found) for found in column]
                yield f"share of {field} {value}", np.array(members, dtype=np.bool_)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Compares the blocks of the forms, and looks at what each holds."""
        size = self.size(setting.blueprint)
        blocks = [{seat.item.id: seat.item for seat in self._seats(filled)} for filled in forms]
        meets = (
            {item.id for item in matching(self._where, setting)} if self._is_open(setting.blueprint) else ()
        )
        for filled, anchors in zip(forms, blocks, strict=True):
            if differing := sorted(set(blocks[0]) ^ set(anchors)):
                yield self.problem(
                    f"needs the same anchors in every form; {forms[0].form.id} and {filled.form.id} differ "
                    f"in {listed(differing)}",
                    form=filled.form.id,
                    items=tuple(differing),
                )
            if len(anchors) != size:
                yield self.problem(f"needs {size} anchors, the form has {len(anchors)}", form=filled.form.id)
            for id in sorted({*self.items} - set(anchors)):
                yield self.problem(f"misses {id} as an anchor", form=filled.form.id, items=(id,))
            for id in sorted(set(anchors) - {*self.items, *meets}):
                yield self.problem(
                    f"does not allow {id} as an anchor, which the form has", form=filled.form.id, items=(id,)
                )
            for detail, mine, wanted in self._compared(filled, setting, size):
                if outside(mine, wanted - self.tolerance, wanted + self.tolerance):
                    yield self.problem(
                        f"needs {wanted:.6g} anchors {detail}, as in the form, within {self.tolerance:g}; "
                        f"it has {mine}",
                        form=filled.form.id,
                    )

    @property
    def _where(self) -> Where:
        return {**self.where, "role": self.role}

    def _seats(self, filled: Filled) -> list[Seat]:
        """The seats of the block in a form."""
        return [
            seat
            for seat in filled.seats
            if seat.placement.role == self.role and (seat.placement.anchor or self.role != OPERATIONAL)
        ]

    def _compared(self, filled: Filled, setting: Setting, size: int) -> Iterator[tuple[str, int, float]]:
        """For each group: what it is, how many anchors are in it, how many should be."""
        anchors = [seat.item for seat in self._seats(filled)]
        scored = [seat.item for seat in filled.seats if seat.placement.role == OPERATIONAL]
        share = size / max(1, setting.blueprint.role_counts.get(OPERATIONAL, 0))
        for row in _content_rows(setting.blueprint):
            if row.label in self.like_rows:
                meets = selector.predicate(selector.split_role(row.where)[0], setting.fields)
                yield f'of "{row.label}"', sum(map(meets, anchors)), share * sum(map(meets, scored))
        for field in self.like:
            mine, whole = _tally(anchors, field, setting), _tally(scored, field, setting)
            for value in sorted({*mine, *whole}):
                yield f"of {field} {value}", mine[value], share * whole[value]

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The number of anchors, and what they have of each group."""
        size = self.size(setting.blueprint)
        yield Measure(target="anchors", minimum=size, maximum=size, actual=len(self._seats(filled)))
        for detail, mine, wanted in self._compared(filled, setting, size):
            low, high = round(wanted - self.tolerance, 6), round(wanted + self.tolerance, 6)
            yield Measure(target=f"anchors {detail}", minimum=max(0.0, low), maximum=high, actual=mine)

    def supply(self, setting: Setting) -> Iterator[Supply]:
        """The eligible items that may be anchors."""
        named = [item for item in setting.eligible if item.id in self.items]
        items = {item.id: item for item in (*named, *matching(self._where, setting))}
        yield Supply(
            label=self.label,
            where=self._where,
            supply=len(items) if self._is_open(setting.blueprint) else len(named),
            demand=self.size(setting.blueprint),
            detail="anchors",
            eligible=tuple(sorted(items)),
        )


def _content_rows(blueprint: Blueprint) -> list[Content]:
    """The content rows that count operational items."""
    roles = (None, OPERATIONAL, "any")
    return [r for r in blueprint.constraints if isinstance(r, Content) and r.where.get("role") in roles]


def _values(found: selector.Value) -> tuple[str, ...]:
    """The groups of a field to which a value belongs: each of several tags, none for no value."""
    if isinstance(found, tuple):
        return found
    return () if found is None else (str(found),)


def _tally(items: Sequence[Item], field: str, setting: Setting) -> Counter[str]:
    return Counter(value for item in items for value in _values(setting.fields.value(item, field)))
