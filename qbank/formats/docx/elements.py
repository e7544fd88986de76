"""Elements of WordprocessingML under python-docx: runs, lines, grounds, indents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbank.formats.docx.styles import FAINT, LOOKS, MONO, QUIET, TEXT_WIDTH, WASH, Look

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_WIDEST_GAP = 31  # points between a paragraph and its border: more is not allowed
_POINTS_IN_A_CENTIMETRE = 72 / 2.54
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def new(name: str, **attributes: str) -> Any:
    """An element of WordprocessingML."""
    from docx.oxml import OxmlElement

    made = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        made.set(f"{{{_W}}}{attribute}", value)
    return made


def under(parent: Any, name: str, **attributes: str) -> Any:
    """A new element of WordprocessingML at the end of another."""
    made = new(name, **attributes)
    parent.append(made)
    return made


def hang(paragraph: Paragraph, centimetres: float) -> None:
    """Give the mark before a paragraph so much room."""
    from docx.shared import Cm

    look = LOOKS["Option"]
    here = paragraph.paragraph_format
    here.left_indent = Cm(look.left - look.hanging + centimetres)
    here.first_line_indent = Cm(-centimetres)


def indent(paragraph: Paragraph, more: float) -> None:
    """Write a paragraph's indents out, some centimetres further in."""
    from docx.shared import Cm

    here = paragraph.paragraph_format
    look = LOOKS.get(paragraph.style.name or "" if paragraph.style is not None else "", Look())
    left = here.left_indent.cm if here.left_indent is not None else look.left
    here.left_indent = Cm(left + more)
    if here.first_line_indent is None:
        here.first_line_indent = Cm(-look.hanging)


def add_text(paragraph: Paragraph, text: str, *, bold: bool = False) -> Any:
    """A run with a text, at the end of a paragraph."""
    from docx.text.run import Run

    if "\n" in text or "\t" in text:  # become breaks and tabs
        run = paragraph.add_run(text)
    else:
        element = under(paragraph._p, "r")
        made = under(element, "t")
        made.text = text
        if text != text.strip():
            made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run = Run(element, paragraph)
    if bold:
        run.bold = True
    return run


def mark(run: Any, marks: frozenset[str]) -> None:
    """Make a run bold ("b"), italic ("i"), underlined ("u"), code, small, sub or sup."""
    from docx.shared import Pt

    if not marks:
        return
    if "b" in marks:
        run.bold = True
    if "i" in marks:
        run.italic = True
    if "u" in marks:
        run.underline = True
    if "sub" in marks:
        run.font.subscript = True
    if "sup" in marks:
        run.font.superscript = True
    if "small" in marks:
        run.font.size = Pt(9)
    if "code" in marks:
        run.font.name = MONO


def rule_table(table: Table) -> None:
    """Thin grey rules."""
    borders = under(table._tbl.tblPr, "tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        under(borders, side, val="single", sz="4", space="0", color=FAINT)


def head_row(row: Any) -> None:
    """Repeat a row of a table on every page."""
    under(row._tr.get_or_add_trPr(), "tblHeader")
    for cell in row.cells:
        shade(cell)


def shade(cell: Any) -> None:
    """A light ground for a cell."""
    under(cell._tc.get_or_add_tcPr(), "shd", val="clear", color="auto", fill=WASH)


def underline_cell(cell: Any) -> None:
    """A line below a cell, to write on."""
    borders = under(cell._tc.get_or_add_tcPr(), "tcBorders")
    under(borders, "bottom", val="single", sz="6", space="0", color=QUIET)


def edge(paragraph: Paragraph, side: str, *, size: int = 6, space: int = 6) -> None:
    """A line at a side of a paragraph."""
    from docx.oxml import OxmlElement

    properties: Any = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    properties.insert_element_before(
        borders, *(f"w:{one}" for one in ("shd", "tabs", "spacing", "ind", "jc", "rPr", "sectPr"))
    )
    under(borders, side, val="single", sz=str(size), space=str(space), color=FAINT)


def line_below(paragraph: Paragraph) -> None:
    """A line below a paragraph."""
    edge(paragraph, "bottom")


def write_here(paragraph: Paragraph) -> None:
    """Make of an empty paragraph a line to write on, as wide as the text."""
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Cm

    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Cm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)
    paragraph.add_run("\t")


def line_left(paragraph: Paragraph, at: float) -> None:
    """A bar to the left of a paragraph, so many centimetres from the margin or as near as Word allows."""
    here = paragraph.paragraph_format
    look = LOOKS.get(paragraph.style.name or "" if paragraph.style is not None else "", Look())
    left = here.left_indent.cm if here.left_indent is not None else look.left
    hanging = here.first_line_indent.cm if here.first_line_indent is not None else -look.hanging
    space = min(_WIDEST_GAP, round((left + min(hanging, 0) - at) * _POINTS_IN_A_CENTIMETRE))
    edge(paragraph, "left", size=18, space=max(space, 0))
