"""information: the test information of a form at some abilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.assembly.constraints._curves import CurveKind
from qbank.assembly.measured import informations

if TYPE_CHECKING:
    from qbank.assembly.measured import Table


class Information(CurveKind, frozen=True, kw_only=True, tag="information"):
    """The information of each form's operational items at every `theta`: bounds, or a target.

    `minimum` and `maximum` hold at every theta; `target` has a number for each, from which the form's
    information lies at most `tolerance` away. In place of a target, `reference` is the path of a form
    file, relative to the blueprint, whose curve is the target. Items on one scale with one D; items without
    parameters cannot be operational.
    """

    @property
    def table(self) -> Table:
        """Information of items."""
        return informations

    @property
    def noun(self) -> str:
        """What messages call it."""
        return "information"
