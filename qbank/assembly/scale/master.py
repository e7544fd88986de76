"""The program of all forms added up, over some of the slots, and the prices of all of them by its duals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.program import Variables
from qbank.assembly.scale.goal import goal_columns, goal_rows, slot_costs
from qbank.assembly.scale.task import Rows, Task

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints, Program


class Groups(msgspec.Struct, frozen=True):
    """Where the groups of rows of a program start, and which cliques have a row in it."""

    counts: int
    sums: int
    set_counts: int
    goal: int
    cliques: int
    kept: Ints


class Master:
    """The program of all forms over some slots and stimuli, and the prices of everything by its duals."""

    def __init__(self, task: Task) -> None:
        import numpy as np

        self.task = task
        shape = task.shape
        self.costs = slot_costs(task)
        nodes = shape.cliques.nodes
        count = np.diff(shape.cliques.starts)
        self.clique_of_entry = np.repeat(np.arange(len(count)), count)
        items = np.bincount(self.clique_of_entry[nodes < shape.slots], minlength=len(count))
        # a clique of as many items as there are uses cannot be broken in the sum of all forms
        self.tight = items * task.use + (count - items) * task.forms > task.forms
        self.members = np.flatnonzero(shape.sets.of >= 0)

    def program(self, slots: Ints, stimuli: Ints) -> tuple[Program, Groups]:
        """The program over some slots and stimuli, and where its groups of rows start."""
        import numpy as np

        shape, f = self.task.shape, float(self.task.forms)
        rows = Rows()
        n, z = len(slots), len(stimuli)
        here, counts, sums, sets = np.arange(n), shape.counts, shape.sums, shape.sets.counts
        groups = Groups(
            counts=rows.dense(
                counts.matrix[:, shape.class_of[slots]], here, counts.lower * f, counts.upper * f
            ),
            sums=rows.dense(sums.table[slots].T, here, sums.lower * f, sums.upper * f),
            set_counts=rows.dense(sets.matrix[:, stimuli], n + np.arange(z), sets.lower * f, sets.upper * f),
            goal=goal_rows(self.task, rows, self.task.table[slots], here, n + z),
            cliques=rows.count,
            kept=self._cliques(rows, slots, stimuli),
        )
        self._sets(rows, slots, stimuli)
        low, high, cost = goal_columns(self.task)
        variables = Variables(
            np.concatenate((np.zeros(n + z), low)),
            np.concatenate((np.full(n, float(self.task.use)), np.full(z, f), high)),
            np.zeros(n + z + len(low), dtype=np.bool_),
        )
        return rows.program(variables, np.concatenate((self.costs[slots], np.zeros(z), cost))), groups

    def _cliques(self, rows: Rows, slots: Ints, stimuli: Ints) -> Ints:
        """Rows "at most one in each form" of the cliques that all forms could break; which they are."""
        import numpy as np

        shape = self.task.shape
        column = np.full(shape.slots + len(shape.sets.least), -1, dtype=np.int64)
        column[slots] = np.arange(len(slots))
        column[shape.slots + stimuli] = len(slots) + np.arange(len(stimuli))
        columns = column[shape.cliques.nodes]
        keep = self.tight[self.clique_of_entry] & (columns >= 0)
        kept, dense = np.unique(self.clique_of_entry[keep], return_inverse=True)
        rows.add(dense, columns[keep], 1.0, len(kept), -np.inf, float(self.task.forms))
        return kept

    def _sets(self, rows: Rows, slots: Ints, stimuli: Ints) -> None:
        """X ≤ use Z is X ≤ Z for use 1; least Z ≤ ΣX ≤ most Z."""
        import numpy as np

        sets, n = self.task.shape.sets, len(slots)
        place = np.full(len(sets.least), -1, dtype=np.int64)
        place[stimuli] = np.arange(len(stimuli))
        inside = np.flatnonzero(sets.of[slots] >= 0)
        own = place[sets.of[slots[inside]]]
        links = np.arange(len(inside))
        start = rows.add(links, inside, 1.0, len(inside))
        rows.more(start + links, n + own, -1.0)
        every = np.arange(len(stimuli))
        start = rows.add(own, inside, 1.0, len(stimuli), 0.0, np.inf)
        rows.more(start + every, n + every, -sets.least[stimuli].astype(np.float64))
        start = rows.add(own, inside, 1.0, len(stimuli))
        rows.more(start + every, n + every, -sets.most[stimuli].astype(np.float64))

    def prices(self, duals: Floats, groups: Groups) -> tuple[Floats, Floats, Floats]:
        """The profit of every slot by itself, of every stimulus by itself, and the weights of the aim."""
        import numpy as np

        shape = self.task.shape
        weights = self._weights(duals[groups.goal :])
        counts = duals[groups.counts : groups.counts + len(shape.counts.lower)]
        sums = duals[groups.sums : groups.sums + len(shape.sums.lower)]
        set_counts = duals[groups.set_counts : groups.set_counts + len(shape.sets.counts.lower)]
        by_class: Floats = counts @ shape.counts.matrix
        profit: Floats = self.costs + self.task.table @ weights - by_class[shape.class_of]
        profit = profit - shape.sums.table @ sums
        charge = np.zeros(len(self.tight))
        charge[groups.kept] = duals[groups.cliques : groups.cliques + len(groups.kept)]
        charges = np.bincount(
            shape.cliques.nodes,
            weights=charge[self.clique_of_entry],
            minlength=shape.slots + len(shape.sets.least),
        )
        of_sets = -(set_counts @ shape.sets.counts.matrix) - charges[shape.slots :]
        return profit - charges[: shape.slots], of_sets, weights

    def _weights(self, duals: Floats) -> Floats:
        """The prices of the aim's columns, from the duals of its rows on."""
        import numpy as np

        columns = self.task.table.shape[1]
        match self.task.aim.kind:
            case "least":
                return -duals[:columns]
            case "near" | "capped":
                return -duals[:columns] - duals[columns : 2 * columns]
            case _:
                return np.zeros(columns)

    def set_profit(self, profit: Floats, own: Floats) -> Floats:
        """The most that one use of each stimulus adds: its best items, between its least and its most."""
        import numpy as np

        sets, shape = self.task.shape.sets, self.task.shape
        members = self.members[shape.free[self.members]]
        order = members[np.lexsort((members, -profit[members], sets.of[members]))]
        of = sets.of[order]
        starts = np.searchsorted(of, np.arange(len(sets.least) + 1))
        rank = np.arange(len(order)) - starts[of] + 1
        total = np.cumsum(profit[order])
        before = np.concatenate((np.zeros(1), total))[starts[:-1]]
        allowed = (rank >= sets.least[of]) & (rank <= sets.most[of])
        best = np.full(len(sets.least), -np.inf)
        np.maximum.at(best, of[allowed], (total - before[of])[allowed])
        return best + own
