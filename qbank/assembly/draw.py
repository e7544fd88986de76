"""Chance that a seed and names decide: the same on every machine, whatever the order of files."""

from __future__ import annotations

import hashlib


def draw(seed: int, *names: str) -> float:
    """A number in [0, 1) with 6 decimals, fixed by the seed and the names."""
    return int.from_bytes(digest(seed, *names)[:8], "big") * 1_000_000 // 2**64 / 1_000_000


def digest(seed: int, *names: str) -> bytes:
    """A sort key that the seed and the names fix."""
    return hashlib.sha256("\x1f".join((str(seed), *names)).encode("utf-8", "surrogatepass")).digest()
