"""One item or stimulus → an element `item`, for readers of QTI 1.2 or for Canvas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import assert_never

from qbank.formats.contract import ExportInput, Placed
from qbank.formats.presenting import presented, truth_words
from qbank.formats.qti12.scoring import Scored, feedback_ident, processing
from qbank.formats.qti12.texts import Address, address, blocks, html, material, phrase, stimulus_html
from qbank.formats.qti12.vocabulary import (
    GENERAL,
    PROMPT,
    QUESTION_TYPES,
    RESPONSE,
    STIMULUS_OF,
    STIMULUS_TYPE,
    fields,
    own,
    q,
)
from qbank.formats.qti_common.xml import Element, number
from qbank.model.form import OPERATIONAL
from qbank.model.item import (
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    Ordering,
    ShortAnswer,
    TrueFalse,
)
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Stimulus

_SHUFFLED = (MultipleChoice, MultipleResponse, Matching)


class ItemWriter:
    """Writes the items of one export."""

    def __init__(self, input: ExportInput) -> None:
        self.input = input
        self.canvas = input.dialect == "canvas"
        self.staff = input.audience == "staff"
        self.place: Address = address(self.canvas)
        self.language = input.bank.info.language or "en"
        self.statistics = {one.item: one for one in input.bank.statistics} if self.staff else {}

    def item(self, placed: Placed, parent: str = "") -> Element:
        """An item; for candidates without key, feedback and what a bank knows of it."""
        item = placed.item
        idents = self._idents(placed)
        title = item.id if self.staff else str(placed.placement.position)
        node = q("item", {"ident": item.id, "title": title, "xml:lang": self.language})
        node.append(q("itemmetadata", None, fields(self._fields(placed, idents, parent))))
        if self.staff and isinstance(item, Essay) and item.rubric:
            node.append(q("rubric", {"view": "Scorer"}, blocks(item.rubric, self.place)))
        node.append(self._presentation(placed, idents))
        if self.staff:
            node.append(processing(Scored(item, self._worth(placed), idents, self.canvas)))
            node.extend(self._feedback(item, idents))
        return node

    def stimulus(self, stimulus: Stimulus, ident: str) -> Element:
        """A stimulus as the item that Canvas makes a text of."""
        node = q("item", {"ident": ident, "title": stimulus.title or stimulus.id})
        named = [("question_type", STIMULUS_TYPE), ("points_possible", "0"), *self.of_stimulus(stimulus)]
        node.append(q("itemmetadata", None, fields(named)))
        node.append(q("presentation", None, material(stimulus_html(stimulus, self.place))))
        return node

    def of_stimulus(self, stimulus: Stimulus) -> Iterator[tuple[str, str]]:
        """What is known of a stimulus beside what it shows."""
        yield own("stimulus", stimulus.id)
        if stimulus.title:
            yield own("title", stimulus.title)
        if self.staff and stimulus.attributes:
            yield own("attributes", stimulus.attributes)

    def _idents(self, placed: Placed) -> dict[str, str]:
        """Option id → identifier, in the order in which the options are presented: Canvas wants numbers."""
        item = placed.item
        ids: tuple[str, ...] = presented(placed)
        if isinstance(item, Ordering) and self._shuffles(item):
            ids = tuple(item.options)
        return _numbers(item.id, ids) if self.canvas else {id: id for id in ids}

    def _shuffles(self, item: Item) -> bool:
        """Whether a player may shuffle: in a form the options stand in the form's order."""
        if not self.input.is_bank:
            return False
        return self.staff if isinstance(item, Ordering) else item.shuffle

    def _worth(self, placed: Placed) -> float:
        """What an item gives: nothing where it is only tried out; candidates are not told which those are."""
        counts = placed.placement.role == OPERATIONAL or not self.staff
        return float(placed.item.points) if counts else 0.0

    # metadata

    def _fields(self, placed: Placed, idents: Mapping[str, str], parent: str) -> Iterator[tuple[str, str]]:
        item = placed.item
        if self.canvas:
            yield "question_type", QUESTION_TYPES[item.type]
        yield "points_possible", number(self._worth(placed))
        if self.canvas:
            if idents:
                yield "original_answer_ids", ",".join(idents.values())
            yield "assessment_question_identifierref", _reference(item.id)
            if parent:
                yield STIMULUS_OF, parent
            if idents:
                yield own("ids", {ident: id for id, ident in idents.items()})
        yield own("type", item.type)
        if isinstance(item, Matching) and item.reuse:
            yield own("reuse", True)
        if isinstance(item, Numeric) and item.key is not None and item.key.unit:
            yield own("unit", item.key.unit)
        if self.staff:
            yield from self._known(placed, tuple(idents))

    def _known(self, placed: Placed, order: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """What a bank knows of an item."""
        item = placed.item
        for name in ("content_area", "cognitive_level"):
            if getattr(item, name):
                yield own(name, getattr(item, name))
        if item.status != "active":
            yield own("status", item.status)
        for name in ("tags", "references", "attributes", "codes"):
            if getattr(item, name):
                yield own(name, getattr(item, name))
        if item.scoring != type(item.scoring)():
            yield own("scoring", item.scoring)
        if self._worth(placed) != item.points:
            yield own("points", item.points)
        if isinstance(item, ShortAnswer) and item.case_sensitive:
            yield own("case_sensitive", True)
        if not self.input.is_bank:
            yield own("role", placed.placement.role)
            if item.shuffle and isinstance(item, _SHUFFLED):
                yield own("shuffle", True)
            if order != tuple(item.option_texts) and item.option_texts:
                yield own("order", list(item.option_texts))
        known = self.statistics.get(item.id)
        if known is not None:
            yield from _statistics(known)

    # presentation

    def _presentation(self, placed: Placed, idents: Mapping[str, str]) -> Element:
        item = placed.item
        node = q("presentation", None, self._stem(item))
        match item:
            case MultipleChoice() | MultipleResponse() | TrueFalse():
                many = "Multiple" if isinstance(item, MultipleResponse) else "Single"
                node.append(
                    q("response_lid", {"ident": RESPONSE, "rcardinality": many}, self._choices(item, idents))
                )
            case Ordering():
                ordered = {"ident": RESPONSE, "rcardinality": "Ordered"}
                node.append(q("response_lid", {**ordered}, self._choices(item, idents)))
            case Matching():
                for id, text in item.prompts.items():
                    given = q(
                        "response_lid",
                        {"ident": PROMPT + id, "rcardinality": "Single"},
                        phrase(text, self.place),
                    )
                    given.append(self._choices(item, idents))
                    node.append(given)
            case Numeric():
                node.extend(self._number(item))
            case ShortAnswer():
                node.append(_typed(q("render_fib", {"fibtype": "String", "columns": 40})))
            case Essay():
                node.append(_typed(q("render_fib", {"fibtype": "String", "rows": 12, "columns": 80})))
            case _:
                assert_never(item)
        return node

    def _stem(self, item: Item) -> Element:
        """The stem; Canvas has no place for a unit beside the field, so it stands below the stem."""
        unit = item.key.unit if isinstance(item, Numeric) and item.key is not None else ""
        if not unit or not self.canvas:
            return blocks(item.stem, self.place)
        shown = f'<p class="qbank-unit">({html(unit, self.place, inline=True)})</p>'
        return material(html(item.stem, self.place) + shown)

    def _choices(
        self,
        item: MultipleChoice | MultipleResponse | TrueFalse | Ordering | Matching,
        idents: Mapping[str, str],
    ) -> Element:
        most = item.choose if isinstance(item, MultipleResponse) else None
        node = q("render_choice", {"shuffle": "Yes" if self._shuffles(item) else "No", "maxnumber": most})
        words = truth_words(self.language)
        for id, ident in idents.items():
            if isinstance(item, TrueFalse):
                node.append(q("response_label", {"ident": ident}, material(words[id], "text/plain")))
            else:
                stays = "No" if id in item.fixed else None
                node.append(
                    q(
                        "response_label",
                        {"ident": ident, "rshuffle": stays},
                        phrase(item.options[id], self.place),
                    )
                )
        return node

    def _number(self, item: Numeric) -> Iterator[Element]:
        field = q("render_fib", {"fibtype": "Decimal", "columns": 12})
        if self.canvas:
            yield _typed(field)
            return
        given = q("response_num", {"ident": RESPONSE, "numtype": "Decimal", "rcardinality": "Single"}, field)
        if item.key is not None and item.key.unit:
            given.append(phrase(item.key.unit, self.place))
        yield given

    # feedback

    def _feedback(self, item: Item, idents: Mapping[str, str]) -> Iterator[Element]:
        if isinstance(item.rationale, str):
            if item.rationale:
                yield self._said(GENERAL, item.rationale)
        else:
            for option, text in item.rationale.items():
                yield self._said(feedback_ident(option, idents), text)

    def _said(self, ident: str, text: str) -> Element:
        return q("itemfeedback", {"ident": ident}, q("flow_mat", None, blocks(text, self.place)))


def _typed(field: Element) -> Element:
    return q("response_str", {"ident": RESPONSE, "rcardinality": "Single"}, field)


def _statistics(known: Statistics) -> Iterator[tuple[str, str]]:
    """Measured numbers, for people: how easy an item was and how well it told candidates apart."""
    for name, value in (("p", known.p), ("r", known.r), ("n", known.n)):
        if value is not None:
            yield own(f"statistics_{name}", value)


def _numbers(item: str, options: tuple[str, ...]) -> dict[str, str]:
    """Numbers of five digits for options, the same on every run."""
    made: dict[str, str] = {}
    taken: set[int] = set()
    for option in options:
        wanted = 10000 + int.from_bytes(sha256(f"{item}/{option}".encode()).digest()[:4]) % 90000
        while wanted in taken:
            wanted = 10000 + (wanted - 9999) % 90000
        taken.add(wanted)
        made[option] = str(wanted)
    return made


def _reference(item: str) -> str:
    """An identifier of the shape that Canvas gives its questions."""
    return "g" + sha256(item.encode()).hexdigest()[:32]
