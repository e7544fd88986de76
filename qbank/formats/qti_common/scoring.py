"""How a response is declared and scored: the key, the mapping, the response processing."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

import msgspec

from qbank.formats.keys import accepted, bounds
from qbank.formats.qti_common.dialects import STRICT, Rules
from qbank.formats.qti_common.xml import Element, el
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

RESPONSE = "RESPONSE"
SCORE = "SCORE"
MAXSCORE = "MAXSCORE"
FEEDBACK = "FEEDBACK"
MATCH_CORRECT = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"
RANGE = "any number of the range"
"""Interpretation of a right number that stands for a range, not for itself."""


class Response(msgspec.Struct, frozen=True):
    """What a candidate gives: QTI's cardinality and base type, and the values that are right."""

    cardinality: str
    base_type: str
    correct: tuple[str, ...] = ()


def prompt_ids(item: Matching) -> dict[str, str]:
    """Prompt id → identifier in the file; prompts get a prefix when one is also an option's id."""
    clash = set(item.prompts) & set(item.options)
    return {id: f"prompt_{id}" if clash else id for id in item.prompts}


def response(item: Item) -> Response:
    """How an item's response is declared."""
    match item:
        case MultipleChoice():
            return Response("single", "identifier", item.key_ids)
        case TrueFalse():
            return Response("single", "identifier", (str(bool(item.key)).lower(),))
        case MultipleResponse():
            return Response("multiple", "identifier", item.key_ids)
        case Ordering():
            return Response("ordered", "identifier", item.key_ids)
        case Matching():
            names = prompt_ids(item)
            pairs = tuple(f"{names[prompt]} {option}" for prompt, option in (item.key or {}).items())
            return Response("multiple", "directedPair", pairs)
        case Numeric():
            return Response("single", "float", _best(item.key or NumericKey()))
        case ShortAnswer():
            return Response("single", "string", accepted(item)[:1])
        case Essay():
            return Response("single", "string")
        case _:
            assert_never(item)


def lowest(item: Item) -> float:
    """The lowest score an item can give."""
    scoring, keys = item.scoring, response(item).correct
    if scoring.method == "all_or_nothing" or not keys:
        return 0
    worst = max(scoring.minimum, -scoring.penalty * _most_false(item) / len(keys))
    return min(0.0, worst) * item.points


def _most_false(item: Item) -> int:
    """The largest number of false choices that one response can hold."""
    if isinstance(item, MultipleResponse):
        distractors = len(item.options) - len(item.key_ids)
        return min(distractors, item.choose) if item.choose else distractors
    return len(item.prompts) if isinstance(item, Matching) else 1


def declaration(item: Item, with_key: bool) -> Element:
    """The response declaration; without the key, it says only what kind of response is given."""
    given = response(item)
    node = el(
        "qti-response-declaration",
        {"identifier": RESPONSE, "cardinality": given.cardinality, "base-type": given.base_type},
    )
    if with_key and given.correct:
        values = (el("qti-value", None, one) for one in given.correct)
        span = isinstance(item, Numeric) and item.key is not None and item.key.value is None
        node.append(el("qti-correct-response", {"interpretation": RANGE if span else None}, *values))
        if item.scoring.method != "all_or_nothing":
            node.append(_mapping(item, given))
    return node


def _mapping(item: Item, given: Response) -> Element:
    """A point a hit, minus the penalty a false choice; processing makes points of it."""
    keys = len(given.correct)
    limits = {"lower-bound": item.scoring.minimum * keys, "default-value": -item.scoring.penalty or 0}
    entries = (el("qti-map-entry", {"map-key": key, "mapped-value": 1}) for key in given.correct)
    return el("qti-mapping", limits, *entries)


def processing(item: Item, rules: Rules = STRICT) -> Element | None:
    """The response processing: written out, or a template's name where the rules want it and it is exact.

    None for an item that people score, unless the rules want a FEEDBACK outcome.
    """
    if rules.template and templated(item):
        return el("qti-response-processing", {"template": MATCH_CORRECT})
    scored = _scored(item)
    parts = [] if scored is None else [scored]
    if rules.feedback:
        parts.append(_feedback(item))
    return el("qti-response-processing", None, *parts) if parts else None


