"""How often words are used in the stems of a bank."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import chain

from qbank.model.answering import Answering
from qbank.model.bank import Bank
from qbank.rule import provides
from qbank.similarity.kinds import canonical

_SAMPLE = 2000
_STEMS = ""
_WORD = re.compile(r"[^\W\d_]+")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_LETTERS = bytes(code if chr(code).isalpha() else ord(" ") for code in range(128)).lower() + b" " * 128
"""ASCII in lower case, all but letters as blanks."""


class StemWords(Answering):
    """In which share of some stems a word stands.

    Rules about items ask for `stems` and `count` alone.
    """

    def __init__(self, stems: Sequence[str]) -> None:
        self._sample = stems

    @property
    def stems(self) -> int:
        """How many stems the sample has."""
        return self.ask(_STEMS)

    @cached_property
    def _counts(self) -> Counter[str]:
        """In how many stems each form of a word stands; counted when first asked for."""
        return Counter(chain.from_iterable(map(_words, self._sample)))

    @cached_property
    def by_base(self) -> Counter[str]:
        """In how many stems of the sample the words of each base stand."""
        found: Counter[str] = Counter()
        for word, count in self._counts.items():
            found[canonical(word)] += count
        return found

    def count(self, word: str) -> int:
        """In how many stems of the sample a word, or another form of it, stands."""
        return self.ask(canonical(word))

    def answer(self, question: str) -> int:
        """In how many stems a word with that base stands; how many there are."""
        return len(self._sample) if question == _STEMS else self.by_base[question]

    def writes(self, word: str) -> bool:
        """Whether the bank knows the word in exactly this form."""
        return self._counts[word] > 0


def _words(stem: str) -> set[str]:
    """The words of a stem, in lower case."""
    if not stem.isascii():
        stem = stem.casefold()
        for one in set(_BEYOND.findall(stem)):
            if _WORD.match(one):
                return set(_WORD.findall(stem))
            stem = stem.replace(one, " ")  # a sign: stems without foreign letters are read faster
    return set(stem.encode().translate(_LETTERS).decode().split())


@provides(StemWords)
def stem_words(bank: Bank) -> StemWords:
    """The words of the stems of a bank, estimated from at most 4,000 of them, evenly spread."""
    step = max(1, len(bank.items) // _SAMPLE)
    return StemWords([item.stem for item in bank.items[::step]])
