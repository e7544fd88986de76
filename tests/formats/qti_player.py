"""A small QTI 3 player: carries out response and outcome processing as the specification says.

Written from the specification and importing nothing of qbank, so that it judges the writer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

Q = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"


class Item:
    """An item whose response is processed."""

    def __init__(self, data: bytes) -> None:
        self.root: Any = etree.fromstring(data)
        self.declaration: Any = self.root.find(f"{Q}qti-response-declaration")
        assert self.declaration is not None
        self.cardinality = self.declaration.get("cardinality")
        self.base = self.declaration.get("base-type")

    def correct(self) -> Any:
        values = [
            value.text or "" for value in self.declaration.iterfind(f"{Q}qti-correct-response/{Q}qti-value")
        ]
        return self.read(values)

    def read(self, values: Sequence[str]) -> Any:
        """A response of the declared kind; None when nothing is given."""
        if not values:
            return None
        if self.cardinality != "single":
            return list(values)
        return float(values[0]) if self.base == "float" else values[0]

    def score(self, values: Sequence[str]) -> float:
        """SCORE after processing a response."""
        self.response = self.read(values)
        self.outcomes: dict[str, Any] = {"SCORE": 0.0}
        processing = self.root.find(f"{Q}qti-response-processing")
        assert processing is not None
        for rule in processing:
            self._rule(rule)
        return float(self.outcomes["SCORE"])

    @property
    def maximum(self) -> float:
        path = f"{Q}qti-outcome-declaration[@identifier='MAXSCORE']/{Q}qti-default-value/{Q}qti-value"
        return float(self.root.findtext(path) or "nan")

    def _rule(self, rule: Any) -> None:
        match rule.tag.removeprefix(Q):
            case "qti-set-outcome-value":
                self.outcomes[rule.get("identifier")] = self._value(rule[0])
            case "qti-response-condition":
                for branch in rule:
                    name = branch.tag.removeprefix(Q)
                    if name == "qti-response-else" or self._value(branch[0]) is True:
                        for inner in branch[0 if name == "qti-response-else" else 1 :]:
                            self._rule(inner)
                        return
            case other:
                raise NotImplementedError(other)

    def _value(self, node: Any) -> Any:
        name = node.tag.removeprefix(Q)
        if name == "qti-map-response":
            return self._mapped()
        if name == "qti-correct":
            return self.correct()
        if name == "qti-variable":
            return (
                self.response
                if node.get("identifier") == "RESPONSE"
                else self.outcomes[node.get("identifier")]
            )
        if name == "qti-base-value":
            return float(node.text) if node.get("base-type") == "float" else node.text
        given = [self._value(kid) for kid in node]
        if name == "qti-is-null":
            return given[0] is None
        if name == "qti-or":
            return any(one is True for one in given)
        if name == "qti-and":
            return all(one is True for one in given)
        if any(one is None for one in given):
            return None
        match name:
            case "qti-match":
                left, right = given
                return sorted(left) == sorted(right) if self.cardinality == "multiple" else left == right
            case "qti-string-match":
                left, right = given
                same_case = node.get("case-sensitive") == "true"
                return left == right if same_case else left.lower() == right.lower()
            case "qti-gte":
                return given[0] >= given[1]
            case "qti-lte":
                return given[0] <= given[1]
            case "qti-gt":
                return given[0] > given[1]
            case "qti-product":
                return given[0] * given[1]
            case "qti-divide":
                return given[0] / given[1]
            case other:
                raise NotImplementedError(other)

    def _mapped(self) -> float:
        mapping = self.declaration.find(f"{Q}qti-mapping")
        table = {entry.get("map-key"): float(entry.get("mapped-value")) for entry in mapping}
        default = float(mapping.get("default-value", "0"))
        response = self.response if isinstance(self.response, list) else [self.response]
        total = sum(table.get(one, default) for one in dict.fromkeys(response))
        low, high = mapping.get("lower-bound"), mapping.get("upper-bound")
        total = max(total, float(low)) if low is not None else total
        return min(total, float(high)) if high is not None else total


def test_outcomes(test: bytes, scores: dict[str, float], maxima: dict[str, float]) -> dict[str, Any]:
    """The test's outcomes for item scores by item identifier."""
    root: Any = etree.fromstring(test)
    categories = {
        ref.get("identifier"): (ref.get("category") or "").split()
        for ref in root.iter(f"{Q}qti-assessment-item-ref")
    }
    outcomes: dict[str, Any] = {}

    def value(node: Any) -> Any:
        match node.tag.removeprefix(Q):
            case "qti-sum":
                return sum(value(node[0]))
            case "qti-test-variables":
                table = {"SCORE": scores, "MAXSCORE": maxima}[node.get("variable-identifier")]
                wanted = node.get("include-category")
                return [table[id] for id, own in categories.items() if wanted is None or wanted in own]
            case "qti-variable":
                return outcomes[node.get("identifier")]
            case "qti-base-value":
                return node.text == "true" if node.get("base-type") == "boolean" else float(node.text)
            case "qti-gte":
                return value(node[0]) >= value(node[1])
            case other:
                raise NotImplementedError(other)

    for rule in root.find(f"{Q}qti-outcome-processing"):
        if rule.tag == f"{Q}qti-set-outcome-value":
            outcomes[rule.get("identifier")] = value(rule[0])
        else:
            first, second = rule
            chosen = first[1] if value(first[0]) else second[0]
            outcomes[chosen.get("identifier")] = value(chosen[0])
    return outcomes


test_outcomes.__test__ = False  # type: ignore[attr-defined]
