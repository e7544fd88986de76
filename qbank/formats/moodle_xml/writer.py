"""Items → Moodle XML, in the order of elements in which Moodle writes it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from html import escape
from typing import assert_never

import msgspec

from qbank.formats import moodle_grades as grades
from qbank.formats import moodle_text as texts
from qbank.formats.contract import ExportInput, Placed
from qbank.formats.features import wrong_share
from qbank.formats.media import kind
from qbank.formats.moodle_tags import of_place, of_record
from qbank.formats.moodle_xml.media import contents, in_moodle
from qbank.formats.moodle_xml.words import MEDIA_CLASS, REFERENCE_CLASS, TITLE_CLASS
from qbank.markup import images
from qbank.markup.characters import legal
from qbank.model.bank import ContentArea
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

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
_TRIES = "0.3333333"
"""What another try costs where a quiz gives one: Moodle's own value for new questions."""


class _Shown(msgspec.Struct, frozen=True):
    """HTML, and the addresses of the bank's files that it shows."""

    html: str = ""
    files: tuple[str, ...] = ()


def quiz(input: ExportInput) -> str:
    """The whole file. Questions without a content area come first, since the others change the category."""
    placed = sorted(input.placed(), key=lambda one: bool(one.item.content_area))
    titles = dict(_titles(input.bank.info.content_areas, ""))
    parts, told, area = [_HEAD], set[str](), ""
    categories: set[str] = set()
    for one in placed:
        if one.item.content_area != area:
            area = one.item.content_area
            parts += [_category(path, titles) for path in _new(area, categories)]
        if one.stimulus is not None and one.stimulus.id not in told:
            told.add(one.stimulus.id)
            parts.append(_description(one.stimulus, input.media_root))
        parts.append(_question(one, input))
    return "".join([*parts, "</quiz>\n"])


def _titles(areas: Iterable[ContentArea], prefix: str) -> Iterator[tuple[str, str]]:
    for area in areas:
        yield f"{prefix}{area.id}", area.title
        yield from _titles(area.children, f"{prefix}{area.id}/")


def _new(area: str, written: set[str]) -> list[str]:
    """The categories to write for an area: those above it that were not written yet, then its own."""
    steps = area.split("/")
    above = ["/".join(steps[:count]) for count in range(1, len(steps))]
    new = [path for path in above if path not in written]
    written.update((*above, area))
    return [*new, area]


def _category(path: str, titles: Mapping[str, str]) -> str:
    info = titles.get(path, "")
    told = f'    <info format="plain_text">\n      {_text(info)}\n    </info>\n' if info else ""
    name = f"    <category>\n      {_text(f'$course$/top/{path}')}\n    </category>\n"
    return f'  <question type="category">\n{name}{told}  </question>\n'


def _text(content: str) -> str:
    """A text element; in a CDATA section where there is mark-up, the end of one written in two."""
    content = legal(content).replace("\r\n", "\n").replace("\r", "\n")
    if any(mark in content for mark in "<>&"):
        content = f"<![CDATA[{content.replace(']]>', ']]]]><![CDATA[>')}]]>"
    return f"<text>{content}</text>"


def _html(text: str, *, inline: bool = False) -> _Shown:
    return _Shown(texts.to_html(text, inline=inline, address=in_moodle), images(text))


def _rich(
    tag: str, shown: _Shown, root: str, indent: str = "    ", inner: str = "", fraction: str = ""
) -> str:
    """An element of HTML with the files that it shows, and what else stands in it."""
    share = f' fraction="{fraction}"' if fraction else ""
    files = "".join(_file(*one, f"{indent}  ") for one in contents(root, shown.files))
    body = f"{indent}  {_text(shown.html)}\n{files}{inner}"
    return f'{indent}<{tag}{share} format="html">\n{body}{indent}</{tag}>\n'


def _file(name: str, folder: str, data: bytes, indent: str) -> str:
    encoded = base64.b64encode(data).decode("ascii")
    return f'{indent}<file name="{escape(name)}" path="{escape(folder)}" encoding="base64">{encoded}</file>\n'


def _description(stimulus: Stimulus, root: str) -> str:
    title = f'<h3 class="{TITLE_CLASS}">{escape(legal(stimulus.title))}</h3>' if stimulus.title else ""
    text = _html(stimulus.text)
    media = "".join(_shown_file(one.file, one.alt, one.licence) for one in stimulus.media)
    shown = _Shown(f"{title}{text.html}{media}", (*text.files, *(one.file for one in stimulus.media)))
    return (
        f'  <question type="description">\n{_head(stimulus.id, shown, _Shown(), 0, "0", root)}  </question>\n'
    )


