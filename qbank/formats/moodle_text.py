"""Item text ↔ the HTML that Moodle shows: formulas in \\( \\), as its MathJax filter reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

from qbank.markup import features, from_html, to_inline_xhtml, to_plain, to_xhtml
from qbank.markup.from_html import Text

PLUGIN_FILE = "@@PLUGINFILE@@"
"""What Moodle puts for the folder of the files that a text shows."""

_MATH = re.compile(r"<math\b([^>]*)>.*?</math>", re.DOTALL)
_ATTRIBUTE = re.compile(r'\b(display|alttext)="([^"]*)"')
_WRITTEN_MATH = re.compile(  # no formula goes over the beginning of another one, so that time stays linear
    r"\\\(((?:(?!\\[()]).)+)\\\)|\\\[((?:(?!\\[\[\]]).)+)\\\]|\$\$(.+?)\$\$", re.DOTALL
)
_IMAGE = re.compile(r'(<img\b[^>]*?\bsrc=")([^"]*)(")')
_TAG = re.compile(r"(<[^>]*>)")
_ACTIVE = re.compile(r"\\(?=[(\[])|\$(?=\$)|@(?=@PLUGINFILE)")
_LAST_BREAK = re.compile(r"<br\s*/?>\s*(?=</(?:p|div|li|td|th|h[1-6])>|\Z)", re.IGNORECASE)
_BREAK = re.compile(r"(<br ?/?>)\s*\n\s*", re.IGNORECASE)
_SPAN = re.compile(r"<span(?![^>]*\b(?:lang|dir)=)[^>]*>([^<]*(?:<(?!/?span\b)[^<]*)*)</span>")
_LEVELS = 8
_MARKED = frozenset({"formatting", "tables", "maths", "images", "paragraphs"})
_NOTHING = "<span></span>"


def is_marked(text: str) -> bool:
    """Whether a text needs HTML: for its mark-up, or for characters that Moodle would take for some."""
    return any(mark in text for mark in "<>&") or bool(_ACTIVE.search(text) or features(text) & _MARKED)


def is_plain(text: str) -> bool:
    """Whether a text is words alone, which Moodle shows where it takes no HTML."""
    return not features(text) & _MARKED


def to_html(text: str, *, inline: bool = False, address: Callable[[str], str] | None = None) -> str:
    """An item text as HTML for Moodle; `address` gives what stands there for the address of an image.

    What only looks like a formula, or like the place of a file, is kept from Moodle's filters.
    """
    xhtml = to_inline_xhtml(text) if inline else to_xhtml(text)
    parts, end = [], 0
    for found in _MATH.finditer(xhtml):
        parts += [_inert(xhtml[end : found.start()]), _latex(found)]
        end = found.end()
    html = "".join([*parts, _inert(xhtml[end:])])
    if address is None:
        return html
    return _IMAGE.sub(lambda found: f"{found[1]}{escape(address(unescape(found[2])))}{found[3]}", html)


def shows(text: str) -> bool:
    """Whether a reader sees anything of an item text."""
    return bool(to_xhtml(text) if is_marked(text) else text.strip())


def plain(text: str) -> str:
    """An item text as plain text on one line."""
    return " ".join(to_plain(text).split())


def in_list(text: str) -> str:
    """The words of an item text for one of Moodle's lists, which knows no mark-up but characters by name."""
    return escape(plain(text), quote=False)


def _inert(xhtml: str) -> str:
    """HTML whose words are no formula to MathJax and no file to Moodle: empty spans part the marks."""
    parts = _TAG.split(xhtml)
    return "".join(
        part if number % 2 else _ACTIVE.sub(lambda found: found[0] + _NOTHING, part)
        for number, part in enumerate(parts)
    )


def _latex(found: re.Match[str]) -> str:
    """A formula as Moodle's filter reads it; one that would end its own marks stays MathML."""
    given = dict(_ATTRIBUTE.findall(found[1]))
    latex = given.get("alttext", "")
    if not latex or re.search(r"\\[()\[\]]|\$\$", latex):
        return found[0]
    return rf"\[{latex}\]" if given.get("display") == "block" else rf"\({latex}\)"


def to_text(html: str) -> Text:
    """The item text of HTML from Moodle; formulas become $ $, breaks at the end of blocks are left out."""
    html = _LAST_BREAK.sub("", html)
    if 'dir="rtl"' not in html:  # Moodle's editor writes the other one everywhere
        html = html.replace(' dir="ltr"', "")
    if "<pre" not in html:
        html = _BREAK.sub(r"\1", html)
    return from_html(_bared(_WRITTEN_MATH.sub(_formula, html)))


def _bared(html: str) -> str:
    """HTML without spans that say only how something looks; one round for each level of them."""
    for _ in range(_LEVELS):
        before, html = html, _SPAN.sub(r"\1", html)
        if html == before:
            break
    return html


def _formula(found: re.Match[str]) -> str:
    from qbank.markup.math import mathml

    latex = unescape(found[1] or found[2] or found[3] or "").strip()
    displayed = found[1] is None
    shown = mathml(latex, displayed)
    return shown if shown.startswith("<math") else escape(found[0])
