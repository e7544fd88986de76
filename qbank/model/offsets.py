"""Where values stand in the text of a record, kept from an earlier run: what is known is not parsed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from qbank.diagnostics import Pointer

_SIZE = 16

Offset = tuple[bytes, Pointer, str, int]
"""The hash of a text, the path and part (value or key) of what stands in it, and where that is."""


class Offsets:
    """Places by the hash of the text that they are in. The place hangs on that text and on nothing else."""

    def __init__(self, before: Iterable[Offset] = ()) -> None:
        self._before = {(text, pointer, part): at for text, pointer, part, at in before}
        self._now: dict[tuple[bytes, Pointer, str], int] = {}
        self._last: tuple[int, int, bytes] = (-1, -1, b"")

    def __call__(
        self, data: bytes, start: int, end: int, pointer: Pointer, part: str, find: Callable[[], int]
    ) -> int:
        """Where something stands in `data` from `start` to `end`; `find` tells what is not known."""
        if self._last[:2] != (start, end):
            self._last = start, end, hashlib.blake2b(data[start:end], digest_size=_SIZE).digest()
        key = self._last[2], pointer, part
        found = self._before.get(key)
        if found is None:
            found = self._now.get(key)
        self._now[key] = find() if found is None else found
        return self._now[key]

    @property
    def is_new(self) -> bool:
        """Whether something was asked for that was not known."""
        return not self._now.keys() <= self._before.keys()

    @property
    def all(self) -> list[Offset]:
        """What was asked for in this run."""
        return [(*key, at) for key, at in self._now.items()]
