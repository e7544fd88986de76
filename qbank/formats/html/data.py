"""What the page knows of a form or bank, as a tree that becomes JSON; texts are XHTML from the markup room.

The tree for candidates holds no key, scoring, role, rationale or cut score: nobody finds what is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from qbank.formats.contract import ExportInput, Placed
from qbank.formats.html.media import embedded
from qbank.formats.keys import accepted, bounds, numeric_words
from qbank.formats.media import bank_path, kind
from qbank.formats.presenting import presented, shown_texts, truth_words
from qbank.markup import images, to_inline_xhtml, to_plain, to_xhtml
from qbank.model.form import OPERATIONAL
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
from qbank.model.stimulus import Stimulus

Tree = dict[str, Any]


def tree(input: ExportInput) -> Tree:
    """All that the page shows. Sections and stimuli are referred to by their place, items stand in order."""
    placed = tuple(input.placed())
    stimuli = {one.stimulus.id: one.stimulus for one in placed if one.stimulus is not None}
    sections = {one.section.id: one.section for one in placed}
    addresses, files = embedded(input.media_root, _addresses(input, placed, stimuli))
    places = {id: place for place, id in enumerate(stimuli)}
    parts = {id: place for place, id in enumerate(sections)}
    return {
        "form": input.form.id,
        "title": input.form.title or input.form.id,
        "audience": input.audience,
        "bank": input.is_bank,
        "language": input.bank.info.language or "en",
        "licence": input.bank.info.licence,
        "notice": to_xhtml(input.bank.info.notice),
        "minutes": input.form.time_limit_minutes,
        **(_standard(input) if input.audience == "staff" else {}),
        "sections": [
            {"title": one.title or (one.id if len(sections) > 1 else ""), "minutes": one.time_limit_minutes}
            for one in sections.values()
        ],
        "stimuli": [_stimulus(one) for one in stimuli.values()],
        "items": [
            {
                "section": parts[one.section.id],
                "stimulus": places.get(one.item.stimulus, -1),
                **_asked(one, input),
                **(_told(one) if input.audience == "staff" else {}),
            }
            for one in placed
        ],
        "addresses": addresses,
        "files": files,
    }


def _addresses(input: ExportInput, placed: tuple[Placed, ...], stimuli: dict[str, Stimulus]) -> Iterator[str]:
    """The files that the page shows, as texts and stimuli write them."""
    for one in placed:
        for text in shown_texts(one.item, input.audience):
            yield from images(text)
    for stimulus in stimuli.values():
        yield from images(stimulus.text)
        yield from (media.file for media in stimulus.media)


def _standard(input: ExportInput) -> Tree:
    """The cut score, in raw points only, and the names of content areas."""
    cut = input.form.cut_score
    return {
        "cut": cut.points if cut is not None and cut.scale == "raw" else None,
        "areas": list(input.bank.info.area_titles().items()),
    }


def _stimulus(stimulus: Stimulus) -> Tree:
    """A stimulus; media that its text shows already are not shown again."""
    inside = {bank_path(address) for address in images(stimulus.text)}
    media = [
        {"kind": kind(bank_path(one.file)), "address": one.file, "alt": one.alt}
        for one in stimulus.media
        if bank_path(one.file) not in inside
    ]
    return {"title": stimulus.title, "text": to_xhtml(stimulus.text), "media": media}


def _asked(placed: Placed, input: ExportInput) -> Tree:
    """What a candidate is asked, and nothing that says what is right."""
    item = placed.item
    asked: Tree = {"type": item.type, "stem": to_xhtml(item.stem)}
    match item:
        case MultipleChoice() | Ordering():
            asked["options"] = _options(item, placed)
        case MultipleResponse():
            asked |= {"options": _options(item, placed), "choose": item.choose}
        case TrueFalse():
            texts = truth_words(input.bank.info.language)
            asked["options"] = [{"id": id, "text": texts[id]} for id in presented(placed)]
        case Matching():
            asked["options"] = _options(item, placed)
            asked["prompts"] = [to_inline_xhtml(text) for text in item.prompts.values()]
            asked["reuse"] = item.reuse
        case Numeric():
            asked["unit"] = to_inline_xhtml(item.key.unit) if item.key is not None else ""
        case ShortAnswer() | Essay():
            pass
        case _:
            assert_never(item)
    return asked


def _options(item: MultipleChoice | MultipleResponse | Ordering | Matching, placed: Placed) -> list[Tree]:
    """Options as presented. `plain` is the text where no mark-up may stand: in lists and names of buttons."""
    needed = isinstance(item, Matching | Ordering)
    return [
        {
            "id": id,
            "text": to_inline_xhtml(item.options[id]),
            **({"plain": " ".join(to_plain(item.options[id]).split())} if needed else {}),
        }
        for id in presented(placed)
    ]


def _told(placed: Placed) -> Tree:
    """What the page needs to score an item and to explain it."""
    item = placed.item
    scoring = item.scoring
    whole, each = (item.rationale, {}) if isinstance(item.rationale, str) else ("", item.rationale)
    return {
        "id": item.id,
        "points": item.points,
        "scored": placed.placement.role == OPERATIONAL,
        "area": item.content_area,
        "scoring": {"method": scoring.method, "penalty": scoring.penalty, "minimum": scoring.minimum},
        **_key(item),
        "rationale": to_xhtml(whole),
        "rationales": [[id, to_xhtml(text)] for id, text in each.items()],
        "references": [to_inline_xhtml(text) for text in item.references],
        "details": _details(item, placed),
    }


def _key(item: Item) -> Tree:
    match item:
        case MultipleChoice() | MultipleResponse() | Ordering():
            return {"key": list(item.key_ids)}
        case TrueFalse():
            return {"key": [str(bool(item.key)).lower()]}
        case Matching():
            keyed = item.key or {}
            return {"key": [keyed[prompt] for prompt in item.prompts]}
        case Numeric():
            key = item.key or NumericKey()
            return {
                "key": [None if bound is None else str(bound) for bound in bounds(key)],
                "shown": numeric_words(key, "{:.15g}".format),
            }
        case ShortAnswer():
            return {"key": list(accepted(item)), "case_sensitive": item.case_sensitive}
        case Essay():
            return {"rubric": to_xhtml(item.rubric)}
        case _:
            assert_never(item)


def _details(item: Item, placed: Placed) -> list[list[str]]:
    """What a bank says about an item besides, as pairs of name and plain text."""
    about = [
        ("Item", item.id),
        ("Role", placed.placement.role),
        ("Content area", item.content_area),
        ("Cognitive level", item.cognitive_level),
        *((name, _said(value)) for name, value in item.attributes.items()),
        ("Codes", ", ".join(f"{one.system} {one.code}" + _more(one.role, one.expect) for one in item.codes)),
        ("Tags", ", ".join(item.tags)),
    ]
    return [[name, value] for name, value in about if value]


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _more(*words: str) -> str:
    known = ", ".join(word for word in words if word)
    return f" ({known})" if known else ""
