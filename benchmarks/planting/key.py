"""Flaws of the key: missing, wrong, double, and rationales that say something else."""

from __future__ import annotations

import random
import re

from benchmarks.planting.core import (
    Choice,
    Planted,
    Scene,
    alone,
    distractors,
    edited,
    key_id,
    plants,
    with_option,
    with_options,
)
from benchmarks.planting.key_wordings import (
    ABOUT,
    ASKED,
    KEY_IS_WRONG,
    LETTERS,
    MARKED_RIGHT,
    MARKED_WRONG,
    NUMBERS,
    OTHER_BY_ID,
    OTHER_BY_TEXT,
    REASONS,
)
from benchmarks.planting.wording import is_phrase, joined, lower_first, quotes, squashed, upper_first
from qbank.model.item import Calculation, Matching, MultipleChoice, MultipleResponse


@plants("key-missing", MultipleChoice, MultipleResponse, Matching)
def key_missing(item: Choice | Matching, scene: Scene) -> Planted | None:
    """No key at all, an empty one, or a prompt without one."""
    if isinstance(item, Matching):
        kept = dict(item.key or {})
        kept.pop(scene.draw.choice(list(kept)))
        return alone(edited(item, key=scene.draw.choice((None, {}, kept))))
    if isinstance(item, MultipleResponse):
        return alone(edited(item, key=scene.draw.choice((None, ()))))
    return alone(edited(item, key=scene.draw.choice((None, None, ""))))


@plants("key-not-an-option", MultipleChoice, MultipleResponse, Matching)
def key_not_an_option(item: Choice | Matching, scene: Scene) -> Planted | None:
    """A key that is another letter, the letter in another case, or the text of the option."""
    right = key_id(item)
    after = chr(ord("A") + len(item.option_texts))
    wrong = scene.draw.choice((after, right.lower(), item.option_texts[right][:60], f"{right}.", "1", "X"))
    if isinstance(item, Matching):
        return alone(edited(item, key={**(item.key or {}), scene.draw.choice(list(item.prompts)): wrong}))
    if isinstance(item, MultipleResponse):
        return alone(edited(item, key=(*item.key_ids[:-1], wrong)))
    return alone(edited(item, key=wrong))


@plants("key-count", MultipleChoice, MultipleResponse)
def key_count(item: Choice, scene: Scene) -> Planted | None:
    """Two keys where one is asked for, or another number than the stem, or `choose`, says."""
    draw = scene.draw
    spare = distractors(item)
    if isinstance(item, MultipleResponse):
        return _another_number(item, spare, draw)
    if draw.random() < 0.4:
        return alone(edited(item, key=(*item.key_ids, draw.choice(spare))))
    if len(item.options) < 4:
        return None
    asked = draw.choice((2, 3))
    keys = (*item.key_ids, *spare[: draw.choice([n for n in (1, 2, 3) if n != asked]) - 1])
    return alone(
        MultipleResponse(
            id=item.id, stem=joined(item.stem, _asked(asked, draw)), options=item.options, key=keys
        )
    )


def _another_number(item: MultipleResponse, spare: list[str], draw: random.Random) -> Planted | None:
    more = draw.random() < 0.5 and len(spare) > 1
    keys = (*item.key_ids, spare[0]) if more else item.key_ids[:-1]
    return alone(edited(item, key=keys)) if keys else None


def _asked(number: int, draw: random.Random) -> str:
    word = NUMBERS[number]
    return draw.choice(ASKED).format(N=word.upper(), n=word, d=number)


@plants(
    "key-duplicated-by-option",
    MultipleChoice,
    MultipleResponse,
    without="a text that differs in upper and lower case only: duplicate-option-ignoring-case",
)
def key_duplicated_by_option(item: Choice, scene: Scene) -> Planted | None:
    """A distractor with the key's text, as it is or typed a little differently."""
    text = item.option_texts[key_id(item)]
    ways = [text, text, f"{text} ", f" {text}", text.replace(" ", "  "), text.replace(" ", "\u00a0")]
    ways += [text.replace("fi", "\ufb01"), text.translate({ord("1"): "１", ord("2"): "２"})]
    return alone(with_option(item, scene.draw.choice(distractors(item)), scene.draw.choice(ways)))


