"""minimax_characteristic_curve: forms whose expected score lies as near to a target as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.assembly.measured import scores
from qbank.assembly.objectives._minimax import MinimaxKind

if TYPE_CHECKING:
    from qbank.assembly.measured import Table


class MinimaxCharacteristicCurve(MinimaxKind, frozen=True, kw_only=True, tag="minimax_characteristic_curve"):
    """Minimise the largest distance of a form's expected score to its target, over all forms and `theta`.

    `target` has a number of points for each theta: the characteristic curve that forms should have in
    common. Items on one scale with one D (1PL, 2PL, 3PL, GRM, GPC); items without parameters cannot be
    operational. Source: van der Linden and Luecht (1998), Psychometrika 63, 401-418.
    """

    @property
    def table(self) -> Table:
        """Expected scores of items."""
        return scores
