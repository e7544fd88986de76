"""What counting alone tells of a blueprint: whether every row has items and sets enough for some forms."""

from __future__ import annotations

import math
from collections.abc import Iterator

from qbank.assembly.compile import Compiled
from qbank.assembly.duties import stated
from qbank.assembly.inventory import available, different, needed, shared_items
from qbank.assembly.program import BLUEPRINT_ROWS
from qbank.assembly.setting import Setting


def arithmetic(compiled: Compiled, setting: Setting) -> bool:
    """Whether counting alone shows that some row lacks items or sets where a solver would search for long."""
    return not enough(compiled, setting, compiled.space.forms)


def enough(compiled: Compiled, setting: Setting, forms: int) -> bool:
    """Whether every row has items or sets enough for some forms, as far as counting tells."""
    shared = shared_items(setting.blueprint)
    return all(different(demand, forms, shared) <= items for demand, items in _counts(compiled)) and all(
        needed(one, forms, shared) <= available(one, forms, shared)
        for row in stated(setting.blueprint)
        if row.counts_sets and row.weight is None
        for one in row.supply(setting)
    )


def _counts(compiled: Compiled) -> Iterator[tuple[int, int]]:
    """For every row that counts items the least number in a form, and how many items there are for it."""
    import numpy as np

    slots = len(compiled.space.slot_item)
    soft = {row.label for row in stated(compiled.space.blueprint) if row.weight is not None}
    for part in compiled.blocks:
        if part.label in soft:
            continue
        if part.kind in ("content", "length") and part.family == BLUEPRINT_ROWS and not part.relief:
            first = part.columns < slots
            row = np.repeat(np.arange(len(part)), np.diff(part.starts))[first]
            items = compiled.space.slot_item[part.columns[first]]
            pairs = np.unique(np.column_stack((row, items)), axis=0)[:, 0]
            counts = np.bincount(pairs, minlength=len(part))
            # the rows of a block go form by form within each of its groups
            for one in range(0, len(part), compiled.space.forms):
                yield (
                    max(0, math.ceil(part.lower[one] - 1e-9)) if part.lower[one] > 0 else 0,
                    int(counts[one]),
                )
