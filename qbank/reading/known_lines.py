"""Lines of items that an earlier run found sound: they need no second look."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain, repeat
from operator import ne

_DIGEST = 16
_MANY = 8
"""One of so many lines may stand where it was not expected before all that are known are asked."""
_FEW = 2
"""So many lines are not worth it."""
_ALIKE = 3
"""So many lines in a row stand where a line that came or went would have put them."""
_MOST_SLIPS = 16
"""So many lines that came or went are looked for in one place."""


def digests_of(lines: Iterable[bytes]) -> list[bytes]:
    """The hash (16 bytes) of each of some lines."""
    blake2b = hashlib.blake2b
    return [blake2b(line, digest_size=_DIGEST).digest() for line in lines]


class KnownLines:
    """The hashes of lines in the order in which they stood, which is mostly that in which they stand now."""

    def __init__(self, digests: Sequence[bytes] = ()) -> None:
        self._digests = list(digests)
        self._at = self._before = 0

    def __bool__(self) -> bool:
        return bool(self._digests)

    @cached_property
    def _places(self) -> dict[bytes, int]:
        return {digest: place for place, digest in enumerate(self._digests)}

    def fresh(self, digests: Sequence[bytes]) -> list[int]:
        """The numbers of the next lines that are not known, by their hashes.

        A line that stands somewhere else than it did may be among them, where few lines do.
        """
        found: list[int] = []
        self._before = self._at
        at, start, slips = self._at, 0, 0
        while True:
            expected = chain(self._digests[at + start : at + len(digests)], repeat(b""))
            odd = [start + one for one, is_odd in enumerate(map(ne, digests[start:], expected)) if is_odd]
            slip = next((one for one, after in zip(odd, odd[2:], strict=False) if after == one + 2), -1)
            shift = self._shift(digests, at, slip) if slip >= 0 and slips < _MOST_SLIPS else 0
            if not shift:
                found += odd
                break
            found += [one for one in odd if one <= slip]
            at, start, slips = at + shift, slip + 1, slips + 1
        self._at = at + len(digests)
        if self._digests and len(found) > max(_FEW, len(digests) // _MANY):
            places = [self._places.get(digest, -1) for digest in digests]
            found = [number for number, place in enumerate(places) if place < 0]
            after = [place + len(places) - number for number, place in enumerate(places) if place >= 0]
            self._at = after[-1] if after else self._at
        return found

    def again(self) -> None:
        """The lines that were asked for last come again, in smaller parts; one that is none is not known."""
        self._at = self._before

    def _shift(self, digests: Sequence[bytes], at: int, slip: int) -> int:
        """By how many lines those behind one stand elsewhere than expected; 0 where that is not seen."""
        for first in (slip + 1, slip + 1 + _ALIKE):  # among the next few, one may be another line
            lines = list(digests[first : first + _ALIKE])
            for shift in (-1, 1, -2, 2):
                there = max(at + first + shift, 0)
                if lines and lines == self._digests[there : there + len(lines)]:
                    return shift
        return 0
