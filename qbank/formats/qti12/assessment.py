"""The document of a form (`assessment`) or of a whole bank (`objectbank`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count, groupby

from qbank.formats.contract import ExportInput, Placed
from qbank.formats.qti12.items import ItemWriter
from qbank.formats.qti12.texts import blocks, stimulus_materials
from qbank.formats.qti12.vocabulary import QTI, QTI_LOCATION, SCORE, fields, own, q
from qbank.formats.qti_common.assessment import total
from qbank.formats.qti_common.xml import Element, Value, number, root
from qbank.model.stimulus import Stimulus

ROOT_SECTION = "root_section"


def document(input: ExportInput, ident: str) -> Element:
    """The whole of an export; `ident` is what the assessment or bank is called."""
    node = root(QTI, "questestinterop", QTI_LOCATION, {}, {})
    write = _Writer(input)
    node.append(write.bank(ident) if input.is_bank else write.form(ident))
    return node


class _Writer:
    """Writes one document; identifiers of sections and of stimuli are those that nothing else has."""

    def __init__(self, input: ExportInput) -> None:
        self.input = input
        self.items = ItemWriter(input)
        self.taken = {one.item.id for one in input.placed()}
        self.idents: dict[str, str] = {}

    def bank(self, ident: str) -> Element:
        """A bank with all its items in their order."""
        title = self.input.form.title or self.input.form.id
        node = q("objectbank", {"ident": ident}, fields([("bank_title", title), *self._areas()]))
        node.extend(self._sets(tuple(self.input.placed())))
        return node

    def form(self, ident: str) -> Element:
        """An assessment with its sections."""
        form, minutes = self.input.form, self.input.form.time_limit_minutes
        given: dict[str, Value] = {"ident": ident, "title": form.title or form.id}
        node = q("assessment", {**given, "xml:lang": self.input.bank.info.language or "en"})
        if minutes is not None:
            node.append(q("duration", None, _duration(minutes)))
        limit = [] if minutes is None else [("qmd_timelimit", number(minutes))]
        node.append(fields([*limit, ("cc_maxattempts", "1"), *self._areas()]))
        if self.input.bank.info.notice:
            notice = blocks(self.input.bank.info.notice, self.items.place)
            node.append(q("rubric", {"view": "Candidate"}, notice))
        if self.items.staff:
            node.append(self._outcomes())
        node.extend(self._sections())
        return node

    def _areas(self) -> Iterator[tuple[str, str]]:
        """Titles of the content areas that items are in, for staff."""
        used = {one.item.content_area for one in self.input.placed()} - {""}
        titles = self.input.bank.info.area_titles()
        paths = {
            "/".join(area.split("/")[:end]) for area in used for end in range(1, len(area.split("/")) + 1)
        }
        if used and self.items.staff:
            yield own("areas", {path: titles.get(path, path.rpartition("/")[2]) for path in sorted(paths)})

    def _outcomes(self) -> Element:
        """What the score is out of, and the cut score where it is one of raw points."""
        cut = self.input.form.cut_score
        points = number(cut.points) if cut is not None and cut.scale == "raw" else None
        score: dict[str, Value] = {
            "varname": SCORE,
            "vartype": "Decimal",
            "minvalue": 0,
            "maxvalue": total(self.input),
        }
        variable = q("decvar", {**score, "cutvalue": points})
        return q("outcomes_processing", {"scoremodel": "SumOfScores"}, q("outcomes", None, variable))

    def _sections(self) -> Iterator[Element]:
        placed = tuple(self.input.placed())
        if self.items.canvas:  # Canvas knows questions and groups to draw from, no sections
            yield q("section", {"ident": self._fresh(ROOT_SECTION)}, *self._sets(placed))
            return
        for section in self.input.form.sections:
            mine = [one for one in placed if one.section is section]
            if mine:
                node = q("section", {"ident": self._fresh(section.id), "title": section.title or section.id})
                if section.time_limit_minutes is not None:
                    node.append(q("duration", None, _duration(section.time_limit_minutes)))
                node.extend(self._sets(mine))
                yield node

    def _sets(self, placed: Iterable[Placed]) -> Iterator[Element]:
        """The items; neighbours that share a stimulus stand in a section, in Canvas after it."""
        for _, group in groupby(placed, key=lambda one: one.item.stimulus):
            mine = list(group)
            shared = mine[0].stimulus
            if shared is None:
                yield from (self.items.item(one) for one in mine)
            elif self.items.canvas:
                if shared.id not in self.idents:
                    self.idents[shared.id] = self._fresh(f"stimulus-{shared.id}")
                    yield self.items.stimulus(shared, self.idents[shared.id])
                yield from (self.items.item(one, self.idents[shared.id]) for one in mine)
            else:
                yield self._set(shared, mine)

    def _set(self, stimulus: Stimulus, placed: list[Placed]) -> Element:
        ident = self._fresh(f"stimulus-{stimulus.id}")
        shown = stimulus_materials(stimulus, self.items.place)
        return q(
            "section",
            {"ident": ident, "title": stimulus.title or stimulus.id},
            fields(self.items.of_stimulus(stimulus)),
            q("presentation_material", None, q("flow_mat", None, *shown)),
            *(self.items.item(one) for one in placed),
        )

    def _fresh(self, wanted: str) -> str:
        name = wanted if wanted not in self.taken else next(
            f"{wanted}_{number}" for number in count(2) if f"{wanted}_{number}" not in self.taken
        )  # fmt: skip
        self.taken.add(name)
        return name


def _duration(minutes: float) -> str:
    """A length of time as ISO 8601 writes it."""
    return f"PT{number(round(minutes * 60, 3))}S"
