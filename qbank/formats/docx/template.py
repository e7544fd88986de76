"""What every Word paper begins with: page, styles, kinds of lists, footer with page numbers, properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbank.formats.booklet.paper import Paper
from qbank.formats.docx.elements import edge, new, under
from qbank.formats.docx.styles import FONT, HEADINGS, LOOKS, MONO, QUIET, TEXT_WIDTH, Look

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_KINDS = {"letters": ("upperLetter", "%1."), "numbers": ("decimal", "%1."), "points": ("bullet", "\u2022")}
LISTS = {
    (kind, style): 900 + 10 * row + column
    for row, kind in enumerate(_KINDS)
    for column, style in enumerate(("Option", "Prompt", "Point"))
}
"""Kind of list and style of its paragraphs → its definition."""


def prepare(document: Any, paper: Paper) -> None:
    """Make of python-docx's empty document one for a paper."""
    _properties(document, paper)
    _page(document)
    _styles(document, paper.language)
    _numbering(document)
    _footer(document, paper)


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
    under(defaults, "lang", val=language, eastAsia=language, bidi=language)
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
    for (kind, style), id in LISTS.items():
        look, (shape, text) = LOOKS[style], _KINDS[kind]
        made = new("abstractNum", abstractNumId=str(id))
        under(made, "multiLevelType", val="singleLevel")
        level = under(made, "lvl", ilvl="0")
        under(level, "start", val="1")
        under(level, "numFmt", val=shape)
        under(level, "lvlText", val=text)
        under(level, "lvlJc", val="left")
        under(under(level, "pPr"), "ind", left=_twips(look.left), hanging=_twips(look.hanging))
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
    edge(footer, "top")


def _field(paragraph: Paragraph, code: str) -> None:
    """A number that the reader's program works out."""
    for kind in ("begin", code, "separate", "1", "end"):
        run = paragraph.add_run()
        if kind in ("begin", "separate", "end"):
            under(run._r, "fldChar", fldCharType=kind)
        elif kind == "1":
            run.text = kind
        else:
            under(run._r, "instrText").text = f" {code} "
