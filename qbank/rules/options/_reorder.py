"""The fix that puts options in another order: texts move, ids stay, key and rationale move along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from qbank.diagnostics import Edit, Fix, Move, Put, Rename
from qbank.model.answering import Answering
from qbank.model.bank import Bank
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import provides

Choice = MultipleChoice | MultipleResponse

_PLACE = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|middle|next|previous|other)\s+(?:two\s+|three\s+)?"
    r"(?:options?|answers?|choices?|alternatives?|distractors?|one)\b"
    r"|\b(?:options?|answers?|choices?|alternatives?|distractors?)\s+(?:\d|one\b|two\b|three\b|four\b)"
    r"|\b(?:options?|answers?|choices?|values?|numbers?|ones?|the)\s+(?:above|below|top|bottom)\b",
    re.IGNORECASE,
)
_NO_ARTICLE = (
    r"is|are|was|were|and|or|has|does|would|cannot|because|since|as|for|which|in|but|not|counts?|gives?"
)


class Measured(Answering):
    """Which items have statistics."""

    def __init__(self, items: Iterable[str]) -> None:
        self._items = frozenset(items)

    def answer(self, question: str) -> int:
        """1 for the id of an item with statistics, otherwise 0."""
        return int(question in self._items)


@provides(Measured)
def measured_items(bank: Bank) -> Measured:
    """The items with statistics."""
    return Measured(one.item for one in bank.statistics)


def reordered(item: Choice, order: Sequence[int], measured: Measured) -> Fix | None:
    """The fix after which the nth option has the text that the option number `order[n]` has now.

    It is safe when no text speaks of letters or places, nothing was measured with the old order and
    nobody approved it. None when the key or another list names what is no option.
    """
    ids = list(item.options)
    new = {ids[old]: ids[number] for number, old in enumerate(order)}
    rationale = item.rationale if isinstance(item.rationale, dict) else {}
    if not {*item.key_ids, *item.fixed, *rationale} <= set(ids):
        return None
    edits: list[Edit] = [Move(item.at("options"), tuple(ids[old] for old in order))]
    if isinstance(item.key, str):
        edits += _puts(item, "key", None, new[item.key], item.key)
    elif item.key:
        edits += _list(item, "key", item.key, new)
    edits += _list(item, "fixed", item.fixed, new)
    edits += _rationale(item, rationale, new)
    return Fix(tuple(edits), safe=not (_speaks_of_places(item) or _was_used(item, measured)))


def _puts(item: Choice, field: str, number: int | None, value: str, old: str) -> Iterator[Edit]:
    if value != old:
        yield Put(item.at(field) if number is None else item.at(field, number), value)


def _list(item: Choice, field: str, listed: Sequence[str], new: Mapping[str, str]) -> Iterator[Edit]:
    """A list of ids: one that stands in the order of the options still does."""
    places = {id: number for number, id in enumerate(item.options)}
    wanted = [new[id] for id in listed]
    if list(listed) == sorted(listed, key=places.__getitem__):
        wanted.sort(key=places.__getitem__)
    for number, (old, value) in enumerate(zip(listed, wanted, strict=True)):
        yield from _puts(item, field, number, value, old)


def _rationale(item: Choice, rationale: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Edit]:
    old = {value: id for id, value in new.items()}
    names = tuple(new[id] for id in rationale)
    if names == tuple(rationale):
        return
    if set(names) == set(rationale):
        yield Move(item.at("rationale"), tuple(old[id] for id in rationale))
    else:
        yield Rename(item.at("rationale"), names)


def _speaks_of_places(item: Choice) -> bool:
    """Whether some text may name an option by its id or its place; in doubt it does."""
    texts = [text for pointer, text in item.texts() if pointer[0] not in ("options", "references")]
    texts += [one.reason for one in item.lint_ignore]
    texts += [one.note for one in (*item.review, *((item.approval,) if item.approval else ()))]
    ids = "|".join(re.escape(id) for id in item.options if id != "A")
    name = rf"(?:{ids or '(?!)'}|A(?!\s+(?!(?:{_NO_ARTICLE})\b)[a-z0-9]))"
    letters = re.compile(rf"(?<![\w'’.-]){name}(?![\w'’-]|\.\w)")
    return any(letters.search(text) or _PLACE.search(text) for text in texts)


def _was_used(item: Choice, measured: Measured) -> bool:
    """Whether somebody approved the item as it stands, or it was measured so."""
    return item.approval is not None or measured.ask(item.id) > 0
