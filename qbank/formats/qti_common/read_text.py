"""Parts of a QTI document → item text, with their images placed in the bank."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qbank.formats.contract import Unread
from qbank.formats.qti_common.legacy import as_written
from qbank.formats.qti_common.read_lom import Known
from qbank.formats.qti_common.xml import XML
from qbank.formats.safe_xml import local, raw
from qbank.markup import from_html

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

BLANK = "\N{LOW LINE}" * 4


@dataclass
class Context:
    """What the reading of one document needs of its package."""

    name: str
    unread: list[Unread]
    place: Callable[[str, str, str], str]
    keep: Callable[[dict[str, Any]], str]
    has: Callable[[str, str], bool]
    known: Known
    is_2: bool = False
    item: str = ""

    def tell(self, message: str, node: Element | None = None, hint: str = "") -> None:
        """Report something that was not understood, with its source."""
        line = node.sourceline if node is not None else 0
        line = line if isinstance(line, int) else 0
        source = raw(as_written(node, self.is_2)) if node is not None else ""
        self.unread.append(
            Unread(message=message, where=self.name, line=line, item=self.item, raw=source, hint=hint)
        )


def text_of(nodes: Iterable[Element | str], context: Context) -> str:
    """Elements and texts as one item text."""
    made = from_html("".join(_html(one, context) for one in nodes))
    for what in made.lost:
        context.tell(f"a text loses {what}")
    return made.text


def inner(node: Element) -> list[Element | str]:
    """What stands in an element: its text and its elements, each followed by its tail."""
    parts: list[Element | str] = [node.text] if node.text else []
    for kid in node:
        parts.append(kid)
        if kid.tail:
            parts.append(kid.tail)
    return parts


def plain(node: Element) -> str:
    """The words in an element, blanks made single."""
    return " ".join("".join(str(text) for text in node.itertext()).split())


def _html(part: Element | str, context: Context) -> str:
    from html import escape

    from lxml import etree

    if isinstance(part, str):
        return escape(part, quote=False)
    copy = deepcopy(part)
    copy.tail = None
    for node in list(copy.iter()):
        _plain_html(node, context)
    etree.cleanup_namespaces(copy)
    return etree.tostring(copy, encoding="unicode", method="xml")


def _plain_html(node: Element, context: Context) -> None:
    """An element of QTI as HTML has it, in place."""
    if not isinstance(node.tag, str):
        return
    name = local(node)
    if name == "img":
        from qbank.formats.qti_common.media import href

        address = str(node.get("src") or "")
        path = context.place(context.name, address, "the image")
        node.set("src", href(path) if path else address)
    elif name == "span" and node.get("class") == "qti-underline":
        name = "u"
        del node.attrib["class"]
    elif name.startswith("qti-"):
        context.tell(f"{name} in a text is not understood; its words are kept", node)
        name = "span"
    language = node.get(f"{{{XML}}}lang")
    if language is not None:
        del node.attrib[f"{{{XML}}}lang"]
        node.set("lang", language)
    node.tag = name
    if not len(node) and node.text is None and name not in ("br", "hr", "img", "col"):
        node.text = ""


def classes(node: Element) -> set[str]:
    """The classes of an element."""
    return set((node.get("class") or "").split())
