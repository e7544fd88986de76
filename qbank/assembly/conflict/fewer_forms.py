"""How many forms a bank carries where it does not carry all that were asked for."""

from __future__ import annotations

import time

import msgspec

from qbank.assembly.compile import Compiled, compile_blueprint
from qbank.assembly.counting import enough
from qbank.assembly.problems import Problem, Repair, counted
from qbank.assembly.program import OBJECTIVE_ROWS
from qbank.assembly.relaxation import Search
from qbank.assembly.setting import Setting


def most_forms(search: Search, setting: Setting, ends: float) -> tuple[int, bool]:
    """The most forms this bank carries, below the number asked for, and whether that is certain."""
    compiled = search.compiled
    low, high, certain = 0, compiled.space.forms, True
    fits = [forms for forms in range(high) if enough(compiled, setting, forms)]
    high = max(fits, default=0) + 1
    middle = high - 1
    while high - low > 1:
        carried = _carried(compiled, middle, ends)
        certain = certain and carried is not None
        low, high = (middle, high) if carried else (low, middle)
        middle = (low + high) // 2
    return low, certain


def _carried(compiled: Compiled, forms: int, ends: float) -> bool | None:
    """Whether the bank carries some forms, fewer than were compiled."""
    space = compiled.space
    some = fewer(compiled, forms)
    if some is None:
        some = compile_blueprint(space.bank, space.blueprint, forms, space.seed)
    search = Search(some, ends - time.monotonic())
    return search.feasible(search.labels)


def fewer(compiled: Compiled, forms: int) -> Compiled | None:
    """The rows of the first forms of a run; None where that cannot be told from the rows of all.

    Rows about other forms are left out. A row about both kinds is kept without the columns of the others when
    it only says that together they are not too many.
    """
    import numpy as np

    space = compiled.space
    slots, sets = len(space.slot_item), len(space.stimuli)
    gone = np.zeros(len(compiled.variables), dtype=np.bool_)
    gone[forms * slots : space.forms * slots] = True
    gone[space.forms * slots + forms * sets : space.forms * (slots + sets)] = True
    further = space.forms * (slots + sets)
    blocks = []
    for part in (*compiled.blocks, *(b for b in compiled.goal_blocks if b.family != OBJECTIVE_ROWS)):
        row = np.repeat(np.arange(len(part)), np.diff(part.starts))
        out, own = gone[part.columns], part.columns < further
        lost = np.bincount(row[out], minlength=len(part)) > 0
        stays = np.bincount(row[own & ~out], minlength=len(part)) > 0
        mixed = lost & stays
        harmless = np.bincount(row[out & (part.values < 0)], minlength=len(part)) == 0
        if (mixed & ~(np.isneginf(part.lower) & harmless)).any():
            return None
        rows = stays | ~lost
        entries = rows[row] & ~out
        counts = np.bincount(row[entries], minlength=len(part))[rows]
        blocks.append(
            msgspec.structs.replace(
                part,
                starts=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts))),
                columns=part.columns[entries],
                values=part.values[entries],
                lower=part.lower[rows],
                upper=part.upper[rows],
                details=tuple(d for d, yes in zip(part.details, rows, strict=True) if yes),
            )
        )
    return Compiled(space, compiled.variables, tuple(blocks), ())


def fewer_carried(most: int, forms: int, certain: bool) -> Problem:
    """The sentence for a bank that carries fewer forms than were asked for."""
    count = counted(most, "form") if most else "no form" if certain else "0 forms"
    instead = Repair(sentence=f"{counted(most, 'form')} instead of {forms}", relax=(f"forms={most}",))
    return Problem(
        kind="forms",
        label="forms",
        message=f"this bank carries {'' if certain else 'at least '}{count} of this blueprint, "
        f"{forms} were asked for",
        hint=f"Ask for {counted(most, 'form')}, or fill the rows named here." if most else "",
        repairs=(instead,) if most else (),
    )
