"""How many items of each class, and which item sets, each form gets: one small integer program a form.

The program of all forms gives totals. A form takes about its share of what is left: of every class the
average rounded down or up, which leaves averages for the others that are possible again. Where rows are
nested or crossed once (areas with parts, levels across) such a share always exists: their matrix is totally
unimodular and its polyhedra can be decomposed into integer points (Baum and Trotter 1978, in Optimization
and Operations Research); item sets and other rows may need more, which is allowed at a price. The last forms
share out together what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.program import Variables
from qbank.assembly.scale.bound import Relaxed
from qbank.assembly.scale.task import Rows, Task
from qbank.assembly.solvers import highs

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints, Program

OFFERED = 60
"""Among so many item sets a form chooses its own."""
NODES = 200
JOINT = 5
"""So many forms at the end share out together what is left."""
STRAY = 0.05
"""What an item of a class more or less than a form's share costs, beside one that all forms miss."""


class Units(msgspec.Struct, frozen=True):
    """Parts of item sets that stand together: slots by unit, the stimulus of each, classes by unit."""

    slots: list[Ints]
    stimulus: Ints
    classes: Floats


class Plan(msgspec.Struct, frozen=True):
    """For each form the number of single items of each class (forms by classes) and its units."""

    singles: Ints
    units: list[list[int]]


def units_of(task: Task, relaxed: Relaxed) -> Units:
    """The parts of item sets that the program of all forms takes, each within the sizes allowed."""
    import numpy as np

    sets = task.shape.sets
    found: list[Ints] = []
    stimuli: list[int] = []
    taken = np.flatnonzero((sets.of >= 0) & (relaxed.uses > 1e-6))
    for stimulus in np.unique(sets.of[taken]):
        own = np.flatnonzero((sets.of == stimulus) & task.shape.free)
        own = own[np.lexsort((own, -relaxed.profit[own], -np.round(relaxed.uses[own], 6)))]
        least, most = int(sets.least[stimulus]), int(sets.most[stimulus])
        used = round(float(relaxed.uses[own].sum()))
        used = max(least, min(used, len(own))) if relaxed.sets[stimulus] > 0.5 else 0
        while used >= least and used > 0:
            count = min(used, most)
            if 0 < used - count < least:
                count = max(least, used - least)
            found.append(own[:count])
            stimuli.append(int(stimulus))
            own, used = own[count:], used - count
    classes = np.zeros((len(found), task.shape.classes))
    for number, slots in enumerate(found):
        np.add.at(classes[number], task.shape.class_of[slots], 1.0)
    return Units(found, np.array(stimuli, dtype=np.int64), classes)


