"""What all items of QTI 1.x have: what they say they are, stem, points, options, feedback, metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from qbank.formats.qti12.read_scoring import Processing, as_number, named, processing
from qbank.formats.qti12.read_text import html_of, joined, opened, text_of, without_unit
from qbank.formats.qti12.vocabulary import GENERAL, OWN, owned
from qbank.formats.qti_common.read_text import BLANK, Context
from qbank.formats.safe_xml import local

if TYPE_CHECKING:
    from qbank.formats.safe_xml import Element

_OPTION_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,15}")
_KINDS = {
    "multiple_choice": "choice",
    "true_false": "choice",
    "multiple_answers": "response",
    "multiple_response": "response",
    "short_answer": "short-answer",
    "fill_in_multiple_blanks": "blanks",
    "multiple_dropdowns": "blanks",
    "matching": "matching",
    "ordering": "ordering",
    "numerical": "numeric",
    "calculated": "calculated",
    "essay": "essay",
    "file_upload": "essay",
    "text_only": "text",
    "fib": "short-answer",
    "pattern_match": "short-answer",
}
_BLACKBOARD = {
    "multiple choice": "choice",
    "true/false": "choice",
    "either/or": "choice",
    "multiple answer": "response",
    "essay": "essay",
    "short response": "essay",
    "file upload": "essay",
    "fill in the blank": "short-answer",
    "numeric": "numeric",
}
_PASSED = {
    *("question_type", "points_possible", "original_answer_ids", "assessment_question_identifierref"),
    *("cc_profile", "cc_weighting", "cc_question_category", "calculator_type", "parent_stimulus_item_ident"),
    *("qmd_itemtype", "qmd_status", "qmd_toolvendor", "qmd_topic", "qmd_computerscored"),
    *("qmd_scoringpermitted", "qmd_feedbackpermitted", "qmd_hintspermitted", "qmd_solutionspermitted"),
    "qmd_timedependence",
    *("qmd_renderingtype", "qmd_responsetype", "qmd_material", "qmd_maximumscore", "qmd_weighting"),
    *("qmd_absolutescore", "qmd_absolutescore_min", "qmd_absolutescore_max", "qmd_assessmenttype"),
    *("qmd_sectiontype", "qmd_keywords"),
}  # fmt: skip


Record = dict[str, Any]


class Read(msgspec.Struct, frozen=True):
    """What an item holds: records of items, or a stimulus; `parent` is the stimulus that it names."""

    items: tuple[Record, ...] = ()
    stimulus: Record | None = None
    parent: str = ""
    copy_of: str = ""
    statistics: bool = False


def metadata(node: Element) -> dict[str, str]:
    """The metadata fields of an element by label, and elements of their own such as qmd_itemtype."""
    found: dict[str, str] = {}
    holder = node.find("{*}itemmetadata") if local(node) == "item" else node
    if holder is None:
        return found
    for field in holder.iterfind("{*}qtimetadata/{*}qtimetadatafield"):
        label, entry = field.find("{*}fieldlabel"), field.find("{*}fieldentry")
        if label is not None and entry is not None:
            found.setdefault((label.text or "").strip(), entry.text or "")
    for kid in holder if holder is not node else ():
        if isinstance(kid.tag, str) and local(kid) != "qtimetadata" and len(kid) == 0:
            found.setdefault(local(kid), (kid.text or "").strip())
    return found


class ItemReader:
    """One item while it is read."""

    def __init__(self, node: Element, context: Context) -> None:
        self.node, self.context = node, context
        self.fields = metadata(node)
        self.id = node.get("ident") or ""
        self.own = f"{OWN}type" in self.fields
        self.processing: Processing = processing(node)
        self.known = dict(owned(self.fields))
        self.kind = self._kind()
        self.canvas = "question_type" in self.fields

    def _kind(self) -> str:
        """What the item says it is: in our words, in those of Canvas, Common Cartridge or Blackboard."""
        if self.own:
            type = self.fields[f"{OWN}type"]
            return {"multiple-choice": "choice", "multiple-response": "response", "true-false": "choice"}.get(
                type, type
            )
        given = self.fields.get("question_type", "").removesuffix("_question")
        profile = self.fields.get("cc_profile", "").removeprefix("cc.").partition(".")[0]
        blackboard = self.fields.get("bbmd_questiontype", "").lower()
        return _KINDS.get(given) or _KINDS.get(profile) or _BLACKBOARD.get(blackboard, "")

    def _said(self, html: str) -> str:
        """An item text of HTML; that of others without the element that they wrap it in."""
        return text_of(html if self.own else opened(html), self.context)

    def _base(self, type: str, parts: list[Element | str], full: float | None = None) -> Record:
        return {"id": self.id, "type": type, "stem": self._stem(parts), **self._points(full)}

    def _stem(self, parts: list[Element | str]) -> str:
        """All that is said around a response; a field in the middle becomes a blank."""
        before: list[str] = []
        after: list[str] = []
        met = False
        for part in parts:
            if not isinstance(part, str):
                met = True
            else:
                (after if met else before).append(part)
        typed = any(not isinstance(part, str) and local(part) != "response_lid" for part in parts)
        if typed and any(part.strip() for part in after):
            after.insert(0, BLANK)
        html = joined([*before, *after])
        return self._said(without_unit(html) if self.known.get("unit") else html)

    def _points(self, full: float | None) -> Record:
        """What the item is worth; SCORE in per cent says nothing of it."""
        given = as_number(self.fields.get("points_possible", ""))
        if given is None and "cc_profile" in self.fields:
            given = as_number(self.fields.get("cc_weighting", "1"))
        if given is None:
            given = as_number(self.fields.get("qmd_absolutescore_max", ""))
        if given is None:
            given = full or self.processing.most
        if given is None or given < 0 or given == 1:
            return {}
        return {"points": int(given) if given == int(given) else given}

    def _options(self, labels: list[Element]) -> tuple[dict[str, str], dict[str, str], list[str]]:
        """Ids of the bank by those of the file, texts by id, and the fixed ones."""
        idents = list(dict.fromkeys(one.get("ident") or "" for one in labels))
        ids = self._fit(idents)
        names = dict(zip(idents, ids, strict=True))
        texts: dict[str, str] = {}
        fixed = []
        for label in labels:
            id = names[label.get("ident") or ""]
            if id not in texts:
                texts[id] = self._said(html_of(label, self.context))
                if (label.get("rshuffle") or "").lower() == "no":
                    fixed.append(id)
        order = self.known.get("order")
        if isinstance(order, list) and sorted(map(str, order)) == sorted(texts):
            texts = {str(id): texts[str(id)] for id in order}
            fixed = [id for id in texts if id in fixed]
        return names, texts, fixed

    def _fit(self, idents: list[str]) -> list[str]:
        """Short ids for options: ours again, those of the file, or letters."""
        try:
            back = msgspec.json.decode(self.fields.get(f"{OWN}ids", "{}"), type=dict[str, str])
        except (msgspec.DecodeError, RecursionError):
            back = {}
        ids = [back.get(ident, ident) for ident in idents]
        if all(_OPTION_ID.fullmatch(id) for id in ids) and len({id.lower() for id in ids}) == len(ids):
            return ids
        return [_letter(number) for number in range(len(ids))]

    def _shuffle(self, lid: Element, type: str) -> Record:
        """Whether the options may be shuffled, where the file says that they may not."""
        given = next((one.get("shuffle") for one in lid.iter("{*}render_choice")), None)
        fixed = given is not None and given.lower() == "no" and type != "true-false"
        return {"shuffle": False} if fixed and not self.known.get("shuffle") else {}

    def _is_scored(self, response: str) -> bool:
        """Whether some rule that gives points asks for a response."""
        asked = (rule for rule in self.processing.rules if rule.does)
        return any(next(named(rule.condition, response), None) is not None for rule in asked)

    def _is_zero(self) -> bool:
        """Whether an item of ours gives no points, so that its rules do not tell right from wrong."""
        return not any(rule.gives for rule in self.processing.rules)

    def _listed(self, response: str, names: Mapping[str, str]) -> list[str]:
        """The right options of an item that gives no points: those that some rule sets or adds for."""
        rules = (
            rule for rule in self.processing.rules if any(action != "Subtract" for action, _ in rule.does)
        )
        asked = ((one.text or "").strip() for rule in rules for one in named(rule.condition, response))
        return [ident for ident in dict.fromkeys(asked) if ident in names]

    def _rationale(self, names: Mapping[str, str]) -> str | dict[str, str]:
        """Feedback as a rationale: by option where it is shown for one, else one text."""
        by_option: dict[str, str] = {}
        rest: dict[str, str] = {}
        for node in self.node.iterfind("{*}itemfeedback"):
            ident = node.get("ident") or ""
            said = self._said(html_of(node, self.context))
            option = self._option_of(ident, names)
            if option and said and option not in by_option:
                by_option[option] = said
            elif said and said not in rest.values():
                rest[ident] = said
        if not by_option:
            if len(rest) > 1:
                self.context.tell("several feedbacks are made one rationale")
            return "\n\n".join(said for _, said in sorted(rest.items(), key=lambda one: one[0] != GENERAL))
        for said in rest.values():
            self.context.tell(f"a feedback that belongs to no option has no place: {said[:200]}")
        return by_option

    def _option_of(self, ident: str, names: Mapping[str, str]) -> str:
        """The option that a feedback is shown for."""
        for rule in self.processing.rules:
            asked = list(named(rule.condition)) if ident in rule.shows else []
            if len(asked) == 1 and local(asked[0]) == "varequal" and not rule.does:
                found = names.get((asked[0].text or "").strip(), "")
                if found:
                    return found
        if self.own and ident.startswith("fb_"):
            return ident.removeprefix("fb_")
        return names.get(ident.removesuffix("_fb"), names.get(ident, ""))

    def _add_known(self, record: Record) -> None:
        record.update({name: value for name, value in self.known.items() if name not in ("order", "unit")})
        labels = ("cc_question_category", "qmd_topic", "qmd_keywords")
        tags = [self.fields[label].strip() for label in labels if self.fields.get(label, "").strip()]
        if tags:
            record["tags"] = list(dict.fromkeys([*record.get("tags", []), *tags]))

    def _tell_rest(self, types: set[str]) -> None:
        """Everything of the item that no record of these types holds."""
        context = self.context
        for label, entry in self.fields.items():
            if label and entry and label not in _PASSED and not label.startswith((OWN, "bbmd_")):
                context.tell(f"the metadata field {label} has no place: {entry[:120]}")
        for node in self.processing.unread:
            context.tell("a step of the scoring is not understood", node)  # type: ignore[arg-type]
        for tag in ("itemproc_extension", "itemprecondition", "itempostcondition", "objectives", "duration"):
            for node in self.node.iterfind(f".//{{*}}{tag}"):
                if not (self.kind == "calculated" and tag == "itemproc_extension"):
                    context.tell(f"{tag} is not understood", node)
        rubric = self.node.find("{*}rubric")
        if rubric is not None and "essay" not in types:
            context.tell("a rubric of an item that is no essay is left out", rubric)


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"O{number + 1}"
