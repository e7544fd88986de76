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


def digests_of(lines: Iterable[bytes]) -> list[bytes]:
    """The hash (16 bytes) of each of some lines."""
    blake2b = hashlib.blake2b
    return [blake2b(line, digest_size=_DIGEST).digest() for line in lines]


class KnownLines:
    """The hashes of lines in the order in which they stood, which is mostly that in which they stand now."""

    def __init__(self, digests: Sequence[bytes] = ()) -> None:
        self._digests = digests
        self._at = 0

    def __bool__(self) -> bool:
        return bool(self._digests)

    @cached_property
    def _places(self) -> dict[bytes, int]:
        return {digest: place for place, digest in enumerate(self._digests)}

    def fresh(self, digests: Sequence[bytes]) -> list[int]:
        """The numbers of the next lines that are not known, by their hashes.

        A line that stands somewhere else than it did may be among them, where few lines do.
        """
        expected = chain(self._digests[self._at : self._at + len(digests)], repeat(b""))
        found = [number for number, is_odd in enumerate(map(ne, digests, expected)) if is_odd]
        self._at += len(digests)
        if self._digests and len(found) * _MANY > len(digests):
            places = [self._places.get(digest, -1) for digest in digests]
            found = [number for number, place in enumerate(places) if place < 0]
            after = [place + len(places) - number for number, place in enumerate(places) if place >= 0]
            self._at = after[-1] if after else self._at
        return found
