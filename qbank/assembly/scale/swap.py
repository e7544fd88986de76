"""Exchanges inside a class, which change no count: the worst form first, as long as it gets better."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.assembly.scale.bound import Relaxed
from qbank.assembly.scale.goal import slot_costs
from qbank.assembly.scale.state import State

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints
    from qbank.assembly.scale.task import Mask

RESERVE = 40
"""How many unused items of each class take part."""
STEPS = 100
"""At most so many exchanges for each form."""


class Pools:
    """The single slots that take part in exchanges, by class."""

    def __init__(self, state: State, relaxed: Relaxed, reserve: int = RESERVE) -> None:
        import numpy as np

        shape = state.task.shape
        single = shape.free & (shape.sets.of < 0)
        used = single & (state.form_of >= 0)
        rest = np.flatnonzero(single & ~used)
        rest = rest[np.lexsort((rest, -relaxed.profit[rest], shape.class_of[rest]))]
        rank = np.arange(len(rest)) - np.searchsorted(shape.class_of[rest], shape.class_of[rest])
        some = np.concatenate((np.flatnonzero(used), rest[rank < reserve]))
        self.slots = some[np.lexsort((some, shape.class_of[some]))]
        self.starts = np.searchsorted(shape.class_of[self.slots], np.arange(shape.classes + 1))
        self.class_of = shape.class_of
        self.single = single

        worth = slot_costs(state.task) + state.task.table @ relaxed.weights
        self.worth = worth * state.task.forms

    def pairs(self, own: Ints) -> tuple[Ints, Ints]:
        """Every one of some slots with every slot of its class."""
        import numpy as np

        classes = self.class_of[own]
        sizes = self.starts[classes + 1] - self.starts[classes]
        first = np.repeat(own, sizes)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        second = self.slots[np.repeat(self.starts[classes], sizes) + within]
        return first, second


def losses(state: State, own: Ints, other: Ints, form: int) -> Floats:
    """The worse loss of the two forms after each exchange."""
    import numpy as np

    there = state.form_of[other]
    change = state.bands.table[other] - state.bands.table[own]
    mine = state.bands.loss(state.sums[form] + change)
    theirs = np.where(there >= 0, state.bands.loss(state.sums[there] - change), 0.0)
    worse: Floats = np.where(there == form, np.inf, np.maximum(mine, theirs))
    return worse


def allowed(state: State, own: Ints, other: Ints, form: int) -> Mask:
    """Whether each exchange leaves both forms without enemies."""
    import numpy as np

    there = state.form_of[other]
    enters = state.may_enter(other, np.full(len(own), form), own)
    leaves = (there < 0) | state.may_enter(own, np.maximum(there, 0), other)
    both: Mask = enters & leaves
    return both


def part(state: State, pools: Pools) -> int:
    """Exchange items that stand with an enemy; how many still do."""
    import numpy as np

    left = 0
    crowded = np.argwhere(state.crowd[:, :-1] > 1)
    for form, clique in crowded:
        members = np.flatnonzero((state.cliques[: len(state.form_of)] == clique).any(axis=1))
        members = members[(state.form_of[members] == form) & pools.single[members]]
        while state.crowd[form, clique] > 1 and len(members):
            own, other = pools.pairs(members)
            worse = losses(state, own, other, form)
            worse[~allowed(state, own, other, form)] = np.inf
            best = int(worse.argmin()) if len(worse) else -1
            if best < 0 or not np.isfinite(worse[best]):
                break
            state.exchange(int(own[best]), int(other[best]))
            members = members[members != own[best]]
        left += int(state.crowd[form, clique] > 1)
    return left


def level(
    state: State, pools: Pools, enough: float, penalty: float | None = None, only: int | None = None
) -> int:
    """Exchange as long as the worst form, or `only` that one, gets better and is off by more than `enough`.

    Unused items take part when `penalty` says what they cost. Returns how often.
    """
    import numpy as np

    count = 0
    for _ in range(STEPS * state.task.forms):
        loss = state.bands.loss(state.sums)
        form = int(loss.argmax()) if only is None else only
        if loss[form] <= enough or state.is_late():
            break
        own = np.flatnonzero((state.form_of == form) & pools.single)
        first, second = pools.pairs(own)
        worse = losses(state, first, second, form)
        fresh = state.form_of[second] < 0
        if penalty is None and not state.free:
            worse[fresh] = np.inf
        elif penalty and not state.free:
            worse += penalty * fresh * np.maximum(pools.worth[first] - pools.worth[second], 0.0)
        best = _best(state, first, second, form, worse, loss[form])
        if best < 0:
            break
        state.exchange(int(first[best]), int(second[best]))
        count += 1
    return count


def _best(state: State, own: Ints, other: Ints, form: int, worse: Floats, now: float) -> int:
    """The best allowed exchange, -1 when none is better than now."""
    import numpy as np

    while True:
        some = np.argpartition(worse, min(16, len(worse) - 1))[:16] if len(worse) else np.zeros(0, dtype=int)
        some = some[np.argsort(worse[some], kind="stable")]
        some = some[worse[some] < now - 1e-9]
        if not len(some):
            return -1
        fit = allowed(state, own[some], other[some], form)
        if fit.any():
            return int(some[fit][0])
        worse[some] = np.inf
