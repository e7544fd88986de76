"""Booklets and keys as Word documents: which paragraphs, in which style, kept with which."""

from __future__ import annotations

from collections.abc import Sequence

from qbank.formats.booklet.paper import (
    Booklet,
    Bubbles,
    Case,
    Choice,
    Entry,
    Image,
    Key,
    KeyEntry,
    Paper,
    Written,
)
from qbank.formats.docx import elements as parts
from qbank.formats.docx.document import Document, marks_of
from qbank.formats.docx.styles import TEXT_WIDTH

_CIRCLE = "\u25cb"
_FIVES = 5
_DOWN = 30


def docx(paper: Paper, images: Sequence[Image]) -> bytes:
    """A paper as a Word file. Raises Unshown for a picture that cannot be read."""
    made = Document(paper, images)
    if isinstance(paper, Booklet):
        _booklet(made, paper)
    elif isinstance(paper, Key):
        _key(made, paper)
    return made.content()


def _head(made: Document, paper: Paper, kind: str = "") -> None:
    if paper.subtitle:
        made.paragraph("Cover line", paper.subtitle)
    parts.line_below(made.paragraph("Title", paper.title))
    if kind:
        made.paragraph("Heading 2", kind)
    _facts(made, paper.facts)


def _facts(made: Document, pairs: Sequence[tuple[str, str]]) -> None:
    table = made.table(len(pairs), 2, widths=(3.5, TEXT_WIDTH - 3.5))
    for row, (name, value) in zip(table.rows, pairs, strict=True):
        made.fill(row.cells[0], (name,))
        made.fill(row.cells[1], (value,), bold=True)


def _fields(made: Document, names: Sequence[str]) -> None:
    made.paragraph("Cell")
    table = made.table(len(names), 2, widths=(4, TEXT_WIDTH - 4))
    for row, name in zip(table.rows, names, strict=True):
        made.fill(row.cells[0], (name,)).paragraph_format.space_before = 152400
        parts.underline_cell(row.cells[1])


def _notice(made: Document, paper: Paper) -> None:
    if paper.notice:
        made.paragraph("Cell")
        made.begin()
        cell = made.table(1, 1, ruled=True).rows[0].cells[0]
        parts.shade(cell)
        made.fill(cell, ("Notice",), style="Notice", bold=True)
        made.flow(paper.notice, "Notice", into=cell)


def _booklet(made: Document, paper: Booklet) -> None:
    _head(made, paper)
    _fields(made, paper.fields)
    made.paragraph("Heading 1", "Instructions")
    points = made.new_list("points", "Point")
    for one in paper.instructions:
        made.paragraph("Point", one, list_id=points)
    _notice(made, paper)
    made.page_break()
    for group in paper.groups:
        if group.heading:
            made.paragraph("Heading 1", f"{group.heading} ({group.note})" if group.note else group.heading)
        if group.case is not None:
            _case(made, group.case)
        for entry in group.entries:
            _entry(made, entry)
        if group.case is not None:
            parts.line_below(made.paragraph("Case end"))
    made.page_break()
    _sheet(made, paper)


def _case(made: Document, case: Case) -> None:
    made.begin()
    made.paragraph("Case lead", case.lead)
    if case.title:
        made.paragraph("Case").add_run(case.title).bold = True
    made.flow(case.text, "Case")
    for one in made.made:
        if one._p.getparent() is made.document.element.body:
            parts.line_left(one, 0.1)
    made.keep(with_next=True)


def _entry(made: Document, entry: Entry) -> None:
    made.begin()
    first = made.paragraph("Item")
    first.add_run(f"{entry.number}.\t").bold = True
    made.flow(entry.stem, "Item text", first=first)
    told = " ".join(one for one in (entry.lead, f"({entry.points})" if entry.points else "") if one)
    if told:
        made.paragraph("Lead", told)
    if entry.prompts:
        _matching(made, entry)
    else:
        marked(made, entry.options)
    if entry.blank:
        line = made.paragraph("Answer line", "Answer: ")
        line.add_run(f"{'_' * 20} {entry.unit}" if entry.unit else "_" * 40)
    for _ in range(entry.lines):
        parts.write_here(made.paragraph("Writing line"))
    if entry.tag:
        made.paragraph("Tag", entry.tag)
    made.keep()


def marked(made: Document, choices: Sequence[Choice], into: object = None, style: str = "Option") -> None:
    """Texts under their marks: as a list where Word counts the same, else with the mark written out."""
    kind = marks_of([one.mark for one in choices]) if choices else ""
    number = made.new_list(kind, style) if kind else 0
    for one in choices:
        first = made.paragraph(style, into=into, list_id=number)
        if one.mark and not kind:
            first.add_run(f"{one.mark}{'' if '–' in one.mark else '.'}\t")
            if len(one.mark) > 1:
                parts.hang(first, 1.3)
        made.flow(one.text, "Option text" if style == "Option" else "Cell", first=first, into=into)


