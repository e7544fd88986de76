"""content: how many items of a kind a form holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import msgspec

from qbank.assembly.kinds import ConstraintKind, Measure, Supply, outside
from qbank.assembly.problems import Problem
from qbank.assembly.program import merged
from qbank.assembly.setting import ANY_ROLE, Filled, Setting, matching, seats_of, where_text
from qbank.discovery import did_you_mean
from qbank.model.blueprint import Blueprint, Bounds, Where
from qbank.model.item import Item

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Space


class Ratio(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """At least `minimum` and at most `maximum` times as many items as the row labelled `to` counts."""

    to: str
    minimum: float | None = None
    maximum: float | None = None

    def broken(self, mine: int, theirs: int) -> str:
        """How two numbers break the ratio, in words; "" when they keep it."""
        if self.minimum is not None and outside(mine, self.minimum * theirs, None):
            return f"at least {self.minimum:.12g}"
        if self.maximum is not None and outside(mine, None, self.maximum * theirs):
            return f"at most {self.maximum:.12g}"
        return ""


class Content(ConstraintKind, frozen=True, kw_only=True, tag="content"):
    """How many items that meet a `where` a form holds.

    With `each: FIELD` the bounds hold for every value that eligible items have in that field (an item
    without a value belongs to none, an item with several tags to each of them). `share` bounds the number
    as a share of all items of the row's role; `ratio` bounds it as a multiple of the number of another row.
    """

    bounded: ClassVar[bool] = True

    where: Where
    minimum: int | None = None
    maximum: int | None = None
    share: Bounds = Bounds()
    ratio: Ratio | None = None
    each: str = ""

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Bounds, share, ratio, `where` and `each`."""
        other = self.share != Bounds() or self.ratio is not None
        if not other or self.minimum is not None or self.maximum is not None:
            yield from self.check_counts(self.minimum, self.maximum)
        if self.share != Bounds():
            yield from self.check_share(self.share, ("share",))
        if self.ratio is not None:
            yield from self._check_ratio(self.ratio, setting)
        yield from self.check_where(self.where, setting, with_role=True)
        if self.each and self.each not in setting.fields.names:
            yield self.problem(
                f"counts each {self.each!r}, which is no field of the bank",
                hint=did_you_mean(self.each, set(setting.fields.names)),
                pointer=("each",),
            )

    def _check_ratio(self, ratio: Ratio, setting: Setting) -> Iterator[Problem]:
        """The bounds of a ratio, and the row it names."""
        yield from self.check_bounds(ratio.minimum, ratio.maximum, ("ratio",))
        if min(ratio.minimum or 0, ratio.maximum or 0) < 0:
            yield self.problem("asks for a negative ratio", hint="Use 0 or more.", pointer=("ratio",))
        others = {row.label for row in setting.blueprint.constraints if isinstance(row, Content)}
        if ratio.to not in others - {self.label}:
            yield self.problem(
                f"is held against the row {ratio.to!r}, which is no other content row",
                hint=did_you_mean(ratio.to, others - {self.label}),
                pointer=("ratio", "to"),
            )

    def relabelled(self, rename: Callable[[str], str]) -> Self:
        """The same row under another label; the row that a ratio names is renamed alike."""
        ratio = self.ratio
        if ratio is not None:
            ratio = msgspec.structs.replace(ratio, to=rename(ratio.to))
        return msgspec.structs.replace(self, label=rename(self.label), ratio=ratio)

    def bounds(self, total: int) -> tuple[int | None, int | None]:
        """The narrowest of minimum, maximum and share, as numbers of items out of `total`."""
        low, high = self.minimum, self.maximum
        if self.share.minimum is not None:
            low = max(low or 0, math.ceil(self.share.minimum * total - 1e-9))
        if self.share.maximum is not None:
            most = math.floor(self.share.maximum * total + 1e-9)
            high = most if high is None else min(high, most)
        return low, high

    def _total(self, blueprint: Blueprint) -> int:
        """How many items of the row's role a form of a blueprint has."""
        return blueprint.role_counts.get(self.where.get("role", ANY_ROLE), blueprint.length)

    def rows(self, space: Space) -> Iterator[Block]:
        """One row a form, or one a form and value; a ratio: two more."""
        slots = space.where(self.where)
        groups: list[tuple[str, Ints, Floats | None]] = [("", slots, None)]
        if self.each:
            groups = self._by_value(space, slots)
        low, high = self.bounds(self._total(space.blueprint))
        if low is not None or high is not None:
            yield space.sums(self.label, self.kind, groups, low, high)
        if self.ratio is not None:
            yield from self._ratio_rows(space, groups, self.ratio)

    def _ratio_rows(
        self, space: Space, groups: list[tuple[str, Ints, Floats | None]], ratio: Ratio
    ) -> Iterator[Block]:
        """Σ mine - bound · Σ theirs, at least or at most 0."""
        import numpy as np

        theirs = space.where(_row(space.blueprint, ratio.to).where)
        relief = f'Widen the ratio, or change the row "{ratio.to}".'
        for bound, limits in ((ratio.minimum, (0.0, None)), (ratio.maximum, (None, 0.0))):
            if bound is not None:
                mixed = []
                for detail, mine, _ in groups:
                    signs = np.repeat([1.0, -bound], [len(mine), len(theirs)])
                    mixed.append((f"ratio {detail}".strip(), *merged(np.append(mine, theirs), signs)))
                yield space.sums(self.label, self.kind, mixed, *limits, relief=relief)

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
                yield from self._judge(filled, "", [seat.item.id for seat in seats], setting)
                continue
            for value in sorted(wanted_values | {v for s in seats for v in self._values(s.item, setting)}):
                ids = [seat.item.id for seat in seats if value in self._values(seat.item, setting)]
                yield from self._judge(filled, f" of {self.each} {value}", ids, setting)

    def _judge(self, filled: Filled, detail: str, ids: list[str], setting: Setting) -> Iterator[Problem]:
        total = len(list(seats_of(_only_role(self.where), filled, setting)))
        share = len(ids) / total if total else 0.0
        if total and (wanted := outside(share, self.share.minimum, self.share.maximum)):
            yield self.problem(
                f"needs a share of {wanted}{detail}, the form has {len(ids)} of {total}",
                form=filled.form.id,
                items=tuple(ids),
            )
        if self.ratio is not None:
            other = _row(setting.blueprint, self.ratio.to)
            theirs = len(list(seats_of(other.where, filled, setting)))
            if wanted := self.ratio.broken(len(ids), theirs):
                yield self.problem(
                    f'needs {wanted} times as many{detail} as "{other.label}", the form has {len(ids)} '
                    f"and {theirs}",
                    form=filled.form.id,
                    items=tuple(ids),
                )
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
        total = len(list(seats_of(_only_role(self.where), filled, setting)))
        low, high = self.bounds(total)
        for count in dict.fromkeys((counts[0], counts[-1])):
            yield Measure(target=target, minimum=low, maximum=high, actual=count)

    def supply(self, setting: Setting) -> Iterator[Supply]:
        """The eligible items that meet the `where`, for every value when `each` is given."""
        items = list(matching(self.where, setting))
        demand = self.bounds(self._total(setting.blueprint))[0] or 0
        groups = {"": items}
        if self.each:
            values = sorted({value for item in items for value in self._values(item, setting)})
            groups = {v: [item for item in items if v in self._values(item, setting)] for v in values}
        for value, members in groups.items():
            if not self.each or demand:
                yield Supply(
                    label=self.label,
                    where={**self.where, self.each: value} if self.each else self.where,
                    supply=len(members),
                    demand=demand,
                    detail=f"{self.each} {value}" if self.each else "",
                    eligible=tuple(item.id for item in members),
                )


def _row(blueprint: Blueprint, label: str) -> Content:
    """The content row of a label. Raises KeyError when there is none, which `check` tells first."""
    rows = {row.label: row for row in blueprint.constraints if isinstance(row, Content)}
    return rows[label]


def _only_role(where: Where) -> Where:
    return {"role": where["role"]} if "role" in where else {}
