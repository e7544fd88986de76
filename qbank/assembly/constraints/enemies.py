"""enemies: items that must not stand in one form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from qbank.assembly.constraints._cliques import clique_cover
from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting

if TYPE_CHECKING:
    from qbank.assembly.program import Block
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

        cliques = clique_cover(_graph(space))
        count = len(space.items)
        stimuli = sorted({node - count for clique in cliques for node in clique if node >= count})
        if stimuli:
            yield space.links(self.label, self.kind, stimuli)
        slots = [space.slots_of([node for node in clique if node < count]) for clique in cliques]
        sets = [np.array([node - count for node in clique if node >= count], np.int64) for clique in cliques]
        ids = [*(item.id for item in space.items), *space.stimuli] if cliques else []
        names = [", ".join(ids[node] for node in clique) for clique in cliques]
        yield space.at_most_one(self.label, self.kind, slots, sets, names)

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
    hostile = [one for one in (*space.items, *space.bank.stimuli) if one.enemies]
    if not hostile:
        return {}
    named = {id for one in hostile for id in (one.id, *one.enemies)}
    number = {id: len(space.items) + row for row, id in enumerate(space.stimuli) if id in named}
    number |= {item.id: row for row, item in enumerate(space.items) if item.id in named}
    graph: dict[int, set[int]] = {}
    for one in hostile:
        for other in one.enemies:
            first, second = number.get(one.id), number.get(other)
            if first is not None and second is not None and first != second:
                graph.setdefault(first, set()).add(second)
                graph.setdefault(second, set()).add(first)
    return graph
