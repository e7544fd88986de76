"""Items that have something in common, as groups; and the alike pairs inside of groups, known ones kept.

A pair inside a group is alike or not by its two items alone. So of a group whose items were paired in an
earlier run only pairs with an item that is not what it was are looked at; a pair that was alike still is, as
long as one of the groups that hold both is one whose items are paired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from qbank.similarity.join import Rows, chunks, gathered, ranges, stable_order
from qbank.similarity.renewed import NONE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.similarity.join import Ints

    Flags = NDArray[np.bool_]


class Paired(msgspec.Struct, array_like=True):
    """What is kept of groups: the codes of those whose items were paired, in order; the family of each item
    (-1 for one that was in no bank of groups); the alike pairs, each with the code of a group that holds it.
    """

    codes: memoryview = NONE
    families: memoryview = NONE
    left: memoryview = NONE
    right: memoryview = NONE
    of: memoryview = NONE


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


def alike_within(
    groups: Rows,
    codes: Ints,
    dirty: Flags,
    paired: Ints,
    alike: Callable[[Ints, Ints], tuple[Ints, Ints]],
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The alike pairs of all groups with the code of the group, but for pairs that are known.

    Known are those of two items that are not `dirty`, in a group whose code is among `paired`, in order.
    """
    import numpy as np

    is_known = among(codes, paired)
    owners = np.repeat(np.arange(len(codes)), groups.sizes)
    has_dirty = np.bincount(owners[dirty[groups.values]], minlength=len(codes)) > 0
    wanted = np.flatnonzero(~is_known | has_dirty)
    count = len(dirty)
    for left, right, which in within(gathered(groups, wanted)):
        group = wanted[which]
        new = dirty[left] | dirty[right] | ~is_known[group]
        left, right, group = left[new], right[new], group[new]
        one, other = alike(left, right)
        good = among(left * count + right, np.sort(one * count + other))
        yield left[good], right[good], codes[group[good]]


def among(numbers: Ints, ordered: Ints) -> Flags:
    """Which numbers are among others, which are in order."""
    import numpy as np

    if not len(ordered):
        return np.zeros(len(numbers), dtype=bool)
    places = np.minimum(np.searchsorted(ordered, numbers), len(ordered) - 1)
    result: Flags = ordered[places] == numbers
    return result
