"""The elements and attributes that an item text may hold, by name; everything else is taken out."""

from __future__ import annotations

import re

PHRASING = frozenset(
    {"em", "strong", "b", "i", "u", "code", "sub", "sup", "span", "small"}
    | {"kbd", "samp", "var", "q", "cite", "abbr", "dfn"}
)
TEXT_BLOCKS = frozenset({"p", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
VOID = frozenset({"br", "hr", "img", "col"})
FLOW_BLOCKS = frozenset({"div", "blockquote"})
LISTS = {"ul": ("li",), "ol": ("li",), "dl": ("dt", "dd")}
TABLE = frozenset({"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th"})

_LANGUAGE = frozenset({"lang", "dir"})
_LENGTHS = frozenset({"width", "height", "depth"})
_TOKEN = frozenset({"mathvariant", "mathsize", "mathcolor", "mathbackground"})
_OPERATOR = frozenset(
    {"form", "fence", "separator", "stretchy", "symmetric", "maxsize", "minsize", "largeop"}
    | {"movablelimits", "accent", "lspace", "rspace"}
)
_TABLE = frozenset(
    {"columnalign", "rowalign", "columnlines", "rowlines", "rowspacing", "columnspacing", "displaystyle"}
)

MATHML: dict[str, frozenset[str]] = {
    "math": frozenset({"display", "alttext"}),
    "mi": _TOKEN,
    "mn": _TOKEN,
    "mo": _TOKEN | _OPERATOR,
    "mtext": _TOKEN,
    "mspace": _LENGTHS | {"mathbackground"},
    "mrow": frozenset({"mathcolor", "mathbackground"}),
    "mfrac": frozenset({"linethickness", "bevelled"}),
    "msqrt": frozenset(),
    "mroot": frozenset(),
    "mstyle": _TOKEN | {"displaystyle", "scriptlevel"},
    "mpadded": _LENGTHS | {"lspace", "voffset"},
    "mphantom": frozenset(),
    "menclose": frozenset({"notation"}),
    "msub": frozenset(),
    "msup": frozenset(),
    "msubsup": frozenset(),
    "munder": frozenset({"accentunder"}),
    "mover": frozenset({"accent"}),
    "munderover": frozenset({"accent", "accentunder"}),
    "mtable": _TABLE,
    "mtr": frozenset({"columnalign", "rowalign"}),
    "mtd": frozenset({"columnalign", "rowalign"}),
}

ATTRIBUTES: dict[str, frozenset[str]] = {
    **dict.fromkeys(PHRASING | TEXT_BLOCKS | FLOW_BLOCKS | {"li", "dt", "dd"}, _LANGUAGE),
    **dict.fromkeys({"ul", "ol", "dl", "br", "hr"} | TABLE, frozenset[str]()),
    "img": frozenset({"src", "alt", "width", "height"}),
    "td": _LANGUAGE | {"colspan", "rowspan", "align"},
    "th": _LANGUAGE | {"colspan", "rowspan", "align", "scope"},
    **MATHML,
}
"""Element → the attributes it may have."""

_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_LENGTH = rf"-?{_NUMBER}(?:em|ex|px|in|cm|mm|pt|pc|%)?"
_PADDED = rf"[+\-]?{_NUMBER}(?:em|ex|px|in|cm|mm|pt|pc|%)?"
_COLOUR = (
    r"#[0-9A-Fa-f]{6}|aqua|black|blue|fuchsia|gray|green|lime|maroon|navy|olive|purple|red|silver|teal|white"
    r"|yellow"
)
_VARIANT = (
    r"normal|bold|italic|bold-italic|double-struck|bold-fraktur|script|bold-script|fraktur|sans-serif"
    r"|bold-sans-serif|sans-serif-italic|sans-serif-bold-italic|monospace"
)
_BOOLEAN = r"true|false"
_ALIGN = r"(?:left|center|right)(?: (?:left|center|right))*"
_LINES = r"(?:none|solid|dashed)(?: (?:none|solid|dashed))*"

_VALUES = {
    "lang": r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*",
    "dir": r"ltr|rtl|auto",
    "colspan": r"[1-9][0-9]{0,2}",
    "rowspan": r"[1-9][0-9]{0,2}",
    "align": r"left|center|right",
    "scope": r"row|col|rowgroup|colgroup",
    "display": r"inline|block",
    "mathvariant": _VARIANT,
    "mathsize": rf"small|normal|big|{_LENGTH}",
    "mathcolor": _COLOUR,
    "mathbackground": _COLOUR,
    "form": r"prefix|infix|postfix",
    "scriptlevel": r"[+\-]?[0-9]{1,2}",
    "notation": r"(?:box|circle|left|right|top|bottom|updiagonalstrike|downdiagonalstrike"
    r"|verticalstrike|horizontalstrike|roundedbox|actuarial|radical|longdiv)"
    r"(?: (?:updiagonalstrike|downdiagonalstrike|verticalstrike|horizontalstrike))*",
    "columnalign": _ALIGN,
    "rowalign": r"(?:top|bottom|center|baseline|axis)",
    "columnlines": _LINES,
    "rowlines": _LINES,
    "rowspacing": rf"{_LENGTH}(?: {_LENGTH})*",
    "columnspacing": rf"{_LENGTH}(?: {_LENGTH})*",
    **dict.fromkeys(("lspace", "rspace", "maxsize", "minsize", "linethickness", "voffset"), _LENGTH),
    **dict.fromkeys(("fence", "separator", "stretchy", "symmetric", "largeop", "movablelimits"), _BOOLEAN),
    **dict.fromkeys(("accent", "accentunder", "displaystyle", "bevelled"), _BOOLEAN),
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _VALUES.items()}
_SIZES = {
    "img": re.compile(r"[0-9]{1,5}%?"),
    "mspace": re.compile(_LENGTH),
    "mpadded": re.compile(_PADDED),
}


def valid(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay: its element may have it, and its value is one it may take."""
    if name not in ATTRIBUTES.get(tag, ()):
        return False
    pattern = _SIZES.get(tag) if name in ("width", "height", "depth") else _PATTERNS.get(name)
    if tag == "mpadded" and name in ("lspace", "voffset"):
        pattern = _SIZES["mpadded"]
    return pattern is None or pattern.fullmatch(value) is not None
