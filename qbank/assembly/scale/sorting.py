"""Rows of one form taken in and kept by what they mean for dealing out items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.program import Block

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints
    from qbank.assembly.space import Space

DISTINCT = 6
"""A row with at most so many different numbers sorts items into classes; one with more measures them."""
SHORT = 64
"""A row "at most one of these" of at most so many items is a clique of enemies."""


class UnfitError(Exception):
    """A blueprint has something that this engine cannot deal out; the message says what."""


class Row(msgspec.Struct, frozen=True):
    """A row: columns with their values, and bounds."""

    columns: Ints
    values: Floats
    lower: float
    upper: float


class Sorter:
    """Takes rows in and keeps them by sort."""

    def __init__(self, space: Space) -> None:
        import numpy as np

        self.slots, self.stimuli = len(space.slot_item), len(space.stimuli)
        self.stimulus_of = space.stimulus_of[space.slot_item]
        self.free = np.ones(self.slots, dtype=np.bool_)
        self.counts: list[Row] = []
        self.sums: list[Row] = []
        self.set_counts: list[Row] = []
        self.cliques: list[Ints] = []
        self.bound = np.zeros(self.stimuli, dtype=np.bool_)
        self.least = np.ones(self.stimuli, dtype=np.int64)
        self.most = np.bincount(self.stimulus_of[self.stimulus_of >= 0], minlength=self.stimuli)
        self.sizes = self.most.copy()

    def take(self, block: Block) -> None:
        """Sort the rows of a block. Raises UnfitError."""
        if len(block.columns) and block.columns.max() >= self.slots + self.stimuli:
            raise UnfitError(f'the row "{block.label}" ({block.kind}) has columns of its own')
        if len(block) > SHORT and (self._take_cliques(block) or self._take_sets(block)):
            return
        many = len(block) > SHORT
        for row in _rows(block):
            if len(row.columns):
                self._take_row(row, block, many)
            elif row.lower > 0 or row.upper < 0:
                raise UnfitError(f'the row "{block.label}" has no items')

    def _take_cliques(self, block: Block) -> bool:
        """All rows at once, when they are "at most one of these"; whether they were."""
        import numpy as np

        packs = (block.values == 1.0).all() and (block.upper == 1.0).all() and (block.lower <= 0.0).all()
        if packs:
            self.cliques.extend(np.split(block.columns, block.starts[1:-1]))
        return bool(packs)

    def _take_sets(self, block: Block) -> bool:
        """All rows at once, when they have one bound 0 and are of whole stimuli, or of one item each."""
        import numpy as np

        lengths = np.diff(block.starts)
        if not (lengths > 1).all():
            return False
        last = block.starts[1:] - 1
        stimuli = block.columns[last] - self.slots
        inner = np.ones(len(block.columns), dtype=np.bool_)
        inner[last] = False
        own = block.columns[inner]
        if stimuli.min() < 0 or own.max() >= self.slots or not (block.values[inner] == 1.0).all():
            return False
        if (self.stimulus_of[own] != np.repeat(stimuli, lengths - 1)).any():
            return False
        number = -block.values[last]
        whole = lengths - 1 == self.sizes[stimuli]
        low, high = (block.lower == 0.0).all(), (block.upper == 0.0).all()
        if low and not high and np.isposinf(block.upper).all() and whole.all():
            np.maximum.at(self.least, stimuli, np.ceil(number).astype(np.int64))
        elif high and not low and np.isneginf(block.lower).all() and (whole & (lengths > 2)).all():
            np.minimum.at(self.most, stimuli, number.astype(np.int64))
        elif high and not low and (lengths == 2).all() and (number == 1.0).all() and (~whole).all():
            pass
        else:
            return False
        self.bound[stimuli] = True
        return True

    def _take_row(self, row: Row, block: Block, many: bool) -> None:
        ones = bool((row.values == 1.0).all())
        packs = ones and row.upper == 1.0 and row.lower <= 0.0
        last = row.columns.max() >= self.slots
        if packs and (last or many or len(row.columns) <= SHORT):
            self.cliques.append(row.columns)
        elif not last:
            self._over_slots(row)
        elif row.columns.min() >= self.slots:
            self.set_counts.append(row)
        else:
            self._of_set(row, block)

    def _over_slots(self, row: Row) -> None:
        import numpy as np

        if row.upper == 0.0 and row.lower <= 0.0 and (row.values > 0).all():
            self.free[row.columns] = False
        elif (row.values == 1.0).all() or len(np.unique(row.values)) <= DISTINCT:
            self.counts.append(row)
        else:
            self.sums.append(row)

    def _of_set(self, row: Row, block: Block) -> None:
        """x ≤ z, x = z, Σx ≥ least z or Σx ≤ most z of one stimulus."""
        import numpy as np

        sets = row.columns >= self.slots
        own = row.columns[~sets]
        stimulus = int(row.columns[sets][0]) - self.slots
        plain = sets.sum() == 1 and (row.values[~sets] == 1.0).all()
        if not plain or (self.stimulus_of[own] != stimulus).any():
            raise UnfitError(f'the row "{block.label}" ({block.kind}) mixes items and stimuli')
        number = -float(row.values[sets][0])
        whole = len(own) == self.sizes[stimulus]
        self.bound[stimulus] = True
        if row.lower == 0.0 and row.upper == np.inf and whole:
            self.least[stimulus] = max(self.least[stimulus], int(np.ceil(number)))
        elif row.upper == 0.0 and row.lower == -np.inf and whole and len(own) > 1:
            self.most[stimulus] = min(self.most[stimulus], int(number))
        elif row.upper == 0.0 and number == 1.0 and len(own) == 1:
            if row.lower == 0.0:
                self.least[stimulus] = self.sizes[stimulus]
            elif whole:
                self.most[stimulus] = min(self.most[stimulus], 1)
        else:
            raise UnfitError(f'the row "{block.label}" ({block.kind}) binds item sets in another way')


def _rows(block: Block) -> Iterator[Row]:
    starts = block.starts.tolist()
    lower, upper = block.lower.tolist(), block.upper.tolist()
    for number in range(len(block)):
        part = slice(starts[number], starts[number + 1])
        yield Row(block.columns[part], block.values[part], lower[number], upper[number])