def _shown_file(file: str, alt: str, licence: str) -> str:
    """A file of a stimulus: an image, or a player with its words in it, and the licence below."""
    address, words = escape(in_moodle(file)), escape(legal(alt))
    tag = kind(file)
    player = f'<{tag} controls="controls" title="{words}"><source src="{address}"/>{words}</{tag}>'
    shown = f'<img src="{address}" alt="{words}"/>' if tag == "img" else player
    small = f"<br/><small>{escape(legal(licence))}</small>" if licence else ""
    return f'<div class="{MEDIA_CLASS}">{shown}{small}</div>'


def _head(id: str, stem: _Shown, feedback: _Shown, points: float, tries: str, root: str) -> str:
    """What all questions have."""
    return (
        f"    <name>\n      {_text(id)}\n    </name>\n"
        f"{_rich('questiontext', stem, root)}{_rich('generalfeedback', feedback, root)}"
        f"    <defaultgrade>{grades.number(points)}</defaultgrade>\n    <penalty>{tries}</penalty>\n"
        f"    <hidden>0</hidden>\n    <idnumber>{escape(id)}</idnumber>\n"
    )


def _question(one: Placed, input: ExportInput) -> str:
    item, root = one.item, input.media_root
    tries = {"true-false": "1", "essay": "0"}.get(item.type, _TRIES)
    head = _head(item.id, _html(item.stem), _general(item), item.points, tries, root)
    body = "".join(_body(one, input))
    type = _type(item, input.dialect)
    return f'  <question type="{type}">\n{head}{body}{_tags(one)}  </question>\n'


def _type(item: Item, dialect: str) -> str:
    match item:
        case MultipleResponse():
            return dialect if dialect and item.scoring.method == "all_or_nothing" else "multichoice"
        case MultipleChoice():
            return "multichoice"
        case TrueFalse():
            return "truefalse"
        case Numeric():
            return "numerical"
        case ShortAnswer():
            return "shortanswer"
        case Matching() | Ordering() | Essay():
            return item.type
        case _:
            assert_never(item)


def _general(item: Item) -> _Shown:
    """The feedback for all: the rationale that is of no single answer, then the references."""
    said = item.rationale
    by_answer = isinstance(item, MultipleChoice | MultipleResponse | TrueFalse)
    if isinstance(said, dict):
        said = "" if by_answer else "\n\n".join(f"{id}: {text}" for id, text in said.items() if text)
    parts = [_html(said)] if said else []
    parts += [_marked(_html(one, inline=True)) for one in item.references]
    return _Shown("".join(one.html for one in parts), tuple(file for one in parts for file in one.files))


def _marked(reference: _Shown) -> _Shown:
    return _Shown(f'<div class="{REFERENCE_CLASS}">{reference.html}</div>', reference.files)


def _body(one: Placed, input: ExportInput) -> Iterator[str]:
    item, root = one.item, input.media_root
    order = one.placement.option_order or tuple(item.option_texts)
    match item:
        case MultipleChoice():
            wrong = grades.written(grades.share(wrong_share(item)) or 0.0)
            shares = {id: "100" if id in item.key_ids else wrong for id in order}
            yield from _choices(item, shares, True, root)
        case MultipleResponse():
            yield from _choices(item, _shares(item, order, input.dialect), False, root)
        case TrueFalse():
            for id in ("true", "false"):
                shown = _Shown(id)
                yield _answer(shown, "100" if (id == "true") == item.key else "0", _said(item, id), root)
        case Matching():
            yield from _pairs(item, order, root)
        case Ordering():
            yield "    <layouttype>VERTICAL</layouttype>\n    <selecttype>ALL</selecttype>\n"
            yield f"    <selectcount>{len(item.options)}</selectcount>\n"
            yield "    <gradingtype>ALL_OR_NOTHING</gradingtype>\n    <showgrading>HIDE</showgrading>\n"
            yield "    <numberingstyle>none</numberingstyle>\n"
            yield from _feedback_of_whole(root)
            for number, id in enumerate(item.key_ids, 1):
                yield _rich("answer", _html(item.options[id], inline=True), root, fraction=f"{number}")
        case Numeric():
            yield from _number(item)
        case ShortAnswer():
            yield f"    <usecase>{int(item.case_sensitive)}</usecase>\n"
            for accepted in item.key or ():
                yield _plain_answer(grades.literal(accepted), "")
        case Essay():
            yield "    <responseformat>editor</responseformat>\n    <responserequired>1</responserequired>\n"
            yield "    <responsefieldlines>15</responsefieldlines>\n    <attachments>0</attachments>\n"
            yield "    <attachmentsrequired>0</attachmentsrequired>\n"
            yield _rich("graderinfo", _html(item.rubric), root)
            yield _rich("responsetemplate", _Shown(), root)
        case _:
            assert_never(item)


