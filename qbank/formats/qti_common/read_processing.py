"""Response processing → a rule: how it scores, as our writer, the templates and other writers say it.

What says something else is no rule; who asks tells it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from qbank.formats.qti_common.legacy import q
from qbank.formats.qti_common.read_declaration import decimal_in, number_in, text_in
from qbank.formats.safe_xml import local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


class Rule(msgspec.Struct, frozen=True):
    """What response processing says: how it scores, points for all that is right, keys it divides by."""

    kind: str
    points: float | None = None
    keys: int = 0
    low: Decimal | None = None
    high: Decimal | None = None
    texts: tuple[str, ...] = ()
    sensitive: bool = False


def rule_of(processing: Element | None) -> Rule | None:
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
        return number_in(node.text)
    names = {one.get("identifier") for one in (node if local(node) == "qti-sum" else [node])}
    if "MAXSCORE" in names and names <= {"MAXSCORE", "SCORE"}:
        return math.inf  # all the points, however many these are
    if local(node) == "qti-sum":  # SCORE + 1, as some write it
        numbers = [number_in(one.text) for one in node if local(one) == "qti-base-value"]
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
    texts = tuple(text_in(one) for one in values if one is not None)
    return Rule("strings", points, texts=texts, sensitive=tests[0].get("case-sensitive") == "true")


def _bounds(tests: Iterable[Element], points: float | None) -> Rule | None:
    found: dict[str, Decimal] = {}
    for test in tests:
        value = test.find(q("qti-base-value"))
        number = None if value is None else decimal_in(value.text)
        if number is None or local(test[0]) != "qti-variable":
            return None
        found[local(test)] = number
    return Rule("range", points, low=found.get("qti-gte"), high=found.get("qti-lte"))


def _equal(node: Element, points: float | None) -> Rule | None:
    """qti-equal with an exact or absolute tolerance around a number."""
    if node.get("tolerance-mode", "exact") == "relative":
        return None
    value = node.find(q("qti-base-value"))
    tolerance = [decimal_in(one) for one in (node.get("tolerance") or "0").split()]
    if None in tolerance or not tolerance:
        return None
    low, high = tolerance[0], tolerance[-1]
    assert low is not None
    assert high is not None
    centre = None if value is None else decimal_in(value.text)
    if centre is not None:
        return Rule("range", points, low=centre - low, high=centre + high)
    return Rule("around", points, low=low, high=high)