def templated(item: Item) -> bool:
    """Whether the template match_correct gives an item its score: 1 for the key, 0 for all else."""
    exact = isinstance(item, MultipleChoice | MultipleResponse | TrueFalse | Matching | Ordering)
    return exact and item.scoring.method == "all_or_nothing" and item.points == 1


def _feedback(item: Item) -> Element:
    """FEEDBACK as Inspera names it, by the score; of an essay only whether there is an answer."""
    unanswered = el("qti-response-if", None, el("qti-is-null", None, _variable()), _said("unanswered"))
    if isinstance(item, Essay):
        return el(
            "qti-response-condition", None, unanswered, el("qti-response-else", None, _said("answered"))
        )
    score = {"identifier": SCORE}
    whole = el("qti-gte", None, el("qti-variable", score), _number(item.points))
    some = el("qti-gt", None, el("qti-variable", score), _number(0))
    return el(
        "qti-response-condition",
        None,
        unanswered,
        el("qti-response-else-if", None, whole, _said("correct")),
        el("qti-response-else-if", None, some, _said("partially_correct")),
        el("qti-response-else", None, _said("wrong")),
    )


def _said(word: str) -> Element:
    value = el("qti-base-value", {"base-type": "identifier"}, f"feedback_{word}")
    return el("qti-set-outcome-value", {"identifier": FEEDBACK}, value)


def _scored(item: Item) -> Element | None:
    match item:
        case Essay():
            return None
        case Numeric():
            rule = _if(_within(item), item.points)
        case ShortAnswer():
            rule = _if(_one_of(item), item.points)
        case MultipleChoice() | TrueFalse() | MultipleResponse() | Matching() | Ordering():
            partial = item.scoring.method != "all_or_nothing"
            rule = _partial(item) if partial else _if(_correct(), item.points)
        case _:
            assert_never(item)
    return rule


def _if(condition: Element, points: float) -> Element:
    return el(
        "qti-response-condition",
        None,
        el("qti-response-if", None, condition, _set(_number(points))),
        el("qti-response-else", None, _set(_number(0))),
    )


def _partial(item: Item) -> Element:
    """points · mapped / keys; no response at all gives nothing (or the minimum, if that is above)."""
    keys = len(response(item).correct)
    share = el("qti-divide", None, el("qti-map-response", {"identifier": RESPONSE}), _number(keys))
    empty = max(0.0, item.scoring.minimum) * item.points
    return el(
        "qti-response-condition",
        None,
        el("qti-response-if", None, el("qti-is-null", None, _variable()), _set(_number(empty))),
        el("qti-response-else", None, _set(el("qti-product", None, _number(item.points), share))),
    )


def _within(item: Numeric) -> Element:
    low, high = bounds(item.key or NumericKey())
    tests = [
        el(tag, None, _variable(), el("qti-base-value", {"base-type": "float"}, _plain(bound)))
        for tag, bound in (("qti-gte", low), ("qti-lte", high))
        if bound is not None
    ]
    return tests[0] if len(tests) == 1 else el("qti-and", None, *tests)


def _one_of(item: ShortAnswer) -> Element:
    tests = [
        el(
            "qti-string-match",
            {"case-sensitive": item.case_sensitive},
            _variable(),
            el("qti-base-value", {"base-type": "string"}, text),
        )
        for text in accepted(item)
    ]
    return tests[0] if len(tests) == 1 else el("qti-or", None, *tests)


def _correct() -> Element:
    return el("qti-match", None, _variable(), el("qti-correct", {"identifier": RESPONSE}))


def _variable() -> Element:
    return el("qti-variable", {"identifier": RESPONSE})


def _set(value: Element) -> Element:
    return el("qti-set-outcome-value", {"identifier": SCORE}, value)


def _number(value: float) -> Element:
    return el("qti-base-value", {"base-type": "float"}, _plain(Decimal(repr(float(value)))))


def _best(key: NumericKey) -> tuple[str, ...]:
    low, high = bounds(key)
    if key.value is not None:
        return (_plain(Decimal(repr(key.value))),)
    if low is not None and high is not None:
        return (_plain((low + high) / 2),)
    return tuple(_plain(bound) for bound in (low, high) if bound is not None)


def _plain(value: Decimal) -> str:
    whole = value == value.to_integral_value() and abs(value) < Decimal(10) ** 15
    return str(int(value)) if whole else str(value.normalize())
