"""Flaws of a whole bank: skewed keys, long keys, empty cells, items that answer each other."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.planting.core import Planted, Scene, Whole, distractors, edited, key_id, plants, plants_bank
from benchmarks.planting.wording import (
    asks,
    body_and_question,
    is_phrase,
    joined,
    lower_first,
    quotes,
    upper_first,
)
from qbank.assembly.registry import constraint_kinds, objective_kinds
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.item import Item, MultipleChoice

_SKEWS = (
    (0.45, 0.20, 0.20, 0.15),
    (0.50, 0.20, 0.15, 0.15),
    (0.10, 0.45, 0.35, 0.10),
    (0.60, 0.20, 0.10, 0.10),
    (0.05, 0.32, 0.32, 0.31),
    (0.40, 0.40, 0.10, 0.10),
)
_REAL_SKEW = (0.32, 0.26, 0.22, 0.20)
_CLAUSE = re.compile(r"^(?:It|There|They|Both|A|An|As|By|With|In|To)\b|\b(?:is|are)\b")
_TOLD = ("This is {k}.", "It turned out to be {k}.", "It is called {k}.", "What was found was {k}.")
_ASKED = re.compile(
    r"(What|Who|Which [a-z]+) ((?!does|did)(?:is|was|are|were|has|had|causes?|[a-z]+ed|[a-z]+s) .+)\?"
)


def _fours(bank: Bank, draw: random.Random, count: int) -> list[MultipleChoice]:
    """Items with four options, in a new order; the same ones again, under new ids, when there are too few."""
    found = [item for item in bank.items if isinstance(item, MultipleChoice) and len(item.options) == 4]
    chosen = draw.sample(found, min(count, len(found)))
    more = [edited(item, id=f"{item.id[:50]}-again{at}") for at in range(1, 9) for item in chosen]
    return (chosen + more)[:count]


def _keyed(items: Sequence[MultipleChoice], positions: Sequence[int]) -> tuple[Item, ...]:
    """The items with the key at these positions: it changes places with what stands there."""
    made = []
    for item, at in zip(items, positions, strict=True):
        ids = list(item.options)
        old, new = key_id(item), ids[at]
        options = {**item.options, new: item.options[old], old: item.options[new]}
        made.append(edited(item, options=options, key=new))
    return tuple(made)


@plants_bank(
    "key-position-skew",
    without="a long run of one letter where keys are even: the rule tells the run and does not judge it",
)
def key_position_skew(bank: Bank, draw: random.Random) -> Whole | None:
    """Keys that favour a position: in the whole bank, or in what one author wrote, or in one area."""
    kind = draw.choice(("bank", "bank", "real", "author", "area"))
    count = {"real": 1200}.get(kind, draw.choice((160, 240, 400)))
    items = _fours(bank, draw, count)
    even = draw.sample([at % 4 for at in range(count)], count)
    clean = edited(bank, items=_keyed(items, even), stimuli=())
    weights = draw.sample(_REAL_SKEW if kind == "real" else draw.choice(_SKEWS), 4)
    if kind in ("bank", "real"):
        return Whole(clean, edited(clean, items=_keyed(items, draw.choices(range(4), weights, k=count))))
    skewed = set(draw.sample(range(count), 80))
    places = [draw.choices(range(4), weights)[0] if at in skewed else even[at] for at in range(count)]
    flawed = _keyed(items, places)
    if kind == "author":
        flawed = tuple(edited(one, author="A" if at in skewed else "B") for at, one in enumerate(flawed))
    if kind == "area":
        flawed = tuple(
            edited(one, content_area="one" if at in skewed else "two") for at, one in enumerate(flawed)
        )
    return Whole(clean, edited(clean, items=flawed))


@plants_bank("key-longest-rate")
def key_longest_rate(bank: Bank, draw: random.Random) -> Whole | None:
    """A bank whose key is the longest option in half of the items or more."""
    items = [one for one in _fours(bank, draw, draw.choice((100, 160, 240, 400))) if _one_longest(one)]
    share = draw.choice((0.48, 0.5, 0.6, 0.7))
    longest = {one.id: draw.random() < share for one in items}
    flawed = tuple(edited(one, key=_by_length(one, draw, longest[one.id])) for one in items)
    clean = tuple(edited(one, key=_by_length(one, draw, draw.random() < 0.25)) for one in items)
    return Whole(edited(bank, items=clean, stimuli=()), edited(bank, items=flawed, stimuli=()))


def _one_longest(item: MultipleChoice) -> bool:
    first, second, *_ = sorted(map(len, item.options.values()), reverse=True)
    return first > second


def _by_length(item: MultipleChoice, draw: random.Random, longest: bool) -> str:
    ids = sorted(item.options, key=lambda one: len(item.options[one]))
    return ids[-1] if longest else draw.choice(ids[:-1])


@plants_bank("empty-cell")
def empty_cell(bank: Bank, draw: random.Random) -> Whole | None:
    """A row of the blueprint for which the bank has no item, or none that may be used."""
    return _cell(bank, draw, left=lambda _: 0)


@plants_bank("thin-cell")
def thin_cell(bank: Bank, draw: random.Random) -> Whole | None:
    """A row of the blueprint for which the bank has too few items."""
    return _cell(bank, draw, left=lambda needed: draw.randrange(1, needed))


def _cell(bank: Bank, draw: random.Random, left: Callable[[int], int]) -> Whole | None:
    field = draw.choice(("content_area", "cognitive_level"))
    values = sorted({getattr(item, field) for item in bank.items if getattr(item, field)})
    if not values:
        return None
    value = draw.choice(values)
    members = [item.id for item in bank.items if getattr(item, field) == value and item.status == "active"]
    needed = draw.randint(2, 4)
    if len(members) < needed * 2:
        return None
    forms = draw.choice((1, 1, 2))
    kept = set(draw.sample(members, min(left(needed), len(members))))
    lost = set(members) - kept
    remain = [item for item in bank.items if getattr(item, field) != value or item.id in kept]
    retired = [
        edited(item, status=draw.choice(("draft", "retired"))) if item.id in lost else item
        for item in bank.items
    ]
    items = draw.choice(
        (remain, [item for item in retired if getattr(item, field) != value or item.status != "pretest"])
    )
    return Whole(bank, edited(bank, items=tuple(items)), value, _blueprint(field, value, needed, forms))


def _blueprint(field: str, value: str, needed: int, forms: int) -> Blueprint:
    row: Any = constraint_kinds()["content"]
    rows = (
        row(label=f"{value} items", where={field: value, "role": "any"}, minimum=needed, maximum=needed + 2),
        row(label="long ones", where={"words": {"minimum": 5}, "role": "any"}, minimum=1),
    )
    objective: Any = objective_kinds()["random"]
    return Blueprint(id="practice", length=20, forms=forms, objective=objective(), constraints=rows)


@plants("cue-between-items", MultipleChoice)
def cue_between_items(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The stem of another item tells, among other things, what this item asks for."""
    fact = _fact(item, scene.draw)
    if not fact or item.stimulus or any(quotes(fact, item.options[id]) for id in distractors(item)):
        return None
    other = scene.other(
        item, lambda one: one.content_area == item.content_area and len(one.stem.split()) < 25
    )
    if not isinstance(other, MultipleChoice):
        return None
    body, question = body_and_question(other.stem)
    telling = edited(other, stem=joined(*scene.draw.sample((body, fact), 2), question))
    return Planted((item, telling), (item.id, telling.id))


def _fact(item: MultipleChoice, draw: random.Random) -> str:
    """Sentences that tell the case and its answer, or the question as a statement; "" without any."""
    key = item.options[key_id(item)].rstrip(".")
    words = len(item.stem.split())
    if words > 48 or not is_phrase(key, 4) or not re.search("[A-Za-z]{5}", key) or _CLAUSE.search(key):
        return ""
    asked = _ASKED.fullmatch(item.stem)
    if asked:
        return f"{upper_first(key)} {asked[2]}."
    body, question = body_and_question(item.stem)
    body = body if asks(question) else item.stem
    return joined(body, draw.choice(_TOLD).format(k=lower_first(key))) if len(body.split()) > 6 else ""
