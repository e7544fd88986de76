"""Questions of Moodle's types → fields of items. Each reader raises Unfit for what no item type can hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from html import unescape
from typing import TYPE_CHECKING, Any

from qbank.formats import moodle_grades as grades
from qbank.formats import moodle_tags
from qbank.formats.moodle_xml.fields import Fields, content
from qbank.formats.safe_xml import local
from qbank.markup import from_plain

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NEARLY = 0.01
_ALL_BUT_ROUNDING = 99.99


class Unfit(Exception):
    """A question that no item type of a bank can hold; the message says why."""


def common(fields: Fields) -> dict[str, Any]:
    """What all questions have: id, stem, points, tags and the fields that tags stand for."""
    record: dict[str, Any] = {"id": fields.word("idnumber") or "", "stem": fields.shown("questiontext")}
    points = _decimal(fields.word("defaultgrade", "1") or "1")
    if points is None or points < 0:
        fields.lost.append("the points, which are no number,")
    elif points != 1:
        record["points"] = _plain(points)
    name = fields.name()
    if name and name != record["id"] and not _begins(record["stem"], name):
        record["attributes"] = {"name": name}
    if fields.word("hidden") == "1":
        record["status"] = "retired"
        fields.notes.append("a question that is hidden in Moodle becomes a retired item")
    record.update(_tags(fields))
    return record


def _begins(stem: str, name: str) -> bool:
    """Whether a name is only the beginning of the stem, as Moodle makes names."""
    words = [re.sub(r"\W+", "", one).lower() for one in (stem, name)]
    return words[0].startswith(words[1])


def _tags(fields: Fields) -> dict[str, Any]:
    """The fields that tags stand for, and the other tags."""
    nodes = [*fields.children("tags"), *fields.children("coursetags")]
    return moodle_tags.fields(content(tag) for node in nodes for tag in node)


def _answers(fields: Fields, name: str = "answer") -> list[Element]:
    found = fields.children(name)
    if not found:
        raise Unfit("a question without answers is left out")
    return found


def _share(answer: Element) -> float:
    """The per cent of the points that an answer gives; 0 for what is no number."""
    found = _decimal(answer.get("fraction") or "")
    if found is None:
        inner = next((one for one in answer if local(one) == "fraction"), None)
        found = None if inner is None else _decimal("".join(map(str, inner.itertext())))
        found = None if found is None else found * 100
    return 0.0 if found is None else float(found)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and -400 < value.adjusted() < 300 else None


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)


def _letter(number: int) -> str:
    return _LETTERS[number] if number < len(_LETTERS) else f"O{number + 1}"


def _options(fields: Fields) -> tuple[dict[str, str], dict[str, float]]:
    """Options and their shares, by letters; feedback is kept."""
    options: dict[str, str] = {}
    shares: dict[str, float] = {}
    for answer in _answers(fields):
        id = _letter(len(options))
        options[id], shares[id] = fields.text(answer), _share(answer)
        fields.feedback(answer, id)
    return options, shares


def _choice(fields: Fields) -> dict[str, Any]:
    record: dict[str, Any] = {} if fields.truth("shuffleanswers", False) else {"shuffle": False}
    options, shares = _options(fields)
    if fields.truth("single", True):
        return {"type": "multiple-choice", **record, "options": options, **_single(fields, shares)}
    return {
        "type": "multiple-response",
        **record,
        "options": options,
        **_several(fields, shares),
    }


def _single(fields: Fields, shares: dict[str, float]) -> dict[str, Any]:
    """Key and scoring where one option is to be chosen."""
    whole = [id for id, share in shares.items() if share >= _ALL_BUT_ROUNDING]
    if len(whole) != 1:
        many = f"{len(whole)} options" if whole else "no option"
        raise Unfit(f"a question is left out: {many} give all points, and an item has one key")
    others = {round(share, 3) for id, share in shares.items() if id not in whole}
    if len(others) > 1:
        told = ", ".join(
            f"{id} {grades.written(share)} %" for id, share in shares.items() if id not in whole and share
        )
        fields.notes.append(f"wrong options with points of their own count as wrong: {told}")
        return {"key": whole[0]}
    part = next((share for id, share in shares.items() if id not in whole), 0.0) / 100
    scoring = {"method": "per_option", "penalty": max(0.0, -part), "minimum": part}
    return {"key": whole[0], "scoring": scoring} if part else {"key": whole[0]}


def _several(fields: Fields, shares: dict[str, float]) -> dict[str, Any]:
    """Key and scoring where several options are to be chosen."""
    keys = [id for id, share in shares.items() if share > 0]
    if not keys:
        raise Unfit("a question is left out: none of its options gives points")
    wrong = {id: share for id, share in shares.items() if id not in keys}
    if (
        len(keys) == 1
        and shares[keys[0]] >= _ALL_BUT_ROUNDING
        and all(one <= -99.99 for one in wrong.values())
    ):
        return {"key": keys}
    uneven = max(shares[id] for id in keys) - min(shares[id] for id in keys) > _NEARLY
    if uneven or abs(sum(shares[id] for id in keys) - 100) > 0.1:
        told = ", ".join(f"{id} {grades.written(shares[id])} %" for id in keys)
        fields.notes.append(f"right options that give different parts of the points count the same: {told}")
    if len({round(share, 3) for share in wrong.values()}) > 1:
        told = ", ".join(f"{id} {grades.written(share)} %" for id, share in wrong.items())
        fields.notes.append(f"wrong options that take off different parts count the same: {told}")
    scoring: dict[str, Any] = {"method": "per_option"}
    if penalty := round(-min(wrong.values(), default=0.0) * len(keys) / 100, 3):
        scoring["penalty"] = penalty
    return {"key": keys, "scoring": scoring}


def _choice_set(fields: Fields) -> dict[str, Any]:
    """Options that only count together, of the plug-in multichoiceset."""
    record: dict[str, Any] = {} if fields.truth("shuffleanswers", False) else {"shuffle": False}
    options, shares = _options(fields)
    key = [id for id, share in shares.items() if share > 0]
    if not key:
        raise Unfit("a question is left out: none of its options is right")
    return {"type": "multiple-response", **record, "options": options, "key": key}


def _true_false(fields: Fields) -> dict[str, Any]:
    shares: dict[str, float] = {}
    answers = _answers(fields)
    for number, answer in enumerate(answers[:2]):
        word = content(answer).strip().lower()
        # old exports hold the words of the site's language, true first
        id = word if word in ("true", "false") else ("true", "false")[number]
        shares[id] = _share(answer)
        fields.feedback(answer, id)
    if len(answers) > 2:
        raise Unfit("a judgement with more than two answers is left out")
    right = [id for id, share in shares.items() if share >= _ALL_BUT_ROUNDING]
    if len(right) > 1 or (len(shares) < 2 and not right):
        raise Unfit("a judgement is left out: not one of true and false is right")
    if any(0 < share < _ALL_BUT_ROUNDING for share in shares.values()):
        fields.notes.append("a judgement that gives a part of the points counts as wrong")
    return {"type": "true-false", "key": right == ["true"]}


def _matching(fields: Fields) -> dict[str, Any]:
    prompts: dict[str, str] = {}
    options: dict[str, str] = {}
    key: dict[str, str] = {}
    by_text: dict[str, str] = {}
    for pair in _answers(fields, "subquestion"):
        prompt = fields.text(pair)
        answer = next((one for one in pair if local(one) == "answer"), None)
        option = from_plain(unescape(content(answer)).strip()) if answer is not None else ""
        if not option:
            fields.notes += ["a prompt without an answer is left out"] if prompt else []
            continue
        if option not in by_text:
            by_text[option] = _letter(len(by_text))
            options[by_text[option]] = option
        if prompt:
            id = f"P{len(prompts) + 1}"
            prompts[id], key[id] = prompt, by_text[option]
    if not prompts:
        raise Unfit("a matching question without prompts is left out")
    record: dict[str, Any] = {"type": "matching"}
    if not fields.truth("shuffleanswers", True):
        record["shuffle"] = False
    if len(set(key.values())) < len(key):
        record["reuse"] = True
    return {
        **record,
        "prompts": prompts,
        "options": options,
        "key": key,
        "scoring": {"method": "per_pair"},
    }


def _ordering(fields: Fields) -> dict[str, Any]:
    options = {}
    for number, answer in enumerate(_answers(fields)):
        options[_letter(number)] = fields.text(answer)
        fields.feedback(answer, _letter(number))
    if len(options) < 2:
        raise Unfit("an order of less than two is left out")
    grading = (fields.word("gradingtype") or "").upper()
    if grading not in ("ALL_OR_NOTHING", "-1"):
        fields.notes.append(
            f"an order with points for its parts ({grading or 'by default'}) counts as a whole"
        )
    count = fields.word("selectcount") or fields.word("studentsee") or "0"
    if (fields.word("selecttype") or fields.word("logical") or "ALL").upper() not in ("ALL", "EXACT", "0"):
        fields.notes.append(f"Moodle shows {count} of the options, drawn by chance; the item shows all")
    if fields.said:
        fields.notes.append("feedback on single places of an order stands together")
    return {"type": "ordering", "options": options, "key": list(options), "shuffle": True}


def _numeric(fields: Fields) -> dict[str, Any]:
    answers = _answers(fields)
    whole = [one for one in answers if _share(one) >= _ALL_BUT_ROUNDING]
    values = [_decimal(_number_of(one)) for one in whole]
    if len(whole) != 1 or values[0] is None:
        shown = ", ".join(_number_of(one)[:20] for one in whole) or "none"
        raise Unfit(f"a number is left out: an item has one value, here give all points: {shown}")
    for answer in answers:
        if answer is not whole[0]:
            what = (
                "any other number" if _number_of(answer) == "*" else f"the number {_number_of(answer)[:20]}"
            )
            if _share(answer) > 0:
                fields.notes.append(f"{what}, which gives {_share(answer):g} %, counts as wrong")
            _lose_feedback(fields, answer, what)
    fields.feedback(whole[0], "")
    key: dict[str, Any] = {"value": _plain(values[0])}
    tolerance = next((one for one in whole[0] if local(one) == "tolerance"), None)
    given = None if tolerance is None else _decimal("".join(map(str, tolerance.itertext())))
    if given:
        key["tolerance"] = _plain(abs(given))
    if unit := _unit(fields):
        key["unit"] = unit
    return {"type": "numeric", "key": key}


def _number_of(answer: Element) -> str:
    """The number of an answer, in its text or, as in old files, right under it."""
    return (content(answer) or answer.text or "").strip()


def _unit(fields: Fields) -> str:
    """The unit of a number; others that Moodle would convert are told."""
    names = []
    for unit in (one for node in fields.children("units") for one in node):
        parts = {local(one): "".join(map(str, one.itertext())).strip() for one in unit}
        names.append((parts.get("unit_name", ""), _decimal(parts.get("multiplier", "1"))))
    if not names:
        return ""
    name = next((name for name, factor in names if factor == 1), "")
    others = [one for one, _ in names if one != name]
    if others:
        fields.notes.append(f"other units are not carried over: {', '.join(others)[:80]}")
    if (fields.word("unitgradingtype") or "0") != "0":
        fields.notes.append("points for the right unit are not carried over")
    return from_plain(name)


def _short(fields: Fields) -> dict[str, Any]:
    accepted: list[str] = []
    for number, answer in enumerate(_answers(fields)):
        text = content(answer).strip()
        words, share = grades.accepted_text(text), _share(answer)
        what = f"the accepted text {text[:40]!r}"
        if share >= _ALL_BUT_ROUNDING and words:
            accepted.append(words)
            fields.feedback(answer, str(number))
            continue
        if share >= _ALL_BUT_ROUNDING and words is None:
            fields.notes.append(f"{what}, in which * stands for any characters, is left out")
        elif share > 0:
            fields.notes.append(f"{what}, which gives {share:g} %, is left out")
        _lose_feedback(fields, answer, what)
    if not accepted:
        raise Unfit("a short answer is left out: no text of it can be accepted as it stands")
    record: dict[str, Any] = {"type": "short-answer", "key": list(dict.fromkeys(accepted))}
    return {**record, "case_sensitive": True} if fields.truth("usecase", False) else record


def _lose_feedback(fields: Fields, answer: Element, what: str) -> None:
    found = next((one for one in answer if local(one) == "feedback"), None)
    if found is not None and content(found).strip():
        fields.notes.append(f"feedback on {what} is not carried over")


def _essay(fields: Fields) -> dict[str, Any]:
    rubric = fields.shown("graderinfo")
    format = fields.word("responseformat", "editor")
    if format in ("noinline", "editorfilepicker"):
        fields.notes.append("files that Moodle lets candidates hand in are not carried over")
    return {"type": "essay", **({"rubric": rubric} if rubric else {})}


Reads = Callable[[Fields], dict[str, Any]]

READERS: dict[str, Reads] = {
    "multichoice": _choice,
    "multichoiceset": _choice_set,
    "truefalse": _true_false,
    "matching": _matching,
    "match": _matching,
    "ordering": _ordering,
    "numerical": _numeric,
    "shortanswer": _short,
    "essay": _essay,
}
"""Type of question → its reader."""
