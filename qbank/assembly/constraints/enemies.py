"""enemies: items that must not stand in one form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from qbank.assembly.constraints._cliques import clique_cover
from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.program import Block, Floats, Ints
    from qbank.assembly.space import Space


class Enemies(ConstraintKind, frozen=True, kw_only=True, tag="enemies"):
    """Items (and stimuli) that name one another as `enemies` never stand in one form, whatever their role.

    Being enemies is symmetric and not transitive: only what is written counts.
    """

    reason: ClassVar[str] = "enemies"

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Nothing can be wrong in it."""
        del setting
        yield from ()

    def rows(self, space: Space) -> Iterator[Block]:
        """At most one of every maximal clique of enemies."""
        import numpy as np

        from qbank.assembly.program import block

        cliques = clique_cover(_graph(space))
        count = len(space.items)
        stimuli = sorted({node - count for clique in cliques for node in clique if node >= count})
        if stimuli:
            yield space.links(self.label, self.kind, stimuli)
        by_item = space.slots_by_item()
        rows: list[tuple[Ints, Floats]] = []
        details: list[str] = []
        for clique in cliques:
            slots = np.concatenate([by_item[n] for n in clique if n < count] or [np.zeros(0, dtype=np.int64)])
            sets = np.array([node - count for node in clique if node >= count], dtype=np.int64)
            names = [space.items[n].id if n < count else space.stimuli[n - count] for n in clique]
            for form in range(space.forms):
                columns = np.concatenate((space.x(slots, form), space.z(sets, form)))
                rows.append((columns, np.ones(len(columns))))
                details.append(", ".join(names))
        yield block(self.label, self.kind, rows, -np.inf, 1.0, family=self.kind, details=details)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Looks up the enemies of every item, and of its stimulus, among the others."""
        stimuli = {stimulus.id: stimulus for stimulus in setting.bank.stimuli}
        for filled in forms:
            present = {seat.item.id for seat in filled.seats}
            present |= {seat.item.stimulus for seat in filled.seats if seat.item.stimulus}
            pairs = {
                (min(seat.item.id, other), max(seat.item.id, other))
                for seat in filled.seats
                for other in seat.item.enemies
                if other in present and other != seat.item.id
            }
            for id in sorted(present & set(stimuli)):
                pairs |= {(min(id, o), max(id, o)) for o in stimuli[id].enemies if o in present and o != id}
            for first, second in sorted(pairs):
                yield self.problem(
                    f"finds {first} and {second} in one form", form=filled.form.id, items=(first, second)
                )


def _graph(space: Space) -> dict[int, set[int]]:
    """Who is whose enemy: items by their row, stimuli by theirs after the items."""
    number = {id: len(space.items) + row for row, id in enumerate(space.stimuli)}
    number |= {item.id: row for row, item in enumerate(space.items)}
    graph: dict[int, set[int]] = {}
    for one in (*space.items, *space.bank.stimuli):
        for other in one.enemies:
            first, second = number.get(one.id), number.get(other)
            if first is not None and second is not None and first != second:
                graph.setdefault(first, set()).add(second)
                graph.setdefault(second, set()).add(first)
    return graph
