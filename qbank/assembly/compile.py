"""Blueprint → program: the blueprint's own rows, the rows it implies, and the objective."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.duties import all_rows, objective
from qbank.assembly.program import OBJECTIVE_ROWS, STRUCTURE, Block, Goal, Program, block, build
from qbank.assembly.soft import softened
from qbank.assembly.space import SECTIONS, Space
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint

if TYPE_CHECKING:
    from qbank.assembly.program import Variables


class Compiled(msgspec.Struct, frozen=True):
    """The columns, the rows and the goals of a run, before they are put together."""

    space: Space
    variables: Variables
    blocks: tuple[Block, ...]
    goals: tuple[Goal, ...]

    @property
    def goal_blocks(self) -> tuple[Block, ...]:
        """The rows of all goals."""
        return tuple(part for goal in self.goals for part in goal.blocks)

    def program(self, number: int = 0, kept: Sequence[Block] = ()) -> Program:
        """The program of one goal, with the rows that keep what earlier ones have reached.

        Rows of later goals that only measure are left out; those that keep items out hold from the first.
        """
        earlier = [part for goal in self.goals[:number] for part in goal.blocks]
        later = [part for goal in self.goals[number + 1 :] for part in goal.blocks]
        strict = [part for part in later if part.family != OBJECTIVE_ROWS]
        return build(self.variables, (*self.blocks, *earlier, *strict, *kept), self.goals[number])


def compile_blueprint(bank: Bank, blueprint: Blueprint, forms: int, seed: int) -> Compiled:
    """The program of a run of one or more forms."""
    space = Space(bank, blueprint, forms, seed)
    blocks, penalty = _rows(space)
    goals = objective(blueprint).goals(space)
    if penalty is not None:
        goals = (penalty, *goals)
    return Compiled(space, space.variables(), tuple(blocks), goals)


def compile_rows(space: Space) -> tuple[Block, ...]:
    """The rows that a blueprint states and implies, without its objective."""
    return tuple(_rows(space)[0])


def _rows(space: Space) -> tuple[list[Block], Goal | None]:
    """The rows of a blueprint, and the goal that soft ones make."""
    rows = all_rows(space.blueprint)
    blocks, penalty = softened(rows, space, [list(row.rows(space)) for row in rows])
    blocks.extend(_one_role(space))
    if space.blueprint.sections:
        blocks.extend(_one_section(space))
    return blocks, penalty


def _one_role(space: Space) -> Iterator[Block]:
    """An item stands in one form at most once, whatever roles its status allows."""
    import numpy as np

    several = bool(len(space.slot_item)) and np.bincount(space.slot_item).max() > 1
    rows = [
        (space.x(slots, form), np.ones(len(slots)))
        for slots in (space.slots_by_item() if several else ())
        if len(slots) > 1
        for form in range(space.forms)
    ]
    yield block("one role", "length", rows, -np.inf, 1.0, family=STRUCTURE)


def without_choice(compiled: Compiled, items: frozenset[str]) -> Compiled:
    """The same run, but no form is made of exactly these items."""
    import numpy as np

    space = compiled.space
    slots = space.slots(space.columns.mask({"id": sorted(items)}))
    rows = [(space.x(slots, form), np.ones(len(slots))) for form in range(space.forms)]
    cut = block("order", "order", rows, -np.inf, float(len(items) - 1), family=STRUCTURE)
    return msgspec.structs.replace(compiled, blocks=(*compiled.blocks, cut))


def _one_section(space: Space) -> Iterator[Block]:
    """The items of a stimulus stand in one section: z of the form is the sum of those of its sections."""
    import numpy as np

    views = [space.within(number) for number in range(len(space.blueprint.sections))]
    rows = []
    for stimulus in range(len(space.stimuli)):
        for form in range(space.forms):
            one = np.array([stimulus])
            columns = np.concatenate((space.z(one, form), *(view.z(one, form) for view in views)))
            rows.append((columns, np.append(1.0, -np.ones(len(views)))))
    yield block("item sets in one section", "sections", rows, 0.0, 0.0, family=STRUCTURE)
    for view in views:
        yield view.links("item sets in one section", SECTIONS, range(len(space.stimuli)))
