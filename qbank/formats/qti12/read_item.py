"""One `item` of QTI 1.x, plain or of some platform → records in the native shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qbank.formats.qti12.read_base import Read, Record
from qbank.formats.qti12.read_options import OptionReader, prompt_html
from qbank.formats.qti12.read_stimulus import shown
from qbank.formats.qti12.read_text import html_of, joined, text_of
from qbank.formats.qti12.read_typed import TypedReader
from qbank.formats.qti12.vocabulary import OWN
from qbank.formats.qti_common.read_text import BLANK, Context
from qbank.formats.safe_xml import local
from qbank.markup import to_plain

if TYPE_CHECKING:
    from qbank.formats.safe_xml import Element

_RESPONSES = (
    "response_lid",
    "response_str",
    "response_num",
    "response_xy",
    "response_grp",
    "response_extension",
)


def read_item(node: Element, context: Context) -> Read:
    """The records of an item; what is not understood is told."""
    context.item = node.get("ident") or ""
    return _Reader(node, context).read()


class _Reader(OptionReader, TypedReader):
    """Reads an item of any kind."""

    def read(self) -> Read:
        """What the item holds."""
        presentation = self.node.find("{*}presentation")
        if self.kind == "text" or presentation is None:
            return self._text(presentation)
        parts = list(_parts(presentation, self.context))
        responses = [part for part in parts if not isinstance(part, str)]
        made = self._records(parts, responses)
        for one in made:
            if one:
                self._add_known(one)
        self._tell_rest({str(one.get("type", "")) for one in made})
        return Read(
            tuple(_filled(one) for one in made if one),
            None,
            self.fields.get("parent_stimulus_item_ident", ""),
            self.fields.get("assessment_question_identifierref", ""),
            any(label.startswith(f"{OWN}statistics_") for label in self.fields),
        )

    def _text(self, presentation: Element | None) -> Read:
        if self.kind != "text" or presentation is None:
            self.context.tell("the item asks nothing and is left out", self.node)
            return Read()
        record = {
            "id": self.fields.get(f"{OWN}stimulus") or self.id,
            "title": self.fields.get(f"{OWN}title", ""),
        }
        title = (self.node.get("title") or "").strip()
        if f"{OWN}stimulus" not in self.fields and title not in ("", "Question", self.id):
            record["title"] = title
        return Read(stimulus=shown(record, self.known, presentation, self.context))

    def _records(self, parts: list[Element | str], responses: list[Element]) -> list[Record]:
        lids = [one for one in responses if local(one) == "response_lid"]
        typed = [one for one in responses if local(one) in ("response_str", "response_num")]
        other = [one for one in responses if one not in lids and one not in typed]
        if other:
            self.context.tell(f"{local(other[0])} is of a kind that no bank holds; it is left out", other[0])
            return []
        if not responses:
            if self.kind != "essay":
                self.context.tell("the item has no field for a response; it is read as an essay", self.node)
            return [self._essay(parts)]
        if lids and (self.kind == "matching" or (not self.kind and _is_matching(lids))):
            return [self._matching(parts, lids)]
        if self.kind == "calculated":
            return [self._calculated(parts)]
        if len(responses) > 1:
            return self._split(parts, responses)
        if lids:
            typed_too = self.kind == "short-answer"
            return [self._accepting(parts, lids) if typed_too else self._of_options(parts, lids[0])]
        return [self._typed(parts, typed[0])]

    def _split(self, parts: list[Element | str], responses: list[Element]) -> list[Record]:
        """A text with several blanks: an item for each, the others as blanks in its text."""
        points = self._points(self.processing.most).get("points", 1)
        share = round(points / len(responses), 6)
        worth = int(share) if share == int(share) else share
        made = []
        for number, response in enumerate(responses, 1):
            name = _blank_name(response, self.context) or str(number)
            stem = self._stem_of(parts, responses, response, name)
            made.append(
                {**self._one_blank(response), "id": f"{self.id}-{name}", "stem": stem, "points": worth}
            )
        count = len(responses)
        message = f"the item has {count} fields; it is read as {count} items, the points shared out"
        self.context.tell(message, self.node)
        if self.node.find("{*}itemfeedback") is not None:
            self.context.tell("the feedback of an item with several fields is left out")
        return made

    def _one_blank(self, response: Element) -> Record:
        if local(response) != "response_lid":
            return self._typed([], response)
        labels = list(response.iter("{*}response_label"))
        right, _ = self._accepted(response.get("ident") or "")
        if self.fields.get("question_type", "").startswith("multiple_dropdowns") or len(right) < len(labels):
            names, options, fixed = self._options(labels)
            return self._choice([], response, names, {"options": options, "fixed": fixed})
        return self._accepting([], [response])

    def _stem_of(self, parts: list[Element | str], responses: list[Element], mine: Element, name: str) -> str:
        """The text with its own blank as a line and the others as numbers in brackets."""
        shown = []
        for part in parts:
            if isinstance(part, str):
                shown.append(part.replace(f"[{name}]", BLANK))
            elif local(part) != "response_lid":
                shown.append(BLANK if part is mine else f"[{responses.index(part) + 1}]")
        return self._said(joined(shown))


def _filled(record: Record) -> Record:
    """A record without empty fields; it keeps its id."""
    filled = {name: one for name, one in record.items() if name == "id" or one not in ("", [], {}, None)}
    if filled.get("points") == 1:
        del filled["points"]
    return filled


def _parts(node: Element, context: Context) -> Iterator[Element | str]:
    """What a presentation shows, in order: pieces of HTML, and responses as they are."""
    for kid in node:
        name = local(kid)
        if name in _RESPONSES:
            yield kid
        elif name == "flow":
            yield from _parts(kid, context)
        elif name == "material":
            yield html_of(kid, context)
        elif isinstance(kid.tag, str) and name != "qticomment":
            context.tell(f"{name} is not understood", kid)


def _blank_name(response: Element, context: Context) -> str:
    """What the text calls a blank: Canvas says it in the response's material."""
    if local(response) != "response_lid":
        return ""
    said = to_plain(text_of(prompt_html(response, context), context)).strip()
    return said if re.fullmatch(r"[^\[\]<>&]{1,40}", said) else ""


def _is_matching(lids: list[Element]) -> bool:
    """Whether several responses choose from the same options, each beside words of its own."""
    if len(lids) < 2:
        return False
    options = {tuple(sorted(str(one.get("ident")) for one in lid.iter("{*}response_label"))) for lid in lids}
    return len(options) == 1 and all(lid.find("{*}material") is not None for lid in lids)
