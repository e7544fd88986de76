"""The program of several blueprints: their columns and rows side by side, and rows over what they share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.compile import Compiled, compile_blueprint
from qbank.assembly.inventory import shared_items
from qbank.assembly.program import OBJECTIVE_ROWS, STRUCTURE, Block, Goal, Variables, block, build
from qbank.assembly.solution import Outcome
from qbank.assembly.solvers import highs
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints

GROUPS = "groups"
"""The label and the family of the rows that keep form groups apart."""

REASON_SECONDS = 20.0
"""How long a question about the reason may take."""


class Group(msgspec.Struct, frozen=True):
    """A blueprint in a joint program: its own columns begin at `first`."""

    blueprint: Blueprint
    compiled: Compiled
    first: int

    @property
    def own(self) -> slice:
        """Its columns."""
        return slice(self.first, self.first + len(self.compiled.variables))


def compiled_groups(bank: Bank, blueprints: Sequence[Blueprint], seed: int) -> list[Group]:
    """Every blueprint as a program, its columns after those of the blueprints before."""
    groups, first = [], 0
    for blueprint in blueprints:
        compiled = compile_blueprint(bank, blueprint, blueprint.forms, seed)
        groups.append(Group(blueprint, compiled, first))
        first += len(compiled.variables)
    return groups


def joint(groups: Sequence[Group], overlap: int) -> Compiled:
    """The programs of all groups side by side, with the rows between them."""
    import numpy as np

    own = [group.compiled.variables for group in groups]
    first = sum(map(len, own))
    extra, between = _between(groups, overlap, first)
    variables = Variables(
        np.concatenate([*(one.lower for one in own), np.zeros(extra)]),
        np.concatenate([*(one.upper for one in own), np.ones(extra)]),
        np.concatenate([*(one.integer for one in own), np.zeros(extra, dtype=np.bool_)]),
    )
    blocks = [_moved(part, group.first) for group in groups for part in group.compiled.blocks]
    goals = [_moved_goal(goal, group.first) for group in groups for goal in group.compiled.goals]
    return Compiled(groups[0].compiled.space, variables, (*blocks, *between), tuple(goals))


def _moved(part: Block, by: int) -> Block:
    return msgspec.structs.replace(part, columns=part.columns + by)


def _moved_goal(goal: Goal, by: int) -> Goal:
    blocks = tuple(_moved(part, by) for part in goal.blocks)
    return msgspec.structs.replace(goal, columns=goal.columns + by, blocks=blocks)


def _between(groups: Sequence[Group], overlap: int, first: int) -> tuple[int, list[Block]]:
    """How many columns the rows between groups add, and the rows."""
    return _apart(groups, first) if not overlap else _sharing(groups, overlap, first)


def _users(group: Group, form: int) -> dict[str, Ints]:
    """Item id → its columns in a form of a group."""
    space = group.compiled.space
    return {
        space.items[row].id: space.x(slots, form) + group.first
        for row, slots in enumerate(space.slots_by_item())
        if len(slots)
    }


def _apart(groups: Sequence[Group], first: int) -> tuple[int, list[Block]]:
    """An item is used by one group: the sum of its uses, or of a column for many of them, is 1 at most."""
    import numpy as np

    used: dict[str, list[Ints]] = {}
    links: list[tuple[Ints, Floats]] = []
    extra = 0
    for group in groups:
        forms = [_users(group, form) for form in range(group.compiled.space.forms)]
        once = shared_items(group.blueprint) == 0
        for id in sorted({id for form in forms for id in form}):
            columns = [form[id] for form in forms if id in form]
            if once or len(columns) == 1:
                used.setdefault(id, []).append(np.concatenate(columns))
                continue
            use = np.array([first + extra])
            extra += 1
            links += [(np.append(one, use), np.append(np.ones(len(one)), -1.0)) for one in columns]
            used.setdefault(id, []).append(use)
    rows = [
        (columns, np.ones(len(columns)))
        for id in sorted(used)
        if len(used[id]) > 1
        for columns in (np.concatenate(used[id]),)
    ]
    return extra, [
        block(GROUPS, GROUPS, links, -np.inf, 0.0, family=STRUCTURE),
        block(GROUPS, GROUPS, rows, -np.inf, 1.0, family=GROUPS),
    ]


def _sharing(groups: Sequence[Group], overlap: int, first: int) -> tuple[int, list[Block]]:
    """Two forms of different groups share so many items: a column for every item and pair of forms."""
    import numpy as np

    rows: list[tuple[Ints, Floats]] = []
    totals: list[tuple[Ints, Floats]] = []
    extra = 0
    for one, other in combinations(groups, 2):
        for mine in range(one.compiled.space.forms):
            here = _users(one, mine)
            for theirs in range(other.compiled.space.forms):
                there = _users(other, theirs)
                both = sorted(here.keys() & there.keys())
                columns = np.arange(first + extra, first + extra + len(both))
                extra += len(both)
                for id, column in zip(both, columns, strict=True):
                    uses = np.concatenate((here[id], there[id]))
                    rows.append((np.append(uses, column), np.append(np.ones(len(uses)), -1.0)))
                totals.append((columns, np.ones(len(columns))))
    return extra, [
        block(GROUPS, GROUPS, rows, -np.inf, 1.0, family=STRUCTURE),
        block(GROUPS, GROUPS, totals, -np.inf, float(overlap), family=GROUPS),
    ]


def impossible(compiled: Compiled) -> bool:
    """Whether the rows are proved to have no solution, whatever is best."""
    import numpy as np

    nothing = Goal(sense="minimise", columns=np.zeros(0, dtype=np.int64), costs=np.zeros(0))
    strict = [part for part in compiled.goal_blocks if part.family != OBJECTIVE_ROWS]
    program = build(compiled.variables, (*compiled.blocks, *strict), nothing)
    return highs.solve(program, time_limit=REASON_SECONDS).outcome is Outcome.INFEASIBLE
