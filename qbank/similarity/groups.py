"""Items that have something in common, as groups, and the pairs inside of groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from qbank.similarity.renewed import NONE
from qbank.similarity.rows import Rows, chunks, ranges, stable_order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.similarity.rows import Ints

    Flags = NDArray[np.bool_]


class Paired(msgspec.Struct, array_like=True, frozen=True):
    """What is kept of groups: the family of each item (-1 for one that was in none), and the alike pairs,
    each with the code of a group that holds it; and the codes and sizes of groups that are too large.
    """

    families: memoryview = NONE
    left: memoryview = NONE
    right: memoryview = NONE
    of: memoryview = NONE
    large: memoryview = NONE
    sizes: memoryview = NONE


def grouped(numbers: Ints, owners: Ints) -> tuple[Rows, Ints]:
    """The owners (in order) of every number, and the numbers."""
    import numpy as np

    order = stable_order(numbers)
    begins = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    return Rows(owners[order], np.append(begins, len(order))), numbers[order[begins]]


def within(groups: Rows) -> Iterator[tuple[Ints, Ints, Ints]]:
    """All pairs of every group, the earlier first, and the place of the group; in blocks.

    A pair of two groups comes twice.
    """
    import numpy as np

    begins = np.repeat(groups.starts[:-1], groups.sizes)
    owners = np.repeat(np.arange(len(groups.sizes)), groups.sizes)
    earlier = np.arange(len(begins)) - begins
    for block in chunks(earlier):
        yield (
            groups.values[ranges(begins[block], earlier[block])],
            np.repeat(groups.values[block], earlier[block]),
            np.repeat(owners[block], earlier[block]),
        )
