"""characteristic_curve: the expected score of a form at some abilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.assembly.constraints._curves import CurveKind
from qbank.assembly.measured import scores

if TYPE_CHECKING:
    from qbank.assembly.measured import Table


class CharacteristicCurve(CurveKind, frozen=True, kw_only=True, tag="characteristic_curve"):
    """The expected score of each form's operational items, in points, at every `theta`: bounds, or a target.

    `minimum` and `maximum` hold at every theta; `target` has a number for each, from which the form's
    expected score lies at most `tolerance` away. In place of a target, `reference` is the path of a
    form file, relative to the blueprint, whose curve is the target. An item counts its points times the
    probability of a right answer, or times the expected category as a share of the highest. Items on one
    scale with one D; items without parameters cannot be operational.
    """

    @property
    def table(self) -> Table:
        """Expected scores of items."""
        return scores

    @property
    def noun(self) -> str:
        """What messages call it."""
        return "an expected score"
