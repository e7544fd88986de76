"""Declarations and response processing of an item → key, points and scoring.

What our writer makes is understood whole, so are the templates match_correct and map_response, and the usual
ways of other writers to say the same. Processing that says something else is told, and the key is taken from
the right response.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import msgspec

from qbank.formats.qti_common.legacy import q
from qbank.formats.qti_common.read_text import Context
from qbank.formats.qti_common.scoring import RANGE
from qbank.formats.safe_xml import local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Record = dict[str, Any]
_PARTIAL = {
    "multiple-choice": "per_option",
    "multiple-response": "per_option",
    "true-false": "per_option",
    "matching": "per_pair",
}


class Declared(msgspec.Struct, frozen=True):
    """A response declaration: what is given, what is right, and the points by response."""

    cardinality: str = "single"
    base: str = ""
    correct: tuple[str, ...] = ()
    interpretation: str = ""
    mapping: tuple[tuple[str, float], ...] = ()
    default: float = 0.0
    low: float | None = None
    high: float | None = None
    sensitive: bool = False

    @property
    def is_number(self) -> bool:
        """Whether a number is given."""
        return self.base in ("float", "integer")


class Rule(msgspec.Struct, frozen=True):
    """What response processing says: how it scores, points for all that is right, keys it divides by."""

    kind: str
    points: float | None = None
    keys: int = 0
    low: Decimal | None = None
    high: Decimal | None = None
    texts: tuple[str, ...] = ()
    sensitive: bool = False


def declared(node: Element | None) -> Declared:
    """What a declaration says; of a missing one nothing."""
    if node is None:
        return Declared()
    right = node.find(q("qti-correct-response"))
    mapping = node.find(q("qti-mapping"))
    entries = [] if mapping is None else list(mapping.iterfind(q("qti-map-entry")))
    return Declared(
        node.get("cardinality") or "single",
        node.get("base-type") or "",
        () if right is None else tuple(_value(one) for one in right.iterfind(q("qti-value"))),
        "" if right is None else right.get("interpretation") or "",
        tuple((one.get("map-key") or "", _float(one.get("mapped-value")) or 0.0) for one in entries),
        0.0 if mapping is None else _float(mapping.get("default-value")) or 0.0,
        None if mapping is None else _float(mapping.get("lower-bound")),
        None if mapping is None else _float(mapping.get("upper-bound")),
        any(one.get("case-sensitive") == "true" for one in entries),
    )


def _value(node: Element) -> str:
    return " ".join((node.text or "").split())


def _float(text: str | None) -> float | None:
    try:
        number = math.nan if text is None else float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def score_of(
    root: Element, given: Declared, record: Mapping[str, Any], names: Mapping[str, str], context: Context
) -> Record:
    """`key`, `points`, `scoring` and what belongs to them, for the record of an item."""
    processing = root.find(q("qti-response-processing"))
    rule = _rule(processing)
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
        if value is not None and (found := _float(value.text)) is not None and found > 0:
            return found
    score = outcomes.get("SCORE")
    return None if score is None else _float(score.get("normal-maximum"))


# response processing


def _rule(processing: Element | None) -> Rule | None:
    """What processing says about SCORE; None when it is something else."""
    if processing is None:
        return Rule("none")
    template = processing.get("template") or processing.get("template-location") or ""
    if template:
        name = template.rstrip("/").rpartition("/")[2].removesuffix(".xml")
        return {"match_correct": Rule("template"), "map_response": Rule("map")}.get(name)
    rules = [one for one in processing if _sets(one, "SCORE") and not _clamps(one)]
    if not rules:
        return Rule("none")
    return _scoring(rules[0]) if len(rules) == 1 else None


def _sets(node: Element, variable: str) -> bool:
    return any(one.get("identifier") == variable for one in node.iter(q("qti-set-outcome-value")))


def _clamps(node: Element) -> bool:
    """Whether a rule only keeps SCORE between its limits."""
    if local(node) != "qti-response-condition" or len(node) != 1 or not len(node[0]):
        return False
    names = {one.get("identifier") for one in node[0][0]}
    compares = local(node[0][0]) in ("qti-gt", "qti-gte", "qti-lt", "qti-lte")
    return compares and "SCORE" in names and bool(names & {"MAXSCORE", "MINSCORE"})


def _scoring(node: Element) -> Rule | None:
    if local(node) == "qti-set-outcome-value":
        return Rule("map") if len(node) and _is_map(node[0]) else None
    branches = list(node)
    if local(node) != "qti-response-condition" or not branches or not all(len(one) for one in branches):
        return None
    unanswered = local(branches[0][0]) == "qti-is-null" and not _number(_assigned(branches[0]))
    if unanswered and len(branches) > 1 and local(branches[1]) == "qti-response-else-if":
        del branches[0]
    if len(branches) > 2:
        return None
    condition, first = branches[0][0], _assigned(branches[0])
    second = _assigned(branches[1]) if len(branches) == 2 else None
    if local(condition) == "qti-is-null" and second is not None:
        return _partial(second)
    points = _number(first)
    other = 0.0 if second is None else _number(second)
    answered = local(condition) == "qti-not" and [local(one) for one in condition] == ["qti-is-null"]
    if answered and first is not None:
        return Rule("map") if _is_map(first) else _partial(first)
    if points is None or other != 0:
        return None
    return _condition(condition, None if points == math.inf else points)


def _assigned(branch: Element) -> Element | None:
    """The value that a branch gives SCORE; None when it does anything else to it."""
    values = [one for one in branch if one.get("identifier") == "SCORE"]
    return values[0][0] if len(values) == 1 and len(values[0]) == 1 else None


def _number(node: Element | None) -> float | None:
    if node is None:
        return None
    if local(node) == "qti-base-value":
        return _float(node.text)
    names = {one.get("identifier") for one in (node if local(node) == "qti-sum" else [node])}
    if "MAXSCORE" in names and names <= {"MAXSCORE", "SCORE"}:
        return math.inf  # all the points, however many these are
    if local(node) == "qti-sum":  # SCORE + 1, as some write it
        numbers = [_float(one.text) for one in node if local(one) == "qti-base-value"]
        return numbers[0] if len(node) == 2 and len(numbers) == 1 else None
    return None


def _is_map(node: Element) -> bool:
    return local(node) == "qti-map-response" or (
        local(node) == "qti-sum" and any(local(one) == "qti-map-response" for one in node)
    )


def _partial(value: Element) -> Rule | None:
    """points · mapped / keys, as our writer says it."""
    if _is_map(value):
        return Rule("map")
    if local(value) != "qti-product" or len(value) != 2 or local(value[1]) != "qti-divide":
        return None
    share = list(value[1])
    points, keys = _number(value[0]), _number(share[1]) if len(share) == 2 else None
    if points is None or not keys or keys < 1 or not _is_map(share[0]):
        return None
    return Rule("share", points, int(keys))


def _condition(node: Element, points: float | None) -> Rule | None:
    name, kids = local(node), list(node)
    if name == "qti-match" and {local(one) for one in kids} == {"qti-variable", "qti-correct"}:
        return Rule("match", points)
    if name == "qti-string-match":
        return _strings([node], points)
    if name == "qti-or" and kids and all(local(one) == "qti-string-match" for one in kids):
        return _strings(kids, points)
    if name in ("qti-gte", "qti-lte"):
        return _bounds([node], points)
    if name == "qti-and" and all(local(one) in ("qti-gte", "qti-lte") for one in kids):
        return _bounds(kids, points)
    if name == "qti-equal":
        return _equal(node, points)
    return None


def _strings(tests: Iterable[Element], points: float | None) -> Rule | None:
    tests = list(tests)
    values = [one.find(q("qti-base-value")) for one in tests]
    if any(one is None for one in values):
        correct = all(one.find(q("qti-correct")) is not None for one in tests)
        return Rule("match", points, sensitive=tests[0].get("case-sensitive") == "true") if correct else None
    texts = tuple(_value(one) for one in values if one is not None)
    return Rule("strings", points, texts=texts, sensitive=tests[0].get("case-sensitive") == "true")


def _bounds(tests: Iterable[Element], points: float | None) -> Rule | None:
    found: dict[str, Decimal] = {}
    for test in tests:
        value = test.find(q("qti-base-value"))
        number = None if value is None else _decimal(value.text)
        if number is None or local(test[0]) != "qti-variable":
            return None
        found[local(test)] = number
    return Rule("range", points, low=found.get("qti-gte"), high=found.get("qti-lte"))


def _equal(node: Element, points: float | None) -> Rule | None:
    """qti-equal with an exact or absolute tolerance around a number."""
    if node.get("tolerance-mode", "exact") == "relative":
        return None
    value = node.find(q("qti-base-value"))
    tolerance = [_decimal(one) for one in (node.get("tolerance") or "0").split()]
    if None in tolerance or not tolerance:
        return None
    low, high = tolerance[0], tolerance[-1]
    assert low is not None
    assert high is not None
    centre = None if value is None else _decimal(value.text)
    if centre is not None:
        return Rule("range", points, low=centre - low, high=centre + high)
    return Rule("around", points, low=low, high=high)


def _decimal(text: str | None) -> Decimal | None:
    try:
        number = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and math.isfinite(float(number)) else None


# keys


def _numeric(given: Declared, rule: Rule) -> Record:
    value = _decimal(given.correct[0]) if given.correct else None
    if value is None and given.mapping:
        best = max(given.mapping, key=lambda pair: pair[1])
        value = _decimal(best[0])
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
