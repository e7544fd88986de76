"""Normalised text → words: numbers, units, codes and words each as one token."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
      (?<![\w)])-?\d+(?:[.,:/]\d+)*(?:[a-z]\w*(?:[.-]\w+)*)?%?   # 1,000  3.5  -5  120/80  50%  5mg  2nd  25x
    | [\u3040-\u30ff\u3400-\u9fff]                # a Chinese or Japanese character stands for a word
    | \w+(?:[.'-]\w+)*(?:\+\+|\#)?                # word  o'clock  e11.65  non-billable  c++  c#
    | (?<=\s)\*+(?=\s)                            # a * between blanks multiplies; elsewhere it is markup
    | [<>=±×÷/^+≤≥≠√%$€£°]                        # signs that carry meaning
    """,
    re.VERBOSE,
)
_QUANTITY = re.compile(r"(-?\d+(?:[.,]\d+)*)(mcg|[mk]?g|[md]?l|[mck]?m|[kmg]?hz|[kmgt]b|kj|kcal|h)")
_ODD = re.compile(r"[\d_]")  # without these there is no quantity, and no word that is none
_COMPOUND = re.compile(r"(?<=[^\W_])-(?=[^\W\d_]{2})")
_POSSESSIVE = re.compile(r"(?<=\w)'s\b")


def tokens(text: str) -> list[str]:
    """The words of a normalised text in order.

    Hyphens before a word part words (year-old), 's is dropped, and a unit is parted from its number.
    """
    if "'" in text:
        text = _POSSESSIVE.sub("", text)
    if "-" in text:
        text = _COMPOUND.sub(" ", text)
    split: list[str] = _TOKEN.findall(text)
    if not _ODD.search(text):
        return split
    found: list[str] = []
    for token in split:
        quantity = _QUANTITY.fullmatch(token) if token[-1].isalpha() and not token[0].isalpha() else None
        if quantity is not None:
            found += quantity.groups()
        elif token.strip("_"):
            found.append(token)
    return found