def _matching(made: Document, entry: Entry) -> None:
    """Prompts with a blank to the left, options to the right."""
    outer = made.table(1, 2, widths=(TEXT_WIDTH / 2 + 0.4, TEXT_WIDTH / 2 - 0.4)).rows[0]
    left, right = outer.cells
    for number, one in enumerate(entry.prompts):
        line = left.paragraphs[0] if number == 0 else made.paragraph("Option", into=left)
        if number == 0:
            line._p.style = "Option"
            made.made.append(line)
        line.paragraph_format.left_indent = 900000
        line.paragraph_format.first_line_indent = -576000
        line.add_run(f"____ {one.mark}. ")
        made.flow(one.text, "Option text", first=line, into=left)
    marked(made, entry.options, into=right, style="Prompt")
    empty = right.paragraphs[0]._p
    empty.getparent().remove(empty)


def _sheet(made: Document, paper: Booklet) -> None:
    made.paragraph("Heading 1", "Answer sheet")
    _facts(made, [pair for pair in paper.facts if pair[0] in ("Form", "Bank", "Version")])
    _fields(made, paper.fields)
    if paper.bubbles:
        told = "Fill the circle of your answer completely."
        made.paragraph("Small", told).paragraph_format.space_before = 101600
        _bubbles(made, paper.bubbles)
    if paper.written:
        made.paragraph("Heading 2", "Written answers")
        _written(made, paper.written)


def _across(rows: Sequence[Bubbles]) -> int:
    most = max(len(row.letters) for row in rows)
    return 4 if most <= 4 else 3 if most <= 6 else 2 if most <= 10 else 1


def _bubbles(made: Document, rows: Sequence[Bubbles]) -> None:
    """As many as a page holds beside one another, filled down and then across, in steps of five."""
    across = _across(rows)
    for start in range(0, len(rows), across * _DOWN):
        _band(made, rows[start : start + across * _DOWN], across)


def _band(made: Document, rows: Sequence[Bubbles], across: int) -> None:
    fives = -(-len(rows) // _FIVES)
    down = min(len(rows), -(-fives // across) * _FIVES)
    width = TEXT_WIDTH / across
    table = made.table(down, across * 2, widths=(0.9, width - 0.9) * across)
    lines = [list(line.cells) for line in table.rows]
    for place, row in enumerate(rows):
        column, line = divmod(place, down)
        number, circles = lines[line][column * 2 : column * 2 + 2]
        made.fill(number, (str(row.number),), align="right")
        shown = " ".join(f"{_CIRCLE}\u00a0{one}" for one in row.letters)
        made.fill(circles, (shown,), style="Bubbles")
        if (line + 1) % _FIVES == 0:
            circles.paragraphs[0].paragraph_format.space_after = 101600


def _written(made: Document, rows: Sequence[Written]) -> None:
    table = made.table(len(rows), 2, widths=(1.1, TEXT_WIDTH - 1.1))
    for line, row in zip(table.rows, rows, strict=True):
        made.fill(line.cells[0], (str(row.number),), align="right")
        paragraph = made.fill(line.cells[1], ())
        for label in row.labels:
            paragraph.add_run(f"{label}\u00a0____    ")
        if not row.labels and not row.note:
            paragraph.add_run("_" * 50 + (f" {row.unit}" if row.unit else ""))
        paragraph.add_run(row.note)
        for cell in line.cells:
            cell.paragraphs[0].paragraph_format.space_before = 76200


def _key(made: Document, paper: Key) -> None:
    _head(made, paper, "For staff only")
    made.paragraph("Heading 1", "Answers")
    _answers(made, paper.entries)
    made.paragraph("Heading 1", "Rationales and references")
    for entry in paper.entries:
        _keyed(made, entry)
    _notice(made, paper)


def _answers(made: Document, entries: Sequence[KeyEntry]) -> None:
    table = made.table(len(entries) + 1, 3, widths=(1.6, 9.8, 5), ruled=True)
    rows = [list(row.cells) for row in table.rows]
    for cell, name in zip(rows[0], ("No.", "Key", "Item id"), strict=True):
        made.fill(cell, (name,), bold=True)
    parts.head_row(table.rows[0])
    for cells, entry in zip(rows[1:], entries, strict=True):
        made.fill(cells[0], (str(entry.number),), align="right")
        made.fill(cells[1], (entry.answer,), bold=True)
        made.fill(cells[2], (entry.id,))


def _keyed(made: Document, entry: KeyEntry) -> None:
    made.begin()
    first = made.paragraph("Item")
    first.add_run(f"{entry.number}.\t{entry.answer}").bold = True
    first.add_run(f"   {entry.id}")
    marked(made, entry.words)
    if entry.rubric:
        _label(made, "Rubric")
        made.flow(entry.rubric, "Item text")
    if entry.rationale:
        _label(made, "Rationale")
        if all(not one.mark for one in entry.rationale):
            made.flow(entry.rationale[0].text, "Item text")
        else:
            marked(made, entry.rationale)
    if entry.references:
        _label(made, "References")
        points = made.new_list("points", "Point")
        for text in entry.references:
            first = made.paragraph("Point", list_id=points)
            made.flow(text, "Point", first=first)
    made.paragraph("Tag", "  ·  ".join(f"{name}: {value}" for name, value in entry.facts))
    made.keep()


def _label(made: Document, text: str) -> None:
    made.paragraph("Item text").add_run(text).italic = True
