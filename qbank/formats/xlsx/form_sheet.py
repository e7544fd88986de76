"""Sheet Form: the items as a candidate meets them, case texts before their items."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from qbank.diagnostics import Location
from qbank.formats.contract import ExportInput, Placed
from qbank.formats.xlsx.layout import passages
from qbank.formats.xlsx.limits import form_location
from qbank.formats.xlsx.plain import plain
from qbank.formats.xlsx.presented import choices, presented_ids, prompts, response
from qbank.formats.xlsx.table import Column, Highlight, Row, Table, Value, scalar, text
from qbank.model.form import Section, letter
from qbank.model.item import Matching
from qbank.model.stimulus import Stimulus
from qbank.tables.grid import number_text

LEAST_OPTIONS = 4
SPREAD = 110  # case texts: as wide as one reads with ease; stem and options together are always wider


def form_sheet(input: ExportInput) -> Table:
    """The sheet; only the staff's has role, content area and cognitive level."""
    placed = tuple(input.placed())
    staff = input.audience == "staff"
    matching = any(isinstance(one.item, Matching) for one in placed)
    options = max([LEAST_OPTIONS, *(len(presented_ids(one)) for one in placed)])
    columns = _columns(options, matching, staff)
    rows: list[Row] = []
    several = len(input.form.sections) > 1
    for _, run in groupby(placed, key=lambda one: one.item.stimulus):
        group = tuple(run)
        for one in group:
            if several and one.placement is one.section.placements[0]:
                rows.append(_section(one.section, form_location(input)))
            if one is group[0] and one.stimulus is not None:
                rows += _case(one.stimulus, group)
            rows.append(Row(tuple(_cells(one, options, matching, staff))))
    highlights = (Highlight("Role", "pretest", "muted"),) if staff else ()
    return Table(
        name="Form", columns=columns, rows=tuple(rows), frozen=2, spread=SPREAD, highlights=highlights
    )


def _section(section: Section, where: Location) -> Row:
    """The heading of a section: its title, its items and its time."""
    count, time = len(section.placements), section.time_limit_minutes
    told = [f"{count} item" if count == 1 else f"{count} items"]
    told += [] if time is None else [f"{number_text(time)} minutes"]
    place = f"section {section.id}"
    title = text(f"{section.title or section.id} ({', '.join(told)})", where, f"{place}, title")
    return Row((None, None, title), "heading")


def _columns(options: int, matching: bool, staff: bool) -> tuple[Column, ...]:
    return (
        Column("Position", 9, "mark"),
        Column("Item id", 21, "id"),
        Column("Section / case", 18),
        Column("Response", 12),
        Column("Stem", 56, least=56, widest=110),
        *(Column(f"Option {letter(index)}", 22, widest=60) for index in range(options)),
        *((Column("Prompts", 28, widest=80),) if matching else ()),
        Column("Points", 9, "mark"),
        *(
            (
                Column("Role", 12, "mark"),
                Column("Content area", 21),
                Column("Cognitive level", 12),
            )
            if staff
            else ()
        ),
    )


def _cells(placed: Placed, options: int, matching: bool, staff: bool) -> Iterator[Value]:
    item, place = placed.item, f"item {placed.item.id}"
    yield placed.placement.position
    yield text(item.id, item.at("id"), f"{place}, id")
    section = placed.section.title or placed.section.id
    yield text("\n".join(part for part in (section, item.stimulus) if part), item.at(), f"{place}, section")
    yield text(response(item), item.at("type"), f"{place}, type")
    yield text(plain(item.stem), item.at("stem"), f"{place}, stem")
    shown = choices(placed)
    for id, words in shown.items():
        yield text(words, item.at("options", id), f"{place}, option {id}")
    yield from (None for _ in range(options - len(shown)))
    if matching:
        yield text(prompts(item), item.at("prompts"), f"{place}, prompts")
    yield scalar(item.points, item.at("points"), f"{place}, points")
    if staff:
        yield text(placed.placement.role, item.at(), f"{place}, role")
        yield text(item.content_area, item.at("content_area"), f"{place}, content_area")
        yield text(item.cognitive_level, item.at("cognitive_level"), f"{place}, cognitive_level")


def _case(stimulus: Stimulus, group: tuple[Placed, ...]) -> Iterator[Row]:
    place, first, last = f"stimulus {stimulus.id}", group[0].placement, group[-1].placement
    items = f"item {first.position}" if first is last else f"items {first.position} to {last.position}"
    name = text(stimulus.id, stimulus.at("id"), f"{place}, id")
    title = f"{stimulus.title or stimulus.id} ({items})"
    yield Row((None, name, text(title, stimulus.at("title"), f"{place}, title")), "heading")
    media = (f"[{one.file}: {one.alt}]" if one.alt else f"[{one.file}]" for one in stimulus.media)
    words = "\n".join(part for part in (plain(stimulus.text), *media) if part)
    for part in passages(words, SPREAD):
        yield Row((None, name, text(part, stimulus.at("text"), f"{place}, text")), "passage")
