"""A Word document under construction: the only door to python-docx."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qbank.formats.archive import core_dates, rezip
from qbank.formats.booklet.paper import Element, Flow, Image, Paper
from qbank.formats.docx.omml import formula
from qbank.formats.docx.styles import FAINT, FONT, HEADINGS, LOOKS, MONO, QUIET, WASH, Look

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MOMENT = "1980-01-01T00:00:00Z"
WIDEST, TALLEST = 12.5, 8.5
"""Of a picture, in centimetres."""

TEXT_WIDTH = 16.4
"""Between the margins, in centimetres."""

_WIDEST_GAP = 31  # points between a paragraph and its border: more is not allowed
_POINTS_IN_A_CENTIMETRE = 72 / 2.54
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MARKS = {
    **{tag: tag for tag in ("code", "sub", "sup", "small")},
    "strong": "b",
    "b": "b",
    "em": "i",
    "i": "i",
    "var": "i",
    "cite": "i",
    "dfn": "i",
    "u": "u",
}
_KINDS = {"letters": ("upperLetter", "%1."), "numbers": ("decimal", "%1."), "points": ("bullet", "\u2022")}
_LISTS = {
    (kind, style): 900 + 10 * row + column
    for row, kind in enumerate(_KINDS)
    for column, style in enumerate(("Option", "Prompt", "Point"))
}
"""Kind of list and style of its paragraphs → its definition."""

APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>qbank</Application></Properties>"
)


class Unshown(Exception):
    """A picture that python-docx cannot read; the message is its path in the bank."""


def available() -> bool:
    """Whether python-docx is installed: the extra `print` brings it."""
    try:
        import docx  # noqa: F401
    except ImportError:
        return False
    return True


class Document:
    """A document of one paper. `made` are the paragraphs since `begin`, for keeping them on one page."""

    def __init__(self, paper: Paper, images: Sequence[Image]) -> None:
        import docx

        self.document: Any = docx.Document()
        self.images = {one.name: one for one in images}
        self.made: list[Paragraph] = []
        self._end = self.document.element.body.sectPr
        self._lists = 1000
        _properties(self.document, paper)
        _page(self.document)
        _styles(self.document, paper.language)
        _numbering(self.document)
        _footer(self.document, paper)

    # ---- paragraphs ----

    def paragraph(self, style: str, text: str = "", *, into: Any = None, list_id: int = 0) -> Paragraph:
        """A new paragraph at the end of the document, or of the cell `into`; of a list when one is named.

        Made by hand: python-docx looks every style up and finds every place by trying all that may follow.
        """
        from docx.text.paragraph import Paragraph

        element = _new("p")
        properties = _on(element, "pPr")
        _on(properties, "pStyle", val=_style_id(style))
        if list_id:
            number = _on(properties, "numPr")
            _on(number, "ilvl", val="0")
            _on(number, "numId", val=str(list_id))
        if into is None:
            self._end.addprevious(element)
        else:
            into._tc.append(element)
        made = Paragraph(element, self.document._body if into is None else into)
        if text:
            add_text(made, text)
        self.made.append(made)
        return made

    def begin(self) -> None:
        """What is made from here on belongs together."""
        self.made = []

    def keep(self, *, with_next: bool = False) -> None:
        """Hold together what was made since `begin`, and with the next paragraph too when asked."""
        for number, one in enumerate(self.made):
            properties: Any = one._p.pPr
            properties.insert(1, _new("keepLines"))  # after the style, before all else
            if with_next or number < len(self.made) - 1:
                properties.insert(1, _new("keepNext"))

    def new_list(self, kind: str, style: str) -> int:
        """A list of its own that starts anew, "letters", "numbers" or "points", for paragraphs of a style."""
        self._lists += 1
        made = _on(self.document.part.numbering_part.element, "num", numId=str(self._lists))
        _on(made, "abstractNumId", val=str(_LISTS[kind, style]))
        _on(_on(made, "lvlOverride", ilvl="0"), "startOverride", val="1")
        return self._lists

    def page_break(self) -> None:
        """Go on a new page."""
        self.document.add_page_break()

    # ---- texts ----

    def flow(self, kids: Flow, style: str, *, first: Paragraph | None = None, into: Any = None) -> None:
        """A text: runs go into `first` while it lasts, blocks into paragraphs of the style."""
        here, fresh = first, True
        for kid in kids:
            if isinstance(kid, Element) and kid.tag in _BLOCKS:
                self._block(kid, style, here if fresh else None, into)
                here = None
            else:
                here = here or self.paragraph(style, into=into)
                self._run(here, kid, frozenset())
            fresh = False

    def _block(self, block: Element, style: str, first: Paragraph | None, into: Any) -> None:
        match block.tag:
            case "ul" | "ol":
                self._list(block, into, style)
            case "table":
                self._table(block, into)
            case "pre":
                made = self.paragraph("Mono", into=into)
                made.add_run("".join(kid for kid in block.kids if isinstance(kid, str)))
            case "hr":
                _edge(self.paragraph(style, into=into), "bottom")
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt" | "caption":
                strong = Element("strong", {}, block.kids)
                self._run(first or self.paragraph(style, into=into), strong, frozenset())
            case _:
                before = len(self.made)
                set_off = block.tag in ("blockquote", "dd")
                self.flow(block.kids, style, first=None if set_off else first, into=into)
                if set_off:
                    for one in self.made[before:]:
                        _indent(one, 0.7)

    def _list(self, block: Element, into: Any, style: str) -> None:
        number = self.new_list("points" if block.tag == "ul" else "numbers", "Point")
        deeper = _left(style)
        for kid in block.kids:
            if isinstance(kid, Element):
                before = len(self.made)
                first = self.paragraph("Point", into=into, list_id=number)
                self.flow(kid.kids, "Point", first=first, into=into)
                for one in self.made[before:] if deeper else ():
                    _indent(one, deeper)

    def _table(self, block: Element, into: Any) -> None:
        cells = [kid for kid in block.kids if isinstance(kid, Element) and kid.tag in ("td", "th")]
        for kid in block.kids:
            if isinstance(kid, Element) and kid.tag == "caption":
                self._block(kid, "Item text" if into is None else "Cell", None, into)
        columns, rows = int(block.attributes["columns"]), int(block.attributes["rows"])
        table = self.table(rows, columns, into=into, ruled=True, widths=_widths(cells, columns))
        if into is None:
            _on(table._tbl.tblPr, "tblInd", w="620", type="dxa")
        for cell in cells:
            place = {name: int(cell.attributes[name]) for name in ("x", "y", "colspan", "rowspan")}
            here = table.cell(place["y"], place["x"])
            if place["colspan"] > 1 or place["rowspan"] > 1:
                last = table.cell(place["y"] + place["rowspan"] - 1, place["x"] + place["colspan"] - 1)
                here = here.merge(last)
            self.fill(here, cell.kids, bold=cell.tag == "th", align=cell.attributes.get("align", ""))
        for row in table.rows[: int(block.attributes["header"])]:
            head_row(row)

    def _run(self, paragraph: Paragraph, kid: Any, marks: frozenset[str]) -> None:
        if isinstance(kid, str):
            _marked(add_text(paragraph, kid), marks)
            return
        match kid.tag:
            case "br":
                paragraph.add_run().add_break()
            case "math":
                from docx.oxml import parse_xml

                paragraph._p.append(parse_xml(formula(kid)))
            case "img":
                self._picture(paragraph, kid)
            case "q":
                for part in ("\u201c", *kid.kids, "\u201d"):
                    self._run(paragraph, part, marks)
            case _:
                more = {"code": "code", "sub": "sub", "sup": "sup", "small": "small", **_MARKS}.get(
                    kid.tag, ""
                )
                for part in kid.kids:
                    self._run(paragraph, part, marks | {more} if more else marks)

    def _picture(self, paragraph: Paragraph, element: Element) -> None:
        from docx.shared import Cm

        image = self.images[element.attributes["file"]]
        try:
            shape = paragraph.add_run().add_picture(io.BytesIO(image.data))
            scale = min(1.0, Cm(WIDEST) / shape.width, Cm(TALLEST) / shape.height)
        except Exception as error:  # whatever a broken picture makes the reader trip over
            raise Unshown(image.path) from error
        shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)  # type: ignore[assignment]
        properties = shape._inline.docPr
        properties.set("name", image.name)
        if element.attributes.get("alt"):
            properties.set("descr", element.attributes["alt"])

    # ---- tables ----

    def table(
        self, rows: int, columns: int, *, into: Any = None, widths: Sequence[float] = (), ruled: bool = False
    ) -> Table:
        """A table; its rows do not break over pages. Widths in centimetres."""
        from docx.shared import Cm

        made: Table = (self.document if into is None else into).add_table(rows, columns)
        if ruled:
            made.style = self.document.styles["Table Grid"]
            _rules(made)
        for row in made.rows:
            _on(row._tr.get_or_add_trPr(), "cantSplit")
        if widths:
            made.autofit = False
            for column, width in zip(made.columns, widths, strict=True):
                column.width = Cm(width)
            for row in made.rows:
                for cell, width in zip(row._tr.tc_lst, widths, strict=True):
                    cell.width = Cm(width)
        return made

    def fill(
        self, cell: Any, kids: Flow, *, style: str = "Cell", bold: bool = False, align: str = ""
    ) -> Paragraph:
        """Put a text into a fresh cell; the first paragraph."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        first: Paragraph = cell.paragraphs[0]
        first._p.style = _style_id(style)
        self.made.append(first)
        self.flow(
            (Element("strong", {}, kids),) if bold and not _has_blocks(kids) else kids,
            style,
            first=first,
            into=cell,
        )
        if align in ("right", "center"):
            first.alignment = WD_ALIGN_PARAGRAPH.RIGHT if align == "right" else WD_ALIGN_PARAGRAPH.CENTER
        if cell.paragraphs[-1]._p is not cell._tc[-1]:  # a cell ends with a paragraph
            self.paragraph(style, into=cell)
        return first

    def content(self) -> bytes:
        """The file, the same bytes for the same paper."""
        out = io.BytesIO()
        self.document.save(out)
        return rezip(
            out.getvalue(), {"docProps/core.xml": core_dates(MOMENT), "docProps/app.xml": lambda _old: APP}
        )


