"""Building QTI XML: elements, item text inside them, and bytes that always come out the same.

Elements are values of our own, several times as fast to make and to write as those of lxml. What lxml makes
of the bytes is checked for every document (`structure.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from qbank.formats.qti_common.versions import V30
from qbank.markup import to_inline_xhtml, to_xhtml
from qbank.markup.characters import legal
from qbank.tables.grid import number_text

if TYPE_CHECKING:
    from lxml.etree import _Element

QTI = V30.qti
XML = "http://www.w3.org/XML/1998/namespace"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"

Value = str | int | float | bool | None
Attributes = Mapping[str, Value]

_MATHML = "http://www.w3.org/1998/Math/MathML"
_MIXED = frozenset({"qti-prompt", "qti-simple-choice", "qti-simple-associable-choice", "qti-content-body"})
_MIXED_BODIES = frozenset({"qti-stimulus-body", "div", "p", "figure"})
_AS_IT_IS = _MIXED | _MIXED_BODIES | {"math"}
_STRUCTURAL = frozenset({"p", "div", "math"})
_INLINE = -1
"""The depth of elements that are not indented."""


class Element(msgspec.Struct):
    """An element: its name as written, its attributes as written, its kids (texts are not escaped yet)."""

    name: str
    attributes: str = ""
    kids: list[Element | str] = []

    def append(self, kid: Element | str) -> None:
        """Add a kid at the end."""
        self.kids.append(kid)

    def extend(self, kids: Iterable[Element | str]) -> None:
        """Add kids at the end."""
        self.kids.extend(kids)


def el(tag: str, attributes: Attributes | None = None, *kids: Element | str) -> Element:
    """An element; attributes that are None are left out, kids are elements or texts."""
    return Element(tag, "" if attributes is None else written(attributes), list(kids))


def written(attributes: Attributes) -> str:
    """Attributes as XML writes them, each after a blank."""
    return "".join(
        [f' {name}="{_quoted(text(value))}"' for name, value in attributes.items() if value is not None]
    )


def text(value: str | int | float | bool) -> str:
    """An attribute as XML writes it: true, 2, 0.5, a text with single blanks."""
    if isinstance(value, str):
        return value if value.isidentifier() else " ".join(legal(value).split())
    return str(value).lower() if isinstance(value, bool) else number(value)


def number(value: float) -> str:
    """A number as XML writes it: 2 and 0.5, not 2.0."""
    return number_text(float(value))


def root(
    namespace: str, tag: str, location: str, attributes: Attributes, extra: Mapping[str, str]
) -> Element:
    """A root element that names its schema; `extra` declares further prefixes."""
    spaces = {f"xmlns:{prefix}": one for prefix, one in extra.items()}
    given: Attributes = {"xmlns": namespace, "xmlns:xsi": XSI, **spaces, "xsi:schemaLocation": location}
    return el(tag, {**given, **attributes})


def qti_root(tag: str, attributes: Attributes) -> Element:
    """The root element of an item, a test or a stimulus."""
    return root(QTI, tag, f"{QTI} {V30.qti_location}", attributes, {})


def with_blocks(node: Element, source: str, media: Mapping[str, str]) -> Element:
    """The element with an item text added to it as blocks; `media` maps an image's address to its href."""
    return _with_fragment(node, to_xhtml(source), media)


def with_text(node: Element, source: str, media: Mapping[str, str]) -> Element:
    """The element with an item text added to it, without a paragraph when it is one."""
    return _with_fragment(node, to_inline_xhtml(source), media)


def with_option(node: Element, source: str, media: Mapping[str, str]) -> Element:
    """The element with an option's text added to it: players set an option's parts side by side, so
    that blanks between text and markup are lost unless the parts stand in one block."""
    block = with_text(el("div"), source, media)
    if len(block.kids) > 1:
        node.append(block)
    else:
        node.extend(block.kids)
    return node


def _with_fragment(node: Element, xhtml: str, media: Mapping[str, str]) -> Element:
    inner = xhtml[3:-4]
    if "<" not in xhtml and "&" not in xhtml:
        node.append(xhtml)
    elif "<" not in inner and "&" not in inner and xhtml.startswith("<p>"):
        node.append(Element("p", "", [inner]))
    else:
        node.extend(_parsed(xhtml, media))
    return node


