"""Texts that have a long run of words in common, found by a hash of every window of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.similarity.rows import FACTORS, Rows, gathered

if TYPE_CHECKING:
    from qbank.similarity.rows import Bits, Ints

_HASH_BITS = 64

_BUCKETS = 1 << 23
"""So many buckets tell which hashes stand alone."""


def same_windows(texts: Rows, least: int) -> set[tuple[int, int]]:
    """Pairs (first, later) of texts that have a window of so many words in common, by its hash."""
    import numpy as np

    numbers = np.flatnonzero(texts.sizes >= least)
    if len(numbers) < 2 or least < 1:
        return set()
    long = gathered(texts, numbers)
    owners = np.repeat(numbers, long.sizes)
    hashes = _windows(long.values.astype(np.uint64), least)
    inside = owners[: len(hashes)] == owners[least - 1 :]
    # a window whose bucket holds no other is no other text's
    buckets = (hashes >> np.uint64(_HASH_BITS - _BUCKETS.bit_length() + 1)).astype(np.int32)
    inside = np.flatnonzero(inside & (np.bincount(buckets, minlength=1) > 1)[buckets])
    hashes, owners = hashes[inside], owners[inside]
    order = np.argsort(hashes, kind="stable")  # equal windows side by side, by number of the text
    hashes, owners = hashes[order], owners[order]
    begins = np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))
    firsts = np.repeat(owners[begins], np.diff(np.append(begins, len(hashes))))
    apart = firsts != owners
    return set(zip(firsts[apart].tolist(), owners[apart].tolist(), strict=True))


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
