"""Declaration and response processing of an item → key, points and scoring.

What our writer makes is understood whole, so are the templates match_correct and map_response, and the usual
ways of other writers to say the same. Processing that says something else is told, and the key is taken from
the right response.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbank.formats.qti_common.legacy import q
from qbank.formats.qti_common.read_declaration import Declared, decimal_in, number_in
from qbank.formats.qti_common.read_processing import Rule, rule_of
from qbank.formats.qti_common.read_text import Context
from qbank.formats.qti_common.scoring import RANGE

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Record = dict[str, Any]
_PARTIAL = {
    "multiple-choice": "per_option",
    "multiple-response": "per_option",
    "true-false": "per_option",
    "matching": "per_pair",
}


def score_of(
    root: Element, given: Declared, record: Mapping[str, Any], names: Mapping[str, str], context: Context
) -> Record:
    """`key`, `points`, `scoring` and what belongs to them, for the record of an item."""
    processing = root.find(q("qti-response-processing"))
    rule = rule_of(processing)
    kind = str(record["type"])
    if rule is None:
        context.tell(
            "the response processing is not understood; the key is the right response, for all the points",
            processing,
        )
        rule = Rule("match")
    made: Record = {}
    stated = _points(root)
    match kind:
        case "numeric":
            made.update(_numeric(given, rule))
        case "short-answer":
            made.update(_short(given, rule, context))
        case "essay":
            pass
        case _:
            made.update(_keyed(kind, given, rule, record, names, context))
    points = made.pop("points", None)
    points = rule.points if points is None else points
    points = stated if points is None or (rule.kind == "template" and stated is not None) else points
    if points is not None and points != 1:
        made["points"] = int(points) if float(points).is_integer() else points
    return made


def _points(root: Element) -> float | None:
    """The points of an item: the default of MAXSCORE, else the normal maximum of SCORE."""
    outcomes = {one.get("identifier"): one for one in root.iterfind(q("qti-outcome-declaration"))}
    most = outcomes.get("MAXSCORE")
    if most is not None:
        value = most.find(f"{q('qti-default-value')}/{q('qti-value')}")
        if value is not None and (found := number_in(value.text)) is not None and found > 0:
            return found
    score = outcomes.get("SCORE")
    return None if score is None else number_in(score.get("normal-maximum"))


def _numeric(given: Declared, rule: Rule) -> Record:
    value = decimal_in(given.correct[0]) if given.correct else None
    if value is None and given.mapping:
        best = max(given.mapping, key=lambda pair: pair[1])
        value = decimal_in(best[0])
    low, high = rule.low, rule.high
    points: Record = {}
    if rule.kind == "map" and given.mapping:
        points = {"points": max(one for _, one in given.mapping)}
    if rule.kind == "around" and value is not None and low is not None and high is not None:
        low, high = value - low, value + high
    elif rule.kind not in ("range", "around"):
        return points if value is None else {"key": {"value": _plain(value)}, **points}
    even = value is not None and low is not None and high is not None and high - value == value - low
    if even and value is not None and high is not None and given.interpretation != RANGE:
        key = {"value": _plain(value)}
        if high != value:
            key["tolerance"] = _plain(high - value)
        return {"key": key}
    bounds = {"minimum": low, "maximum": high}
    return {"key": {name: _plain(one) for name, one in bounds.items() if one is not None}}


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)


def _short(given: Declared, rule: Rule, context: Context) -> Record:
    sensitive = rule.sensitive
    points: float | None = None
    if rule.texts:
        accepted = list(rule.texts)
    elif rule.kind == "map" and given.mapping:
        points = max(value for _, value in given.mapping)
        accepted = [" ".join(text.split()) for text, value in given.mapping if value == points]
        sensitive = given.sensitive
        if any(0 < value < points for _, value in given.mapping):
            context.tell("some answers give a part of the points; an item of a bank gives all or nothing")
    else:
        accepted = list(given.correct)
        sensitive = sensitive or rule.kind in ("match", "template")
    made: Record = {"key": list(dict.fromkeys(accepted))} if accepted else {}
    if sensitive and accepted:
        made["case_sensitive"] = True
    if points is not None:
        made["points"] = points
    return made


def _keyed(
    kind: str,
    given: Declared,
    rule: Rule,
    record: Mapping[str, Any],
    names: Mapping[str, str],
    context: Context,
) -> Record:
    right = list(given.correct)
    made: Record = {}
    if rule.kind == "share":
        made["scoring"] = _scoring_record(kind, -given.default, (given.low or 0.0) / rule.keys)
    elif rule.kind == "map" and given.mapping:
        right, made = _mapped(kind, given, right, record, context)
    elif rule.kind == "map":
        context.tell("the points by response are missing; the key is that of the right response")
    key = _key(kind, right, names, context)
    if key is not None:
        made["key"] = key
    return made


def _mapped(
    kind: str, given: Declared, right: list[str], record: Mapping[str, Any], context: Context
) -> tuple[list[str], Record]:
    """Points by response → the key, points and scoring that give the same, told when nothing does."""
    table = dict(given.mapping)
    good = {id: value for id, value in table.items() if value > 0}
    if kind in ("multiple-choice", "true-false") and good:
        best = max(good.values())
        keys = [id for id in right if id in good] or [id for id, value in good.items() if value == best][:1]
        points = good.get(keys[0], best) if keys else best
        if len(good) > 1:
            context.tell("several options give points; an item of a bank has one that does")
    else:
        keys = [id for id in right if id in good] if set(right) == set(good) else list(good)
        points = sum(good.values())
        if len(set(good.values())) > 1:
            context.tell("options give different points; in a bank each right one gives the same share")
    if not keys:
        context.tell("no response gives points; the key is that of the right response")
        return right, {}
    made: Record = {"points": points}
    others = {value for id, value in table.items() if id not in good}
    every = _others(kind, record, keys)
    if len(table) - len(good) < every:
        others.add(given.default)
    if len(others) > 1:
        context.tell("wrong options take off different points; in a bank each takes off the same")
    penalty = -min(others, default=0.0) * len(keys) / points
    if kind in ("multiple-choice", "true-false") and not penalty:
        return keys, made
    floor = given.low
    least = -penalty * every / len(keys) if floor is None else floor / points
    made["scoring"] = _scoring_record(kind, max(0.0, penalty), least)
    if kind == "ordering":
        context.tell("an ordering that gives a part of the points is read as all or nothing")
        del made["scoring"]
    return keys, made


def _others(kind: str, record: Mapping[str, Any], keys: list[str]) -> int:
    """How many wrong choices a response may hold."""
    if kind == "matching":
        return len(record.get("prompts", ()))
    return 1 if kind != "multiple-response" else max(0, len(record.get("options", ())) - len(keys))


def _scoring_record(kind: str, penalty: float, minimum: float) -> Record:
    made: Record = {"method": _PARTIAL.get(kind, "all_or_nothing")}
    if penalty:
        made["penalty"] = round(penalty, 9)
    if minimum:
        made["minimum"] = round(minimum, 9)
    return made


def _key(kind: str, right: list[str], names: Mapping[str, str], context: Context) -> Any:
    if not right:
        return None
    match kind:
        case "true-false":
            return right[0] == "true"
        case "matching":
            return _pairs(right, names, context)
        case _:
            keys = [names.get(id, id) for id in right]
            return keys if kind in ("multiple-response", "ordering") else keys[0]


def _pairs(right: list[str], names: Mapping[str, str], context: Context) -> dict[str, str]:
    made: dict[str, str] = {}
    for pair in right:
        first, _, second = pair.partition(" ")
        if f"{first} " not in names and f"{second} " in names:
            first, second = second, first
        prompt, option = names.get(f"{first} "), names.get(second)
        if prompt is None or option is None or prompt in made:
            context.tell(f"the pair {pair} has no place in the key: a prompt takes one option")
        else:
            made[prompt] = option
    return made
