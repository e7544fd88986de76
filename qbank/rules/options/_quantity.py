"""Option texts as numbers: integers, decimals, fractions, percentages, amounts, ranges, quantities."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from qbank.rules._patterns import compiled


class Quantity(NamedTuple):
    """A number or range with its unit ("" for none); `bias` is -1 for "under 5", 1 for "over 5"."""

    low: float
    high: float
    bias: int
    unit: str


_NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[ \u00a0\u202f]\d{3})+"
    r"|\d+\s+\d+/\d+|\d+/\d+|\d+\.\d+|\.\d+|\d+)"
)
_TEXT = compiled(
    rf"""(?P<about>about|approximately|approx\.?|around|roughly|nearly|almost|exactly|~|≈)?\s*
         (?:just\s+)?(?P<side>less\s+than|fewer\s+than|under|below|up\s+to|at\s+most|no\s+more\s+than|<|≤
                 |more\s+than|greater\s+than|over|above|at\s+least|>|≥)?\s*
         (?:between\s+|from\s+)?(?P<currency>(?:US)?[$€£¥])?\s*
         (?P<sign>[-−+])?\s*(?P<low>{_NUMBER})
         (?P<scale>\s+(?:thousand|million|billion|trillion))?
         (?P<own>\s*[^\d\s,–—−-][^\d–—−-]*?)??
         (?:\s*(?:-|–|—|−|to|through|and)\s*(?:(?:US)?[$€£¥])?\s*(?P<high>{_NUMBER})
            (?P<scale2>\s+(?:thousand|million|billion|trillion))?)?
         (?P<unit>\s*[^\d\s,][^\d]*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENING_TEXT = (
    "about approximately approx around roughly nearly almost exactly just less fewer under below up at no "
    "more greater over above between from us"
)
HEADS = frozenset(word[:2] for word in _OPENING_TEXT.split())
"""How a quantity begins, in lower case, if neither with a digit nor with a sign."""
LONGEST = 60
"""Characters of a quantity at most."""
_SCALES = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_BELOW = ("less", "fewer", "under", "below", "up", "at most", "no more", "<", "≤")
_POWER = compiled(r"[\^⁰-₎²³¹½¼¾⅓⅔`\\]")
_LEADING_ZERO = compiled(r"(?<![\d.,/])(?<!\d[ \u00a0\u202f])0\d")
_WORDS_OF_A_UNIT = 4
_LARGEST_BELOW = 9
_BLANKS = compiled(r"\s{3,}")  # _TEXT would try all ways to share them out


def quantities(texts: list[str]) -> list[Quantity] | None:
    """The texts as quantities of one unit; None when one of them is anything else."""
    found: list[Quantity] = []
    for text in texts:
        one = _quantity(text)
        if one is None or one.unit != (found[0] if found else one).unit:
            return None
        found.append(one)
    return found


def in_order(found: list[Quantity]) -> bool:
    """Whether quantities rise, or fall, all the way."""
    places = [place(one) for one in found]
    return places == sorted(places) or places == sorted(places, reverse=True)


def place(one: Quantity) -> tuple[float, int, float]:
    """What quantities are ordered by."""
    return one.low, one.bias, one.high


@lru_cache(maxsize=1024)
def _quantity(text: str) -> Quantity | None:
    text = text.strip().strip("*_").rstrip(".").strip()
    if text.startswith("$") and text.endswith("$") and len(text) > 2:
        text = text[1:-1]
    if (
        len(text) > LONGEST
        or not any(map(str.isdigit, text))
        or _POWER.search(text)
        or _LEADING_ZERO.search(text)
    ):
        return None
    match = _TEXT.fullmatch(_BLANKS.sub("  ", text))
    if match is None:
        return None
    unit = _unit(match["unit"] or match["own"] or "")
    if unit is None or (match["own"] and match["unit"] and _unit(match["own"]) != unit):
        return None
    low = _value(match["low"])
    high = _value(match["high"]) if match["high"] else low
    if low is None or high is None or ("/" in match["low"] and unit.startswith("mm")):
        return None  # 120/80 mmHg is no fraction
    scale = (match["scale"] or "").strip().lower()
    scale2 = (match["scale2"] or "").strip().lower() or scale
    if match["high"] and not scale:
        scale = scale2
    low, high = low * _SCALES[scale], high * _SCALES[scale2]
    if match["sign"] in ("-", "−"):
        low, high = -low, -high if not match["high"] else high
    if match["high"] and high < low:
        return None
    side = " ".join((match["side"] or "").lower().split())
    bias = 0 if not side else -1 if side.startswith(_BELOW) else 1
    return Quantity(low, high, bias, f"{(match['currency'] or '').upper()}{unit}")


def _value(text: str) -> float | None:
    """The number that a text writes; None for 120/80, which is no fraction."""
    whole, _, fraction = " ".join(text.split()).rpartition(" ")
    above, slash, below = fraction.partition("/")
    if not slash:
        return float(re.sub(r"[,\s]", "", text))
    if not int(below) or (int(above) > int(below) > _LARGEST_BELOW):
        return None
    return float(whole or 0) + int(above) / int(below)


def _unit(text: str) -> str | None:
    """A unit in one spelling; None for what is too long to be one."""
    words = text.lower().replace(".", "").split()
    if len(words) > _WORDS_OF_A_UNIT:
        return None
    if words == ["percent"] or words == ["per", "cent"]:
        return "%"
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)
