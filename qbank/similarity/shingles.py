"""Texts that have a long run of words in common, found by a hash of every window of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.similarity.among import Few
from qbank.similarity.rows import FACTORS, Rows, distinct, gathered, ranges

if TYPE_CHECKING:
    from qbank.similarity.rows import Bits, Flags, Ints

_HASH_BITS = 64

_FACTORS_32 = (0x9E3779B1, 0x85EBCA6B)
"""Odd numbers that stir the bits of a short hash."""

_MOST_BUCKET_BITS = 23
"""So many bits of a hash at most tell its bucket."""

_ROOM = 4
"""So many buckets there are for each hash at least, where that are not too many."""

_RUNS = 3
"""So many runs of words there are in a window at least."""


def same_windows(texts: Rows, least: int, some: Flags | None = None) -> set[tuple[int, int]]:
    """Pairs (first, later) of texts that have a window of so many words in common, by its hash.

    With `some` only these texts are looked at.
    """
    import numpy as np

    is_long = texts.sizes >= least
    numbers = np.flatnonzero(is_long if some is None else is_long & some)
    if len(numbers) < 2 or least < 1:
        return set()
    long = gathered(texts, numbers)
    owners = np.repeat(numbers, long.sizes)
    hashes = _windows(long.values.astype(np.uint64), least)
    inside = np.flatnonzero(owners[: len(hashes)] == owners[least - 1 :])
    hashes, owners = hashes[inside], owners[inside]
    # a window whose bucket holds no other is no other text's
    bits = min((_ROOM * len(hashes)).bit_length(), _MOST_BUCKET_BITS)
    buckets = (hashes >> np.uint64(_HASH_BITS - bits)).astype(np.int32)
    shared = np.flatnonzero((np.bincount(buckets, minlength=1) > 1)[buckets])
    hashes, owners = hashes[shared], owners[shared]
    order = np.argsort(hashes, kind="stable")  # equal windows side by side, by number of the text
    hashes, owners = hashes[order], owners[order]
    begins = np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))
    firsts = np.repeat(owners[begins], np.diff(np.append(begins, len(hashes))))
    apart = firsts != owners
    return set(zip(firsts[apart].tolist(), owners[apart].tolist(), strict=True))


def may_share(texts: Rows, least: int, wanted: Flags) -> Flags:
    """Which texts may share a window of so many words with a wanted one; those are among them.

    Such a window holds one of the runs of fewer words that begin at regular distances in a text, and a wanted
    text holds that run somewhere.
    """
    import numpy as np

    run = max(least // _RUNS, 1)
    own = gathered(texts, np.flatnonzero(wanted)).values
    theirs = distinct(_runs(own, np.arange(max(len(own) - run + 1, 0)), run))
    is_long = texts.sizes >= max(least, 1)
    others = np.flatnonzero(is_long & ~wanted)
    places, counts = _at_distances(texts, others, run, max(least - run + 1, 1))
    found = Few(theirs).found(_runs(texts.values, places, run))
    result: Flags = is_long & wanted
    result[others[np.searchsorted(np.cumsum(counts), found, side="right")]] = True
    return result


def _at_distances(texts: Rows, which: Ints, run: int, distance: int) -> tuple[Ints, Ints]:
    """Where runs of so many words begin that stand so far apart in some texts, and how many each text has."""
    import numpy as np

    counts = (texts.sizes[which] - run) // distance + 1
    steps = ranges(np.zeros(len(which), dtype=np.int64), counts)
    return np.repeat(texts.starts[which], counts) + distance * steps, counts


def _runs(codes: Ints, places: Ints, size: int) -> Ints:
    """A hash of so many words that begin at each of some places."""
    import numpy as np

    hashes = np.zeros(len(places), dtype=np.uint32)
    for step in range(size):
        hashes += codes[places + step].astype(np.uint32)
        hashes *= np.uint32(_FACTORS_32[0])
        hashes ^= hashes >> np.uint32(15)
    return (hashes * np.uint32(_FACTORS_32[1])).view(np.int32)


def longest_run(one: Ints, other: Ints, least: int = 1) -> tuple[int, int]:
    """Where in the one the longest run that the other has too begins first, and its length; (0, 0) without.

    A run of n words has runs of fewer, so its length is found by halving; runs are compared by their hashes.
    They have `least` words at least.
    """
    import numpy as np

    low, high, start = 0, min(len(one), len(other)), 0
    size = least
    while low < high:
        common = np.isin(_windows(one.astype(np.uint64), size), _windows(other.astype(np.uint64), size))
        if common.any():
            low, start = size, int(common.argmax())
        elif size == least:
            break
        else:
            high = size - 1
        size = (low + high + 1) // 2
    return start, low


def _windows(codes: Bits, least: int) -> Bits:
    """A hash of every window of `least` codes: windows of 1, 2, 4 … codes, then two that overlap."""
    import numpy as np

    hashes = (codes + np.uint64(1)) * np.uint64(FACTORS[0])
    hashes ^= hashes >> np.uint64(29)
    size = 1
    while 2 * size <= least:
        hashes = _joined(hashes, size, FACTORS[1])
        size *= 2
    return hashes if size == least else _joined(hashes, least - size, FACTORS[2])


def _joined(hashes: Bits, distance: int, factor: int) -> Bits:
    import numpy as np

    both: Bits = hashes[:-distance] * np.uint64(factor) + hashes[distance:]
    both ^= both >> np.uint64(31)
    both *= np.uint64(FACTORS[3])
    return both
