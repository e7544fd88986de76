"""Forms in the making: which slot stands in which form, the sums of each form, how far they are off."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qbank.assembly.scale.bound import Relaxed
from qbank.assembly.scale.task import Task

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints
    from qbank.assembly.scale.task import Mask

HARD = 1e6
"""What a breach of a row costs: more than any distance from the aim."""


class Bands:
    """What the sums of a form should be: from `low` to `high`, and what a step outside costs.

    The first columns are those of the aim, the others rows of real numbers, which a form must keep.
    """

    def __init__(self, task: Task, low: Floats, high: Floats) -> None:
        import numpy as np

        sums = task.shape.sums
        spread = np.maximum(np.abs(sums.table).max(axis=0, initial=0.0), 1e-12)
        slack = 1e-9 * np.maximum(1.0, spread)
        self.aims = len(low)
        self.table = np.hstack((task.table, sums.table))
        self.low = np.concatenate((low, sums.lower + slack))
        self.high = np.concatenate((high, sums.upper - slack))
        self.weight = 1.0 / spread
        used = np.isfinite(self.low) | np.isfinite(self.high)
        self.scale = np.where(used, 1.0 / np.maximum(self.table.std(axis=0), 1e-12), 0.0)

    def times(self, forms: int) -> Bands:
        """The bands of the sum of so many forms."""
        import copy

        other = copy.copy(self)
        other.low, other.high = self.low * forms, self.high * forms
        return other

    def rows_only(self) -> Bands:
        """The bands of rows alone, whatever the aim."""
        import copy

        other = copy.copy(self)
        other.low, other.high = self.low.copy(), self.high.copy()
        other.low[: self.aims], other.high[: self.aims] = -float("inf"), float("inf")
        other.scale = self.scale.copy()
        other.scale[: self.aims] = 0.0
        return other

    def kept(self, sums: Floats) -> bool:
        """Whether every form keeps the rows of real numbers."""
        rows = slice(self.aims, None)
        return bool(((sums >= self.low) & (sums <= self.high))[:, rows].all())

    def loss(self, sums: Floats) -> Floats:
        """How far sums are outside, the worst column counts; sums have columns last."""
        import numpy as np

        off = np.maximum(self.low - sums, sums - self.high)
        loss: Floats = np.maximum(off[..., : self.aims].max(axis=-1, initial=0.0), 0.0)
        if off.shape[-1] > self.aims:
            breach = (off[..., self.aims :] * self.weight).max(axis=-1)
            loss = loss + np.where(breach > 0.0, HARD * (1.0 + breach), 0.0)
        return loss


def bands_of(task: Task, relaxed: Relaxed) -> Bands:
    """What each form should have of the aim, so that all together come near the bound."""
    import numpy as np

    width = task.table.shape[1]
    low, high = np.full(width, -np.inf), np.full(width, np.inf)
    mean = relaxed.uses @ task.table / task.forms
    match task.aim.kind:
        case "least":
            low = np.full(width, relaxed.value)
        case "capped":
            low, high = np.full(width, mean.min()), np.full(width, mean.max())
        case "near":
            low = high = np.array(task.aim.target)
        case "spread":
            low = high = mean
    return Bands(task, low, high)


class State:
    """Which form each slot stands in (-1: none), and what follows from it."""

    def __init__(self, task: Task, bands: Bands) -> None:
        import numpy as np

        shape = task.shape
        self.task, self.bands = task, bands
        # unused items are as good as others where only likeness counts
        self.free = task.aim.kind in ("near", "spread")
        self.form_of = np.full(shape.slots, -1, dtype=np.int64)
        self.sums = np.zeros((task.forms, bands.table.shape[1]))
        self.cliques = _by_node(task)
        self.crowd = np.zeros((task.forms, len(shape.cliques) + 1), dtype=np.int16)

        self.by_clock = False
        self._deadline: float | None = None

    def ends(self, seconds: float | None) -> None:
        """Let exchanges end after so many seconds from now; None: when they have nothing more to win."""
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def is_late(self) -> bool:
        """Whether time is up, which is remembered: what the clock ends is not reproducible."""
        late = self._deadline is not None and time.monotonic() > self._deadline
        self.by_clock = self.by_clock or late
        return late

    def put(self, slot: int, form: int) -> None:
        """Place a slot that stands nowhere."""
        self.form_of[slot] = form
        self.sums[form] += self.bands.table[slot]
        self.crowd[form, self.cliques[slot]] += 1
        self.crowd[form, -1] = 0

    def take(self, slot: int) -> None:
        """Take a slot out of its form."""
        form = self.form_of[slot]
        self.form_of[slot] = -1
        self.sums[form] -= self.bands.table[slot]
        self.crowd[form, self.cliques[slot]] -= 1
        self.crowd[form, -1] = 0

    def mark(self, stimulus: int, form: int) -> None:
        """Say that a form uses a stimulus, which may have enemies."""
        self.crowd[form, self.cliques[self.task.shape.slots + stimulus]] += 1
        self.crowd[form, -1] = 0

    def exchange(self, own: int, other: int) -> None:
        """Exchange a slot of a form with one of another form, or of none."""
        first, second = int(self.form_of[own]), int(self.form_of[other])
        self.take(own)
        if second >= 0:
            self.take(other)
            self.put(own, second)
        self.put(other, first)

    def may_enter(self, slots: Ints, forms: Ints, leaving: Ints) -> Mask:
        """Whether each slot may stand in a form once another has left it: no clique has two."""
        import numpy as np

        there = self.cliques[slots]
        left = (there[:, :, None] == self.cliques[leaving][:, None, :]).any(axis=2)
        crowd = self.crowd[forms[:, None], there] - left
        allowed: Mask = np.asarray((np.where(there < 0, 0, crowd) <= 0).all(axis=1))
        return allowed


def _by_node(task: Task) -> Ints:
    """The cliques of every node, filled up with -1."""
    import numpy as np

    cliques = task.shape.cliques
    nodes = task.shape.slots + len(task.shape.sets.least)
    of_entry = np.repeat(np.arange(len(cliques)), np.diff(cliques.starts))
    order = np.argsort(cliques.nodes, kind="stable")
    sorted_nodes = cliques.nodes[order]
    rank = np.arange(len(order)) - np.searchsorted(sorted_nodes, sorted_nodes)
    table = np.full((nodes, int(rank.max(initial=-1)) + 1), -1, dtype=np.int64)
    table[sorted_nodes, rank] = of_entry[order]
    return table