@plants("key-contradicted-by-rationale", MultipleChoice)
def key_contradicted_by_rationale(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The rationale says that another option is right, or that the key is wrong."""
    if isinstance(item.rationale, dict) and item.rationale and scene.draw.random() < 0.6:
        return _marked(item, scene.draw)
    said = _contradiction(item, scene.draw)
    told = item.rationale if isinstance(item.rationale, str) else item.rationale.get(key_id(item), "")
    told = told or scene.draw.choice(REASONS)
    parts = (said, told) if scene.draw.random() < 0.5 else (told, said)
    text = joined(*parts)
    if isinstance(item.rationale, dict) and item.rationale:
        return alone(edited(item, rationale={**item.rationale, key_id(item): text}))
    return alone(edited(item, rationale=text))


def _marked(item: MultipleChoice, draw: random.Random) -> Planted | None:
    """The key's own rationale marked wrong, or a distractor's marked right."""
    assert isinstance(item.rationale, dict)
    wrong = draw.random() < 0.6
    at = key_id(item) if wrong else draw.choice(distractors(item))
    if at not in item.rationale:
        return None
    text = draw.choice(MARKED_WRONG if wrong else MARKED_RIGHT).format(r=item.rationale[at])
    return alone(edited(item, rationale={**item.rationale, at: text}))


def _contradiction(item: MultipleChoice, draw: random.Random) -> str:
    other, key = draw.choice(distractors(item)), key_id(item)
    text = item.options[other]
    kind = draw.random()
    if kind < 0.15 and is_phrase(text) and not quotes(item.options[key], text):
        return draw.choice(OTHER_BY_TEXT).format(t=lower_first(text), T=text)
    if kind < 0.35:
        two = " and ".join(sorted((key, other)))
        return draw.choice(KEY_IS_WRONG).format(k=key, two=two)
    return draw.choice(OTHER_BY_ID).format(
        o=other, l=other.lower(), T=text.rstrip("."), t=lower_first(text.rstrip("."))
    )


@plants(
    "key-rationale-mismatch",
    MultipleChoice,
    without="items passed over: the rationale quotes no option's text alone and word for word, or the option "
    "has under three letters, over twelve words or is a sweeping one; nobody can tell then",
)
def key_rationale_mismatch(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The rationale is about another option: the key was moved, or the options changed places."""
    if isinstance(item.rationale, dict) and item.rationale:
        ways = [_key_moved, _options_exchanged]
        scene.draw.shuffle(ways)
        return ways[0](item, scene) or ways[1](item, scene)
    return _written_about_another(item, scene)


def _tells_apart(item: MultipleChoice, told: str, about: str, key: str) -> bool:
    """Whether a rationale quotes one option's text, which no other option has, and not the key's."""
    text = item.options[about]
    unique = not any(quotes(other, text) for id, other in item.options.items() if id != about)
    return len(squashed(text)) >= 3 and unique and quotes(told, text) and not quotes(told, item.options[key])


def _key_moved(item: MultipleChoice, scene: Scene) -> Planted | None:
    """One text that explains the old key, and a new key."""
    assert isinstance(item.rationale, dict)
    old = key_id(item)
    told = item.rationale.get(old, "")
    fit = [id for id in distractors(item) if _tells_apart(item, told, old, id)]
    if not fit:
        return None
    return alone(edited(item, rationale=told, key=scene.draw.choice(fit)))


def _options_exchanged(item: MultipleChoice, scene: Scene) -> Planted | None:
    """The key and a distractor change places, and the rationales stay where they are."""
    assert isinstance(item.rationale, dict)
    old = key_id(item)
    fit = [id for id in distractors(item) if _tells_apart(item, item.rationale.get(id, ""), id, old)]
    if not fit:
        return None
    new = scene.draw.choice(fit)
    options = {**item.options, new: item.options[old], old: item.options[new]}
    return alone(edited(item, options=options, key=new))


def _written_about_another(item: MultipleChoice, scene: Scene) -> Planted | None:
    """A rationale in ordinary sentences that speaks of a distractor."""
    about = scene.draw.choice(distractors(item))
    text = item.options[about].rstrip(".")
    if len(text.split()) > 12 or any(
        word in squashed(text).split() for word in ("all", "none", "both", "true", "false")
    ):
        return None
    told = scene.draw.choice(ABOUT).format(t=lower_first(text), T=upper_first(text))
    told = joined(told, scene.draw.choice(REASONS))
    return alone(edited(item, rationale=told)) if _tells_apart(item, told, about, key_id(item)) else None


@plants("rationale-uses-letters", MultipleChoice)
def rationale_uses_letters(item: MultipleChoice, scene: Scene) -> Planted | None:
    """A rationale that names options by their letters."""
    wrong = distractors(item)
    if len(wrong) < 3:
        return None
    d, e, f = sorted(scene.draw.sample(wrong, 3))
    said = scene.draw.choice(LETTERS).format(
        d=d, e=e, f=f, k=key_id(item), l=d.lower(), m=key_id(item).lower()
    )
    if isinstance(item.rationale, dict) and item.rationale:
        at = scene.draw.choice(list(item.rationale))
        return alone(edited(item, rationale={**item.rationale, at: joined(item.rationale[at], said)}))
    return alone(edited(item, rationale=joined(scene.draw.choice(REASONS), said)))


@plants("key-conflict", MultipleChoice)
def key_conflict(item: MultipleChoice, scene: Scene) -> Planted | None:
    """A second copy, its options perhaps in another order, with another key."""
    draw = scene.draw
    copy = edited(item, id=scene.new_id(item), key=draw.choice(distractors(item)), lint_ignore=())
    if draw.random() < 0.5:
        order = draw.sample(list(item.options), len(item.options))
        texts = [item.options[id] for id in order]
        copy = with_options(copy, texts, key=list(item.options)[order.index(str(copy.key))], rationale="")
    if draw.random() < 0.3:
        copy = edited(
            copy, stem=draw.choice((f"{copy.stem} ", copy.stem.replace(" ", "  ", 1), copy.stem.lower()))
        )
    return Planted((item, copy), (item.id, copy.id))


@plants(
    "key-calculation",
    MultipleChoice,
    without="items passed over: the options are no plain numbers",
)
def key_calculation(item: MultipleChoice, scene: Scene) -> Planted | None:
    """A calculation that gives a distractor, another number, or so wide a tolerance that two options fit."""
    if not all(re.fullmatch(r"\d{1,6}(\.\d{1,2})?", text) for text in item.options.values()):
        return None
    values = {id: float(text) for id, text in item.options.items()}
    right, other = values[key_id(item)], values[scene.draw.choice(distractors(item))]
    if right == other:
        return None
    wrong, tolerance = scene.draw.choice(((other, 0.0), (right + 7, 0.0), (right, abs(right - other) * 1.01)))
    part = scene.draw.randint(2, 9)
    calculation = scene.draw.choice(
        (
            Calculation("base + more", {"base": wrong - part, "more": part}, tolerance),
            Calculation("total / parts", {"total": wrong * part, "parts": part}, tolerance),
            Calculation("(whole - rest) * 1", {"whole": wrong + part, "rest": part}, tolerance),
        )
    )
    return alone(edited(item, calculation=calculation))
