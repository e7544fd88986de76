"""XML of other people: no document type, no entity, no network, limits on size and depth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qbank.formats.contract import Unreadable

if TYPE_CHECKING:
    from lxml.etree import _Element

    Element = _Element
    """The type of an element, for those who do not import lxml."""

MOST_BYTES = 128 * 2**20
DEEPEST = 256
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HEAD = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?(?:\s|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)


def parse(data: bytes, name: str) -> Element:
    """The root of an XML text. Raises Unreadable, with line and column where there is one."""
    from lxml import etree

    if len(data) > MOST_BYTES:
        raise Unreadable(f"{name} is larger than {MOST_BYTES >> 20} MiB")
    if has_doctype(data):
        raise Unreadable(f"{name} has a document type or entities, which are never read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        place = getattr(error, "position", None) or (0, 0)
        at = f":{place[0]}:{place[1]}" if place[0] else ""
        raise Unreadable(f"{name}{at}: is no well-formed XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(f"{name} has a document type, which is never read")
    return root


def has_doctype(data: bytes) -> bool:
    """Whether an XML text declares a document type or an entity; UTF-16 is looked through too."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            data = data.decode("utf-16").encode("utf-8")
        except UnicodeDecodeError:
            return False
    head = _HEAD.match(data)
    start = head.end() if head else 0
    return _DOCTYPE.match(data, start) is not None


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    """The namespace of an element, "" without one."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def raw(element: Element, most: int = 400) -> str:
    """The beginning of an element's source, for a report."""
    from lxml import etree

    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return text if len(text) <= most else text[:most] + "…"
