"""Rule readability."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import limited

_MARKUP = re.compile(r"<[^<>]*>|\$[^$\n]*\$|`[^`\n]*`|[*_#|]+")
_SENTENCE = re.compile(r"(?<![.?!:;])[.?!:;]++(?=\s|$)|\n\s*\n")
_WORD = re.compile(r"[A-Za-z]+(?:[’'-][A-Za-z]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_E = re.compile(r"(?:[^laeiouy]|[aeiouy]l)e$|[^dt]ed$|[^sxzcgh]es$")


@rule(Severity.INFO, screen=limited("grade"))
def readability(item: Item, bank: BankRecord, *, grade: float = 0.0, words: int = 30) -> Iterator[Finding]:
    """The stem reads harder than the bank allows (Flesch-Kincaid grade).

    Long sentences of long words test reading, and disadvantage those who read in a second language. Without
    a limit (`limits: {grade: 12}` in the bank record, or the option `grade`) the rule says nothing. It judges
    banks in English, and stems of at least `words` words: the measure means nothing for a line.

    Part long sentences, and use the plain word where the term is not what is tested.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 8; Kincaid et al. (1975).
    """
    limit = grade or bank.limits.get("grade", 0)
    if limit <= 0 or not bank.language.casefold().startswith("en"):
        return
    text = _MARKUP.sub(" ", item.stem)
    found = _WORD.findall(text)
    if len(found) < words:
        return
    sentences = sum(1 for part in _SENTENCE.split(text) if _WORD.search(part))
    reached = 0.39 * len(found) / sentences + 11.8 * sum(map(_syllables, found)) / len(found) - 15.59
    if reached > limit:
        yield Finding(
            item.at("stem"),
            f"the stem reads at grade {reached:.1f}, the limit is {limit:g}",
            hint="Part long sentences, and use plain words where the term is not what is tested.",
        )


def _syllables(word: str) -> int:
    """The syllables of an English word, about; an abbreviation in capitals counts as one."""
    if word.isupper():
        return 1
    word = word.lower()
    return max(1, len(_VOWELS.findall(word)) - bool(_SILENT_E.search(word)))