_BLOCKS = frozenset(
    {"p", "pre", "div", "blockquote", "ul", "ol", "dl", "dt", "dd", "table", "hr", "caption"}
    | {f"h{level}" for level in range(1, 7)}
)


def _has_blocks(kids: Flow) -> bool:
    return any(isinstance(kid, Element) and kid.tag in _BLOCKS for kid in kids)


def _style_id(name: str) -> str:
    """The id under which a style is found: Word's own and ours are named alike."""
    return name.replace(" ", "")


def _left(style: str) -> float:
    return max(0.0, LOOKS[style].left - LOOKS["Item text"].left) if style in LOOKS else 0.0


def _indent(paragraph: Paragraph, more: float) -> None:
    """Write a paragraph's indents out, some centimetres further in."""
    from docx.shared import Cm

    here = paragraph.paragraph_format
    look = LOOKS.get(paragraph.style.name or "" if paragraph.style is not None else "", Look())
    left = here.left_indent.cm if here.left_indent is not None else look.left
    here.left_indent = Cm(left + more)
    if here.first_line_indent is None:
        here.first_line_indent = Cm(-look.hanging)


def hang(paragraph: Paragraph, centimetres: float) -> None:
    """Give the mark before a paragraph so much room."""
    from docx.shared import Cm

    look = LOOKS["Option"]
    here = paragraph.paragraph_format
    here.left_indent = Cm(look.left - look.hanging + centimetres)
    here.first_line_indent = Cm(-centimetres)


