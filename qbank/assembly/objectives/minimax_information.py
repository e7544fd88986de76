"""minimax_information: forms whose information lies as near to a target as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.assembly.measured import informations
from qbank.assembly.objectives._minimax import MinimaxKind

if TYPE_CHECKING:
    from qbank.assembly.measured import Table


class MinimaxInformation(MinimaxKind, frozen=True, kw_only=True, tag="minimax_information"):
    """Minimise the largest distance of a form's information to its target, over all forms and all `theta`.

    `target` has a number for each theta. Items on one scale with one D (1PL, 2PL, 3PL, GRM, GPC); items
    without parameters cannot be operational. Source: van der Linden (2005), Linear Models for Optimal Test
    Design, ch. 5.
    """

    @property
    def table(self) -> Table:
        """Information of items."""
        return informations
