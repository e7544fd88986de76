"""Two exchanges at once between the worst form and another one, when no single one helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.assembly.scale.state import State
from qbank.assembly.scale.swap import Pools, allowed, level

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints

PARTNERS = 12
"""With so many of the other forms, the best off first."""
WIDTH = 220
"""At most so many single exchanges are paired with each other."""
WIDE = 250
"""The same for exchanges with unused items, of which there are many."""
TRIES = 8
MEND = 1e-3
"""What an unused item costs when rows are mended: it decides between exchanges that mend alike."""
ROUNDS = 200
NOBODY = -1
"""The form of unused items."""


def level_by_two(
    state: State, pools: Pools, enough: float, penalty: float | None, rounds: int, only: int | None = None
) -> int:
    """Double exchanges for the worst form, single ones after each, as long as either helps; how often."""
    for count in range(rounds):
        loss = state.bands.loss(state.sums)
        form = int(loss.argmax()) if only is None else only
        if (
            loss[form] <= enough
            or state.is_late()
            or not _step(state, pools, form, loss, state.free or penalty is not None)
        ):
            return count
        level(state, pools, enough, penalty, only)
    return rounds


def mend(state: State, pools: Pools) -> bool:
    """Exchanges, of unused items too, until every form keeps its rows of numbers; whether they do."""
    if state.bands.kept(state.sums):
        return True
    whole = state.bands
    state.bands = whole.rows_only()
    state.ends(None)  # forms that break a row are none
    for form in range(state.task.forms):
        level(state, pools, 0.0, MEND, form)
        level_by_two(state, pools, 0.0, MEND, ROUNDS, form)
    state.bands = whole
    level(state, pools, 0.0, 1.0)
    level_by_two(state, pools, 0.0, 1.0, ROUNDS)
    return whole.kept(state.sums)


def _step(state: State, pools: Pools, form: int, loss: Floats, fresh: bool) -> bool:
    """The best double exchange of a form with its partners; whether there was one."""
    import numpy as np

    own = np.flatnonzero((state.form_of == form) & pools.single)
    first, second = pools.pairs(own)
    there = state.form_of[second]
    best: tuple[float, Ints, Ints] | None = None
    partners = [one for one in np.argsort(loss, kind="stable") if one != form][:PARTNERS]
    for partner in (*partners, *((NOBODY,) if fresh else ())):
        some = np.flatnonzero(there == partner)
        found = _between(state, first[some], second[some], form, int(partner), loss[form])
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    if best is None:
        return False
    for one, other in zip(best[1], best[2], strict=True):
        state.exchange(int(one), int(other))
    return True


def _between(
    state: State, own: Ints, other: Ints, form: int, partner: int, now: float
) -> tuple[float, Ints, Ints] | None:
    """The best two exchanges between two forms: the worse loss after them, the slots of each form."""
    import numpy as np

    fit = np.flatnonzero(allowed(state, own, other, form))
    change = state.bands.table[other] - state.bands.table[own]
    if len(fit) > WIDTH:
        # small steps combine to what is missing; large ones mostly overshoot
        wide = WIDTH if partner >= 0 else WIDE
        fit = fit[np.argsort(np.abs(change[fit]) @ state.bands.scale, kind="stable")[:wide]]
    own, other, change = own[fit], other[fit], change[fit]
    if len(own) < 2:
        return None
    i, j = np.triu_indices(len(own), 1)
    apart = (own[i] != own[j]) & (other[i] != other[j])
    i, j = i[apart], j[apart]
    both = change[i] + change[j]
    worse = state.bands.loss(state.sums[form] + both)
    if partner >= 0:
        worse = np.maximum(worse, state.bands.loss(state.sums[partner] - both))
    for place in np.argsort(worse, kind="stable")[:TRIES]:
        if worse[place] >= now - 1e-9:
            return None
        pair = np.array([i[place], j[place]])
        if _apart(state, own[pair]) and _apart(state, other[pair]):
            return float(worse[place]), own[pair], other[pair]
    return None


def _apart(state: State, two: Ints) -> bool:
    """Whether two slots have no clique in common."""
    first, second = state.cliques[two[0]], state.cliques[two[1]]
    return not ((first[:, None] == second[None, :]) & (first[:, None] >= 0)).any()
