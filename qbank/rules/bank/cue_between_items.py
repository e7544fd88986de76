"""cue-between-items."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.bank import Bank
from qbank.model.item import Item, MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._frequencies import StemWords
from qbank.similarity.kinds import Kind, is_common, kind_of

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_LONG = 5


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
    asked: dict[str, list[tuple[MultipleChoice, tuple[str, ...]]]] = defaultdict(list)
    for item in items:
        if item.stem.count(" ") >= words:
            continue  # a long case shares words with every other
        key = _key(item) if isinstance(item, MultipleChoice) else ()
        if isinstance(item, MultipleChoice) and key:
            for written in _written(max(filter(_tells, key), key=len)):
                asked[written].append((item, key))
    wanted = frozenset(asked)
    rare_words: dict[str, set[str]] = {}
    limit = max(2, share * frequencies.stems)
    for other in items:
        # dict, not set: findings keep one order
        for written in dict.fromkeys(word for word in other.stem.casefold().split() if word in wanted):
            stem = tuple(_WORD.findall(other.stem.casefold()))
            for item, key in asked[written]:
                if item is other or not _holds(stem, key) or _are_apart(item, other):
                    continue
                if item.id not in rare_words:
                    own = set(filter(_tells, _WORD.findall(item.stem.casefold())))
                    rare_words[item.id] = {word for word in own if 1 < frequencies.count(word) <= limit}
                rare = rare_words[item.id]
                if (
                    len(rare.intersection(stem)) >= max(shared, part * len(rare))
                    and not _holds(tuple(_WORD.findall(item.stem.casefold())), key)
                    and not any(_holds(stem, text) for text in _distractors(item))
                ):
                    yield _finding(item, other)


def _finding(item: MultipleChoice, other: Item) -> Finding:
    key = item.key_ids[0]
    return Finding(
        other.at("stem"),
        f"the stem holds the key of {item.id}, {item.options[key].strip()!r}",
        related=(Related(item.at("options", key), "the key"),),
        hint=f"Make the two enemies: enemies: [{item.id}].",
    )


def _written(word: str) -> tuple[str, ...]:
    """A word as it may stand between blanks: with a sign after it, or in parentheses."""
    return (
        word,
        *(f"{word}{sign}" for sign in (".", ",", "?", ";", ":", ")", "'s", "’s")),
        f"({word}",
        f"({word})",
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