def _new(name: str, **attributes: str) -> Any:
    """An element of WordprocessingML."""
    from docx.oxml import OxmlElement

    made = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        made.set(f"{{{_W}}}{attribute}", value)
    return made


def _on(parent: Any, name: str, **attributes: str) -> Any:
    """A new element of WordprocessingML at the end of another."""
    made = _new(name, **attributes)
    parent.append(made)
    return made


def add_text(paragraph: Paragraph, text: str, *, bold: bool = False) -> Any:
    """A run with a text, at the end of a paragraph."""
    from docx.text.run import Run

    if "\n" in text or "\t" in text:  # become breaks and tabs
        run = paragraph.add_run(text)
    else:
        element = _on(paragraph._p, "r")
        made = _on(element, "t")
        made.text = text
        if text != text.strip():
            made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run = Run(element, paragraph)
    if bold:
        run.bold = True
    return run


def _marked(run: Any, marks: frozenset[str]) -> None:
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


def _widths(cells: Sequence[Element], columns: int) -> tuple[float, ...]:
    """Widths of columns in centimetres by their longest text, all of them no wider than an item."""
    longest = [2] * columns
    for cell in cells:
        x, span = int(cell.attributes["x"]), int(cell.attributes["colspan"])
        for column in range(x, x + span):
            longest[column] = max(longest[column], -(-_length(cell.kids) // span))
    wanted = [0.21 * min(one, 60) + 0.6 for one in longest]
    scale = min(1.0, (TEXT_WIDTH - 1.2) / sum(wanted))
    return tuple(one * scale for one in wanted)


def _length(kids: Flow) -> int:
    return sum(len(kid) if isinstance(kid, str) else _length(kid.kids) for kid in kids)


def _rules(table: Table) -> None:
    """Thin grey rules."""
    borders = _on(table._tbl.tblPr, "tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _on(borders, side, val="single", sz="4", space="0", color=FAINT)


def head_row(row: Any) -> None:
    """Repeat a row of a table on every page."""
    _on(row._tr.get_or_add_trPr(), "tblHeader")
    for cell in row.cells:
        shade(cell)


def shade(cell: Any) -> None:
    """A light ground for a cell."""
    _on(cell._tc.get_or_add_tcPr(), "shd", val="clear", color="auto", fill=WASH)


def underline_cell(cell: Any) -> None:
    """A line below a cell, to write on."""
    borders = _on(cell._tc.get_or_add_tcPr(), "tcBorders")
    _on(borders, "bottom", val="single", sz="6", space="0", color=QUIET)


def _edge(paragraph: Paragraph, side: str, *, size: int = 6, space: int = 6) -> None:
    """A line at a side of a paragraph."""
    from docx.oxml import OxmlElement

    properties: Any = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    properties.insert_element_before(
        borders, *(f"w:{one}" for one in ("shd", "tabs", "spacing", "ind", "jc", "rPr", "sectPr"))
    )
    _on(borders, side, val="single", sz=str(size), space=str(space), color=FAINT)


def line_below(paragraph: Paragraph) -> None:
    """A line below a paragraph."""
    _edge(paragraph, "bottom")


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
    _edge(paragraph, "left", size=18, space=max(space, 0))


def _properties(document: Any, paper: Paper) -> None:
    core = document.core_properties
    core.title, core.language = paper.title[:255], paper.language
    core.author = core.last_modified_by = core.comments = core.keywords = core.subject = ""


def _page(document: Any) -> None:
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin, section.bottom_margin = Cm(2), Cm(2.2)
    section.footer_distance = Cm(1)


def _styles(document: Any, language: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn

    styles = document.styles
    _looks(styles["Normal"], Look())
    for name, look in HEADINGS.items():
        _looks(styles[name], look)
        for border in styles[name].element.xpath("w:pPr/w:pBdr"):
            border.getparent().remove(border)
    for name, look in LOOKS.items():
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        _looks(style, look)
    defaults = styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")[0]
    for old in defaults.xpath("w:lang"):
        defaults.remove(old)
    _on(defaults, "lang", val=language, eastAsia=language, bidi=language)
    styles["Mono"].font.name = MONO
    styles["Mono"].element.rPr.rFonts.set(qn("w:cs"), MONO)


def _looks(style: Any, look: Look) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    font, space = style.font, style.paragraph_format
    font.name, font.size = FONT, Pt(look.size)
    fonts = style.element.get_or_add_rPr().rFonts
    for name in list(fonts.attrib):
        if "Theme" in name:
            del fonts.attrib[name]
    fonts.set(qn("w:cs"), FONT)
    font.bold, font.italic, font.color.rgb = look.bold, look.italic, RGBColor.from_string(look.colour)
    space.space_before, space.space_after, space.line_spacing = Pt(look.before), Pt(look.after), 1.0
    space.left_indent, space.first_line_indent = Cm(look.left), Cm(-look.hanging)


def _numbering(document: Any) -> None:
    """Lists of letters, numbers and points for each style; each list of a paper refers to one of them."""
    first = document.part.numbering_part.element.xpath("w:num")[0]
    for (kind, style), id in _LISTS.items():
        look, (shape, text) = LOOKS[style], _KINDS[kind]
        made = _new("abstractNum", abstractNumId=str(id))
        _on(made, "multiLevelType", val="singleLevel")
        level = _on(made, "lvl", ilvl="0")
        _on(level, "start", val="1")
        _on(level, "numFmt", val=shape)
        _on(level, "lvlText", val=text)
        _on(level, "lvlJc", val="left")
        _on(_on(level, "pPr"), "ind", left=_twips(look.left), hanging=_twips(look.hanging))
        first.addprevious(made)


def _twips(centimetres: float) -> str:
    return str(round(centimetres * 1440 / 2.54))


def _footer(document: Any, paper: Paper) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Cm, Pt, RGBColor

    footer = document.sections[0].footer.paragraphs[0]
    stops = footer.paragraph_format.tab_stops
    stops.add_tab_stop(Cm(TEXT_WIDTH / 2), WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(Cm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    footer.add_run(f"{paper.id}\t{paper.foot}\tPage ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")
    for run in footer.runs:
        run.font.size, run.font.color.rgb = Pt(8), RGBColor.from_string(QUIET)
    _edge(footer, "top")


def _field(paragraph: Paragraph, code: str) -> None:
    """A number that the reader's program works out."""
    for kind in ("begin", code, "separate", "1", "end"):
        run = paragraph.add_run()
        if kind in ("begin", "separate", "end"):
            _on(run._r, "fldChar", fldCharType=kind)
        elif kind == "1":
            run.text = kind
        else:
            _on(run._r, "instrText").text = f" {code} "


def marks_of(texts: Sequence[str]) -> str:
    """What kind of list some marks are: "letters", "numbers" or "" when Word cannot count so."""
    if list(texts) == [chr(ord("A") + place) for place in range(len(texts))] and len(texts) <= 26:
        return "letters"
    return "numbers" if list(texts) == [str(place) for place in range(1, len(texts) + 1)] else ""
