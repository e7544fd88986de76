"""A bank whose texts are new sentences of the words of real items, however large it is.

Chains of words are trained on the stems and the options of the real items of `duplicates_join.py`: after a
word comes any that follows it there, as often as it does there. With one word of memory a run of many words
hardly ever comes twice, so items are alike where they were copied and nowhere else; with two words of memory
most words of so few real items have only one that follows, and whole sentences would come again, the oftener
the larger the bank. Short questions, long cases, and options of one, two, three and more words each have a
chain of their own. A quarter of the words is exchanged as in `duplicates_growth.py`, half of these for
made-up names, so that the vocabulary grows as in real text. Stems and options are as long as those of a real
item with a stem of eight words or more; answers that every bank has (true, all of the above) stay as they
are. Every tenth item is a copy of any earlier one with a few words exchanged, and keyed anew.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.duplicates_growth import as_item, edited  # noqa: E402
from benchmarks.duplicates_join import Real, Words, real_items  # noqa: E402

FEWEST = 8
"""Shorter stems are left out: there are too few different ones, and a larger bank has the same by chance."""

LONG = 40
"""From so many words on a stem is a case."""

MOST_APART = 4
"""Options of so many words and of more have one chain."""

EXCHANGED = 0.25
"""The share of the words that are exchanged for others,"""

EXCHANGED_IN_COPY = 0.06
"""and the same in a copy."""

STOCK = frozenset(("true", "false", "yes", "no", "all of the above", "none of the above", "all of these"))
"""Answers that stay as they are."""

Kind = tuple[bool, int]
"""Whether a text is of a long item, and of how many words it is; 0 for a stem."""

_END = ""
"""Stands before and behind every text."""


class Chain:
    """After every word the words that follow it in some texts, each as often as it does."""

    def __init__(self) -> None:
        self._next: dict[str, list[str]] = defaultdict(list)

    def learn(self, text: Words) -> None:
        """Add a text."""
        for word, following in zip([_END, *text], [*text, _END], strict=True):
            self._next[word].append(following)

    def text(self, size: int, draw: random.Random) -> Words:
        """A text of so many words; where one ends before, another begins."""
        found: Words = []
        word = _END
        while len(found) < size:
            word = draw.choice(self._next[word])
            if word != _END:
                found.append(word)
        return found


def chained(items: int) -> Iterator[dict[str, Any]]:
    """That many items."""
    draw = random.Random(3)
    real = real_items()
    words = [word for stem, _ in real for word in stem]
    chains = trained(real)
    likes = [one for one in real if len(one[0]) >= FEWEST]
    made: list[Real] = []
    for number in range(items):
        if number % 10 == 9:
            stem, texts = draw.choice(made)
            one = edited(stem, words, draw, EXCHANGED_IN_COPY), texts
        else:
            one = _new(draw.choice(likes), chains, words, draw)
        if number % 10 < 2:
            made.append(one)
        yield as_item(number, " ".join(one[0]), [" ".join(text) for text in one[1]], draw)


def trained(real: Iterable[Real]) -> dict[Kind, Chain]:
    """The chains of all kinds of texts."""
    chains: dict[Kind, Chain] = defaultdict(Chain)
    for stem, texts in real:
        chains[_kind(stem)].learn(stem)
        for text in texts:
            chains[_kind(stem, text)].learn(text)
    return chains


def _new(like: Real, chains: dict[Kind, Chain], words: Words, draw: random.Random) -> Real:
    """A new item as long as a real one."""
    stem, texts = like
    made = [
        text
        if " ".join(text) in STOCK
        else edited(chains[_kind(stem, text)].text(len(text), draw), words, draw, EXCHANGED)
        for text in texts
    ]
    return edited(chains[_kind(stem)].text(len(stem), draw), words, draw, EXCHANGED), made


def _kind(stem: Words, text: Words | None = None) -> Kind:
    """The kind of a stem, or of an option of its item."""
    return len(stem) >= LONG, min(len(text), MOST_APART) if text else 0
