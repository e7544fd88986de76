"""Items whose key may stand in another stem, and the stems in which it does."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeGuard

from qbank.model.item import Item, MultipleChoice
from qbank.rules.cues._frequencies import StemWords
from qbank.similarity.crossing import END, ENOUGH, NEARLY_ALL, piece_rows
from qbank.similarity.kinds import Kind, is_common, kind_of
from qbank.similarity.rows import Rows

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_LONG = 5
_SHORT = 4


class Target(NamedTuple):
    """An item whose key may stand in another stem."""

    place: int
    item: MultipleChoice
    key: tuple[str, ...]
    rare: frozenset[str]
    least: int


class Asking(NamedTuple):
    """How often words stand in the stems of a bank, and the options of the rule."""

    frequencies: StemWords
    shared: int
    share: float
    part: float
    words: int

    @property
    def limit(self) -> float:
        """In so many stems at most stands a rare word."""
        return max(2, self.share * self.frequencies.stems)

    def is_rare(self, count: int) -> bool:
        """Whether a word that stands in so many stems is rare."""
        return is_rare(count, self.limit)

    def has_key(self, item: Item) -> TypeGuard[MultipleChoice]:
        """Whether the item has a key that another stem might give away."""
        if item.status == "retired" or not isinstance(item, MultipleChoice):
            return False
        ids = item.key_ids
        return len(ids) == 1 and ids[0] in item.options and item.stem.count(" ") < self.words

    def key(self, item: Item) -> str:
        """The key of the item, "" when it has none that another stem might give away."""
        return item.options[item.key_ids[0]] if self.has_key(item) else ""

    def target(self, place: int, item: Item) -> Target | None:
        """The item with the words that another stem must have; None when no stem can give its key away.

        Of the other items it depends on which words are rare, and on nothing else.
        """
        if not self.has_key(item):
            return None
        key = tuple(_WORD.findall(item.options[item.key_ids[0]].casefold()))
        stem = words_of(item)
        if not any(map(tells, key)) or _holds(stem, key):
            return None
        counts = {word: self.frequencies.count(word) for word in set(filter(tells, stem))}
        rare = frozenset(word for word, count in counts.items() if self.is_rare(count))
        least = max(1, self.shared, math.ceil(self.part * len(rare)))
        if len(rare) < self.shared:  # a short question: nearly all of its words must be there
            rare = frozenset(filter(counts_in_short, stem))
            least = max(ENOUGH, math.ceil(NEARLY_ALL * len(rare)))
        return Target(place, item, key, rare, least) if least <= len(rare) else None


class Numbered(dict[str, tuple[int, ...]]):
    """The words of every piece of text without blanks, as numbers: a piece is looked at once."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        super().__init__({END: (-1,)})
        self._numbers = numbers

    def __missing__(self, piece: str) -> tuple[int, ...]:
        found = tuple(map(self._numbers.__getitem__, _WORD.findall(piece.casefold())))
        self[piece] = found
        return found

    def rows(self, texts: Sequence[str]) -> Rows:
        """The numbers of the words of every text in order; no word has a blank in it."""
        return piece_rows(texts, self)


def words_of(item: Item) -> tuple[str, ...]:
    """The words of a stem in order."""
    return tuple(_WORD.findall(item.stem.casefold()))


def given_away(
    candidates: Iterable[tuple[int, int]], items: Sequence[Item], asking: Asking
) -> Iterator[tuple[int, int]]:
    """Of pairs of places of a target and another item those where the other's stem gives the key away."""
    targets: dict[int, Target | None] = {}
    last = -1
    stem: tuple[str, ...] = ()
    here: frozenset[str] = frozenset()
    for place, number in candidates:
        if place not in targets:
            targets[place] = asking.target(place, items[place])
        if number != last:
            last, stem = number, words_of(items[number])
            here = frozenset(stem)
        target = targets[place]
        if target is not None and _gives_away(items[number], stem, here, target):
            yield place, number


def _gives_away(other: Item, stem: tuple[str, ...], here: frozenset[str], target: Target) -> bool:
    return (
        len(target.rare & here) >= target.least
        and _holds(stem, target.key)
        and not _are_apart(target.item, other)
        and not any(_holds(stem, text) for text in _distractors(target.item))
    )


def is_rare(count: int, limit: float) -> bool:
    """Whether a word that stands in so many stems is rare: in one alone it is met nowhere else."""
    return 1 < count <= limit


@cache
def tells(word: str) -> bool:
    """Whether a word of a key or stem is long enough, and no everyday language."""
    return len(word) >= _LONG and kind_of(word) is Kind.WORD and not is_common(word)


@cache
def counts_in_short(word: str) -> bool:
    """Whether a word counts in a stem without enough rare ones."""
    return len(word) >= _SHORT and kind_of(word) is Kind.WORD


def _holds(stem: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether words stand in a stem one behind the other."""
    size = len(words)
    return any(stem[at : at + size] == words for at, word in enumerate(stem) if word == words[0])


def _distractors(item: MultipleChoice) -> Iterator[tuple[str, ...]]:
    for id, text in item.options.items():
        words = tuple(_WORD.findall(text.casefold()))
        if id not in item.key_ids and words:
            yield words


def _are_apart(one: MultipleChoice, other: Item) -> bool:
    """Whether no form can hold both by accident: enemies, or parts of one item set."""
    enemies = other.id in one.enemies or one.id in other.enemies
    return enemies or bool(one.stimulus and one.stimulus == other.stimulus)