class _Planner:
    """What is left to share out, and the programs that share it."""

    def __init__(self, task: Task, relaxed: Relaxed, units: Units) -> None:
        import numpy as np

        self.task, self.units = task, units
        shape = task.shape
        single = shape.sets.of < 0
        self.stock = np.bincount(shape.class_of[single & shape.free], minlength=shape.classes).astype(float)
        uses = np.bincount(shape.class_of[single], weights=relaxed.uses[single], minlength=shape.classes)
        self.left = uses + units.classes.sum(axis=0)
        self.open = list(range(len(units.slots)))
        self.hostile = _hostile(task, units)
        self.rng = np.random.default_rng(task.seed)

    def share(self, forms: int, together: int) -> list[tuple[Ints, list[int]]] | None:
        """The singles and units of the next `together` of so many forms left; None when there are none."""
        import numpy as np

        offered = self._offered(forms, together)
        program = self._program(forms, together, offered)
        solution = highs.solve(program, seed=self.task.seed, gap=0.01, node_limit=NODES)
        if solution.values is None:
            return None
        c, u = self.task.shape.classes, len(offered)
        shares = []
        for values in solution.values[: together * (c + u)].reshape(together, c + u):
            singles = np.round(values[:c]).astype(np.int64)
            chosen = [unit for unit, y in zip(offered, values[c:], strict=True) if y > 0.5]
            self.left = self.left - singles - self.units.classes[chosen].sum(axis=0)
            self.stock = self.stock - singles
            self.open = [unit for unit in self.open if unit not in set(chosen)]
            shares.append((singles, chosen))
        return shares

    def _offered(self, forms: int, together: int) -> list[int]:
        if len(self.open) <= OFFERED or forms == together:
            return self.open
        picked = self.rng.choice(len(self.open), size=OFFERED, replace=False)
        return sorted(self.open[one] for one in picked)

    def _program(self, forms: int, together: int, offered: list[int]) -> Program:
        """For each form: singles by class, units, what a class is below and above its share; then units
        too few and too many; then, when these are the last forms, what the sum of classes is off by.
        """
        import numpy as np

        shape = self.task.shape
        c, u = shape.classes, len(offered)
        g = together
        classes = self.units.classes[offered].reshape(u, c)
        stimuli = self.units.stimulus[offered]
        mean = np.maximum(self.left, 0.0) / forms
        rows = Rows()
        wide = np.hstack((shape.counts.matrix, shape.counts.matrix @ classes.T))
        lower, upper = self._room(forms, g)
        n = g * (c + u)
        pairs = [
            (offered.index(one), offered.index(other))
            for one, other in self.hostile
            if one in offered and other in offered
        ]
        total = np.hstack((np.eye(c), classes.T))
        for form in range(g):
            own = form * (c + u) + np.arange(c + u)
            rows.dense(wide, own, lower, upper)
            rows.dense(
                shape.sets.counts.matrix[:, stimuli],
                own[c:],
                shape.sets.counts.lower,
                shape.sets.counts.upper,
            )
            first = rows.dense(total, own, np.floor(mean + 1e-9), np.ceil(mean - 1e-9))
            off = n + form * 2 * c + np.arange(2 * c)
            rows.more(first + np.arange(2 * c) % c, off, np.repeat([1.0, -1.0], c))
            number = len(self.open) / forms
            first = rows.add(np.zeros(u, dtype=np.int64), own[c:], 1.0, 1, np.floor(number), np.ceil(number))
            rows.more(
                np.array([first, first]), n + g * 2 * c + form * 2 + np.arange(2), np.array([1.0, -1.0])
            )
            for one, other in pairs:
                rows.add(np.zeros(2, dtype=np.int64), own[[c + one, c + other]], 1.0, 1, -np.inf, 1.0)
        each = np.arange(u)
        for form in range(g):
            own = form * (c + u) + c + each
            first = rows.add(each, own, 1.0, u, -np.inf, 1.0) if form == 0 else first
            if form:
                rows.more(first + each, own, 1.0)
        at = n + g * 2 * c + g * 2
        last = 2 * c if g == forms else 0
        if last:
            every = np.tile(total, g)
            first = rows.dense(every, np.arange(n), self.left - 0.01, self.left + 0.01)
            rows.more(first + np.arange(2 * c) % c, at + np.arange(2 * c), np.repeat([1.0, -1.0], c))
        whole = np.arange(at + last) < n
        unit = np.zeros(c + u, dtype=np.bool_)
        unit[c:] = True
        most = np.where(unit, 1.0, np.append(np.maximum(self.stock, 0.0), np.ones(u)))
        variables = Variables(
            np.zeros(at + last),
            np.concatenate((np.tile(most, g), np.full(at + last - n, np.inf))),
            whole,
        )
        cost = np.concatenate(
            (
                np.zeros(n),
                np.full(g * 2 * c, -STRAY),
                np.full(g * 2, -1.0),
                np.full(last, -1.0),
            )
        )
        return rows.program(variables, cost)

    def _room(self, forms: int, together: int) -> tuple[Floats, Floats]:
        """Bounds of the counts of a form, so narrow that the forms after it can keep theirs."""
        import numpy as np

        counts = self.task.shape.counts
        lower, upper = counts.lower, counts.upper
        if together == forms or together > 1:
            return lower, upper
        left = counts.matrix @ self.left
        rest = forms - together
        narrow = np.maximum(lower, np.ceil(left - rest * upper - 1e-6))
        high = np.minimum(upper, np.floor(left - rest * lower + 1e-6))
        fits = narrow <= high
        return np.where(fits, narrow, lower), np.where(fits, high, upper)


def _hostile(task: Task, units: Units) -> list[tuple[int, int]]:
    """Pairs of units that must not stand in one form: of one stimulus, or enemies."""
    import numpy as np

    shape = task.shape
    cliques = shape.cliques
    of_entry = np.repeat(np.arange(len(cliques)), np.diff(cliques.starts))
    order = np.argsort(cliques.nodes, kind="stable")
    nodes = cliques.nodes[order]
    members: dict[int, set[int]] = {}
    for unit, slots in enumerate(units.slots):
        for node in (*slots, shape.slots + units.stimulus[unit]):
            low, high = np.searchsorted(nodes, (node, node + 1))
            for clique in of_entry[order[low:high]]:
                members.setdefault(int(clique), set()).add(unit)
    for unit, stimulus in enumerate(units.stimulus):
        members.setdefault(-1 - int(stimulus), set()).add(unit)
    pairs = {(a, b) for some in members.values() for a in some for b in some if a < b}
    return sorted(pairs)


def plan(task: Task, relaxed: Relaxed, units: Units) -> Plan | None:
    """A plan for every form; None when some form cannot have one."""
    import numpy as np

    planner = _Planner(task, relaxed, units)
    shares = []
    left = task.forms
    while left:
        together = left if left <= JOINT else 1
        some = planner.share(left, together)
        if some is None:
            return None
        shares.extend(some)
        left -= together
    return Plan(np.array([singles for singles, _ in shares]), [chosen for _, chosen in shares])