def _parsed(xhtml: str, media: Mapping[str, str]) -> list[Element | str]:
    part = fragment(xhtml)
    for image in part.iter(f"{{{QTI}}}img"):
        image.set("src", media[str(image.get("src"))])
    for underlined in part.iter(f"{{{QTI}}}u"):  # QTI has no u, but a class of the same meaning
        underlined.tag = f"{{{QTI}}}span"
        underlined.set("class", "qti-underline")
    return _copied(part).kids


def _copied(node: _Element) -> Element:
    """An element of lxml as one of ours."""
    name = local(node)
    attributes = "".join(f' {_named(key)}="{_quoted(str(value))}"' for key, value in node.attrib.items())
    space = f' xmlns="{_MATHML}"' if name == "math" else ""
    kids: list[Element | str] = [node.text] if node.text else []
    for kid in node:
        kids.append(_copied(kid))
        if kid.tail:
            kids.append(kid.tail)
    return Element(name, space + attributes, kids)


def _named(key: str | bytes) -> str:
    return str(key).replace(f"{{{XML}}}", "xml:")


def fragment(xhtml: str) -> _Element:
    """An XHTML fragment as a div in QTI's namespace."""
    from lxml import etree

    return etree.fromstring(f'<div xmlns="{QTI}">{xhtml}</div>')


def serialise(node: Element) -> bytes:
    """The document as UTF-8, indented where white space means nothing."""
    parts = [DECLARATION]
    _write(node, 0, False, parts)
    parts.append("\n")
    return "".join(parts).encode("utf-8")


def serialise_all(node: Element) -> bytes:
    """A document as UTF-8, indented, of a language in which texts stand only in elements without children."""
    parts = [DECLARATION]
    _write(node, 0, True, parts)
    parts.append("\n")
    return "".join(parts).encode("utf-8")


def opening(node: Element) -> bytes:
    """The beginning of a document: its declaration and the start of its root element, which goes on."""
    return f"{DECLARATION}<{node.name}{node.attributes}>".encode()


def piece(node: Element, depth: int) -> bytes:
    """An element of a document in which white space means nothing, indented, with a line break before it."""
    parts = ["\n" + "  " * depth]
    _write(node, depth, True, parts)
    return "".join(parts).encode("utf-8")


def _write(node: Element, depth: int, everything: bool, parts: list[str]) -> None:
    kids, name = node.kids, node.name
    if not kids:
        parts.append(f"<{name}{node.attributes}/>")
        return
    first = kids[0]
    if len(kids) == 1 and isinstance(first, str):
        parts.append(f"<{name}{node.attributes}>{_escaped(first)}</{name}>")
        return
    parts.append(f"<{name}{node.attributes}>")
    if depth != _INLINE and (everything or _indented(node)):
        line = "\n" + "  " * (depth + 1)
        for kid in kids:
            if not isinstance(kid, str):  # an empty text
                parts.append(line)
                _write(kid, depth + 1, everything, parts)
        parts.append(line[:-2])
    else:
        for kid in kids:
            if isinstance(kid, str):
                parts.append(_escaped(kid))
            else:
                _write(kid, _INLINE, everything, parts)
    parts.append(f"</{name}>")


def _indented(node: Element) -> bool:
    return node.name not in _AS_IT_IS and all(map(_structural, node.kids))


def _structural(kid: Element | str) -> bool:
    if isinstance(kid, str):
        return not kid
    return kid.name.startswith("qti-") or kid.name in _STRUCTURAL


def _escaped(value: str) -> str:
    if not value.isprintable():
        value = legal(value)
    if "&" in value or "<" in value or ">" in value or "\r" in value:
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return value


def _quoted(value: str) -> str:
    """A value between quotation marks: what an attribute would lose is written as a reference."""
    if value.isalnum():
        return value
    return _escaped(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def parse(data: bytes) -> _Element:
    """A document that we wrote."""
    from lxml import etree

    return etree.fromstring(data)


def local(node: Any) -> str:
    """The name of an element of lxml without its namespace."""
    return str(node.tag).rpartition("}")[2]


def bare(node: Any) -> str:
    """The source of an element, its names without namespaces."""
    from lxml import etree

    for one in node.iter():
        if isinstance(one.tag, str):
            one.tag = local(one)
    etree.cleanup_namespaces(node)
    return etree.tostring(node, encoding="unicode", with_tail=False)
