"""What rules about a whole bank worked out in an earlier run, for the next one to start from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence


class Earlier:
    """Bytes kept by name from an earlier run, and those that this run keeps for the next.

    `digests` is the hash of each item's record in order of the bank, () where nothing is remembered: then
    nothing is recalled, and nothing need be kept. What is kept holds for the same code and settings only;
    which bank it was made of each rule finds out by the digests that it keeps with it.
    """

    def __init__(self, digests: Sequence[bytes] = (), before: Mapping[str, bytes] | None = None) -> None:
        self.digests = digests
        self._before = before or {}
        self.now: dict[str, Callable[[], bytes]] = {}

    def recall(self, name: str) -> bytes | None:
        """What an earlier run kept, None when there is nothing."""
        return self._before.get(name) if self.digests else None

    def keep(self, name: str, data: Callable[[], bytes]) -> None:
        """Keep something for the next run: what a function gives at the end of this one."""
        self.now[name] = data


def joined(digests: Sequence[bytes]) -> bytes:
    """The digests of items as one text, for `places_of`."""
    return b"".join(digests)


def places_of(digests: Sequence[bytes], before: bytes) -> list[int]:
    """For every item its place in an earlier bank (`joined` digests), -1 for one that was not there.

    No place comes twice: of several equal items the later ones were not there.
    """
    size = len(digests[0]) if digests else 1
    last = len(before) // size - 1
    known = {before[place * size : (place + 1) * size]: place for place in range(last, -1, -1)}
    return [known.pop(one, -1) for one in digests]
