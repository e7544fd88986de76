"""When two texts are the same: NFKC and white space do not count, case does."""

from __future__ import annotations

import re
import unicodedata

_KEEPS_MEANING = re.compile("[⁰-₎²³¹¼-¾⅐-⅞]")


def same(text: str) -> str:
    """A text such that equal ones are the same to a reader; 10² is not 102."""
    if not text.isascii():
        text = unicodedata.normalize("NFC" if _KEEPS_MEANING.search(text) else "NFKC", text)
    return " ".join(text.split())
