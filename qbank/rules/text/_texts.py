"""Words about the texts that rules look at."""

from __future__ import annotations


def named(characters: set[str]) -> str:
    """Characters in words, sorted: U+200B zero width space."""
    import unicodedata

    return ", ".join(
        f"U+{ord(one):04X} {unicodedata.name(one, 'control character').lower()}" for one in sorted(characters)
    )
