"""One item or stimulus → one QTI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from qbank.formats.contract import ExportInput, Placed
from qbank.formats.media import bank_path, kind
from qbank.formats.presenting import presented, shown_texts, truth_words
from qbank.formats.qti_common.dialects import STRICT, Rules
from qbank.formats.qti_common.media import addresses, href, member
from qbank.formats.qti_common.scoring import (
    FEEDBACK,
    MAXSCORE,
    RESPONSE,
    SCORE,
    declaration,
    lowest,
    processing,
    prompt_ids,
    templated,
)
from qbank.formats.qti_common.versions import V30, Version
from qbank.formats.qti_common.xml import (
    Attributes,
    Element,
    el,
    number,
    qti_root,
    with_blocks,
    with_option,
    with_text,
)
from qbank.markup import images
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

MEDIUM = "qbank-media"
STAFF_VIEW = "author scorer tutor"


def item_document(
    input: ExportInput, placed: Placed, version: Version = V30, rules: Rules = STRICT
) -> Element:
    """The assessment item; for candidates without key, scoring and anything written for staff."""
    item, staff = placed.item, input.audience == "staff"
    language = input.bank.info.language
    root = qti_root("qti-assessment-item", _head(placed, staff, language))
    root.append(declaration(item, staff))
    root.extend(_outcomes(item, staff))
    if staff and rules.feedback and not templated(item):
        root.append(_feedback_outcome())
    if placed.stimulus is not None and version.is_3:
        ref = {"identifier": placed.stimulus.id, "href": f"../{stimulus_href(placed.stimulus.id)}"}
        root.append(el("qti-assessment-stimulus-ref", ref))
    media = addresses(shown_texts(item, input.audience))
    body = el("qti-item-body")
    if placed.stimulus is not None:
        body.append(_stimulus_place(placed.stimulus, version))
    _fill(body, placed, media, language, _shuffled(input, item))
    if staff:
        body.extend(_for_staff(item, media))
    root.append(body)
    scored = processing(item, rules) if staff else None
    if scored is not None:
        root.append(scored)
    return root


def item_href(id: str) -> str:
    """Where an item's file stands in the package."""
    return f"items/{id}.xml"


def stimulus_href(id: str) -> str:
    """Where a stimulus's file stands in the package."""
    return f"stimuli/{id}.xml"


def interaction(item: Item) -> str:
    """The name that QTI's metadata gives to the item's interaction."""
    match item:
        case MultipleChoice() | MultipleResponse() | TrueFalse():
            return "choiceInteraction"
        case Matching():
            return "matchInteraction"
        case Ordering():
            return "orderInteraction"
        case Numeric() | ShortAnswer():
            return "textEntryInteraction"
        case Essay():
            return "extendedTextInteraction"
        case _:
            assert_never(item)


def _head(placed: Placed, staff: bool, language: str) -> dict[str, str | bool]:
    title = placed.item.id if staff else str(placed.placement.position)
    return {
        "identifier": placed.item.id,
        "title": title,
        "xml:lang": language or "en",
        "adaptive": False,
        "time-dependent": False,
    }


def _outcomes(item: Item, staff: bool) -> Iterator[Element]:
    scored_by = None if staff else "externalMachine"
    low = lowest(item)
    yield el(
        "qti-outcome-declaration",
        {
            "identifier": SCORE,
            "cardinality": "single",
            "base-type": "float",
            "normal-maximum": float(item.points),
            "normal-minimum": low if staff and low < 0 else None,
            "external-scored": "human" if isinstance(item, Essay) else scored_by,
        },
        _default(0),
    )
    yield el(
        "qti-outcome-declaration",
        {"identifier": MAXSCORE, "cardinality": "single", "base-type": "float"},
        _default(item.points),
    )


def _default(value: float) -> Element:
    return el("qti-default-value", None, el("qti-value", None, number(value)))


def _feedback_outcome() -> Element:
    kind: Attributes = {"identifier": FEEDBACK, "cardinality": "single", "base-type": "identifier"}
    return el("qti-outcome-declaration", kind)


def _shuffled(input: ExportInput, item: Item) -> bool:
    """Whether a player may shuffle: in a form the options stand in the form's order."""
    if not input.is_bank or isinstance(item, TrueFalse):
        return False
    return input.audience == "staff" if isinstance(item, Ordering) else item.shuffle


def _fill(body: Element, placed: Placed, media: Mapping[str, str], language: str, shuffled: bool) -> None:
    item = placed.item
    match item:
        case MultipleChoice() | MultipleResponse() | TrueFalse():
            body.append(_choice(item, presented(placed), media, language, shuffled))
        case Ordering():
            body.append(_order(item, _ordered(item, placed, shuffled), media, shuffled))
        case Matching():
            body.append(_match(item, presented(placed), media, shuffled))
        case Numeric() | ShortAnswer():
            with_blocks(body, item.stem, media)
            entry = el("p", None, el("qti-text-entry-interaction", {"response-identifier": RESPONSE}))
            unit = item.key.unit if isinstance(item, Numeric) and item.key is not None else ""
            if unit:
                entry.append(" ")
                with_text(entry, unit, media)
            body.append(entry)
        case Essay():
            lines: Attributes = {"response-identifier": RESPONSE, "expected-lines": 12}
            body.append(el("qti-extended-text-interaction", lines, _prompt(item, media)))
        case _:
            assert_never(item)


def _ordered(item: Ordering, placed: Placed, shuffled: bool) -> tuple[str, ...]:
    """As the bank has them when players shuffle; else in the form's order, or one that says nothing."""
    return tuple(item.options) if shuffled else presented(placed)


