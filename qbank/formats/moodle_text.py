"""Item text ↔ the HTML that Moodle shows: formulas in \\( \\), as its MathJax filter reads them."""

from __future__ import annotations

import re
from html import escape, unescape

from qbank.markup import features, from_html, to_inline_xhtml, to_plain, to_xhtml
from qbank.markup.from_html import Text

_MATH = re.compile(r"<math\b([^>]*)>.*?</math>", re.DOTALL)
_ATTRIBUTE = re.compile(r'\b(display|alttext)="([^"]*)"')
_WRITTEN_MATH = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]|\$\$(.+?)\$\$", re.DOTALL)
MARKED = frozenset({"formatting", "tables", "maths", "images", "paragraphs"})
"""Features that need HTML."""


def is_marked(text: str) -> bool:
    """Whether a text needs HTML."""
    return bool(features(text) & MARKED)


def to_html(text: str, *, inline: bool = False) -> str:
    """An item text as HTML for Moodle."""
    xhtml = to_inline_xhtml(text) if inline else to_xhtml(text)
    return _MATH.sub(_latex, xhtml)


def plain(text: str) -> str:
    """An item text as plain text on one line."""
    return " ".join(to_plain(text).split())


def _latex(found: re.Match[str]) -> str:
    given = dict(_ATTRIBUTE.findall(found[1]))
    latex = given.get("alttext", "")
    return rf"\[{latex}\]" if given.get("display") == "block" else rf"\({latex}\)"


def to_text(html: str) -> Text:
    """The item text of HTML from Moodle; formulas become $ $."""
    return from_html(_WRITTEN_MATH.sub(_formula, html))


def _formula(found: re.Match[str]) -> str:
    from qbank.markup.math import mathml

    latex = unescape(found[1] or found[2] or found[3] or "").strip()
    displayed = found[1] is None
    shown = mathml(latex, displayed)
    return shown if shown.startswith("<math") else escape(found[0])
