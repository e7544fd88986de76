"""What rules about a whole bank worked out in an earlier run, for the next one to start from."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from qbank.parts import Pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.model.item import Item

    Ints = NDArray[np.int64]
    Words = NDArray[np.uint64]

_T = TypeVar("_T")
_DIGESTS = "digests"
_WORD = 8
_MARK = 16
_ROOM = 4
"""The table of digests has so many places for each of them."""


class Kept(Protocol):
    """What earlier runs kept, by name: each part is read when it is asked for. A dict will do."""

    def get(self, name: str, /) -> bytes | memoryview | None:
        """The part of that name, None when there is none."""


class Earlier:
    """Bytes kept by name from an earlier run, and those that this run keeps for the next.

    `digests` is the hash of each item's record in order of the bank, () where nothing is remembered: then
    nothing is recalled, and nothing need be kept. All are of one size, a multiple of 8 bytes. What is kept
    holds for the same code and settings only. All that is recalled was kept with the digests of one bank, as
    a mark before each part proves: `places` says where the items of this bank stood in that.
    """

    def __init__(self, digests: Sequence[bytes] = (), before: Kept | None = None) -> None:
        self.digests = digests
        self._before: Kept = {} if before is None else before
        self._made: dict[str, Callable[[], Pieces]] = {}

    def recall(self, name: str) -> bytes | memoryview | None:
        """What the earlier run kept, None when there is nothing."""
        found = self._before.get(name) if self.digests and self._digests else None
        return None if found is None or found[:_MARK] != self._mark_before else memoryview(found)[_MARK:]

    def keep(self, name: str, data: Callable[[], Pieces]) -> None:
        """Keep something for the next run: what a function gives at the end of this one, in pieces."""
        self._made[name] = data

    @property
    def made(self) -> dict[str, Callable[[], Pieces]]:
        """The parts that this run keeps, each as a function that gives its pieces.

        They are made anew, so that nothing here holds itself.
        """
        if not self._made:
            return {}
        found = {name: functools.partial(self._marked, data) for name, data in self._made.items()}
        return {**found, _DIGESTS: lambda: (self._joined,)}

    def _marked(self, data: Callable[[], Pieces]) -> Pieces:
        return (self._mark, *data())

    @cached_property
    def _digests(self) -> bytes:
        """The digests of the earlier bank."""
        return bytes(self._before.get(_DIGESTS) or b"")

    @cached_property
    def _mark_before(self) -> bytes:
        return _mark(self._digests)

    @cached_property
    def _mark(self) -> bytes:
        return _mark(self._joined)

    @cached_property
    def _is_same(self) -> bool:
        """Whether the earlier bank had the same items in the same order."""
        return self._joined == self._digests

    @cached_property
    def _joined(self) -> bytes:
        return joined(self.digests)

    def each(self, kept: Sequence[_T], other: _T) -> list[_T]:
        """What was kept of each item of the earlier bank for each of this; `other` for one that is new.

        With nothing kept it is that for all.
        """
        if not kept:
            return [other] * len(self.digests)
        if self._is_same:
            return list(kept)
        found = [*kept, other]  # a new item has the place -1
        return [found[place] for place in self.places.tolist()]

    @cached_property
    def places(self) -> Ints:
        """For every item its place in the bank of the earlier run, -1 for one that was not there.

        No place comes twice.
        """
        return places_of(self.digests, self._digests)

    @cached_property
    def new(self) -> list[int]:
        """The places in this bank of the items that were not in the earlier one, in order."""
        new: list[int] = (self.places < 0).nonzero()[0].tolist()
        return new

    def column(
        self, name: str, items: Sequence[Item], told: Callable[[Sequence[Item]], Sequence[int]]
    ) -> list[int]:
        """A number for every item of the bank, below 2**63, that hangs on nothing but its record.

        `told` is asked about the items that were not in the bank of the earlier run. `name` is that of no
        other column and of nothing else that is kept.
        """
        import numpy as np

        if not self.digests:
            return [*told(items)]
        kept = self.recall(name)
        places, new = (self.places, self.new) if kept else (nowhere(len(items)), range(len(items)))
        result: Ints = np.frombuffer(kept or bytes(_WORD), dtype=np.int64)[places]
        result[new] = told([items[place] for place in new])
        self.keep(name, lambda: (result.tobytes(),))
        numbers: list[int] = result.tolist()
        return numbers


def _mark(digests: bytes) -> bytes:
    return hashlib.blake2b(digests, digest_size=_MARK).digest()


def nowhere(count: int) -> Ints:
    """The places of so many items of which none was there."""
    import numpy as np

    result: Ints = np.full(count, -1, dtype=np.int64)
    return result


def joined(digests: Sequence[bytes]) -> bytes:
    """The digests of items as one text, for `places_of`."""
    return b"".join(digests)


def places_of(digests: Sequence[bytes], before: bytes) -> Ints:
    """For every item its place in an earlier bank (`joined` digests), -1 for one that was not there.

    No place comes twice: the first of equal items is where the first was, the second where the second was. An
    item whose digest only begins like that of another may count as one that was not there.
    """
    import numpy as np

    places = nowhere(len(digests))
    if not digests or not before:
        return places
    size = len(digests[0]) // _WORD
    old, now = (np.frombuffer(one, dtype=np.uint64).reshape(-1, size) for one in (before, joined(digests)))
    # nearly all are found in a table by some bits of their digests; the rest is sorted
    taken = np.zeros(len(old), dtype=bool)
    for match in (_by_table, _by_order):
        left, found = np.flatnonzero(places < 0), np.flatnonzero(~taken)
        if len(left) and len(found):
            ours, theirs = match(now[left, 0], old[found, 0])
            ours, theirs = left[ours], found[theirs]
            same = (now[ours] == old[theirs]).all(axis=1)
            places[ours[same]] = theirs[same]
            taken[theirs[same]] = True
    return places


def _by_table(now: Words, old: Words) -> tuple[Ints, Ints]:
    """Places of the first of both kinds with some bits that no earlier one has."""
    import numpy as np

    mask = np.uint64((1 << (_ROOM * len(old)).bit_length()) - 1)
    at, held = ((one & mask).astype(np.int64) for one in (now, old))
    first = np.full(int(mask) + 1, -1, dtype=np.int32)
    first[held[::-1]] = np.arange(len(old))[::-1]  # of several the last is written: the first of the bank
    theirs: Ints = first[at].astype(np.int64)
    ours = np.flatnonzero(theirs >= 0)
    first[at[ours][::-1]] = ours[::-1]
    ours = ours[first[at[ours]] == ours]
    return ours, theirs[ours]


def _by_order(now: Words, old: Words) -> tuple[Ints, Ints]:
    """Places of the first, second … of those that are equal."""
    import numpy as np

    by_now, by_old = (np.argsort(one, kind="stable") for one in (now, old))
    now, old = now[by_now], old[by_old]
    at = np.searchsorted(old, now) + np.arange(len(now)) - np.searchsorted(now, now)
    within = at < len(old)
    return by_now[within], by_old[at[within]]
