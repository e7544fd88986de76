"""What stands on paper: options in presented order under letters, and keys in those letters."""

from __future__ import annotations

from typing import assert_never

import msgspec

from qbank.formats.contract import Placed
from qbank.formats.keys import numeric_words
from qbank.formats.xlsx.plain import plain
from qbank.model.form import letter
from qbank.model.item import (
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    NumericKey,
    Ordering,
    ShortAnswer,
    TrueFalse,
)
from qbank.tables.grid import number_text

NO_KEY = "(no key)"
NO_LETTER = "—"
_TRUTH = {"true": "True", "false": "False"}


class Key(msgspec.Struct, frozen=True):
    """A key in presented letters, in the bank's ids, and in words."""

    letters: str
    ids: str
    text: str


def presented_ids(placed: Placed) -> tuple[str, ...]:
    """The ids of what a candidate chooses from, as presented; true and false count as two options."""
    if isinstance(placed.item, TrueFalse):
        return tuple(_TRUTH)
    return placed.placement.option_order or tuple(placed.item.option_texts)


def choices(placed: Placed) -> dict[str, str]:
    """What a candidate chooses from, as presented: option id → plain text."""
    if isinstance(placed.item, TrueFalse):
        return dict(_TRUTH)
    return {id: plain(placed.item.option_texts[id]) for id in presented_ids(placed)}


def prompts(item: Item) -> str:
    """The prompts of a matching item, numbered, one a line."""
    if not isinstance(item, Matching):
        return ""
    return "\n".join(f"{number}. {plain(text)}" for number, text in enumerate(item.prompts.values(), 1))


def response(item: Item) -> str:
    """What a candidate does with the item."""
    match item:
        case MultipleChoice():
            return "choose one"
        case MultipleResponse():
            return f"choose {item.choose}" if item.choose else "choose all that apply"
        case TrueFalse():
            return "true or false"
        case Matching():
            return "match (options may repeat)" if item.reuse else "match"
        case Ordering():
            return "put in order"
        case Numeric():
            return "number"
        case ShortAnswer():
            return "short text"
        case Essay():
            return "essay"
        case _:
            assert_never(item)


def key(placed: Placed) -> Key:
    """The key of a placed item; types without letters have only words."""
    item = placed.item
    match item:
        case MultipleChoice() | MultipleResponse():
            ids = [id for id in presented_ids(placed) if id in item.key_ids]
            return _lettered(placed, (*ids, *(id for id in item.key_ids if id not in ids)))
        case TrueFalse():
            return _lettered(placed, () if item.key is None else (str(item.key).lower(),))
        case Ordering():
            return _lettered(placed, item.key_ids)
        case Matching():
            return _matched(placed, item)
        case Numeric():
            return Key(NO_LETTER, "", NO_KEY if item.key is None else number_key(item.key))
        case ShortAnswer():
            case_note = "\n(case counts)" if item.case_sensitive and item.key else ""
            return Key(NO_LETTER, "", ("\n".join(item.key or ()) or NO_KEY) + case_note)
        case Essay():
            rubric = plain(item.rubric)
            return Key(NO_LETTER, "", f"Rubric: {rubric}" if rubric else "(no rubric)")
        case _:
            assert_never(item)


def number_key(key: NumericKey) -> str:
    """A numeric key in words: `5 ± 0.1 mg`, `4 to 6 mg`, `at least 4 mg`."""
    amount = numeric_words(key, number_text)
    return f"{amount} {key.unit}".rstrip() if amount else NO_KEY


def rationale(placed: Placed) -> str:
    """The rationale: one text, or one line per option in presented order, then whatever else it explains."""
    given = placed.item.rationale
    if isinstance(given, str):
        return plain(given)
    letters = _letters(placed)
    named = (*(id for id in letters if id in given), *(id for id in given if id not in letters))
    return "\n".join(f"{letters.get(id, id)}. {plain(given[id])}" for id in named)


def _letters(placed: Placed) -> dict[str, str]:
    return {id: letter(index) for index, id in enumerate(presented_ids(placed))}


def _lettered(placed: Placed, ids: tuple[str, ...]) -> Key:
    if not ids:
        return Key("", "", NO_KEY)
    letters, texts = _letters(placed), choices(placed)
    words = [texts.get(id, f"({id} is no option)") for id in ids]
    if isinstance(placed.item, Ordering):
        words = [f"{number}. {word}" for number, word in enumerate(words, 1)]
    return Key(", ".join(letters.get(id, "?") for id in ids), ", ".join(ids), "\n".join(words))


def _matched(placed: Placed, item: Matching) -> Key:
    if not item.key:
        return Key("", "", NO_KEY)
    letters, texts = _letters(placed), choices(placed)
    numbers = {id: str(number) for number, id in enumerate(item.prompts, 1)}
    ids = [*(id for id in item.prompts if id in item.key), *(id for id in item.key if id not in numbers)]
    pairs = [(id, item.key[id]) for id in ids]
    return Key(
        ", ".join(f"{numbers.get(prompt, '?')}-{letters.get(option, '?')}" for prompt, option in pairs),
        ", ".join(f"{prompt}: {option}" for prompt, option in pairs),
        "\n".join(
            f"{plain(item.prompts.get(prompt, prompt))} → {texts.get(option, f'({option} is no option)')}"
            for prompt, option in pairs
        ),
    )
