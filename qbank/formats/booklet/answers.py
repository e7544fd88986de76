"""The key of a form: answers in the letters that stand on paper, why, from where, and how they are scored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from qbank.formats.booklet.flow import flow, paragraphs, plain, words
from qbank.formats.booklet.paper import Choice, Flow, KeyEntry
from qbank.formats.booklet.pictures import Album
from qbank.formats.contract import Placed
from qbank.formats.keys import numeric_words
from qbank.formats.presenting import presented
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


def key_entry(placed: Placed, album: Album, areas: dict[str, str]) -> KeyEntry:
    """What the key says of a placed item; `areas` are the titles of content areas by path."""
    item = placed.item
    letters = {id: letter(place) for place, id in enumerate(presented(placed))}
    answer, told = _answer(item, letters, album)
    return KeyEntry(
        number=placed.placement.position,
        id=item.id,
        answer=answer,
        words=told,
        rationale=tuple(_rationale(item, letters, album)),
        rubric=paragraphs(item.rubric, album) if isinstance(item, Essay) else (),
        references=tuple(flow(text, album) for text in item.references),
        facts=tuple(_facts(placed, areas)),
    )


def _answer(item: Item, letters: dict[str, str], album: Album) -> tuple[str, tuple[Choice, ...]]:
    match item:
        case MultipleChoice() | MultipleResponse():
            ids = sorted(item.key_ids, key=[*letters, *item.key_ids].index)
            return _lettered(ids, item, letters, album)
        case TrueFalse():
            return _truth(item.key, letters)
        case Ordering():
            return _lettered(list(item.key_ids), item, letters, album)
        case Matching():
            return _matched(item, letters, album)
        case Numeric():
            return NO_KEY if item.key is None else _number(item.key), ()
        case ShortAnswer():
            told = " / ".join(plain(text) for text in item.key or ()) or NO_KEY
            return told, ()
        case Essay():
            return "see rubric" if item.rubric else "(no rubric)", ()
        case _:
            assert_never(item)


def _lettered(
    ids: list[str], item: Item, letters: dict[str, str], album: Album
) -> tuple[str, tuple[Choice, ...]]:
    if not ids:
        return NO_KEY, ()
    told = tuple(Choice(letters.get(id, "?"), _option(id, item, album)) for id in ids)
    return ", ".join(one.mark for one in told), told


def _option(id: str, item: Item, album: Album) -> Flow:
    text = item.option_texts.get(id)
    return words(f"({id} is no option)") if text is None else flow(text, album)


def _truth(key: bool | None, letters: dict[str, str]) -> tuple[str, tuple[Choice, ...]]:
    if key is None:
        return NO_KEY, ()
    mark = letters[str(key).lower()]
    return mark, (Choice(mark, (str(key),)),)


def _matched(item: Matching, letters: dict[str, str], album: Album) -> tuple[str, tuple[Choice, ...]]:
    if not item.key:
        return NO_KEY, ()
    numbers = {id: str(number) for number, id in enumerate(item.prompts, 1)}
    pairs = [(numbers[id], item.key[id]) for id in item.prompts if id in item.key]
    pairs += [("?", option) for id, option in item.key.items() if id not in numbers]
    told = tuple(
        Choice(f"{number}–{letters.get(option, '?')}", _option(option, item, album))
        for number, option in pairs
    )
    return ", ".join(one.mark for one in told), told


def _number(key: NumericKey) -> str:
    amount = numeric_words(key, number_text)
    return plain(f"{amount} {key.unit}") if amount else NO_KEY


def _rationale(item: Item, letters: dict[str, str], album: Album) -> Iterator[Choice]:
    given = item.rationale
    if isinstance(given, str):
        if given:
            yield Choice("", flow(given, album))
        return
    for id in sorted(given, key=[*letters, *given].index):
        yield Choice(letters.get(id, id), flow(given[id], album))


def _facts(placed: Placed, areas: dict[str, str]) -> Iterator[tuple[str, str]]:
    item, placement = placed.item, placed.placement
    yield "Points", number_text(item.points)
    scoring = _scoring(item)
    if scoring:
        yield "Scoring", scoring
    yield "Role", placement.role + (", anchor" if placement.anchor else "")
    if item.content_area:
        yield "Content area", _area(item.content_area, areas)
    if item.cognitive_level:
        yield "Cognitive level", plain(item.cognitive_level)
    for name, value in sorted(item.attributes.items()):
        yield plain(str(name)), plain(str(value))
    for code in item.codes:
        yield plain(code.system), plain(" ".join((code.code, code.role, code.expect)))
    if item.tags:
        yield "Tags", plain(", ".join(item.tags))


def _area(path: str, areas: dict[str, str]) -> str:
    """A content area with the titles of those above it."""
    parts = path.split("/")
    paths = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    return plain(" › ".join(areas.get(one, one.rpartition("/")[2]) for one in paths))


def _scoring(item: Item) -> str:
    """How points are given, where it is not simply right or wrong."""
    scoring = item.scoring
    told = []
    if isinstance(item, ShortAnswer) and item.case_sensitive:
        told.append("capitals count")
    if scoring.method != "all_or_nothing":
        told.append(
            "points by the share of right " + ("pairs" if scoring.method == "per_pair" else "options")
        )
        if scoring.penalty:
            told.append(f"less {number_text(scoring.penalty)} for each wrong one")
        if scoring.penalty or scoring.minimum:
            told.append(f"at least {number_text(scoring.minimum)} of the points")
    elif isinstance(item, MultipleResponse | Matching | Ordering):
        told.append("all or nothing")
    if isinstance(item, MultipleResponse | MultipleChoice | Matching) and not item.shuffle:
        told.append("options keep their order")
    elif isinstance(item, MultipleResponse | MultipleChoice | Matching | Ordering) and item.fixed:
        told.append("some options keep their place")
    return "; ".join(told)
