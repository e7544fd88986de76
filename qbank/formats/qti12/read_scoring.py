"""What the response processing of an item says: carried out on responses, so that any way of writing counts.

A rule is a `respcondition`: what it asks, what it does to the score, what it shows. Carried out on one
option at a time, the rules say which options are right and what wrong ones cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import msgspec

from qbank.formats.safe_xml import local

if TYPE_CHECKING:
    from qbank.formats.safe_xml import Element

Given = Mapping[str, Sequence[str]]
"""What a candidate gives: response → values."""

_WORDS = {"SCORE.max": "most", "SCORE.min": "least"}


class Rule(msgspec.Struct, frozen=True):
    """One condition: `more` says that those after it count too, `does` are actions with their values."""

    test: object
    does: tuple[tuple[str, float], ...]
    shows: tuple[str, ...]
    more: bool

    @property
    def condition(self) -> Element:
        """The element that says what is asked."""
        return self.test  # type: ignore[return-value]

    @property
    def gives(self) -> bool:
        """Whether the rule gives points."""
        return any(action in ("Set", "Add") and value > 0 for action, value in self.does)


class Processing(msgspec.Struct, frozen=True):
    """All rules of an item, the bounds of its score, and what was not understood."""

    rules: tuple[Rule, ...] = ()
    least: float | None = None
    most: float | None = None
    start: float = 0.0
    unread: tuple[object, ...] = ()

    def score(self, given: Given) -> float:
        """The score of a response."""
        score, met = self.start, False
        for rule in self.rules:
            if not _holds(rule.condition, given, met):
                continue
            for action, value in rule.does:
                score = _done(score, action, value)
            met = met or bool(rule.does)
            if not rule.more:
                break
        if self.least is not None:
            score = max(score, self.least)
        return score if self.most is None else min(score, self.most)


def processing(item: Element) -> Processing:
    """The rules of an item. Those that set other variables than the score only show their feedback."""
    variables = list(item.iterfind(".//{*}resprocessing//{*}decvar"))
    names = [one.get("varname") or "SCORE" for one in variables]
    name = next((one for one in names if one.upper() == "SCORE"), names[0] if names else "SCORE")
    score = next((one for one, called in zip(variables, names, strict=True) if called == name), None)
    least, most = _bound(score, "minvalue"), _bound(score, "maxvalue")
    rules, unread = [], []
    for node in item.iterfind(".//{*}resprocessing//{*}respcondition"):
        does = []
        for action in node.iterfind("{*}setvar"):
            value = _value((action.text or "").strip(), least, most)
            if value is None or (action.get("varname") or "SCORE") != name:
                unread.append(action)
            else:
                does.append((action.get("action") or "Set", value))
        test = node.find("{*}conditionvar")
        if test is not None:
            shows = tuple(str(one.get("linkrefid") or "") for one in node.iterfind("{*}displayfeedback"))
            rules.append(Rule(test, tuple(does), shows, (node.get("continue") or "No").lower() == "yes"))
    return Processing(tuple(rules), least, most, _bound(score, "defaultval") or 0.0, tuple(unread))


def _bound(node: Element | None, name: str) -> float | None:
    return None if node is None else as_number(node.get(name) or "")


def as_number(text: str) -> float | None:
    """A number as it is written, None for anything else."""
    try:
        value = float(Decimal(text.strip()))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return value if value == value and abs(value) != float("inf") else None


def _value(text: str, least: float | None, most: float | None) -> float | None:
    if text in _WORDS:
        return (1.0 if most is None else most) if _WORDS[text] == "most" else (least or 0.0)
    return as_number(text)


def _done(score: float, action: str, value: float) -> float:
    match action:
        case "Add":
            return score + value
        case "Subtract":
            return score - value
        case "Multiply":
            return score * value
        case "Divide":
            return score / value if value else score
        case _:
            return value


def _holds(node: Element, given: Given, met: bool) -> bool:
    match local(node):
        case "conditionvar" | "and":
            return all(_holds(kid, given, met) for kid in node if isinstance(kid.tag, str))
        case "or":
            return any(_holds(kid, given, met) for kid in node)
        case "not":
            return not all(_holds(kid, given, met) for kid in node)
        case "unanswered":
            return not any(given.get(node.get("respident") or "", ()))
        case "other":
            return not met
        case name:
            return _compared(name, node, given.get(node.get("respident") or "", ()))


def _compared(name: str, node: Element, values: Sequence[str]) -> bool:
    wanted = (node.text or "").strip()
    if name in ("varequal", "varsubset"):
        place = node.get("index")
        if place and place.isdigit():
            values = values[int(place) - 1 : int(place)]
        return wanted in values
    limit, number = as_number(wanted), as_number(values[0]) if values else None
    if limit is None or number is None:
        return False
    return {
        "vargte": number >= limit,
        "vargt": number > limit,
        "varlte": number <= limit,
        "varlt": number < limit,
    }.get(name, False)


def named(condition: Element, response: str = "") -> Iterator[Element]:
    """The comparisons with a response that count for it, not those under a `not`."""
    for kid in condition:
        if local(kid) == "not":
            continue
        if len(kid):
            yield from named(kid, response)
        elif kid.get("respident") is not None and response in ("", kid.get("respident")):
            yield kid
