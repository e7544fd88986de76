"""A Word document under construction: paragraphs by style, lists, tables, pictures, formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qbank.formats.archive import core_dates, rezip
from qbank.formats.booklet.paper import Element, Flow, Image, Paper
from qbank.formats.docx.elements import add_text, edge, head_row, indent, mark, new, rule_table, under
from qbank.formats.docx.omml import formula
from qbank.formats.docx.styles import LOOKS, TEXT_WIDTH
from qbank.formats.docx.template import LISTS, prepare

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MOMENT = "1980-01-01T00:00:00Z"
WIDEST, TALLEST = 12.5, 8.5
"""Of a picture, in centimetres."""

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
APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>qbank</Application></Properties>"
)

_BLOCKS = frozenset(
    {"p", "pre", "div", "blockquote", "ul", "ol", "dl", "dt", "dd", "table", "hr", "caption"}
    | {f"h{level}" for level in range(1, 7)}
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
        prepare(self.document, paper)

    # ---- paragraphs ----

    def paragraph(self, style: str, text: str = "", *, into: Any = None, list_id: int = 0) -> Paragraph:
        """A new paragraph at the end of the document, or of the cell `into`; of a list when one is named.

        Made by hand: python-docx looks every style up and finds every place by trying all that may follow.
        """
        from docx.text.paragraph import Paragraph

        element = new("p")
        properties = under(element, "pPr")
        under(properties, "pStyle", val=_style_id(style))
        if list_id:
            number = under(properties, "numPr")
            under(number, "ilvl", val="0")
            under(number, "numId", val=str(list_id))
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
            properties.insert(1, new("keepLines"))  # after the style, before all else
            if with_next or number < len(self.made) - 1:
                properties.insert(1, new("keepNext"))

    def new_list(self, kind: str, style: str) -> int:
        """A list of its own that starts anew, "letters", "numbers" or "points", for paragraphs of a style."""
        self._lists += 1
        made = under(self.document.part.numbering_part.element, "num", numId=str(self._lists))
        under(made, "abstractNumId", val=str(LISTS[kind, style]))
        under(under(made, "lvlOverride", ilvl="0"), "startOverride", val="1")
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
                edge(self.paragraph(style, into=into), "bottom")
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt" | "caption":
                strong = Element("strong", {}, block.kids)
                self._run(first or self.paragraph(style, into=into), strong, frozenset())
            case _:
                before = len(self.made)
                set_off = block.tag in ("blockquote", "dd")
                self.flow(block.kids, style, first=None if set_off else first, into=into)
                if set_off:
                    for one in self.made[before:]:
                        indent(one, 0.7)

    def _list(self, block: Element, into: Any, style: str) -> None:
        number = self.new_list("points" if block.tag == "ul" else "numbers", "Point")
        deeper = _left(style)
        for kid in block.kids:
            if isinstance(kid, Element):
                before = len(self.made)
                first = self.paragraph("Point", into=into, list_id=number)
                self.flow(kid.kids, "Point", first=first, into=into)
                for one in self.made[before:] if deeper else ():
                    indent(one, deeper)

    def _table(self, block: Element, into: Any) -> None:
        cells = [kid for kid in block.kids if isinstance(kid, Element) and kid.tag in ("td", "th")]
        for kid in block.kids:
            if isinstance(kid, Element) and kid.tag == "caption":
                self._block(kid, "Item text" if into is None else "Cell", None, into)
        columns, rows = int(block.attributes["columns"]), int(block.attributes["rows"])
        table = self.table(rows, columns, into=into, ruled=True, widths=_widths(cells, columns))
        if into is None:
            under(table._tbl.tblPr, "tblInd", w="620", type="dxa")
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
            mark(add_text(paragraph, kid), marks)
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
            rule_table(made)
        for row in made.rows:
            under(row._tr.get_or_add_trPr(), "cantSplit")
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


def _has_blocks(kids: Flow) -> bool:
    return any(isinstance(kid, Element) and kid.tag in _BLOCKS for kid in kids)


def _style_id(name: str) -> str:
    """The id under which a style is found: Word's own and ours are named alike."""
    return name.replace(" ", "")


def _left(style: str) -> float:
    return max(0.0, LOOKS[style].left - LOOKS["Item text"].left) if style in LOOKS else 0.0


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


def marks_of(texts: Sequence[str]) -> str:
    """What kind of list some marks are: "letters", "numbers" or "" when Word cannot count so."""
    if list(texts) == [chr(ord("A") + place) for place in range(len(texts))] and len(texts) <= 26:
        return "letters"
    return "numbers" if list(texts) == [str(place) for place in range(1, len(texts) + 1)] else ""
