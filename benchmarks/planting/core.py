"""What a planter is, and the small edits that all of them share.

A planter takes a clean item and gives it back with the flaw of one rule, or None when the item cannot carry
it. Its wordings come from the definition of the flaw and from how people write, never from the rule's code.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from qbank.diagnostics import Pointer
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.item import Item, ItemBase, MultipleChoice, MultipleResponse
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Stimulus

edited = msgspec.structs.replace
Choice = MultipleChoice | MultipleResponse
_ItemType = TypeVar("_ItemType", bound=ItemBase)
_Function = TypeVar("_Function", bound=Callable[..., Any])


class Planted(msgspec.Struct, frozen=True):
    """A flaw in a bank: `items` replace those of their id or join the bank, as do `stimuli`.

    One finding must name all of `named` (ids, one twice where two items share it) and hold `said`.
    """

    items: tuple[Item, ...] = ()
    named: tuple[str, ...] = ()
    said: str = ""
    stimuli: tuple[Stimulus, ...] = ()
    statistics: tuple[Statistics, ...] = ()


class Scene:
    """The bank in which one rule's flaws are planted, its clean items, and the draw."""

    def __init__(self, bank: Bank, clean: Sequence[Item], draw: random.Random) -> None:
        self.bank = bank
        self.draw = draw
        self.used: set[str] = set()
        self.clean = list(clean)
        self.number = 0

    def other(self, item: Item, fits: Callable[[Any], bool] = lambda _: True) -> Item | None:
        """A clean item that nothing was planted into yet; None when there is none."""
        for _ in range(60):
            one = self.draw.choice(self.clean)
            if one.id != item.id and one.id not in self.used and fits(one):
                return one
        return None

    def new_id(self, item: Item) -> str:
        """An id that the bank does not have."""
        self.number += 1
        return f"{item.id[:48]}-copy{self.number}"


class Plan(msgspec.Struct, frozen=True):
    """A planter, the item types it takes, the rules that run beside, and what the bank record says."""

    plant: Callable[[Any, Scene], Planted | None]
    kinds: tuple[type, ...]
    beside: tuple[str, ...]
    info: dict[str, Any]


class Whole(msgspec.Struct, frozen=True):
    """A bank without and with the flaw; `said` must stand in the message or the path of the finding."""

    clean: Bank
    flawed: Bank
    said: str = ""
    blueprint: Blueprint | None = None


class Entry(msgspec.Struct, frozen=True):
    """An item as it stands in a file: its YAML and its JSON."""

    id: str
    yaml: str
    json: str


class Written(msgspec.Struct, frozen=True):
    """A file with a flaw: how its name ends, its content, the item to be named ("" for the file alone)."""

    suffix: str
    data: bytes
    item: str = ""
    link: bool = False


PLANS: dict[str, Plan] = {}
WHOLE_PLANS: dict[str, Callable[[Bank, random.Random], Whole | None]] = {}
FILE_PLANS: dict[str, Callable[[Entry, random.Random], Written | None]] = {}


WITHOUT: dict[str, str] = {}
"""Slug → what of a rule's flaw is not planted, and why."""


def plants(
    slug: str, *kinds: type, beside: tuple[str, ...] = (), without: str = "", **info: Any
) -> Callable[[_Function], _Function]:
    """Mark the planter of a rule into items; `info` are fields of the bank record."""

    def mark(function: _Function) -> _Function:
        PLANS[slug] = Plan(function, kinds or (ItemBase,), beside, info)
        _leave_out(slug, without)
        return function

    return mark


def plants_bank(slug: str, *, without: str = "") -> Callable[[_Function], _Function]:
    """Mark the planter of a rule into a whole bank."""

    def mark(function: _Function) -> _Function:
        WHOLE_PLANS[slug] = function
        _leave_out(slug, without)
        return function

    return mark


def plants_file(slug: str, *, without: str = "") -> Callable[[_Function], _Function]:
    """Mark the planter of a rule into a file."""

    def mark(function: _Function) -> _Function:
        FILE_PLANS[slug] = function
        _leave_out(slug, without)
        return function

    return mark


def _leave_out(slug: str, without: str) -> None:
    if without:
        WITHOUT[slug] = without


def alone(item: Item) -> Planted:
    """A flaw that concerns one item."""
    return Planted((item,), (item.id,))


def with_options(item: _ItemType, texts: Iterable[str], **fields: Any) -> _ItemType:
    """The item with other option texts, named A, B, C … unless there are as many as before."""
    texts = list(texts)
    ids = list(item.option_texts)
    if len(ids) != len(texts):
        ids = list("ABCDEFGHIJ"[: len(texts)])
    return edited(item, options=dict(zip(ids, texts, strict=True)), **fields)


def with_option(item: _ItemType, id: str, text: str) -> _ItemType:
    """The item with another text of one option."""
    return edited(item, options={**item.option_texts, id: text})


def with_text(item: _ItemType, pointer: Pointer, text: str) -> _ItemType:
    """The item with another text at one of the places that `item.texts()` names."""
    name, *rest = (str(part) for part in pointer)
    if not rest:
        return edited(item, **{name: text})
    value = getattr(item, name)
    if isinstance(value, tuple):
        at = int(rest[0])
        return edited(item, **{name: (*value[:at], text, *value[at + 1 :])})
    return edited(item, **{name: {**value, rest[0]: text}})


def in_a_text(item: Item, draw: random.Random, change: Callable[[str], str | None]) -> Planted | None:
    """The change made to one of the item's texts, half of the times the stem; None when no text takes it."""
    places = list(item.texts())
    order = draw.sample(places, len(places))
    if draw.random() < 0.5:
        order.insert(0, places[0])
    for pointer, text in order:
        new = change(text)
        if new is not None and new != text:
            return alone(with_text(item, pointer, new))
    return None


def distractors(item: Item) -> list[str]:
    """The ids of the options that are not keyed."""
    return [id for id in item.option_texts if id not in item.key_ids]


def key_id(item: Item) -> str:
    """The keyed option's id; "" when there is none or the item has no such option."""
    return next((id for id in item.key_ids if id in item.option_texts), "")
