"""Items → GIFT."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import assert_never

from qbank.diagnostics import Finding
from qbank.formats import moodle_grades as grades
from qbank.formats import moodle_text as texts
from qbank.formats.contract import ExportInput, Placed
from qbank.formats.features import wrong_share
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

_SPECIAL = re.compile(r"[\\~=#{}:]")
_TAG = re.compile(r"[\[\]\n]")


def refusals(input: ExportInput) -> Iterator[Finding]:
    """What GIFT cannot say of items of the types it has."""
    for one in input.placed():
        item = one.item
        for field, message, hint in _wrong(item, input.lossy):
            yield Finding(item.at(field), f"item {item.id}: {message}", hint=hint)


def _wrong(item: Item, lossy: bool) -> Iterator[tuple[str, str, str]]:
    match item:
        case MultipleChoice():
            if len(item.key_ids) != 1 or item.key_ids[0] not in item.options:
                yield "key", "one option must be keyed", "Key an option."
            elif grades.share(wrong_share(item)) is None:
                yield "scoring", "Moodle knows no such share of points", "Change the penalty."
        case MultipleResponse():
            if not item.key_ids or not set(item.key_ids) <= set(item.options):
                yield "key", "options must be keyed", "Key the right options."
            elif grades.option_shares(item) is None:
                yield "scoring", "Moodle knows no such shares of points", "Change the penalty or the options."
            elif not grades.lowest_is_zero(item) and not lossy:
                yield "scoring", "Moodle never gives less than nothing", "Make the minimum 0, or use --lossy."
        case Matching():
            if not item.key or set(item.key) != set(item.prompts):
                yield "key", "every prompt must be keyed", "Key every prompt."
            elif len(item.prompts) < 2:
                yield "prompts", "Moodle matches two prompts or more", "Write another prompt."
            elif (item.scoring.penalty or item.scoring.minimum) and not lossy:
                yield "scoring", "Moodle takes nothing off for a wrong pair", "Use --lossy."
        case TrueFalse():
            if item.key is None:
                yield "key", "the key is missing", "Write `key: true` or `key: false`."
            elif wrong_share(item) and not lossy:
                yield "scoring", "GIFT takes nothing off for a wrong judgement", "Use --lossy."
        case Numeric():
            key = item.key
            if key is None or (key.value is None and (key.minimum is None or key.maximum is None)):
                yield "key", "a value, or a minimum and a maximum, must be given", "Complete the key."
        case ShortAnswer():
            if not item.key or not all(one.strip() for one in item.key):
                yield "key", "no accepted text is given, or one is empty", "List the accepted texts."
        case Essay() | Ordering():
            pass
        case _:
            assert_never(item)


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
    tags = "".join(f" [tag:{_TAG.sub(' ', tag)}]" for tag in item.tags)
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
                mark = "=" if id in item.key_ids else wrong
                yield f"{mark}{_text(item.options[id], marked)}{told(id)}"
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
                yield f"={_text(item.prompts[prompt], marked)} -> {_text(item.options[option], False)}"
        case Numeric():
            yield f"#{_number(item)}"
        case ShortAnswer():
            for accepted in item.key or ():
                yield f"={escaped(accepted)}"
        case Essay() | Ordering():
            pass
        case _:
            assert_never(item)


def _number(item: Numeric) -> str:
    key = item.key
    assert key is not None
    if key.value is not None:
        return f"{key.value:.12g}" + (f"\\:{key.tolerance:.12g}".replace("\\", "") if key.tolerance else "")
    return f"{key.minimum:.12g}..{key.maximum:.12g}"


def _text(text: str, marked: bool) -> str:
    """A text with GIFT's own marks escaped; HTML when the question is written so."""
    return escaped(texts.to_html(text, inline=True) if marked else texts.plain(text))


def escaped(text: str) -> str:
    """A text whose characters mean nothing to GIFT; its lines as \\n."""
    return _SPECIAL.sub(lambda found: "\\" + found[0], text).replace("\n", "\\n")
