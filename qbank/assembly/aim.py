"""What an objective wants of a form, as numbers of its items: what an engine that deals out items needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over the slots of each form, and what makes them good.

    `table` has a row for each of `slots` and a column for each sum; `without` are slots that must stay empty.
    `kind` says what counts over all forms and sums:

    - most, fewest: the total as great or as small as can be (one column),
    - least: the least sum as great as can be,
    - capped: the least sum, less what the greatest has above it, as great as can be,
    - near: the largest distance to `target` (a number a column) as small as can be,
    - spread: the largest difference between two forms as small as can be.
    """

    kind: Literal["most", "fewest", "least", "capped", "near", "spread"]
    slots: Ints
    table: Floats
    without: Ints
    target: tuple[float, ...] = ()

    def value(self, sums: Floats) -> float:
        """The objective of forms with these sums, forms by columns."""
        import numpy as np

        match self.kind:
            case "most" | "fewest":
                return float(sums.sum())
            case "least":
                return float(sums.min())
            case "capped":
                return float(2 * sums.min() - sums.max())
            case "near":
                return float(np.abs(sums - np.array(self.target)).max())
            case "spread":
                return float((sums.max(axis=0) - sums.min(axis=0)).max())
