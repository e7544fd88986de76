"""A form or bank → its booklet with answer sheet, and its key. What is refused was refused before."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import assert_never

import msgspec

from qbank.formats.booklet.flow import bulky, flow, paragraphs, plain, words
from qbank.formats.booklet.paper import (
    Booklet,
    Bubbles,
    Case,
    Choice,
    Element,
    Entry,
    Group,
    Kid,
    Written,
)
from qbank.formats.booklet.pictures import Album, unprintable
from qbank.formats.contract import ExportInput, Placed
from qbank.formats.presenting import presented
from qbank.model.form import OPERATIONAL, Section, Version, letter
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
from qbank.model.stimulus import Stimulus
from qbank.tables.grid import number_text

CANDIDATE_LINE = "Confidential test material"
STAFF_LINE = "CONFIDENTIAL: staff copy"
FIELDS = ("Name", "Candidate number", "Date")
ESSAY_LINES = 14

_SEVERAL = 2


def booklet(input: ExportInput, album: Album) -> Booklet:
    """The booklet of a form with its answer sheet; the staff's names items and roles."""
    placed = tuple(input.placed())
    staff = input.audience == "staff"
    return Booklet(
        title=plain(input.form.title) or input.form.id,
        subtitle=subtitle(input),
        id=input.form.id,
        language=input.bank.info.language or "en",
        facts=tuple(facts(input, len(placed))),
        notice=paragraphs(input.bank.info.notice, album),
        foot=STAFF_LINE if staff else CANDIDATE_LINE,
        fields=FIELDS,
        instructions=tuple(_instructions(placed, input.form.time_limit_minutes)),
        groups=tuple(_groups(input, placed, album)),
        bubbles=tuple(_bubbles(placed)),
        written=tuple(_written(placed)),
    )


def subtitle(input: ExportInput) -> str:
    """The bank's title, unless the form's is the same."""
    title = plain(input.bank.info.title)
    return "" if title == plain(input.form.title) else title


def facts(input: ExportInput, items: int) -> Iterator[tuple[str, str]]:
    """What the cover says of a form."""
    form = input.form
    yield ("Bank" if input.is_bank else "Form"), form.id
    if isinstance(form.version, Version):
        yield "Version", str(form.version.number)
    if input.blueprint.edition:
        yield "Edition", plain(str(input.blueprint.edition))
    yield "Items", str(items)
    if form.time_limit_minutes is not None:
        yield "Time", minutes(form.time_limit_minutes)


def minutes(count: float) -> str:
    """A time in words."""
    return f"{number_text(count)} minute" if count == 1 else f"{number_text(count)} minutes"


def _instructions(placed: tuple[Placed, ...], limit: float | None) -> Iterator[str]:
    items = [one.item for one in placed]
    yield "Write your name and number on this page and on the answer sheet at the end of the booklet."
    yield "Do not turn the page until you are told to."
    if limit is not None:
        yield f"You have {minutes(limit)} for {count(len(placed), 'item')}."
    if any(isinstance(one, MultipleChoice | TrueFalse) for one in items):
        yield "Choose the one best answer to each item and fill its circle on the answer sheet."
    if any(isinstance(one, MultipleResponse) for one in items):
        yield "Some items have several right answers; they say so. Fill a circle for each."
    if any(isinstance(one, Matching | Ordering) for one in items):
        yield "Where you match or put in order, write letters into the fields of the answer sheet."
    if any(isinstance(one, Numeric | ShortAnswer) for one in items):
        yield "Write numbers and short answers on the lines of the answer sheet."
    if any(isinstance(one, Essay) for one in items):
        yield "Write longer answers in the booklet, on the lines below the item."
    if any(one.points != 1 for one in items):
        yield "An item counts one point unless it says otherwise."


