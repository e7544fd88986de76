"""Items of QTI 1.x whose answers are typed: texts, numbers, essays; calculated questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from qbank.formats.qti12.read_base import ItemReader, Record
from qbank.formats.qti12.read_scoring import Rule, as_number, named
from qbank.formats.qti12.read_text import html_of
from qbank.formats.safe_xml import local
from qbank.markup import to_plain

if TYPE_CHECKING:
    from qbank.formats.safe_xml import Element


class TypedReader(ItemReader):
    """Reads typed responses."""

    def _typed(self, parts: list[Element | str], response: Element) -> Record:
        field = response.find(".//{*}render_fib")
        kind = self.kind or self._kind_of_field(response, field)
        if kind == "numeric":
            return self._numeric(parts, response)
        if kind == "essay":
            return self._essay(parts)
        return self._accepting(parts, [response])

    def _kind_of_field(self, response: Element, field: Element | None) -> str:
        type = "" if field is None else (field.get("fibtype") or "String")
        bounds = [
            one for rule in self.processing.rules for one in named(rule.condition) if local(one) != "varequal"
        ]
        if local(response) == "response_num" or type in ("Decimal", "Integer", "Scientific"):
            return "numeric"
        if any(local(one) in ("vargte", "varlte", "vargt", "varlt") for one in bounds):
            return "numeric"
        asked = any(
            next(named(rule.condition), None) is not None for rule in self.processing.rules if rule.does
        )
        return "short-answer" if asked else "essay"

    def _essay(self, parts: list[Element | str]) -> Record:
        record = self._base("essay", parts, self.processing.most)
        rubrics = [self._said(html_of(one, self.context)) for one in self._rubrics()]
        record["rubric"] = "\n\n".join(one for one in rubrics if one)
        record["rationale"] = self._rationale({})
        if self.fields.get("question_type") == "file_upload_question":
            self.context.tell("a file is to be handed in; the question is read as an essay")
        return record

    def _rubrics(self) -> Iterator[Element]:
        yield from self.node.iterfind("{*}rubric")
        yield from self.node.iterfind("{*}itemrubric")

    def _accepting(self, parts: list[Element | str], responses: list[Element]) -> Record:
        """A short answer: every text that some rule gives points for is right."""
        response = responses[0].get("ident") or ""
        record = self._base("short-answer", parts, self.processing.most)
        texts, counts = self._accepted(response)
        of_options = local(responses[0]) == "response_lid"
        listed = responses[0].iter("{*}response_label") if of_options else ()
        labels = {one.get("ident"): to_plain(self._said(html_of(one, self.context))) for one in listed}
        record["key"] = list(dict.fromkeys(labels.get(text, text) for text in texts))
        if counts and "case_sensitive" not in self.known:
            record["case_sensitive"] = True
        record["rationale"] = self._rationale({})
        return record

    def _accepted(self, response: str) -> tuple[list[str], bool]:
        texts: list[str] = []
        counts = False
        for rule in self.processing.rules:
            if not any(action != "Subtract" for action, _ in rule.does):
                continue
            for one in named(rule.condition, response):
                if local(one) != "varequal":
                    self.context.tell(
                        f"{local(one)}: a part of the answer is enough; it is read as the whole", one
                    )
                counts = counts or (one.get("case") or "No").lower() == "yes"
                texts.append(one.text or "")
        return [" ".join(text.split()) for text in texts if text.strip()], counts

    def _numeric(self, parts: list[Element | str], response: Element) -> Record:
        record = self._base("numeric", parts, self.processing.most)
        ident = response.get("ident") or ""
        rules = [
            rule
            for rule in self.processing.rules
            if rule.does and next(named(rule.condition, ident), None) is not None
        ]
        if rules:
            record["key"] = self._number(rules[0], ident)
        for rule in rules[1:]:
            self.context.tell("a further right number is left out: an item has one", rule.condition)
        unit = self.known.pop("unit", "")
        if unit:
            record["key"] = {**record.get("key", {}), "unit": unit}
        record["rationale"] = self._rationale({})
        return record

    def _number(self, rule: Rule, response: str) -> Record:
        """A number with its tolerance where the bounds lie evenly around it, else a range."""
        value = low = high = None
        for one in named(rule.condition, response):
            number = as_number(one.text or "")
            if number is None:
                self.context.tell("a bound that is no number is left out", one)
                continue
            match local(one):
                case "varequal":
                    value = number
                case "vargte" | "vargt":
                    low = number
                case "varlte" | "varlt":
                    high = number
            if local(one) in ("vargt", "varlt"):
                self.context.tell("a bound that does not count itself is read as one that does", one)
        if value is None or (low is None) != (high is None):
            return {
                name: one
                for name, one in (("minimum", low), ("maximum", high), ("value", value))
                if one is not None
            }
        if low is None or high is None:
            return {"value": value}
        below, above = _less(value, low), _less(high, value)
        if below == above and below >= 0:
            return {"value": value, **({"tolerance": float(below)} if below else {})}
        return {"minimum": low, "maximum": high}

    def _calculated(self, parts: list[Element | str]) -> Record:
        """A question with variables: the first of its sets of values, as a number; its formula is told."""
        found = self.node.find(".//{*}calculated")
        given = None if found is None else found.find(".//{*}var_set")
        if found is None or given is None:
            self.context.tell("a calculated question without values is left out", self.node)
            return {}
        values = {str(one.get("name")): (one.text or "").strip() for one in given.iterfind("{*}var")}
        filled = [
            re.sub(r"\[([^\[\]]+)\]", lambda found: values.get(found[1], found[0]), part)
            if isinstance(part, str)
            else part
            for part in parts
        ]
        record = self._base("numeric", filled, self.processing.most)
        answer = as_number(given.findtext("{*}answer") or "")
        slack = _slack(found.findtext("{*}answer_tolerance") or "", answer)
        if answer is not None:
            record["key"] = {"value": answer, **({"tolerance": slack} if slack else {})}
        formulas = "; ".join((one.text or "").strip() for one in found.iter("{*}formula"))
        message = (
            f"a calculated question ({formulas[:120]}): the first of its sets of values is read as a number"
        )
        self.context.tell(message, found)
        record["rationale"] = self._rationale({})
        return record


def _less(one: float, other: float) -> Decimal:
    return Decimal(repr(one)) - Decimal(repr(other))


def _slack(text: str, answer: float | None) -> float:
    """A tolerance, of a number or in per cent of the answer."""
    number = as_number(text.strip().removesuffix("%"))
    if number is None or number < 0 or answer is None:
        return 0.0
    return abs(answer) * number / 100 if text.strip().endswith("%") else number
