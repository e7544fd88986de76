"""Items → GIFT."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import assert_never

from qbank.formats import moodle_grades as grades
from qbank.formats import moodle_text as texts
from qbank.formats.contract import ExportInput, Placed
from qbank.formats.features import wrong_share
from qbank.formats.moodle_faults import Fault, of_item
from qbank.formats.moodle_tags import of_record
from qbank.model.item import (
    Essay,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    Ordering,
    ShortAnswer,
    TrueFalse,
)

_SPECIAL = re.compile(r"[\\~=#{}:]")
_TAG = re.compile(r"[\[\]\n]")


def faults(one: Placed) -> Iterator[Fault]:
    """What GIFT cannot say of an item of a type that it has."""
    item = one.item
    yield from of_item(item)
    if not texts.shows(item.stem):
        yield Fault(("stem",), "the stem shows nothing", "Write the stem.")
    for number, tag in enumerate(item.tags):
        if _TAG.search(tag):
            hint = "Reword it, or use --lossy."
            yield Fault(("tags", number), "GIFT has no brackets in tags", hint, "tags")
    if isinstance(item, ShortAnswer) and any("->" in accepted for accepted in item.key or ()):
        yield Fault(("key",), "GIFT takes -> in an accepted text for a pair", "Export to moodle-xml.")


def text(input: ExportInput) -> str:
    """The whole file."""
    parts = []
    area = ""
    for one in input.placed():
        if one.item.content_area != area:
            area = one.item.content_area
            parts.append(f"$CATEGORY: {area or 'top'}\n")
        parts.append(_question(one))
    return "\n".join(parts)


def _question(one: Placed) -> str:
    item = one.item
    marked = any(texts.is_marked(value) for _, value in item.texts())
    tags = "".join(f" [tag:{_TAG.sub(' ', tag)}]" for tag in (*of_record(item), *item.tags))
    head = f"// [id:{item.id}]{tags}\n::{escaped(item.id)}::{'[html]' if marked else ''}"
    body = "\n".join(_answers(one, marked))
    general = ""
    if isinstance(item.rationale, str) and item.rationale:
        general = f"####{_text(item.rationale, marked)}\n"
    elif item.rationale and not isinstance(item, MultipleChoice | MultipleResponse | TrueFalse):
        general = f"####{_text(_together(item.rationale), marked)}\n"
    inner = f"\n{body}\n{general}" if body else f"\n{general}" if general else ""
    return f"{head}{_text(item.stem, marked)}{{{inner}}}\n"


def _together(rationales: dict[str, str]) -> str:
    return "\n\n".join(f"{id}: {one}" for id, one in rationales.items())


def _answers(one: Placed, marked: bool) -> Iterator[str]:
    item = one.item
    said = item.rationale if isinstance(item.rationale, dict) else {}

    def told(id: str) -> str:
        return f"#{_text(said[id], marked)}" if said.get(id) else ""

    match item:
        case MultipleChoice():
            share = grades.share(wrong_share(item))
            wrong = f"~%{grades.written(share)}%" if share else "~"
            for id in one.placement.option_order or item.options:
                shown = _text(item.options[id], marked)
                right = "=%100%" if shown.startswith("%") else "="
                other = "~%0%" if shown.startswith("%") and not share else wrong
                yield f"{right if id in item.key_ids else other}{shown}{told(id)}"
        case MultipleResponse():
            shares = grades.option_shares(item) or {}
            for id in one.placement.option_order or item.options:
                yield f"~%{grades.written(shares[id])}%{_text(item.options[id], marked)}{told(id)}"
        case TrueFalse():
            right, wrong = ("true", "false") if item.key else ("false", "true")
            feedback = told(wrong) + (
                told(right) if told(wrong) else f"#{told(right)}" if told(right) else ""
            )
            yield ("TRUE" if item.key else "FALSE") + feedback
        case Matching():
            for prompt, option in (item.key or {}).items():
                right = escaped(texts.in_list(item.options[option]))
                yield f"={_text(item.prompts[prompt], marked)} -> {right}"
            for id in one.placement.option_order or item.options:
                if id not in item.key_ids:
                    yield f"= -> {escaped(texts.in_list(item.options[id]))}"
        case Numeric():
            yield f"#{_number(item)}"
        case ShortAnswer():
            for accepted in item.key or ():
                mark = "=%100%" if accepted.startswith("%") else "="
                yield f"{mark}{escaped(grades.literal(accepted))}"
        case Essay() | Ordering():
            pass
        case _:
            assert_never(item)


def _number(item: Numeric) -> str:
    key = item.key
    assert key is not None
    if key.value is not None:
        return grades.number(key.value) + (f":{grades.number(key.tolerance)}" if key.tolerance else "")
    assert key.minimum is not None
    assert key.maximum is not None
    return f"{grades.number(key.minimum)}..{grades.number(key.maximum)}"


def _text(text: str, marked: bool) -> str:
    """A text with GIFT's own marks escaped; HTML when the question is written so."""
    return escaped(texts.to_html(text, inline=True) if marked else texts.plain(text))


def escaped(text: str) -> str:
    """A text whose characters mean nothing to GIFT; its lines as \\n."""
    return _SPECIAL.sub(lambda found: "\\" + found[0], text).replace("\n", "\\n")