def count(number: int, noun: str) -> str:
    """1 item, 2 items."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _groups(input: ExportInput, placed: tuple[Placed, ...], album: Album) -> Iterator[Group]:
    staff = input.audience == "staff"
    begun: set[str] = set()
    for _, run in groupby(placed, key=lambda one: (one.section.id, one.item.stimulus)):
        found = tuple(run)
        section = found[0].section
        heading = "" if section.id in begun else _heading(section, input)
        begun.add(section.id)
        stimulus = found[0].stimulus
        yield Group(
            heading=heading,
            note=_section_note(section) if heading else "",
            case=None if stimulus is None else _case(stimulus, found, album),
            entries=tuple(_entry(one, album, staff) for one in found),
        )


def _heading(section: Section, input: ExportInput) -> str:
    if len(input.form.sections) < _SEVERAL:
        return plain(section.title) or "Items"
    return plain(section.title) or plain(section.id)


def _section_note(section: Section) -> str:
    told = [count(len(section.placements), "item")]
    if section.time_limit_minutes is not None:
        told.append(minutes(section.time_limit_minutes))
    return ", ".join(told)


def _case(stimulus: Stimulus, run: tuple[Placed, ...], album: Album) -> Case:
    first, last = run[0].placement.position, run[-1].placement.position
    if len(run) == 1:
        lead = f"Item {first} refers to the following material."
    else:
        joined = "and" if last == first + 1 else "to"
        lead = f"Items {first} {joined} {last} refer to the following material."
    text: tuple[Kid, ...] = (*paragraphs(stimulus.text, album), *_media(stimulus, album))
    return Case(lead=lead, title=plain(stimulus.title), text=text, bulky=bulky(text))


def _media(stimulus: Stimulus, album: Album) -> Iterator[Kid]:
    for media in stimulus.media:
        alt, kind = plain(media.alt), unprintable(media.file)
        if kind:
            told = f"{kind}: {alt}" if alt else f"{kind}: {plain(media.file)}"
            yield Element("p", {}, (Element("em", {}, (told,)),))
        else:
            yield Element("p", {}, (Element("img", {"file": album.put(media.file, alt), "alt": alt}),))


def _entry(placed: Placed, album: Album, staff: bool) -> Entry:
    item = placed.item
    entry = Entry(
        number=placed.placement.position,
        stem=flow(item.stem, album),
        lead=_lead(item),
        points="" if item.points == 1 else _points(item.points),
        options=tuple(options(placed, album)),
        prompts=tuple(prompts(item, album)),
        blank=isinstance(item, Numeric | ShortAnswer),
        unit=_unit(item),
        lines=ESSAY_LINES if isinstance(item, Essay) else 0,
        tag=_tag(placed) if staff else "",
    )
    texts = [entry.stem, *(one.text for one in (*entry.options, *entry.prompts))]
    whole = tuple(Element("p", {}, text) for text in texts)
    return msgspec.structs.replace(entry, bulky=bulky(whole))


def _points(points: float) -> str:
    return f"{number_text(points)} point" if points == 1 else f"{number_text(points)} points"


def _tag(placed: Placed) -> str:
    role = placed.placement.role
    told = [
        placed.item.id,
        *([role] if role != OPERATIONAL else []),
        *(["anchor"] if placed.placement.anchor else []),
    ]
    return " · ".join(told)


def _unit(item: Item) -> str:
    return plain(item.key.unit) if isinstance(item, Numeric) and item.key is not None else ""


def options(placed: Placed, album: Album) -> Iterator[Choice]:
    """The options under the letters of the form."""
    item = placed.item
    texts = {"true": "True", "false": "False"} if isinstance(item, TrueFalse) else item.option_texts
    for place, id in enumerate(presented(placed)):
        text = words(texts[id]) if isinstance(item, TrueFalse) else flow(texts[id], album)
        yield Choice(letter(place), text)


def prompts(item: Item, album: Album) -> Iterator[Choice]:
    """The prompts of a matching item under their numbers."""
    if isinstance(item, Matching):
        for number, text in enumerate(item.prompts.values(), 1):
            yield Choice(str(number), flow(text, album))


def _lead(item: Item) -> str:
    """What a candidate is to do, where it is not choosing one or writing."""
    match item:
        case MultipleResponse():
            return f"Choose {item.choose}." if item.choose else "Choose all that apply."
        case Matching():
            again = "Letters may be used more than once." if item.reuse else "Use no letter twice."
            return f"Give each number the letter that belongs to it. {again}"
        case Ordering():
            return "Put in the right order."
        case MultipleChoice() | TrueFalse() | Numeric() | ShortAnswer() | Essay():
            return ""
        case _:
            assert_never(item)


def _bubbles(placed: tuple[Placed, ...]) -> Iterator[Bubbles]:
    for one in placed:
        if isinstance(one.item, MultipleChoice | MultipleResponse | TrueFalse):
            letters = tuple(letter(place) for place in range(len(presented(one))))
            yield Bubbles(one.placement.position, letters)


def _written(placed: tuple[Placed, ...]) -> Iterator[Written]:
    for one in placed:
        item, number = one.item, one.placement.position
        match item:
            case Matching():
                yield Written(number=number, labels=_numbers(len(item.prompts)))
            case Ordering():
                yield Written(number=number, labels=_numbers(len(item.options)), note="first to last")
            case Numeric() | ShortAnswer():
                yield Written(number=number, unit=_unit(item))
            case Essay():
                yield Written(number=number, note="Answer in the booklet.")
            case MultipleChoice() | MultipleResponse() | TrueFalse():
                pass
            case _:
                assert_never(item)


def _numbers(many: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(1, many + 1))
