"""item_set: how many stimuli a form holds, and how many items of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from qbank.assembly.kinds import ConstraintKind, Measure, Supply, outside
from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import ANY_ROLE, Filled, Setting, may_fill, where_text
from qbank.discovery import did_you_mean
from qbank.model import selector
from qbank.model.blueprint import Bounds, Where
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Mask, Space


class StimulusSum(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Bounds on the sum of a number of the stimuli in a form, such as their words."""

    attribute: str
    minimum: float | None = None
    maximum: float | None = None


class ItemSet(ConstraintKind, frozen=True, kw_only=True, tag="item_set"):
    """How many item sets a form holds (`sets`), and how many items of each (`items_per_set`).

    An item set is the items of one stimulus. `where` narrows the row to the stimuli all of whose
    eligible items meet it, `stimulus` to those that meet it themselves. Items of every role count.
    `whole: true` takes every eligible item of a stimulus or none; `sum` bounds the sum of a number of
    the stimuli in a form.
    """

    reason: ClassVar[str] = "the sizes of item sets"
    counts_sets: ClassVar[bool] = True
    bounded: ClassVar[bool] = True

    where: Where = msgspec.field(default_factory=dict)
    stimulus: Where = msgspec.field(default_factory=dict)
    sets: Bounds = Bounds()
    items_per_set: Bounds = Bounds()
    whole: bool = False
    sum: StimulusSum | None = None

    def check(self, setting: Setting) -> Iterator[Problem]:
        """`where`, `stimulus`, `sum`, and bounds of which at least one must be given."""
        yield from self.check_where(self.where, setting, with_role=False)
        yield from self._check_stimulus(setting)
        given = [
            (name, bounds)
            for name, bounds in (("sets", self.sets), ("items_per_set", self.items_per_set))
            if bounds != Bounds()
        ]
        for name, bounds in given:
            yield from self.check_counts(bounds.minimum, bounds.maximum, (name,))
        if not given and not self.whole and self.sum is None:
            yield self.problem("states nothing", hint="Give sets, items_per_set, sum or whole: true.")
        if self.weight is not None and self.sets == Bounds() and self.sum is None:
            yield self.problem(
                "has a weight, but bounds neither sets nor a sum",
                hint="The sizes of sets cannot be soft; take the weight out.",
                pointer=("weight",),
            )

    def _check_stimulus(self, setting: Setting) -> Iterator[Problem]:
        """The `where` on stimuli, and the field that `sum` adds up."""
        fields = selector.StimulusFields(setting.bank)
        if "role" in self.stimulus:
            yield self.problem("gives stimuli a role", hint="Take it out.", pointer=("stimulus", "role"))
        try:
            selector.check(self.stimulus, fields, ("stimulus",))
        except selector.SelectorError as error:
            told = str(error).replace("the bank has no field", "no stimulus of the bank has the field")
            yield self.problem(f"cannot be read: {told}", hint=error.hint, pointer=error.pointer)
            return
        if self.sum is None:
            return
        yield from self.check_bounds(self.sum.minimum, self.sum.maximum, ("sum",))
        if self.sum.attribute not in fields.names:
            yield self.problem(
                f"sums {self.sum.attribute!r}, which no stimulus of the bank has",
                hint=did_you_mean(self.sum.attribute, set(fields.names)),
                pointer=("sum", "attribute"),
            )
            return
        numbers = self._numbers(self._counting(setting), setting)
        if lacking := [id for id, number in numbers.items() if number is None]:
            yield self.problem(
                f"sums {self.sum.attribute}, but there is no number for it in {listed(lacking)}",
                hint="Give every such stimulus its number, or narrow the row's stimulus.",
                pointer=("sum", "attribute"),
            )

    def rows(self, space: Space) -> Iterator[Block]:
        """x ≤ z for every item, least·z ≤ Σx ≤ most·z for every stimulus, the number and sum of stimuli."""
        import numpy as np

        meets = space.columns.mask(self.where)
        having = space.stimulus_of[space.stimulus_of >= 0]
        total = np.bincount(having, minlength=len(space.stimuli))
        meeting = space.stimulus_of[(space.stimulus_of >= 0) & meets]
        all_meet = np.bincount(meeting, minlength=len(space.stimuli)) == total
        counts = np.flatnonzero(all_meet & self._mask(space))
        # an item that no role takes has no slot, and a set that should be whole then cannot be had
        yield space.links(self.label, self.kind, counts.tolist(), equal=self.whole)
        by_stimulus = space.slots_by_stimulus()
        groups = [by_stimulus[stimulus] for stimulus in counts]
        least = max(1.0, self.items_per_set.minimum or 1.0)
        yield self._size_rows(space, counts, groups, -least, lower=True)
        if self.items_per_set.maximum is not None:
            yield self._size_rows(space, counts, groups, -self.items_per_set.maximum, lower=False)
        if self.sets != Bounds():
            yield self._set_rows(space, counts, np.ones(len(counts)), self.sets)
        if self.sum is not None:
            numbers = self._stimuli(space).numbers(self.sum.attribute)
            bounds = Bounds(self.sum.minimum, self.sum.maximum)
            yield self._set_rows(space, counts, np.nan_to_num(numbers[counts]), bounds, self.sum.attribute)

    def _stimuli(self, space: Space) -> selector.Columns[selector.StimulusFields]:
        """The columns of the space's stimuli; one that the bank lacks has no values."""
        known = {stimulus.id: stimulus for stimulus in reversed(space.bank.stimuli)}
        stimuli = [known.get(id) or Stimulus(id=id) for id in space.stimuli]
        return selector.Columns(stimuli, selector.StimulusFields(space.bank))

    def _mask(self, space: Space) -> Mask:
        """Which of the space's stimuli meet `stimulus`."""
        import numpy as np

        if not self.stimulus:
            return np.ones(len(space.stimuli), dtype=np.bool_)
        return self._stimuli(space).mask(self.stimulus)

    def _size_rows(
        self, space: Space, stimuli: Ints, groups: list[Ints], factor: float, *, lower: bool
    ) -> Block:
        import numpy as np

        lengths = np.array([len(slots) for slots in groups], dtype=np.int64)
        slots = np.concatenate([*groups, np.zeros(0, dtype=np.int64)])
        bounds = (0.0, np.inf) if lower else (-np.inf, 0.0)
        return space.of_stimuli(self.label, self.kind, lengths, slots, stimuli, factor, bounds)

    def _set_rows(
        self, space: Space, stimuli: Ints, values: Floats, bounds: Bounds, detail: str = ""
    ) -> Block:
        import numpy as np

        from qbank.assembly.program import block

        rows = [(space.z(stimuli, form), values) for form in range(space.forms)]
        low, high = bounds.minimum, bounds.maximum
        lower, upper = -np.inf if low is None else low, np.inf if high is None else high
        return block(self.label, self.kind, rows, lower, upper, details=[detail] * len(rows))

    def _counting(self, setting: Setting) -> dict[str, list[Item]]:
        """The stimuli that count for this row, each with its eligible items."""
        meets = selector.predicate(self.where, setting.fields)
        chosen = selector.predicate(self.stimulus, selector.StimulusFields(setting.bank))
        known = {stimulus.id: stimulus for stimulus in reversed(setting.bank.stimuli)}
        sets: dict[str, list[Item]] = {}
        for item in setting.eligible:
            if item.stimulus:
                sets.setdefault(item.stimulus, []).append(item)
        return {
            id: sets[id]
            for id in sorted(sets)
            if all(meets(item) for item in sets[id])
            and (not self.stimulus or chosen(known.get(id) or Stimulus(id=id)))
        }

    def _numbers(self, stimuli: Iterable[str], setting: Setting) -> dict[str, float | None]:
        """What `sum` adds up for each of some stimuli; None where there is no number."""
        known = {stimulus.id: stimulus for stimulus in reversed(setting.bank.stimuli)}
        fields = selector.StimulusFields(setting.bank)
        found: dict[str, float | None] = {}
        for id in stimuli:
            value = fields.value(known.get(id) or Stimulus(id=id), self.sum.attribute if self.sum else "")
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            found[id] = float(value) if is_number else None  # type: ignore[arg-type]
        return found

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Counts the stimuli of the form and the items of each, and adds up their numbers."""
        counting = self._counting(setting)
        for filled in forms:
            present = _present(counting, filled)
            if wanted := outside(len(present), self.sets.minimum, self.sets.maximum):
                yield self.problem(
                    f"needs {wanted} item sets, the form has {len(present)}", form=filled.form.id
                )
            if self.sum is not None:
                yield from self._audit_sum(self.sum, present, filled, setting)
            for id, count in sorted(present.items()):
                if wanted := outside(count, self.items_per_set.minimum, self.items_per_set.maximum):
                    yield self.problem(
                        f"needs {wanted} items of a set, the form has {count} of {id}",
                        form=filled.form.id,
                        hard=True,
                    )
                if self.whole and count != len(counting[id]):
                    yield self.problem(
                        f"takes sets whole, the form has {count} of the {len(counting[id])} items of {id}",
                        form=filled.form.id,
                        hard=True,
                    )

    def _audit_sum(
        self, bounds: StimulusSum, present: Iterable[str], filled: Filled, setting: Setting
    ) -> Iterator[Problem]:
        numbers = self._numbers(present, setting)
        lacking = sorted(id for id, number in numbers.items() if number is None)
        if lacking:
            yield self.problem(
                f"cannot be summed: no {bounds.attribute} for {listed(lacking)}",
                form=filled.form.id,
                hard=True,
            )
        total = sum(number for number in numbers.values() if number is not None)
        if wanted := outside(total, bounds.minimum, bounds.maximum):
            yield self.problem(
                f"needs {wanted} {bounds.attribute} of stimuli, the form has {total:.12g}",
                form=filled.form.id,
            )

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The number of item sets, the sum, and the least and greatest number of items of one."""
        yield from self._measures(_present(self._counting(setting), filled), setting)

    def measured(self, setting: Setting, forms: Sequence[Filled]) -> list[list[Measure]]:
        """The same of several forms; the bank is gone through once."""
        counting = self._counting(setting)
        return [list(self._measures(_present(counting, filled), setting)) for filled in forms]

    def _measures(self, present: Counter[str], setting: Setting) -> Iterator[Measure]:
        where = ", ".join(filter(None, (where_text(self.where), where_text(self.stimulus))))
        if self.sets != Bounds():
            yield Measure(
                target=", ".join(filter(None, ("item sets", where))),
                minimum=self.sets.minimum,
                maximum=self.sets.maximum,
                actual=len(present),
            )
        if self.sum is not None:
            numbers = self._numbers(present, setting).values()
            yield Measure(
                target=", ".join(filter(None, (f"sum of {self.sum.attribute} of stimuli", where))),
                minimum=self.sum.minimum,
                maximum=self.sum.maximum,
                actual=sum(number for number in numbers if number is not None),
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
