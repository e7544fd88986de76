"""Items whose key may stand in another stem, and the stems in which it does."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from qbank.model.item import Item, MultipleChoice
from qbank.rules.cues._frequencies import StemWords
from qbank.similarity.kinds import Kind, is_common, kind_of

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_LONG = 5
_SHORT = 4
_ENOUGH = 2
_NEARLY_ALL = 0.8


class Target(NamedTuple):
    """An item whose key may stand in another stem."""

    place: int
    item: MultipleChoice
    key: tuple[str, ...]
    rare: frozenset[str]
    least: int
    telling: tuple[str, ...]
    """Rare words one of which any stem has that has the least number of them."""

    @property
    def asked(self) -> str:
        """The word of the key that is looked for first: the longest that tells."""
        return max(filter(_tells, self.key), key=len)


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
        """Whether a word that stands in so many stems is rare: in one alone it is met nowhere else."""
        return 1 < count <= self.limit

    def target(self, place: int, item: Item) -> Target | None:
        """The item with the words that another stem must have; None when no stem can give its key away.

        Of the other items it depends on which words are rare, and on nothing else.
        """
        if item.status == "retired" or not isinstance(item, MultipleChoice):
            return None
        if item.stem.count(" ") >= self.words:
            return None
        key, stem = _key(item), words_of(item)
        if not key or _holds(stem, key):
            return None
        counts = {word: self.frequencies.count(word) for word in set(filter(_tells, stem))}
        rare = frozenset(word for word, count in counts.items() if self.is_rare(count))
        least = max(self.shared, math.ceil(self.part * len(rare)))
        if len(rare) < self.shared:  # a short question: nearly all of its words must be there
            rare = frozenset(word for word in stem if len(word) >= _SHORT and kind_of(word) is Kind.WORD)
            least = max(_ENOUGH, math.ceil(_NEARLY_ALL * len(rare)))
        by_count = sorted(rare, key=lambda word: (self.frequencies.count(word), word))
        telling = tuple(by_count[: len(rare) - least + 1]) if least <= len(rare) else ()
        return Target(place, item, key, rare, least, telling) if telling else None


def words_of(item: Item) -> tuple[str, ...]:
    """The words of a stem in order."""
    return tuple(_WORD.findall(item.stem.casefold()))


def pairs(
    targets: Iterable[Target], items: Sequence[Item], others: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """The places of targets and of the others (places in `items`) whose stems give their keys away."""
    asked: defaultdict[str, defaultdict[str, list[Target]]] = defaultdict(lambda: defaultdict(list))
    for target in targets:
        of_key = asked[target.asked]
        for word in target.telling:
            of_key[word].append(target)
    for place in others:
        other = items[place]
        if other.status == "retired":
            continue
        stem = words_of(other)
        here = frozenset(stem)
        for word in asked.keys() & here:
            for target in _met(asked[word], here):
                if target.place != place and _gives_away(other, stem, here, target):
                    yield target.place, place


def _gives_away(other: Item, stem: tuple[str, ...], here: frozenset[str], target: Target) -> bool:
    return (
        len(target.rare & here) >= target.least
        and _holds(stem, target.key)
        and not _are_apart(target.item, other)
        and not any(_holds(stem, text) for text in _distractors(target.item))
    )


def _met(targets: Mapping[str, list[Target]], here: frozenset[str]) -> Iterable[Target]:
    """The targets a telling word of which is among the words of a stem, each once."""
    words = (
        here.intersection(targets) if len(targets) > len(here) else [one for one in targets if one in here]
    )
    return {target.place: target for word in words for target in targets[word]}.values()


def _key(item: MultipleChoice) -> tuple[str, ...]:
    """The words of the key, () when it says too little to be recognised in another stem."""
    if len(item.key_ids) != 1 or item.key_ids[0] not in item.options:
        return ()
    found = tuple(_WORD.findall(item.options[item.key_ids[0]].casefold()))
    return found if any(map(_tells, found)) else ()


@cache
def _tells(word: str) -> bool:
    """Whether a word is long enough, and no everyday language."""
    return len(word) >= _LONG and kind_of(word) is Kind.WORD and not is_common(word)


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
