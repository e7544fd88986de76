"""Where values stand in the text of a record, kept from an earlier run: what is known is not parsed again."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Mapping

import msgspec

from qbank.diagnostics import Pointer

_SIZE = 16

Key = tuple[bytes, Pointer, str]
"""The hash of a text, and the path and part (value or key) of what stands in it."""


class Table(msgspec.Struct, frozen=True, array_like=True):
    """Places in texts as a file holds them: the hashes of the texts joined, numbers of names, and the places.

    A name is a path and a part; most texts have places of the same few names. Numbers have 32 bits each.
    """

    texts: bytes = b""
    numbers: bytes = b""
    places: bytes = b""
    names: tuple[tuple[Pointer, str], ...] = ()


class Offsets:
    """Places by the hash of the text that they are in. The place hangs on that text and on nothing else.

    `digests` are the hashes of the texts of records, by the number of the record, where they are known.
    """

    def __init__(self, before: Table | None = None, digests: Mapping[int, bytes] | None = None) -> None:
        self._before = {} if before is None else _by_key(before)
        self._digests = digests or {}
        self._now: dict[Key, int] = {}
        self._last: tuple[int, bytes] = (-1, b"")
        self.is_new = False
        """Whether something was asked for that was not known."""

    def __call__(
        self, record: int, text: Callable[[], bytes], pointer: Pointer, part: str, find: Callable[[], int]
    ) -> int:
        """Where something stands in the text of a record; `find` tells what is not known."""
        key = self._digests.get(record) or self._hashed(record, text), pointer, part
        found = self._before.get(key)
        if found is None:
            found = self._now.get(key)
        if found is None:
            found, self.is_new = find(), True
        self._now[key] = found
        return found

    def _hashed(self, record: int, text: Callable[[], bytes]) -> bytes:
        """The hash of a text; that of the last one is kept, for a record has many places."""
        if self._last[0] != record:
            self._last = record, hashlib.blake2b(text(), digest_size=_SIZE).digest()
        return self._last[1]

    @property
    def table(self) -> Table:
        """What was asked for in this run."""
        return _table(self._now)


def _by_key(table: Table) -> dict[Key, int]:
    ends = range(_SIZE, len(table.texts) + 1, _SIZE)
    texts = [table.texts[end - _SIZE : end] for end in ends]
    names = [table.names[number] for number in array("I", table.numbers)]
    found = zip(texts, names, array("I", table.places), strict=True)
    return {(text, pointer, part): at for text, (pointer, part), at in found}


def _table(places: Mapping[Key, int]) -> Table:
    names: dict[tuple[Pointer, str], int] = {}
    numbers = array("I", [names.setdefault(key[1:], len(names)) for key in places])
    at = array("I", places.values())
    return Table(b"".join([key[0] for key in places]), numbers.tobytes(), at.tobytes(), tuple(names))