def _stimulus_place(stimulus: Stimulus, version: Version) -> Element:
    """Where the shared stimulus stands: players show it only in an element that asks for it.

    Before version 3 the stimulus itself stands there: few of those that read 2.2 know references to one.
    """
    if version.is_3:
        return el("div", {"class": "qti-shared-stimulus", "data-stimulus-idref": stimulus.id}, "")
    named: Attributes = {
        "class": "qbank-stimulus",
        "id": stimulus.id,
        "label": stimulus.title[:256] or None,
    }
    return _stimulus_body(el("div", named), stimulus)


def _prompt(item: Item, media: Mapping[str, str]) -> Element:
    return with_blocks(el("qti-prompt"), item.stem, media)


def _choice(
    item: MultipleChoice | MultipleResponse | TrueFalse,
    order: tuple[str, ...],
    media: Mapping[str, str],
    language: str,
    shuffled: bool,
) -> Element:
    most = (item.choose or 0) if isinstance(item, MultipleResponse) else 1
    node = el(
        "qti-choice-interaction",
        {"response-identifier": RESPONSE, "shuffle": shuffled, "max-choices": most},
        _prompt(item, media),
    )
    if isinstance(item, TrueFalse):
        labels = truth_words(language)
        node.extend(el("qti-simple-choice", {"identifier": id}, labels[id]) for id in order)
    else:
        node.extend(_simple_choice(id, item.options[id], id in item.fixed, media) for id in order)
    return node


def _simple_choice(id: str, text: str, fixed: bool, media: Mapping[str, str]) -> Element:
    attributes: Attributes = {"identifier": id, "fixed": True if fixed else None}
    return with_option(el("qti-simple-choice", attributes), text, media)


def _order(item: Ordering, order: tuple[str, ...], media: Mapping[str, str], shuffled: bool) -> Element:
    attributes: Attributes = {"response-identifier": RESPONSE, "shuffle": shuffled}
    choices = (_simple_choice(id, item.options[id], id in item.fixed, media) for id in order)
    return el("qti-order-interaction", attributes, _prompt(item, media), *choices)


def _match(item: Matching, order: tuple[str, ...], media: Mapping[str, str], shuffled: bool) -> Element:
    names = prompt_ids(item)
    uses = max(2, len(item.prompts)) if item.reuse else 1
    prompts = (_associable(names[id], text, 1, False, media) for id, text in item.prompts.items())
    options = (_associable(id, item.options[id], uses, id in item.fixed, media) for id in order)
    # a table of buttons: in a narrow window prompts that must be dragged cannot always be dropped
    attributes: Attributes = {
        "class": "qti-match-tabular",
        "response-identifier": RESPONSE,
        "shuffle": shuffled,
        "max-associations": len(item.prompts),
    }
    return el(
        "qti-match-interaction",
        attributes,
        _prompt(item, media),
        el("qti-simple-match-set", None, *prompts),
        el("qti-simple-match-set", None, *options),
    )


def _associable(id: str, text: str, most: int, fixed: bool, media: Mapping[str, str]) -> Element:
    attributes: Attributes = {"identifier": id, "match-max": most, "fixed": True if fixed else None}
    return with_option(el("qti-simple-associable-choice", attributes), text, media)


def _for_staff(item: Item, media: Mapping[str, str]) -> Iterator[Element]:
    parts = [*_rubric(item, media), *_rationale(item, media), *_references(item, media)]
    if parts:
        content = el("qti-content-body", None, *parts)
        yield el("qti-rubric-block", {"view": STAFF_VIEW, "use": "scoring"}, content)


def _rubric(item: Item, media: Mapping[str, str]) -> Iterator[Element]:
    if isinstance(item, Essay) and item.rubric:
        yield with_blocks(el("div", {"class": "qbank-rubric"}), item.rubric, media)


def _rationale(item: Item, media: Mapping[str, str]) -> Iterator[Element]:
    if isinstance(item.rationale, str):
        if item.rationale:
            yield with_blocks(el("div", {"class": "qbank-rationale"}), item.rationale, media)
    elif item.rationale:
        entries = el("dl", {"class": "qbank-rationale"})
        for id, text in item.rationale.items():
            entries.append(el("dt", None, id))
            entries.append(with_text(el("dd"), text, media))
        yield entries


def _references(item: Item, media: Mapping[str, str]) -> Iterator[Element]:
    if item.references:
        entries = (with_text(el("li"), text, media) for text in item.references)
        yield el("ul", {"class": "qbank-references"}, *entries)


def stimulus_document(stimulus: Stimulus, language: str) -> Element:
    """The stimulus that an item set shares, with its media after its text."""
    root = qti_root(
        "qti-assessment-stimulus",
        {
            "identifier": stimulus.id,
            "title": stimulus.title or stimulus.id,
            "xml:lang": language or "en",
        },
    )
    root.append(_stimulus_body(el("qti-stimulus-body"), stimulus))
    return root


def _stimulus_body(node: Element, stimulus: Stimulus) -> Element:
    body = with_blocks(node, stimulus.text, addresses([stimulus.text]))
    inside = {bank_path(address) for address in images(stimulus.text)}
    for media in stimulus.media:
        path = bank_path(media.file)
        if path not in inside:
            body.append(_medium(kind(path), f"../{href(member(path))}", media.alt))
    if all(isinstance(kid, str) for kid in body.kids):
        body.append(el("p", {"class": "qbank-title"}, stimulus.title or stimulus.id))
    return body


def _medium(tag: str, source: str, alt: str) -> Element:
    if tag == "img":
        return el("p", {"class": MEDIUM}, el("img", {"src": source, "alt": alt}))
    player = el(tag, {"src": source, "controls": True})
    return el("div", {"class": MEDIUM}, *([el("p", None, alt)] if alt else []), player)
