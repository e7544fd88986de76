"""What a solver says about a program."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from qbank.assembly.program import Floats


class Outcome(enum.StrEnum):
    """How a search ended. STOPPED is stopped by a limit, with or without values."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """Values of the columns, the objective and its bound; `by_clock` when time ended the search."""

    solver: str
    outcome: Outcome
    values: Floats | None = None
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    by_clock: bool = False
    nodes: int = 0


def relative_gap(objective: float, bound: float) -> float:
    """The distance of objective and bound as a share of the objective, rounded to 6 decimals."""
    return round(abs(bound - objective) / max(abs(objective), 1e-9), 6) if bound != objective else 0.0
