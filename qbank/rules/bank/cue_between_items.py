"""cue-between-items."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.bank import Bank
from qbank.model.item import Item, MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._frequencies import StemWords
from qbank.similarity.kinds import Kind, is_common, kind_of

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_LONG = 5
_SHORT = 4
_ENOUGH = 2
_NEARLY_ALL = 0.8


@rule(Severity.INFO)
def cue_between_items(
    bank: Bank,
    frequencies: StemWords,
    *,
    shared: int = 2,
    share: float = 0.01,
    part: float = 0.5,
    words: int = 50,
) -> Iterator[Finding]:
    """The stem of one item holds the key of another, and both are about the same thing.

    Who meets both on a form reads the answer of one in the other. It fires when the whole key stands in
    another stem, none of the distractors does, and that stem has at least `shared` of the rare words of
    the item's own, and `part` of them all. Rare are words in at most `share` of the stems.
    Keys of items with `words` words or more are not looked for: a long case shares words with every other.
    Items that are enemies already, or hang on one stimulus, are let alone.

    Make the two enemies, so that no form holds both, or reword one of them.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 3 (independent items); NBME item-writing guide.
    """
    items = [one for one in bank.items if one.status != "retired"]
    asked: _Asked = defaultdict(lambda: defaultdict(list))
    limit = max(2, share * frequencies.stems)
    for item in items:
        if isinstance(item, MultipleChoice) and item.stem.count(" ") < words:
            target = _target(item, frequencies, limit, shared, part)
            if target is not None:
                of_key = asked[max(filter(_tells, target.key), key=len)]
                for word in target.telling:
                    of_key[word].append(target)
    for other in items:
        stem = tuple(_WORD.findall(other.stem.casefold()))
        here = frozenset(stem)
        # sorted, not a set: findings keep one order
        for word in sorted(asked.keys() & here):
            for target in _met(asked[word], here):
                item = target.item
                if (
                    item is not other
                    and len(target.rare & here) >= target.least
                    and _holds(stem, target.key)
                    and not _are_apart(item, other)
                    and not any(_holds(stem, text) for text in _distractors(item))
                ):
                    yield _finding(item, other)


class _Target(NamedTuple):
    """An item whose key may stand in another stem."""

    item: MultipleChoice
    key: tuple[str, ...]
    rare: frozenset[str]
    least: int
    telling: tuple[str, ...]
    """Rare words one of which any stem has that has the least number of them."""


_Asked = defaultdict[str, defaultdict[str, list[_Target]]]


def _target(
    item: MultipleChoice, frequencies: StemWords, limit: float, shared: int, part: float
) -> _Target | None:
    """The item with the words that another stem must have; None when no stem can give its key away."""
    key = _key(item)
    stem = tuple(_WORD.findall(item.stem.casefold()))
    if not key or _holds(stem, key):
        return None
    rare = frozenset(word for word in set(filter(_tells, stem)) if 1 < frequencies.count(word) <= limit)
    least = max(shared, math.ceil(part * len(rare)))
    if len(rare) < shared:  # a short question: nearly all of its words must be there
        rare = frozenset(word for word in stem if len(word) >= _SHORT and kind_of(word) is Kind.WORD)
        least = max(_ENOUGH, math.ceil(_NEARLY_ALL * len(rare)))
    by_count = sorted(rare, key=lambda word: (frequencies.count(word), word))
    telling = tuple(by_count[: len(rare) - least + 1]) if least <= len(rare) else ()
    return _Target(item, key, rare, least, telling) if telling else None


def _met(targets: Mapping[str, list[_Target]], here: frozenset[str]) -> Iterable[_Target]:
    """The targets a telling word of which is among the words of a stem, each once."""
    words = (
        here.intersection(targets) if len(targets) > len(here) else [one for one in targets if one in here]
    )
    return {id(target): target for word in words for target in targets[word]}.values()


def _finding(item: MultipleChoice, other: Item) -> Finding:
    key = item.key_ids[0]
    return Finding(
        other.at("stem"),
        f"the stem holds the key of {item.id}, {item.options[key].strip()!r}",
        related=(Related(item.at("options", key), "the key"),),
        hint=f"Make the two enemies: enemies: [{item.id}].",
    )


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
