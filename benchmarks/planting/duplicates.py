"""Items that are there twice: word for word, reworded, contradicting, from one template, on one passage."""

from __future__ import annotations

import random
import re

from benchmarks.planting.core import Planted, Scene, distractors, edited, key_id, plants, with_options
from benchmarks.planting.wording import asks, body_and_question, joined
from qbank.model.item import Item, MultipleChoice

_SAME = (
    ("Which of the following", "Which one of the following"),
    ("Which of these", "Which of the following"),
    ("What is the most appropriate", "What would be the most appropriate"),
    ("Which of the following is the most", "What is the most"),
    ("is most likely to", "will most likely"),
    ("comes to the physician", "presents to his physician"),
    ("is brought to the emergency department", "is taken to the emergency room"),
    ("because of", "due to"),
    ("physician", "doctor"),
    ("shows", "reveals"),
    ("for the past", "for the last"),
    ("a history of", "a past history of"),
    ("was the first", "was the very first"),
    ("What is the name of", "Name"),
    ("What do we call", "What is the name for"),
    ("is called", "is known as"),
    ("is located", "is found"),
    ("large", "big"),
    ("patient", "person"),
    ("reports", "states"),
    ("approximately", "about"),
    ("year-old", "years old"),
    ("people", "persons"),
    ("discovered", "found"),
    ("used to", "employed to"),
    ("begins", "starts"),
    ("small", "little"),
    ("usually", "as a rule"),
    ("cannot", "can not"),
    ("does not", "doesn't"),
    ("performs", "carries out"),
    ("claim", "bill"),
    ("How is", "In what way is"),
    ("What does", "Tell what"),
    ("What is", "What's"),
    ("Which code", "What code"),
)
_BEFORE = ("In this case:", "Consider the following.", "Read carefully.")
_SIDES = (
    ("left", "right"),
    ("upper", "lower"),
    ("anterior", "posterior"),
    ("male", "female"),
    ("increased", "decreased"),
)
_OTHER_OPTIONS = (
    ("Tibia", "Fibula", "Talus", "Calcaneus", "Patella", "Femur"),
    ("Copper", "Zinc", "Nickel", "Cobalt", "Chromium", "Tin"),
    ("Monday", "Tuesday", "Thursday", "Friday", "Saturday", "Sunday"),
)


@plants("duplicate-item")
def duplicate_item(item: Item, scene: Scene) -> Planted | None:
    """The item again under another id, typed a little differently, its options in any order."""
    draw = scene.draw
    copy = edited(item, id=scene.new_id(item))
    if isinstance(copy, MultipleChoice) and draw.random() < 0.5:
        copy = _shuffled(copy, draw)
    ways = (
        str,
        str.upper,
        lambda text: f" {text} ",
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(" ", "\u00a0"),
    )
    copy = edited(copy, stem=draw.choice(ways)(copy.stem))
    return Planted((item, copy), (item.id, copy.id))


def _shuffled(item: MultipleChoice, draw: random.Random) -> MultipleChoice:
    order = draw.sample(list(item.options), len(item.options))
    key = list(item.options)[order.index(key_id(item))]
    return with_options(item, [item.options[id] for id in order], key=key, rationale="")


@plants("near-duplicate-item", MultipleChoice)
def near_duplicate_item(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The item again in somewhat other words, or its stem over other options."""
    draw = scene.draw
    if draw.random() < 0.25:
        if len(item.stem.split()) < 9:
            return None
        texts = draw.sample(draw.choice(_OTHER_OPTIONS), len(item.options))
        copy = with_options(edited(item, id=scene.new_id(item), rationale=""), texts)
        return Planted((item, copy), (item.id, copy.id)) if not item.stimulus else None
    reworded = _reworded(item, scene)
    return Planted((item, reworded), (item.id, reworded.id)) if reworded else None


@plants("contradicting-near-duplicate", MultipleChoice)
def contradicting_near_duplicate(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The item again in somewhat other words, with another key."""
    copy = _reworded(item, scene)
    if copy is None:
        return None
    copy = edited(copy, key=scene.draw.choice(distractors(copy)))
    return Planted((item, copy), (item.id, copy.id))


def _reworded(item: MultipleChoice, scene: Scene) -> MultipleChoice | None:
    """A copy with a few words replaced, added or lost, as an editor or a forgetful author leaves it."""
    draw = scene.draw
    stem, words = item.stem, item.stem.split()
    if len(words) < 8 or item.stimulus:
        return None
    for old, new in draw.sample(_SAME, len(_SAME)):
        if draw.random() < 0.6:
            stem = re.sub(rf"\b{old}\b", new, stem, count=2)
    if draw.random() < 0.3:
        stem = joined(draw.choice(_BEFORE), stem)
    if draw.random() < 0.4 or stem == item.stem:
        articles = [found.span() for found in re.finditer(r"\b(?:the|a|an|very|also|most) (?=[a-z])", stem)]
        if not articles:
            return None
        start, end = draw.choice(articles)
        stem = stem[:start] + stem[end:]
    copy = edited(item, id=scene.new_id(item), stem=stem)
    return _shuffled(copy, draw) if draw.random() < 0.5 else copy


@plants("sibling-items", MultipleChoice)
def sibling_items(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The item's template with another number or side, and another key."""
    stem = _another_fact(item.stem, scene.draw)
    if stem is None or len(item.stem.split()) < 8 or item.stimulus:
        return None
    copy = edited(item, id=scene.new_id(item), stem=stem, key=scene.draw.choice(distractors(item)))
    return Planted((item, copy), (item.id, copy.id))


def _another_fact(stem: str, draw: random.Random) -> str | None:
    sides = [
        (one, other) for pair in _SIDES for one, other in (pair, pair[::-1]) if re.search(rf"\b{one}\b", stem)
    ]
    numbers = re.findall(r"(?<![\w.,-])\d{1,4}(?![\w.,-]*\d)(?!\w)", stem)
    if sides and (not numbers or draw.random() < 0.5):
        one, other = draw.choice(sides)
        return re.sub(rf"\b{one}\b", other, stem)
    if not numbers:
        return None
    number = draw.choice(numbers)
    return re.sub(rf"(?<![\w.,-]){number}(?!\w)", str(int(number) + draw.randint(1, 9)), stem, count=1)


@plants("shared-passage", MultipleChoice)
def shared_passage(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The case of one item, word for word, before the question of another."""
    body, question = body_and_question(item.stem)
    if len(body.split()) < 34 or not asks(question) or item.stimulus:
        return None
    other = scene.other(item, lambda one: isinstance(one, MultipleChoice) and not one.stimulus)
    if other is None:
        return None
    _, asked = body_and_question(other.stem)
    passage = edited(other, stem=joined(body, asked))
    return Planted((item, passage), (item.id, passage.id)) if asks(asked) and asked != question else None
