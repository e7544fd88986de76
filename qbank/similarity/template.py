"""Siblings: two stems that are equal but for slots, with another fact of one kind in each."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from qbank.similarity.kinds import Kind, canonical, contrasts, is_common, kind_of
from qbank.similarity.sketch import FACTS, Sketch

MOST_SLOTS = 3
"""Stems that differ in more places are not one template."""

MOST_WORDS = 4
"""A longer replacement is no fact but another text."""

LEAST_WORDS = 3
LEAST_SHARE = 0.6
"""How many content words a template has beside its slots, and what share of the longer stem they are."""

LONG = 1000
"""From this many content words on a stem is a text, and compared from both ends."""

SAME_OPTIONS = 0.5
"""From this share of common options on, one content word beside the slot is enough."""


class Slot(NamedTuple):
    """A place in which two stems have another fact of one kind."""

    kind: Kind
    one: str
    other: str


def slots(one: Sketch, other: Sketch) -> tuple[Slot, ...]:
    """The slots in which two items of one template differ; () when they have no template in common.

    Items on a stimulus have none: the text that tells them apart stands elsewhere.
    """
    if one.item.stimulus or other.item.stimulus or one.item.type != other.item.type:
        return ()
    words, others = _content(one), _content(other)
    bases, other_bases = [canonical(word) for word in words], [canonical(word) for word in others]
    found: dict[Slot, None] = {}
    equal = 0
    for tag, a, b, c, d in _differences(bases, other_bases):
        if tag == "equal":
            equal += b - a
            continue
        slot = _slot(words[a:b], others[c:d])
        if slot is None:
            return ()
        found[slot] = None
        if len(found) > MOST_SLOTS:
            return ()
    share = equal / max(len(words), len(others), 1)
    enough = equal >= LEAST_WORDS and share >= LEAST_SHARE
    return tuple(found) if enough or (equal and len(found) == 1 and _same_options(one, other)) else ()


def _differences(words: list[str], others: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """What is equal and what differs, as difflib tells it.

    Of long texts first what is equal at both ends; between them words that stand there very often are no
    sign that two places belong together. Else a stem of one word 10,000 times would take minutes.
    """
    if max(len(words), len(others)) < LONG:
        yield from SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
        return
    start = _equal(words, others)
    end = _equal(words[start:][::-1], others[start:][::-1])
    if start:
        yield "equal", 0, start, 0, start
    middle, there = words[start : len(words) - end], others[start : len(others) - end]
    for tag, a, b, c, d in SequenceMatcher(None, middle, there).get_opcodes():
        yield tag, start + a, start + b, start + c, start + d
    if end:
        yield "equal", len(words) - end, len(words), len(others) - end, len(others)


def _equal(words: list[str], others: list[str]) -> int:
    """How many words are the same from the first on."""
    pairs = enumerate(zip(words, others, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(words), len(others)))


def _content(one: Sketch) -> list[str]:
    return [word for word in one.stem_tokens if kind_of(word) is not Kind.FUNCTION]


def _slot(words: list[str], others: list[str]) -> Slot | None:
    """What kind of fact stands here in one stem and there in the other, if both are of one kind."""
    if not words or not others or max(len(words), len(others)) > MOST_WORDS:
        return None
    for kind in _kinds(words):
        if kind in _kinds(others) and (kind is not Kind.CONTRAST or _opposed(words, others)):
            return Slot(kind, " ".join(words), " ".join(others))
    return None


def _kinds(words: list[str]) -> Iterator[Kind]:
    """The kinds of fact that some words may be, the strictest first."""
    kinds = {kind_of(word) for word in words}
    for kind in (Kind.SIDE, Kind.UNIT, *FACTS):
        if kinds == {kind}:
            yield kind
    if kinds <= {*FACTS, Kind.UNIT} and not kinds.isdisjoint(FACTS):
        yield Kind.NUMBER
    if len(words) == 1 and contrasts(words[0]):
        yield Kind.CONTRAST
    if all(kind_of(word) in FACTS or _is_rare(word) for word in words):
        yield Kind.NAME


def _is_rare(word: str) -> bool:
    """Whether it may be a name: no everyday word, and none that has opposites."""
    return kind_of(word) is Kind.WORD and not is_common(word) and not contrasts(word)


def _opposed(words: list[str], others: list[str]) -> bool:
    return not contrasts(words[0]).isdisjoint(contrasts(others[0]))


def _same_options(one: Sketch, other: Sketch) -> bool:
    ours, theirs = set(one.options), set(other.options)
    return len(ours & theirs) > 1 and len(ours & theirs) >= SAME_OPTIONS * len(ours | theirs)
