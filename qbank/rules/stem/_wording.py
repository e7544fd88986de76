"""Whether a stem is about a given wording, a saying, quotation or lyrics, that stands as it is."""

from __future__ import annotations

import re

_WORDING = re.compile(
    r"\b(?:mottos?|mottoes|slogans?|proverbs?|adages?|maxims?|idioms?|lyrics?|refrain(?!\s+from)|tongue\s?twisters?"
    r"|quot(?:es?|ed|ations?)|last\s+words|catch\s?phrases?|taglines?|inscriptions?|epitaphs?|headlines?)\b"
    r"|(?<![,;]\s)\bsayings?\b(?!\s+(?:that|he|she|it|they|to|the)\b)"
    r"|\bstatements?\b[^.?]{0,80}\bmade\s+by\b",
    re.IGNORECASE,
)


def is_about_wording(stem: str) -> bool:
    """Whether a stem names a saying, a motto, a quotation, lyrics or other words that stand as they are."""
    return _WORDING.search(stem) is not None
