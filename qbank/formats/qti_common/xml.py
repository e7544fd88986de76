"""Building QTI XML: elements, item text inside them, and bytes that always come out the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from qbank.formats.qti_common.versions import V30
from qbank.markup import to_inline_xhtml, to_xhtml
from qbank.markup.characters import legal

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

QTI = V30.qti
XML = "http://www.w3.org/XML/1998/namespace"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

Value = str | int | float | bool | None
Attributes = Mapping[str, Value]

_MIXED = frozenset({"qti-prompt", "qti-simple-choice", "qti-simple-associable-choice", "qti-content-body"})
_MIXED_BODIES = frozenset({"qti-stimulus-body", "div", "p", "figure"})


def el(tag: str, attributes: Attributes | None = None, *kids: Element | str) -> Element:
    """A QTI element; attributes that are None are left out, kids are elements or one text."""
    return element(QTI, tag, attributes, *kids)


def element(namespace: str, tag: str, attributes: Attributes | None = None, *kids: Element | str) -> Element:
    """An element of a namespace."""
    from lxml import etree

    node = etree.Element(f"{{{namespace}}}{tag}", {name: text(value) for name, value in _given(attributes)})
    for kid in kids:
        if isinstance(kid, str):
            node.text = legal(kid)
        else:
            node.append(kid)
    return node


def _given(attributes: Attributes | None) -> Iterable[tuple[str, str | int | float | bool]]:
    return ((name, value) for name, value in (attributes or {}).items() if value is not None)


def text(value: str | int | float | bool) -> str:
    """An attribute as XML writes it: true, 2, 0.5, a text with single blanks."""
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(legal(value).split()) if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """A number as XML writes it: 2 and 0.5, not 2.0."""
    value = float(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def root(
    namespace: str, tag: str, location: str, attributes: Attributes, extra: Mapping[str, str]
) -> Element:
    """A root element that names its schema; `extra` declares further prefixes."""
    from lxml import etree

    prefixes: dict[str | None, str] = {None: namespace, "xsi": XSI}
    prefixes.update(extra)
    node = etree.Element(f"{{{namespace}}}{tag}", nsmap=prefixes)  # type: ignore[arg-type]
    node.set(f"{{{XSI}}}schemaLocation", location)
    for name, value in _given(attributes):
        node.set(name, text(value))
    return node


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
    if len(block) and (len(block) > 1 or block.text or block[0].tail):
        node.append(block)
        return node
    return with_text(node, source, media)


def fragment(xhtml: str) -> Element:
    """An XHTML fragment as a div in QTI's namespace."""
    from lxml import etree

    return etree.fromstring(f'<div xmlns="{QTI}">{xhtml}</div>')


def _with_fragment(node: Element, xhtml: str, media: Mapping[str, str]) -> Element:
    part = fragment(xhtml)
    for image in part.iter(f"{{{QTI}}}img"):
        image.set("src", media[str(image.get("src"))])
    for underlined in part.iter(f"{{{QTI}}}u"):  # QTI has no u, but a class of the same meaning
        underlined.tag = f"{{{QTI}}}span"
        underlined.set("class", "qti-underline")
    _add_text(node, part.text or "")
    for kid in part:
        node.append(kid)
    return node


def _add_text(node: Element, more: str) -> None:
    if len(node):
        node[-1].tail = (node[-1].tail or "") + more
    else:
        node.text = (node.text or "") + more


def serialise(node: Element) -> bytes:
    """The document as UTF-8."""
    from lxml import etree

    etree.cleanup_namespaces(node, keep_ns_prefixes=["xsi"])
    return etree.tostring(node, xml_declaration=True, encoding="UTF-8") + b"\n"


def parse(data: bytes) -> Element:
    """A document that we wrote."""
    from lxml import etree

    return etree.fromstring(data)


def local(node: Element) -> str:
    """The name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def indent(node: Element) -> Element:
    """The document, indented where white space means nothing."""
    _indent(node, 0)
    return node


def _indent(node: Element, depth: int) -> None:
    if not len(node) or node.text or local(node) in _MIXED | _MIXED_BODIES or "MathML" in str(node.tag):
        return
    if any(kid.tail for kid in node) or not all(_structural(kid) for kid in node):
        return
    node.text = "\n" + "  " * (depth + 1)
    for kid in node:
        _indent(kid, depth + 1)
        kid.tail = "\n" + "  " * (depth + 1)
    node[-1].tail = "\n" + "  " * depth


def _structural(node: Element) -> bool:
    return (
        not str(node.tag).startswith(f"{{{QTI}}}")
        or local(node).startswith("qti-")
        or local(node) in ("p", "div")
    )
