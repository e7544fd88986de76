"""Items → lines of Blackboard's upload."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import assert_never

from qbank.diagnostics import Finding
from qbank.formats.contract import ExportInput, Placed
from qbank.markup import to_plain
from qbank.model.item import (
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    Ordering,
    ShortAnswer,
    TrueFalse,
)

MOST_ANSWERS = 100


def refusals(input: ExportInput) -> Iterator[Finding]:
    """What a line cannot say of items of the types that it has."""
    for item in {one.item.id: one.item for one in input.placed()}.values():
        for field, message, hint in _wrong(item):
            yield Finding(item.at(field), f"item {item.id}: {message}", hint=hint)


def _wrong(item: Item) -> Iterator[tuple[str, str, str]]:
    if not _words(item.stem):
        yield "stem", "the stem has no words", "Write the stem."
    if any(not _words(text) for text in item.option_texts.values()):
        yield "options", "an option has no words", "Write every option."
    if len(item.option_texts) > MOST_ANSWERS:
        yield "options", f"Blackboard takes {MOST_ANSWERS} answers", "Leave some out."
    texts = [item.stem, *item.option_texts.values(), *getattr(item, "prompts", {}).values()]
    if any(mark in _words(text) for text in texts for mark in "<>"):
        yield "stem", "Blackboard may take < and > for mark-up", "Say less than or more than in words."
    match item:
        case MultipleChoice() | MultipleResponse():
            if not item.key_ids or not set(item.key_ids) <= set(item.options):
                yield "key", "options must be keyed", "Key the right options."
            elif isinstance(item, MultipleChoice) and len(item.key_ids) != 1:
                yield "key", "one option must be keyed", "Key one option."
        case TrueFalse():
            if item.key is None:
                yield "key", "the key is missing", "Write `key: true` or `key: false`."
        case Matching():
            pairs = item.key or {}
            if set(pairs) != set(item.prompts) or sorted(pairs.values()) != sorted(item.options):
                yield "key", "Blackboard matches one option to one prompt", "Give each prompt its option."
            if any(not _words(text) for text in item.prompts.values()):
                yield "prompts", "a prompt has no words", "Write every prompt."
        case Ordering():
            if sorted(item.key_ids) != sorted(item.options) or len(item.options) < 2:
                yield "key", "two options or more must all stand in the key", "Complete the key."
        case Numeric():
            key = item.key
            if key is None or (key.value is None and (key.minimum is None or key.maximum is None)):
                yield "key", "a value, or a minimum and a maximum, must be given", "Complete the key."
        case ShortAnswer():
            if not item.key or not all(one.strip() for one in item.key):
                yield "key", "no accepted text is given, or one is empty", "List the accepted texts."
            elif any(one != " ".join(one.split()) for one in item.key):
                yield "key", "an accepted text has tabs, line breaks or several spaces", "Reword it."
        case Essay():
            pass
        case _:
            assert_never(item)


def line(one: Placed) -> str:
    """The line of an item that has no fault."""
    return "\t".join(_fields(one))


def _fields(one: Placed) -> Iterator[str]:
    item = one.item
    stem = _words(item.stem)
    order = one.placement.option_order or tuple(item.option_texts)
    match item:
        case MultipleChoice() | MultipleResponse():
            yield from ("MC" if isinstance(item, MultipleChoice) else "MA", stem)
            for id in order:
                yield from (_words(item.options[id]), "correct" if id in item.key_ids else "incorrect")
        case TrueFalse():
            yield from ("TF", stem, "true" if item.key else "false")
        case Matching():
            yield from ("MAT", stem)
            for prompt, option in (item.key or {}).items():
                yield from (_words(item.prompts[prompt]), _words(item.options[option]))
        case Ordering():
            yield from ("ORD", stem, *(_words(item.options[id]) for id in item.key_ids))
        case Numeric():
            yield from ("NUM", stem, *_number(item))
        case ShortAnswer():
            yield from ("FIB", stem, *(item.key or ()))
        case Essay():
            yield from ("ESS", stem)
        case _:
            assert_never(item)


def _number(item: Numeric) -> Iterator[str]:
    key = item.key
    assert key is not None
    if key.value is not None:
        value, tolerance = _decimal(key.value), _decimal(key.tolerance)
    else:
        low, high = _decimal(key.minimum or 0), _decimal(key.maximum or 0)
        value, tolerance = (low + high) / 2, (high - low) / 2
    yield f"{value:f}"
    if tolerance:
        yield f"{tolerance:f}"


def _decimal(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _words(text: str) -> str:
    return " ".join(to_plain(text).split())
