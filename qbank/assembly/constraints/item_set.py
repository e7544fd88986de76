"""item_set: how many stimuli a form holds, and how many items of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from qbank.assembly.kinds import ConstraintKind, Measure, Supply, outside
from qbank.assembly.problems import Problem
from qbank.assembly.setting import ANY_ROLE, Filled, Setting, may_fill, where_text
from qbank.model import selector
from qbank.model.blueprint import Bounds, Where
from qbank.model.item import Item

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Ints
    from qbank.assembly.space import Space


class ItemSet(ConstraintKind, frozen=True, kw_only=True, tag="item_set"):
    """How many item sets a form holds (`sets`), and how many items of each (`items_per_set`).

    An item set is the items of one stimulus. `where` narrows the row to the stimuli all of whose
    eligible items meet it. Items of every role count. `whole: true` takes every eligible item of a
    stimulus or none.
    """

    reason: ClassVar[str] = "the sizes of item sets"
    counts_sets: ClassVar[bool] = True

    where: Where = msgspec.field(default_factory=dict)
    sets: Bounds = Bounds()
    items_per_set: Bounds = Bounds()
    whole: bool = False

    def check(self, setting: Setting) -> Iterator[Problem]:
        """`where`, and bounds of which at least one must be given."""
        yield from self.check_where(self.where, setting, with_role=False)
        given = [
            (name, bounds)
            for name, bounds in (("sets", self.sets), ("items_per_set", self.items_per_set))
            if bounds != Bounds()
        ]
        for name, bounds in given:
            yield from self.check_counts(bounds.minimum, bounds.maximum, (name,))
        if not given and not self.whole:
            yield self.problem("states nothing", hint="Give sets, items_per_set or whole: true.")

    def rows(self, space: Space) -> Iterator[Block]:
        """x ≤ z for every item, least·z ≤ Σx ≤ most·z for every stimulus, and the number of stimuli."""
        import numpy as np

        meets = space.columns.mask(self.where)
        having = space.stimulus_of[space.stimulus_of >= 0]
        total = np.bincount(having, minlength=len(space.stimuli))
        meeting = space.stimulus_of[(space.stimulus_of >= 0) & meets]
        counts = np.flatnonzero(np.bincount(meeting, minlength=len(space.stimuli)) == total)
        # an item that no role takes has no slot, and a set that should be whole then cannot be had
        yield space.links(self.label, self.kind, counts.tolist(), equal=self.whole)
        by_stimulus = space.slots_by_stimulus()
        groups = [by_stimulus[stimulus] for stimulus in counts]
        least = max(1.0, self.items_per_set.minimum or 1.0)
        yield self._size_rows(space, counts, groups, -least, lower=True)
        if self.items_per_set.maximum is not None:
            yield self._size_rows(space, counts, groups, -self.items_per_set.maximum, lower=False)
        if self.sets != Bounds():
            yield self._set_rows(space, counts)

    def _size_rows(
        self, space: Space, stimuli: Ints, groups: list[Ints], factor: float, *, lower: bool
    ) -> Block:
        import numpy as np

        lengths = np.array([len(slots) for slots in groups], dtype=np.int64)
        slots = np.concatenate([*groups, np.zeros(0, dtype=np.int64)])
        bounds = (0.0, np.inf) if lower else (-np.inf, 0.0)
        return space.of_stimuli(self.label, self.kind, lengths, slots, stimuli, factor, bounds)

    def _set_rows(self, space: Space, stimuli: Ints) -> Block:
        import numpy as np

        from qbank.assembly.program import block

        rows = [(space.z(stimuli, form), np.ones(len(stimuli))) for form in range(space.forms)]
        low, high = self.sets.minimum, self.sets.maximum
        return block(
            self.label, self.kind, rows, -np.inf if low is None else low, np.inf if high is None else high
        )

    def _counting(self, setting: Setting) -> dict[str, list[Item]]:
        """The stimuli that count for this row, each with its eligible items."""
        meets = selector.predicate(self.where, setting.fields)
        sets: dict[str, list[Item]] = {}
        for item in setting.eligible:
            if item.stimulus:
                sets.setdefault(item.stimulus, []).append(item)
        return {id: sets[id] for id in sorted(sets) if all(meets(item) for item in sets[id])}

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Counts the stimuli of the form and the items of each."""
        counting = self._counting(setting)
        for filled in forms:
            present = _present(counting, filled)
            if wanted := outside(len(present), self.sets.minimum, self.sets.maximum):
                yield self.problem(
                    f"needs {wanted} item sets, the form has {len(present)}", form=filled.form.id
                )
            for id, count in sorted(present.items()):
                if wanted := outside(count, self.items_per_set.minimum, self.items_per_set.maximum):
                    yield self.problem(
                        f"needs {wanted} items of a set, the form has {count} of {id}", form=filled.form.id
                    )
                if self.whole and count != len(counting[id]):
                    yield self.problem(
                        f"takes sets whole, the form has {count} of the {len(counting[id])} items of {id}",
                        form=filled.form.id,
                    )

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The number of item sets, and the least and greatest number of items of one."""
        present = _present(self._counting(setting), filled)
        where = where_text(self.where)
        if self.sets != Bounds():
            yield Measure(
                target=", ".join(filter(None, ("item sets", where))),
                minimum=self.sets.minimum,
                maximum=self.sets.maximum,
                actual=len(present),
            )
        if self.items_per_set != Bounds() or self.whole:
            for count in dict.fromkeys((min(present.values(), default=0), max(present.values(), default=0))):
                yield Measure(
                    target=", ".join(filter(None, ("items of a set", where))),
                    minimum=self.items_per_set.minimum if present else None,
                    maximum=self.items_per_set.maximum,
                    actual=count,
                )

    def supply(self, setting: Setting) -> Iterator[Supply]:
        """The stimuli that have enough eligible items."""
        sizes = {
            id: sum(may_fill(item, ANY_ROLE, setting.blueprint) for item in items)
            for id, items in self._counting(setting).items()
        }
        least = max(1.0, self.items_per_set.minimum or 1.0)
        uses = {id: int(size // least) for id, size in sizes.items() if size >= least}
        yield Supply(
            label=self.label,
            where=self.where,
            supply=len(uses),
            demand=int(self.sets.minimum or 0),
            unit="set",
            eligible=tuple(uses),
            uses=tuple(uses.values()),
        )


def _present(counting: dict[str, list[Item]], filled: Filled) -> Counter[str]:
    """The counting stimuli of a form with the number of items of each."""
    return Counter(seat.item.stimulus for seat in filled.seats if seat.item.stimulus in counting)
