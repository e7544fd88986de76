"""key_run: how many items in a row present their key at one position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from qbank.assembly.constraints._presented import presented
from qbank.assembly.kinds import ConstraintKind, Measure
from qbank.assembly.ordering import key_positions
from qbank.assembly.problems import Problem, counted
from qbank.assembly.setting import Filled, Setting
from qbank.model.item import MultipleChoice

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Space


class KeyRun(ConstraintKind, frozen=True, kw_only=True, tag="key_run"):
    """At most `maximum` single-answer items in a row present their key at the same position.

    Presented, not written, positions count; an item of another type ends a run. Keys are presented at
    other positions, and items moved, until the row holds: options that may be shuffled first, then the
    order of items, which leaves the items of one stimulus together. Where neither is enough, other items
    are chosen.
    """

    maximum: int

    def check(self, setting: Setting) -> Iterator[Problem]:
        """A maximum under 1."""
        del setting
        if self.maximum < 1:
            yield self.problem(
                f"allows runs of {counted(self.maximum, 'item')}", hint="Use 1 or more.", pointer=("maximum",)
            )

    def rows(self, space: Space) -> Iterator[Block]:
        """Among n items whose key can only be at one position, the others must break runs often enough.

        n ≤ maximum · (others + 1) is what the order needs of the choice of items; whether an order exists
        is seen when it is made, and a choice without one is made again.
        """
        import numpy as np

        from qbank.assembly.program import block

        only: dict[int, list[int]] = {}
        for row, item in enumerate(space.items):
            if isinstance(item, MultipleChoice) and len(places := key_positions(item)) == 1:
                only.setdefault(places[0], []).append(row)
        rows: list[tuple[Ints, Floats]] = []
        details: list[str] = []
        for place, members in sorted(only.items()):
            bound = np.zeros(len(space.items), dtype=np.bool_)
            bound[members] = True
            slots, others = space.slots(bound), space.slots(~bound)
            values = np.repeat([1.0, -float(self.maximum)], [len(slots), len(others)])
            for form in range(space.forms):
                rows.append((space.x(np.append(slots, others), form), values))
                details.append(f"key at position {place}")
        relief = "Raise the maximum, or shuffle more items."
        yield block(self.label, self.kind, rows, -np.inf, float(self.maximum), details=details, relief=relief)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Looks for runs that are too long."""
        del setting
        for filled in forms:
            for place, first, length in _runs(filled):
                if length > self.maximum:
                    yield self.problem(
                        f"allows runs of {self.maximum}; from position {first} on, {length} items present "
                        f"their key at position {place}",
                        form=filled.form.id,
                    )

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The longest run."""
        del setting
        longest = max((length for _, _, length in _runs(filled)), default=0)
        yield Measure(target="longest run of one key", maximum=self.maximum, actual=longest)


def _runs(filled: Filled) -> Iterator[tuple[int, int, int]]:
    """(position of the key, position of the first item, number of items) of every run."""
    for place, seats in groupby(filled.seats, presented):
        run = [seat.placement.position for seat in seats]
        if place:
            yield place, run[0], len(run)
