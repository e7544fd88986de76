"""Who shares a long window of words, kept for the next run, in which most texts are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qbank.similarity.renewed import NONE, as_bytes, moved
from qbank.similarity.shingles import may_share, same_windows

if TYPE_CHECKING:
    from qbank.similarity.rows import Flags, Ints, Rows


class Windows(msgspec.Struct, array_like=True, frozen=True):
    """For every item of a bank whether its text was looked at, and the pairs of `same_windows` by place."""

    there: memoryview = NONE
    left: memoryview = NONE
    right: memoryview = NONE

    @property
    def pairs(self) -> tuple[Ints, Ints]:
        """The places of both."""
        import numpy as np

        return np.frombuffer(self.left, dtype=np.int32), np.frombuffer(self.right, dtype=np.int32)

    def are_new(self, places: Ints) -> Flags:
        """Which texts were not looked at, by their places in the earlier bank (-1 for none)."""
        import numpy as np

        there = np.append(np.frombuffer(self.there, dtype=bool), False)  # the last for place -1
        result: Flags = ~there[places]
        return result


def kept(pairs: set[tuple[int, int]], at: Ints, size: int) -> Windows:
    """What is kept of the texts of the items at some places of a bank of so many items."""
    import numpy as np

    there = np.zeros(size, dtype=bool)
    there[at] = True
    left, right = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    return Windows(as_bytes(there), *(as_bytes(at[side].astype(np.int32)) for side in (left, right)))


def renewed_windows(texts: Rows, least: int, before: Windows, places: Ints) -> set[tuple[int, int]]:
    """The pairs of `same_windows` for texts that stood at some places of the earlier bank, -1 for new ones.

    Texts that share a window hang together: each is paired with the first that has it. Only those are looked
    at that hang together with a new text, or with one that is gone or has changed places with its first.
    """
    import numpy as np

    is_new = before.are_new(places)
    stands = moved(places, ~is_new, len(before.there))
    left, right = (stands[side] for side in before.pairs)
    dirty = np.append(may_share(texts, least, is_new), False)  # the last for what is gone
    reached = np.zeros(len(left), dtype=bool)
    wider = (left < 0) | (right < left) | dirty[left] | dirty[right]
    while not np.array_equal(reached, wider):
        reached = wider
        dirty[left[reached]] = dirty[right[reached]] = True
        dirty[-1] = False
        wider = reached | dirty[left] | dirty[right]
    still, found = ~reached, same_windows(texts, least, dirty[:-1])
    return found.union(zip(left[still].tolist(), right[still].tolist(), strict=True))
