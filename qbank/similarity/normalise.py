"""Texts as they are compared: NFKC, case and white space do not count, but a power stays a power."""

from __future__ import annotations

import re
import unicodedata

_ALIKE = {
    **dict.fromkeys("‘’‚‛′ʼ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
}
_UNLIKE = re.compile(f"[{''.join(_ALIKE)}]")
_RAISED = re.compile(r"[⁰¹²³⁴-⁹⁺⁻ⁿ]+")
_LOWERED = re.compile(r"[₀-₉₊₋]+")
_FRACTION = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅞])")


def normalise(text: str) -> str:
    """NFKC, case folded, runs of white space as one space, one kind of quote and of dash.

    NFKC alone would make 10² into 102 and 1½ into 11/2; here they become 10^2 and 1 1/2.
    """
    if not text.isascii():
        text = _RAISED.sub(lambda found: f"^{found[0]}", text)
        text = _LOWERED.sub(lambda found: f"_{found[0]}", text)
        text = _FRACTION.sub(" ", text)
        text = unicodedata.normalize("NFKC", _evened(text)).replace("⁄", "/")
        # folding may take a text out of normal form, and normal form may bring back a dash or quote
        text = _evened(unicodedata.normalize("NFKC", text.casefold()))
    return " ".join(text.casefold().split())


def _evened(text: str) -> str:
    """One kind of quote and of dash; faster than `str.translate`, which looks up every character."""
    return _UNLIKE.sub(lambda found: _ALIKE[found[0]], text)
