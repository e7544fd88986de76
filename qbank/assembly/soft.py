"""Soft rows: a row with a `weight` may be broken, at a price.

Before the blueprint's own objective, the solver makes the sum of weight times amount as small as can be,
over all soft rows and forms; the objective then chooses among the forms that reach this least sum. The
amount is what is missing or too much in the units of the solver's row: items, sets, words, points; for a
mean the sum of the deviations of its items, for a share or ratio numbers of items.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem
from qbank.assembly.program import BLUEPRINT_ROWS, Block, Goal, with_slack
from qbank.diagnostics import Severity

if TYPE_CHECKING:
    from qbank.assembly.program import Ints
    from qbank.assembly.space import Space


def check_weight(row: ConstraintKind) -> Iterator[Problem]:
    """A weight that is no price, or that stands in a row which no form may break."""
    if row.weight is None:
        return
    if not row.bounded:
        from qbank.assembly.registry import constraint_kinds

        soft = ", ".join(name for name, kind in constraint_kinds().items() if kind.bounded)
        yield row.problem(
            f"has a weight, but a row of kind {row.kind} cannot be soft",
            hint=f"Take the weight out; rows that bound a number can have one: {soft}.",
            pointer=("weight",),
        )
    elif row.weight <= 0:
        yield row.problem(
            f"has the weight {row.weight:g}",
            hint="Give a number above 0: the price of every unit by which the row is broken.",
            pointer=("weight",),
        )


def softened(
    rows: Iterable[ConstraintKind], space: Space, made: Sequence[Sequence[Block]]
) -> tuple[list[Block], Goal | None]:
    """All blocks, those of soft rows with slack, and the goal that makes the slack small, if there is any."""
    import numpy as np

    blocks: list[Block] = []
    columns: list[Ints] = []
    prices: list[float] = []
    for row, parts in zip(rows, made, strict=True):
        for part in parts:
            if row.weight is None or part.family != BLUEPRINT_ROWS:
                blocks.append(part)
                continue
            slack = space.new(2 * len(part), 0, np.inf, integer=False)
            blocks.append(with_slack(part, slack[: len(part)], slack[len(part) :]))
            columns.append(slack)
            prices += [row.weight] * len(slack)
    if not columns:
        return blocks, None
    return blocks, Goal(sense="minimise", columns=np.concatenate(columns), costs=np.array(prices))


def breaches(problems: Iterable[Problem], rows: Iterable[ConstraintKind]) -> tuple[Problem, ...]:
    """What audits say of soft rows, as warnings for the outcome of a run."""
    soft = {row.label for row in rows if row.weight is not None}
    return tuple(
        msgspec.structs.replace(one, severity=Severity.WARNING)
        for one in problems
        if one.label in soft and one.severity is Severity.INFO
    )
