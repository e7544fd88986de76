"""Distractors for an item whose key is a code: codes beside the key that differ from it in one axis.

Each offer misreads one thing of the stem: the side, the encounter, the stage, a missing character. None may
be a second right answer. So what the stem does not settle is not offered along its axis, nor a code whose
title says nothing that the stem does not say, nor one that leaves open what the key says ("unspecified").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from qbank.domains.medcode.codeset import Answer, CodeSet, Status
from qbank.domains.medcode.rules._declared import answers, plain
from qbank.domains.medcode.rules._seventh import ENCOUNTERS
from qbank.model.item import Item
from qbank.similarity.normalise import normalise
from qbank.similarity.tokens import tokens

Axis = Literal["side", "encounter", "character", "stage", "kind"]
AXES: dict[Axis, str] = {
    "side": "another side",
    "encounter": "another encounter",
    "character": "a character is missing",
    "stage": "another stage, degree or number",
    "kind": "another kind or site",
}
"""Each axis in words, in the order of the offers."""

_FULL = 7
_LONGEST_CHANGE = 4
_SIDES = ("right", "left", "bilateral")
_OPEN = frozenset(("other", "unspecified", "nos", "nec", "elsewhere"))
_STAGES = frozenset(
    ("stage", "degree", "grade", "type", "class", "trimester", "week", "weeks", "acute", "chronic")
)
_STAGES |= {"mild", "moderate", "severe", "first", "second", "third", "i", "ii", "iii", "iv", "v"}
_ENCOUNTER = {
    "A": re.compile(r"\b(?:initial|first|active|admitted|emergency|presents?|today|just)\b", re.IGNORECASE),
    "D": re.compile(
        r"\b(?:subsequent|follow-?\s?up|routine|healing|aftercare|weeks? later)\b", re.IGNORECASE
    ),
    "S": re.compile(
        r"\b(?:sequelae?|late effects?|residual|scar|years? (?:after|ago|later))\b", re.IGNORECASE
    ),
}
"""Words of a stem that settle the encounter which a seventh character names."""


class Offer(msgspec.Struct, frozen=True):
    """A distractor: a code, its title, and what of the stem it misreads.

    `expect` is what the item declares of it: billable, or header for one that lacks a character.
    """

    code: str
    title: str
    axis: Axis
    expect: Literal["billable", "header"] = "billable"


class Suggestion(msgspec.Struct, frozen=True):
    """The offers for one keyed code, and which axes the stem leaves open."""

    key: str
    title: str
    offers: tuple[Offer, ...]
    left_open: tuple[Axis, ...] = ()


def suggest(item: Item, codes: CodeSet, on: str) -> tuple[Suggestion, ...]:
    """Distractors for every keyed ICD-10-CM code of an item that is reportable on a day."""
    keyed = {one.code: one for answer in answers(item, "icd10cm") for one in answer}
    used = {plain(one.code) for one in item.codes if one.system == "icd10cm"}
    return tuple(
        offers(one.code, item.stem, codes, on, used)
        for one in keyed.values()
        if codes.lookup(one.code, on).status is Status.BILLABLE
    )


def offers(code: str, stem: str, codes: CodeSet, on: str, used: Collection[str] = frozenset()) -> Suggestion:
    """Distractors for a code keyed under a stem; `used` are plain codes that are not to be offered."""
    key = codes.lookup(code, on)
    said = set(tokens(normalise(stem)))
    found: dict[str, Offer] = {}
    left_open: set[Axis] = set()
    for offer in (*_beside(key, codes, on), *_shorter(key, codes, on)):
        if plain(offer.code) in used or offer.code in found:
            continue
        if not _is_settled(offer, key, stem, said):
            left_open.add(offer.axis)
        elif offer.axis in ("encounter", "character") or _is_wrong(offer, key, said):
            found[offer.code] = offer
    order = list(AXES)
    ranked = sorted(found.values(), key=lambda offer: (order.index(offer.axis), offer.code))
    return Suggestion(key.code, key.title, tuple(ranked), tuple(axis for axis in order if axis in left_open))


def _shorter(key: Answer, codes: CodeSet, on: str) -> Iterator[Offer]:
    """The header above a key: the same code without its last character."""
    for above in codes.parents(key.code, on)[:1]:
        answer = codes.lookup(above, on)
        if answer.status is Status.HEADER and len(plain(above)) == len(plain(key.code)) - 1:
            yield Offer(above, answer.title, "character", "header")


def _beside(key: Answer, codes: CodeSet, on: str) -> Iterator[Offer]:
    """The billable codes around a key that differ from it in one axis, by their titles."""
    bare = plain(key.code)
    for code in _near(key.code, codes, on):
        answer = codes.lookup(code, on)
        if answer.status is not Status.BILLABLE:
            continue
        other = plain(code)
        if len(bare) == len(other) == _FULL and bare[:-1] == other[:-1]:
            if {bare[-1], other[-1]} <= {*ENCOUNTERS}:
                yield Offer(answer.code, answer.title, "encounter")
        elif (axis := _axis(key.title, answer.title)) is not None:
            yield Offer(answer.code, answer.title, axis)


def _near(code: str, codes: CodeSet, on: str) -> Iterator[str]:
    """The siblings of a code, then its cousins; of one with a seventh character those that have the same."""
    yield from codes.siblings(code, on)
    bare = plain(code)
    parents = codes.parents(code, on)
    for above in parents[:2]:
        for aunt in codes.siblings(above, on):
            if len(bare) == _FULL:
                yield plain(aunt).ljust(_FULL - 1, "X") + bare[-1]
                yield from (one for one in codes.children(aunt, on) if plain(one)[-1:] == bare[-1])
            else:
                yield aunt
                yield from codes.children(aunt, on)


def _axis(title: str, other: str) -> Axis | None:
    """The one axis in which two titles differ; None when there is no title, or more than one change."""
    words, others = tokens(normalise(title)), tokens(normalise(other))
    changes = [
        (words[a:b], others[c:d])
        for tag, a, b, c, d in SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    if len(changes) != 1 or max(map(len, changes[0])) > _LONGEST_CHANGE or not all(changes[0]):
        return None
    here, there = ({*part} for part in changes[0])
    if (here | there) & _OPEN:
        return None
    if here & {*_SIDES} and there & {*_SIDES}:
        return "side"
    stages = [_is_stage(word) for word in here | there]
    if all(stages) and {*words} & _STAGES:
        return "stage"
    return None if any(stages) else "kind"


def _is_stage(word: str) -> bool:
    return word in _STAGES or any(map(str.isdecimal, word))


def _is_settled(offer: Offer, key: Answer, stem: str, said: set[str]) -> bool:
    """Whether the stem decides between a key and an offer along the axis of the offer."""
    if offer.axis == "side":
        side = next((side for side in _SIDES if side in tokens(normalise(key.title))), "")
        return side in said or (side == "bilateral" and "both" in said)
    if offer.axis == "encounter":
        mine, theirs = plain(key.code)[-1], plain(offer.code)[-1]
        return bool(_ENCOUNTER[mine].search(stem)) and not _ENCOUNTER[theirs].search(stem)
    return True


def _is_wrong(offer: Offer, key: Answer, said: set[str]) -> bool:
    """Whether the title of an offer says something that neither the key's title nor the stem says."""
    own = {*tokens(normalise(offer.title))} - {*tokens(normalise(key.title))}
    return bool(own) and not own <= said