def _said(item: Item, id: str) -> _Shown:
    said = item.rationale
    return _html(said[id]) if isinstance(said, dict) and said.get(id) else _Shown()


def _shares(item: MultipleResponse, order: tuple[str, ...], dialect: str) -> dict[str, str]:
    """The fraction of each option."""
    keys = set(item.key_ids)
    if dialect and item.scoring.method == "all_or_nothing":
        return {id: "100" if id in keys else "0" for id in order}
    shares = grades.option_shares(item) or {}
    return {id: grades.written(shares[id]) for id in order}


def _choices(
    item: MultipleChoice | MultipleResponse, shares: Mapping[str, str], single: bool, root: str
) -> Iterator[str]:
    yield f"    <single>{str(single).lower()}</single>\n"
    yield f"    <shuffleanswers>{str(item.shuffle).lower()}</shuffleanswers>\n"
    yield "    <answernumbering>ABCD</answernumbering>\n"
    yield "    <showstandardinstruction>0</showstandardinstruction>\n"
    yield from _feedback_of_whole(root)
    for id, share in shares.items():
        yield _answer(_html(item.options[id], inline=True), share, _said(item, id), root)


def _feedback_of_whole(root: str) -> Iterator[str]:
    for tag in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        yield _rich(tag, _Shown(), root)


def _answer(shown: _Shown, share: str, feedback: _Shown, root: str) -> str:
    inner = _rich("feedback", feedback, root, "      ")
    return _rich("answer", shown, root, inner=inner, fraction=share)


def _plain_answer(words: str, more: str) -> str:
    empty = '      <feedback format="html">\n        <text></text>\n      </feedback>\n'
    body = f"      {_text(words)}\n{empty}{more}"
    return f'    <answer fraction="100" format="plain_text">\n{body}    </answer>\n'


def _pairs(item: Matching, order: tuple[str, ...], root: str) -> Iterator[str]:
    yield f"    <shuffleanswers>{str(item.shuffle).lower()}</shuffleanswers>\n"
    yield from _feedback_of_whole(root)
    key = item.key or {}
    pairs = [(_html(text, inline=True), key[id]) for id, text in item.prompts.items()]
    spare = [(_Shown(), id) for id in order if id not in set(key.values())]
    for prompt, option in (*pairs, *spare):
        words = _text(texts.in_list(item.options[option]))
        yield _rich("subquestion", prompt, root, inner=f"      <answer>\n        {words}\n      </answer>\n")


def _number(item: Numeric) -> Iterator[str]:
    key = item.key
    assert key is not None
    if key.value is not None:
        value, tolerance = grades.number(key.value), grades.number(key.tolerance)
    else:
        low, high = Decimal(repr(float(key.minimum or 0))), Decimal(repr(float(key.maximum or 0)))
        value, tolerance = f"{(low + high) / 2:f}", f"{(high - low) / 2:f}"
    yield _plain_answer(value, f"      <tolerance>{tolerance}</tolerance>\n")
    if unit := texts.plain(key.unit):
        yield "    <units>\n      <unit>\n        <multiplier>1</multiplier>\n"
        yield f"        <unit_name>{escape(unit, quote=False)}</unit_name>\n      </unit>\n    </units>\n"
    yield "    <unitgradingtype>0</unitgradingtype>\n    <unitpenalty>0</unitpenalty>\n"
    yield f"    <showunits>{0 if unit else 3}</showunits>\n    <unitsleft>0</unitsleft>\n"


def _tags(one: Placed) -> str:
    """Tags, first those that stand for fields of an item."""
    item = one.item
    tags = [*of_record(item), *of_place(item, one.placement), *item.tags]
    inner = "".join(f"      <tag>{_text(tag)}</tag>\n" for tag in tags)
    return f"    <tags>\n{inner}    </tags>\n" if tags else ""
