"""Licensed titles without their text: enough to find one in an item, too little to read it.

A fingerprint holds the number of words of a title and two digests: of its first words, and of all. Titles of
fewer than four words are ordinary language and have none.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

LEAST = 4
"""Words that a title must have at least."""
_WORD = re.compile(r"[^\W_]+")
_SIZE = 8


def fingerprint(title: str) -> str:
    """The fingerprint of a title, "" when it has too few words."""
    words = _words(title)
    if len(words) < LEAST:
        return ""
    return f"{len(words)}:{_digest(words[:LEAST])}:{_digest(words)}"


class LicensedTitles:
    """Fingerprints of titles, with the code of each; false when there are none."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._by_start: dict[str, dict[tuple[int, str], str]] = defaultdict(dict)
        for code, one in entries:
            if one:
                count, start, whole = one.split(":")
                self._by_start[start].setdefault((int(count), whole), code)

    def __bool__(self) -> bool:
        return bool(self._by_start)

    def find(self, text: str) -> tuple[str, ...]:
        """The codes whose titles a text holds word by word, sorted."""
        words = _words(text) if self._by_start else []
        found = set()
        for at in range(len(words) - LEAST + 1):
            titles = self._by_start.get(_digest(words[at : at + LEAST]))
            for (count, whole), code in (titles or {}).items():
                if at + count <= len(words) and _digest(words[at : at + count]) == whole:
                    found.add(code)
        return tuple(sorted(found))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _digest(words: Iterable[str]) -> str:
    return hashlib.blake2b(" ".join(words).encode(), digest_size=_SIZE).hexdigest()
