"""Material of QTI 1.x → item text; images and the like placed in the bank."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from typing import TYPE_CHECKING

from qbank.formats.qti_common.media import href
from qbank.formats.qti_common.read_text import Context
from qbank.formats.qti_common.xml import bare
from qbank.formats.safe_xml import local
from qbank.markup import from_html

if TYPE_CHECKING:
    from qbank.formats.safe_xml import Element

_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_SOURCE = re.compile(r"""(\bsrc\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)
_LATEX = re.compile(r"""\bdata-equation-content\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)
_INLINE_LATEX = re.compile(r"\\\((.+?)\\\)", re.DOTALL)
_PLAYER = re.compile(r"<(audio|video|iframe|object|embed)\b([^>]*)>", re.IGNORECASE)
_UNIT = re.compile(r'<p class="qbank-unit">.*?</p>\s*\Z', re.DOTALL)
_WRAPPED = re.compile(r"\s*<div\b[^>]*>(.*)</div>\s*", re.DOTALL | re.IGNORECASE)
_TEXTS = ("mattext", "matemtext", "mat_formattedtext")
_PLAYERS = ("mataudio", "matvideo")
_BLOCK = re.compile(r"<(?:p|div|ul|ol|dl|table|pre|blockquote|h[1-6]|hr)\b", re.IGNORECASE)


def materials(node: Element) -> Iterator[Element]:
    """The pieces of text and media under an element, in order; not those of responses inside it."""
    for kid in node:
        name = local(kid)
        if name in (*_TEXTS, *_PLAYERS, "matimage", "matbreak", "matref", "material_ref", "matapplication"):
            yield kid
        elif name in ("material", "flow_mat", "flow", "mat_extension", "altmaterial"):
            yield from materials(kid) if name != "altmaterial" else ()
        elif name in (
            "matapplet",
            "solutionmaterial",
            "hintmaterial",
            "presentation_material",
            "hint",
            "solution",
        ):
            yield from materials(kid)


def html_of(node: Element, context: Context) -> str:
    """What an element shows, as HTML with addresses as they are in the bank."""
    return joined([_html(one, context) for one in materials(node)])


def text_of(html: str, context: Context) -> str:
    """An item text of HTML; what it cannot carry is told."""
    for found in _PLAYER.finditer(html):
        context.tell(f"{found[1].lower()} in a text is left out: {found[2].strip()[:120]}")
    made = from_html(_PLAYER.sub("", html))
    for what in made.lost:
        context.tell(f"a text loses {what}")
    return made.text


def opened(html: str) -> str:
    """HTML without the one `div` that some platforms wrap every text in."""
    found = _WRAPPED.fullmatch(html)
    return found[1] if found is not None and "<div" not in found[1].lower() else html


def without_unit(html: str) -> str:
    """HTML without the line in which our writer shows Canvas a unit."""
    return _UNIT.sub("", html)


def _html(node: Element, context: Context) -> str:
    match local(node):
        case "mattext" | "mat_formattedtext":
            return _text(node, context)
        case "matemtext":
            return f"<em>{escape(_words(node), quote=False)}</em>"
        case "matbreak":
            return "<br>"
        case "matimage":
            return _image(node, context)
        case name:
            context.tell(f"{name} in a text is not understood", node)
            return ""


def _words(node: Element) -> str:
    return "".join(str(text) for text in node.itertext())


def _text(node: Element, context: Context) -> str:
    """A text: HTML where it says so, or where elements stand in it; else plain."""
    type = (node.get("texttype") or node.get("type") or "text/plain").lower()
    if len(node):
        inner = escape(node.text or "", quote=False)
        inner += "".join(_bare(kid) for kid in node)
        return placed(inner, context)
    words = _words(node)
    if "html" in type or "smart_text" in type:
        return placed(words, context)
    if "rtf" in type or type not in ("text/plain", "plain_text", "plain"):
        context.tell(f"a text of the type {type} is read as it stands", node)
    given = [part.strip() for part in re.split(r"\n\s*\n", words) if part.strip()]
    parts = [escape(part, quote=False).replace("\n", "<br>") for part in given]
    return "".join(f"<p>{part}</p>" for part in parts) if len(parts) > 1 else "".join(parts)


def _bare(node: Element) -> str:
    """An element of XHTML in a text, without namespaces, and what follows it."""
    return bare(node) + escape(node.tail or "", quote=False)


def placed(html: str, context: Context) -> str:
    """HTML with its images placed in the bank, and formulas that Canvas draws as images as formulas."""
    html = _IMAGE.sub(lambda found: _shown(found[0], context), html)
    if "\\(" in html:
        html = _INLINE_LATEX.sub(lambda found: _formula(unescape(found[1]), found[0]), html)
    return html


def _shown(image: str, context: Context) -> str:
    latex = _LATEX.search(image)
    if latex is not None:
        return _formula(unescape(latex[1][1:-1]), image)
    source = _SOURCE.search(image)
    if source is None:
        return image
    address = unescape(source[2][1:-1])
    if address.startswith(("http:", "https:", "//")):
        return image
    path = context.place(context.name, address, "the image")
    return image if not path else f'{image[: source.start(2)]}"{escape(href(path))}"{image[source.end(2) :]}'


def _formula(latex: str, otherwise: str) -> str:
    from qbank.markup.math import mathml

    shown = mathml(latex.strip(), False)
    return shown if shown.startswith("<math") else otherwise


def _image(node: Element, context: Context) -> str:
    address = node.get("uri") or ""
    if not address and (node.get("embedded") or "base64") == "base64" and (node.text or "").strip():
        address = f"data:{node.get('imagtype') or 'image/jpeg'};base64,{''.join(_words(node).split())}"
    path = context.place(context.name, address, "the image")
    return f'<img src="{escape(href(path))}" alt="{escape(node.get("label") or "")}">' if path else ""


def players(node: Element, context: Context) -> Iterator[dict[str, str]]:
    """Files under an element that stand beside the text: those of a stimulus."""
    for one in list(node.iter("{*}mataudio", "{*}matvideo", "{*}matimage")):
        if not one.get("uri"):
            continue
        path = context.place(context.name, str(one.get("uri")), "the file")
        parent = one.getparent()
        if parent is not None:
            parent.remove(one)
        if path:
            alt = " ".join((one.get("label") or "").split())
            yield {"file": path, **({"alt": alt} if alt else {})}


def joined(parts: Iterable[str]) -> str:
    """Pieces of HTML, one after the other: words beside blocks stand in paragraphs."""
    given = [part for part in parts if part.strip()]
    if len(given) < 2 or not any(_BLOCK.search(part) for part in given):
        return " ".join(given)
    return "".join(part if _BLOCK.search(part) else f"<p>{part}</p>" for part in given)
