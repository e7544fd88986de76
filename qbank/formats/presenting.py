"""What a form presents of an item: its texts, its options in their order, the words for true and false."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from qbank.formats.contract import Placed
from qbank.model.item import Essay, Item, Numeric, Ordering, TrueFalse

SEEN = ("id", "type", "stem", "prompts", "options", "choose", "stimulus", "points")
"""The fields of an item's record that a candidate sees."""

TRUE_FALSE = {
    "de": ("Richtig", "Falsch"),
    "en": ("True", "False"),
    "es": ("Verdadero", "Falso"),
    "fr": ("Vrai", "Faux"),
    "it": ("Vero", "Falso"),
    "nl": ("Waar", "Onwaar"),
    "pt": ("Verdadeiro", "Falso"),
}
"""Language → the words for true and false."""


def truth_words(language: str) -> dict[str, str]:
    """The options of a true-false item in a language, English where it is unknown: id → word."""
    words = TRUE_FALSE.get(language[:2].lower(), TRUE_FALSE["en"])
    return dict(zip(("true", "false"), words, strict=True))


def shown_texts(item: Item, audience: str) -> list[str]:
    """The marked-up texts of an item that go into an export."""
    return [text for _, text in located_texts(item, audience)]


def located_texts(item: Item, audience: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The same with their paths in the record."""
    for pointer, text in item.texts():
        if audience == "staff" or pointer[0] in ("stem", "prompts", "options"):
            yield pointer, text
    if isinstance(item, Essay) and item.rubric and audience == "staff":
        yield ("rubric",), item.rubric
    if isinstance(item, Numeric) and item.key is not None and item.key.unit:
        yield ("key", "unit"), item.key.unit


def presented(placed: Placed) -> tuple[str, ...]:
    """The option ids in the order in which the form presents them."""
    item, order = placed.item, placed.placement.option_order
    if order:
        return order
    if isinstance(item, Ordering):
        return _mixed(item)
    return ("true", "false") if isinstance(item, TrueFalse) else tuple(item.option_texts)


def _mixed(item: Ordering) -> tuple[str, ...]:
    """An order that says nothing: banks tend to list the options of an ordering in their right order."""
    mixed = sorted(item.options, key=lambda option: sha256(f"{item.id}/{option}".encode()).digest())
    if tuple(mixed) == item.key_ids:
        mixed = [*mixed[1:], mixed[0]]
    return tuple(mixed)
