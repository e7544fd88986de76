"""Items of QTI 1.x whose options are chosen, put in order or matched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qbank.formats.presenting import TRUE_FALSE
from qbank.formats.qti12.read_base import ItemReader, Record
from qbank.formats.qti12.read_scoring import named
from qbank.formats.qti12.read_text import html_of, joined
from qbank.formats.qti12.vocabulary import OWN, PROMPT
from qbank.formats.qti_common.read_text import Context
from qbank.formats.safe_xml import local
from qbank.markup import to_plain

if TYPE_CHECKING:
    from qbank.formats.safe_xml import Element


MOST_OPTIONS = 500
"""More are no item of an exam, and each is tried on the rules."""


class OptionReader(ItemReader):
    """Reads responses of options."""

    def _of_options(self, parts: list[Element | str], lid: Element) -> Record:
        labels = list(lid.iter("{*}response_label"))[: MOST_OPTIONS + 1]
        cardinality = lid.get("rcardinality") or "Single"
        if not labels or len(labels) > MOST_OPTIONS:
            self.context.tell(f"the item has {'too many' if labels else 'no'} options and is left out", lid)
            return {}
        if self.kind == "ordering" or cardinality == "Ordered":
            return self._ordering(parts, labels)
        many = self.kind == "response" or (self.kind != "choice" and cardinality == "Multiple")
        words = None if many else self._true_false(labels)
        if words is not None:
            return self._choice(parts, lid, words, {})
        names, options, fixed = self._options(labels)
        record = {"options": options, "fixed": fixed}
        return self._several(parts, lid, names, record) if many else self._choice(parts, lid, names, record)

    def _true_false(self, labels: list[Element]) -> dict[str, str] | None:
        """Identifiers of the two words as true and false, when that is what they say."""
        if len(labels) != 2 or (self.own and self.fields[f"{OWN}type"] != "true-false"):
            return None
        said = [" ".join(to_plain(self._said(html_of(one, self.context))).lower().split()) for one in labels]
        idents = [(one.get("ident") or "").lower() for one in labels]
        for yes, no in [
            ("true", "false"),
            *((yes.lower(), no.lower()) for yes, no in TRUE_FALSE.values()),
            ("t", "f"),
        ]:
            for words in (said, idents):
                if sorted(words) == sorted((yes, no)):
                    values = ["true" if word == yes else "false" for word in words]
                    return {one.get("ident") or "": value for one, value in zip(labels, values, strict=True)}
        return None

    def _choice(
        self, parts: list[Element | str], lid: Element, names: dict[str, str], more: Record
    ) -> Record:
        response = lid.get("ident") or ""
        scores = {ident: self.processing.score({response: [ident]}) for ident in names}
        best = max(scores.values())
        keys = [names[ident] for ident, score in scores.items() if score == best and best > 0]
        if self.own and self._is_zero():
            keys = [names[ident] for ident in self._listed(response, names)[:1]]
        elif not self._is_scored(response):
            keys = []
        elif len(keys) > 1:
            self.context.tell(f"options {', '.join(keys)} are right; an item has one, the first is kept")
        judged = not more
        record = self._base("true-false" if judged else "multiple-choice", parts, best if keys else None)
        record |= {**more, **self._shuffle(lid, record["type"])}
        if keys:
            record["key"] = keys[0] == "true" if judged else keys[0]
            record |= self._wrong([score for score in scores.values() if score != best], best)
        record["rationale"] = self._rationale(names)
        return record

    def _wrong(self, scores: list[float], best: float) -> Record:
        """What wrong answers cost."""
        worst = {round(score / best, 6) for score in scores} if best else set()
        if self.own or not worst or worst == {0.0}:
            return {}
        if len(worst) > 1 or max(worst) > 0:
            self.context.tell("options that give a part of the points are read as wrong ones")
            return {}
        cost = worst.pop()
        return {"scoring": {"method": "per_option", "penalty": -cost, "minimum": cost}}

    def _several(
        self, parts: list[Element | str], lid: Element, names: dict[str, str], more: Record
    ) -> Record:
        response = lid.get("ident") or ""
        found = [
            one for rule in self.processing.rules if rule.gives for one in named(rule.condition, response)
        ]
        keys = [one for one in dict.fromkeys((one.text or "").strip() for one in found) if one in names]
        if self.own and self._is_zero():
            keys = self._listed(response, names)
        full = self.processing.score({response: keys})
        record = {**self._base("multiple-response", parts, full or None), **more}
        record |= self._shuffle(lid, "multiple-response")
        most = next((one.get("maxnumber") for one in lid.iter("{*}render_choice")), None)
        if most and most.isdigit() and (self.own or 0 < int(most) < len(names)):
            record["choose"] = int(most)
        if keys:
            record["key"] = [names[ident] for ident in keys]
            record |= (
                {}
                if self.own
                else self._shares(response, keys, [one for one in names if one not in keys], full)
            )
        record["rationale"] = self._rationale(names)
        return record

    def _shares(self, response: str, keys: list[str], wrong: list[str], full: float) -> Record:
        """How points are given for some of the right options; Canvas counts them whatever its rules say."""
        if self.canvas:
            return {"scoring": {"method": "per_option", "penalty": 1.0}}
        share = full / len(keys) if full else 0.0
        singles = [self.processing.score({response: [key]}) for key in keys]
        if len(keys) < 2 or not share or any(abs(one - share) > 1e-6 * full for one in singles):
            if any(0 < one < full for one in singles) and len(keys) > 1:
                self.context.tell("options that give different points are read as all or nothing")
            return {}
        costs = {round((full - self.processing.score({response: [*keys, one]})) / share, 6) for one in wrong}
        least = self.processing.least
        scoring: Record = {"method": "per_option"}
        if len(costs) == 1 and (cost := costs.pop()) > 0:
            scoring["penalty"] = cost
        if least is not None and least < 0:
            scoring["minimum"] = round(least / full, 6)
        return {"scoring": scoring}

    def _ordering(self, parts: list[Element | str], labels: list[Element]) -> Record:
        names, options, fixed = self._options(labels)
        record = {**self._base("ordering", parts, self.processing.most), "options": options, "fixed": fixed}
        rules = [rule for rule in self.processing.rules if rule.does] or list(self.processing.rules)
        for rule in rules:
            asked = list(named(rule.condition))
            if len(asked) == len(names):
                places = [one.get("index") or "" for one in asked]
                if all(place.isdigit() for place in places):
                    asked.sort(key=lambda one: int(one.get("index") or "0"))
                record["key"] = [names.get((one.text or "").strip(), "") for one in asked]
                break
        if not record.get("key") and rules:
            self.context.tell("the right order is not understood", self.node.find("{*}resprocessing"))
        record["rationale"] = self._rationale(names)
        return record

    def _matching(self, parts: list[Element | str], lids: list[Element]) -> Record:
        labels = [label for lid in lids for label in lid.iter("{*}response_label")]
        names, options, fixed = self._options(labels)
        idents = [(lid.get("ident") or "").removeprefix(PROMPT) for lid in lids]
        ids = idents if self.own else [f"P{number}" for number in range(1, len(lids) + 1)]
        prompts = {id: self._said(prompt_html(lid, self.context)) for id, lid in zip(ids, lids, strict=True)}
        key: dict[str, str] = {}
        for id, lid in zip(ids, lids, strict=True):
            right = self._pair(lid, names)
            if right:
                key[id] = names[right]
        full = self._full(lids, key, names)
        record = {
            **self._base("matching", parts, full),
            "prompts": prompts,
            "options": options,
            "fixed": fixed,
        }
        record |= {"key": key, **self._shuffle(lids[0], "matching")}
        if not self.own:
            if len(set(key.values())) < len(key):
                record["reuse"] = True
            adds = any(action == "Add" for rule in self.processing.rules for action, _ in rule.does)
            record |= {"scoring": {"method": "per_pair"}} if adds else {}
        if len(key) < len(prompts) and self.processing.rules:
            self.context.tell("some prompts have no right option", self.node.find("{*}resprocessing"))
        record["rationale"] = self._rationale(names)
        return record

    def _pair(self, lid: Element, names: Mapping[str, str]) -> str:
        """The option that is right for a prompt: the first that a rule asks for."""
        response = lid.get("ident") or ""
        for rule in self.processing.rules:
            if any(action != "Subtract" for action, _ in rule.does):
                for one in named(rule.condition, response):
                    if (one.text or "").strip() in names:
                        return (one.text or "").strip()
        return ""

    def _full(self, lids: list[Element], key: Mapping[str, str], names: Mapping[str, str]) -> float | None:
        back = {id: ident for ident, id in names.items()}
        given = {
            lid.get("ident") or "": [back[option]] for lid, option in zip(lids, key.values(), strict=False)
        }
        score = self.processing.score(given)
        return score if score > 0 else self.processing.most


def prompt_html(lid: Element, context: Context) -> str:
    """What stands beside a response: a prompt, or the name of a blank."""
    return joined(html_of(kid, context) for kid in lid if local(kid) == "material")
