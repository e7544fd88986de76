"""Blueprint → program: the blueprint's own rows, the rows it implies, and the objective."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.duties import implied, objective, stated
from qbank.assembly.program import STRUCTURE, Block, Goal, Program, block, build
from qbank.assembly.space import Space
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint

if TYPE_CHECKING:
    from qbank.assembly.program import Variables


class Compiled(msgspec.Struct, frozen=True):
    """The columns, the rows and the goal of a run, before they are put together."""

    space: Space
    variables: Variables
    blocks: tuple[Block, ...]
    goal: Goal

    def program(self) -> Program:
        """All of it as one program."""
        return build(self.variables, self.blocks, self.goal)


def compile_blueprint(bank: Bank, blueprint: Blueprint, forms: int, seed: int) -> Compiled:
    """The program of a run of one or more forms."""
    space = Space(bank, blueprint, forms, seed)
    rows = (*implied(blueprint), *stated(blueprint))
    blocks = [part for row in rows for part in row.rows(space)]
    blocks.extend(_one_role(space))
    goal = objective(blueprint).goal(space)
    return Compiled(space, space.variables(), tuple(blocks), goal)


def _one_role(space: Space) -> Iterator[Block]:
    """An item stands in one form at most once, whatever roles its status allows."""
    import numpy as np

    rows = [
        (space.x(slots, form), np.ones(len(slots)))
        for slots in space.slots_by_item()
        if len(slots) > 1
        for form in range(space.forms)
    ]
    yield block("one role", "length", rows, -np.inf, 1.0, family=STRUCTURE)
