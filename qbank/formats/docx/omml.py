"""Formulas for Word: the elements of MathML as Office Math (ECMA-376, part 1, section 22.1)."""

from __future__ import annotations

from html import escape

from qbank.formats.booklet.paper import Element, Flow, Kid

NAMESPACES = (
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
)
_FONT = '<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/></w:rPr>'
_OPENING, _CLOSING = "([{|‖⌈⌊⟨", ")]}|‖⌉⌋⟩"
_ACCENTS = {
    "^": "\u0302",
    "ˆ": "\u0302",
    "~": "\u0303",
    "˜": "\u0303",
    "˙": "\u0307",
    "¨": "\u0308",
    "→": "\u20d7",
    "←": "\u20d6",
    "ˇ": "\u030c",
    "˘": "\u0306",
    "´": "\u0301",
    "`": "\u0300",
}
_BARS = frozenset("―¯‾_")
_BRACES = {"⏞": "top", "⏟": "bot"}
_HIDDEN_BOX = "".join(f'<m:hide{side} m:val="1"/>' for side in ("Top", "Bot", "Left", "Right"))


def formula(element: Element) -> str:
    """A formula as XML: an `m:oMath`, in an `m:oMathPara` when it is displayed."""
    inner = _row(element.kids)
    if element.attributes.get("display") == "block":
        return f"<m:oMathPara {NAMESPACES}><m:oMath>{inner}</m:oMath></m:oMathPara>"
    return f"<m:oMath {NAMESPACES}>{inner}</m:oMath>"


def _row(kids: Flow) -> str:
    """Some elements beside one another; between brackets that grow, as one delimited group."""
    first, last = _mark(kids[:1], _OPENING), _mark(kids[-1:], _CLOSING) if len(kids) > 1 else ""
    if len(kids) > 1 and (first or last):
        inner = kids[1 if first else 0 : -1 if last else None]
        ends = f'<m:begChr m:val="{escape(first)}"/><m:endChr m:val="{escape(last)}"/>'
        return f"<m:d><m:dPr>{ends}</m:dPr>{_argument('e', inner)}</m:d>"
    return "".join(_one(kid) for kid in kids)


def _mark(kids: Flow, among: str) -> str:
    """The bracket that a row begins or ends with, if it is one that grows."""
    for kid in kids:
        if isinstance(kid, Element) and kid.tag == "mo" and kid.attributes.get("stretchy", "true") == "true":
            text = _text(kid)
            return text if text and text in among else ""
    return ""


def _argument(name: str, kids: Flow) -> str:
    return f"<m:{name}>{_row(kids)}</m:{name}>"


def _text(kid: Kid) -> str:
    return kid if isinstance(kid, str) else "".join(_text(one) for one in kid.kids)


def _run(text: str, properties: str = "") -> str:
    shown = f"<m:rPr>{properties}</m:rPr>" if properties else ""
    return f'<m:r>{shown}{_FONT}<m:t xml:space="preserve">{escape(text, quote=False)}</m:t></m:r>'


def _one(kid: Kid) -> str:
    if isinstance(kid, str):
        return _run(kid)
    text = _text(kid)
    match kid.tag:
        case "mi":
            upright = len(text) > 1 or kid.attributes.get("mathvariant") == "normal"
            return _run(text, '<m:sty m:val="p"/>' if upright else "")
        case "mn" | "mo":
            return _run(text, '<m:sty m:val="p"/>')
        case "mtext":
            return _run(text, "<m:nor/>")
        case "mspace":
            return _run(" ")
        case "mtable":
            return _table(kid)
        case "msqrt" | "mphantom" | "menclose":
            return _around(kid)
        case _:
            return _built(kid) if kid.tag in _ARITY and len(kid.kids) == _ARITY[kid.tag] else _row(kid.kids)


_ARITY = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "msubsup": 3,
    "munder": 2,
    "mover": 2,
    "munderover": 3,
}


def _around(element: Element) -> str:
    inner = _argument("e", element.kids)
    if element.tag == "msqrt":
        return f'<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/>{inner}</m:rad>'
    if element.tag == "mphantom":
        return f'<m:phant><m:phantPr><m:show m:val="0"/></m:phantPr>{inner}</m:phant>'
    strike = "strike" in element.attributes.get("notation", "")
    shape = f'<m:borderBoxPr>{_HIDDEN_BOX}<m:strikeBLTR m:val="1"/></m:borderBoxPr>' if strike else ""
    return f"<m:borderBox>{shape}{inner}</m:borderBox>"


def _built(element: Element) -> str:
    one, two, *rest = ((kid,) for kid in element.kids)
    match element.tag:
        case "mfrac":
            bare = element.attributes.get("linethickness") == "0"
            kind = '<m:fPr><m:type m:val="noBar"/></m:fPr>' if bare else ""
            return f"<m:f>{kind}{_argument('num', one)}{_argument('den', two)}</m:f>"
        case "mroot":
            return f"<m:rad>{_argument('deg', two)}{_argument('e', one)}</m:rad>"
        case "msub":
            return f"<m:sSub>{_argument('e', one)}{_argument('sub', two)}</m:sSub>"
        case "msup":
            return f"<m:sSup>{_argument('e', one)}{_argument('sup', two)}</m:sSup>"
        case "msubsup":
            scripts = _argument("sub", two) + _argument("sup", rest[0])
            return f"<m:sSubSup>{_argument('e', one)}{scripts}</m:sSubSup>"
        case "munderover":
            under = f"<m:limLow>{_argument('e', one)}{_argument('lim', two)}</m:limLow>"
            return f"<m:limUpp><m:e>{under}</m:e>{_argument('lim', rest[0])}</m:limUpp>"
        case _:
            return _over_or_under(element.tag == "mover", one, two)


def _over_or_under(over: bool, base: Flow, mark: Flow) -> str:
    (said,) = mark
    sign = _text(said) if isinstance(said, Element) and said.tag == "mo" else ""
    inner = _argument("e", base)
    if sign in _BARS:
        return f'<m:bar><m:barPr><m:pos m:val="{"top" if over else "bot"}"/></m:barPr>{inner}</m:bar>'
    if sign in _BRACES:
        place = f'<m:chr m:val="{sign}"/><m:pos m:val="{_BRACES[sign]}"/>'
        return f"<m:groupChr><m:groupChrPr>{place}</m:groupChrPr>{inner}</m:groupChr>"
    if over and sign in _ACCENTS:
        return f'<m:acc><m:accPr><m:chr m:val="{_ACCENTS[sign]}"/></m:accPr>{inner}</m:acc>'
    name = "limUpp" if over else "limLow"
    return f"<m:{name}>{inner}{_argument('lim', mark)}</m:{name}>"


def _table(table: Element) -> str:
    rows = [row.kids for row in table.kids if isinstance(row, Element)]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    made = []
    for row in rows:
        cells = [cell.kids if isinstance(cell, Element) else (cell,) for cell in row]
        cells += [()] * (width - len(cells))
        made.append(f"<m:mr>{''.join(_argument('e', cell) for cell in cells)}</m:mr>")
    return f"<m:m>{''.join(made)}</m:m>"
