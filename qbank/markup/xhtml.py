"""Item text → XHTML: Markdown to HTML, sanitised by nh3, put in order, serialised by lxml."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from qbank.markup.characters import legal, plain
from qbank.markup.elements import ATTRIBUTES, MATHML
from qbank.markup.tree import Kid, Node, blocks, read

if TYPE_CHECKING:
    from markdown_it.token import Token

MATHML_NAMESPACE = "http://www.w3.org/1998/Math/MathML"

_WITH_CONTENT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "title"})


def to_xhtml(text: str) -> str:
    """A well-formed XHTML fragment of block elements; "" for a text without content."""
    if plain(text):
        return f"<p>{text}</p>"
    return serialise(_render(text))


def to_tree(text: str) -> list[Kid]:
    """The tree of blocks itself, for formats that are not made of XML; it is shared and not to be changed."""
    return _render(text)


def to_inline_xhtml(text: str) -> str:
    """The same without the enclosing p when the text is one paragraph: for options and cells."""
    if plain(text):
        return text
    kids = _render(text)
    if len(kids) == 1 and isinstance(kids[0], Node) and kids[0].tag == "p":
        return serialise(kids[0].kids)
    return serialise(kids)


def render_html(html: str) -> list[Kid]:
    """The tree of blocks of HTML that somebody else wrote, sanitised and put in order. Never raises."""
    try:
        return blocks(read(_sanitised(html)))
    except Exception:  # beyond some library's limits: nothing of it can be shown
        return []


@lru_cache(maxsize=1024)
def _render(text: str) -> list[Kid]:
    try:
        return blocks(read(_sanitised(_html(text))))
    except Exception:  # beyond some library's limits: show the text as it is rather than nothing
        return [Node("p", {}, [legal(text)])] if text.strip() else []


def _html(text: str) -> str:
    from qbank.markup.parsing import parse, parser

    tokens = [_shown(token) for token in parse(text)]
    return str(parser().renderer.render(tokens, parser().options, {}))


def _shown(token: Token) -> Token:
    """A block token whose formulas, images and links are written out as HTML."""
    from qbank.markup.parsing import html_token

    if token.type == "math_block":
        return html_token(f"<p>{_formula(token)}</p>\n")
    if token.type != "inline" or not token.children:
        return token
    children = token.children
    return token.copy(children=[_shown_inline(children, number) for number in range(len(children))])


def _shown_inline(tokens: list[Token], number: int) -> Token:
    from qbank.markup.parsing import attribute, html_token, link_note
    from qbank.markup.plain import inline_plain

    token = tokens[number]
    match token.type:
        case "math_inline":
            return html_token(_formula(token))
        case "link_open":
            return html_token("")
        case "link_close":
            return html_token(escape(link_note(tokens, number)))
        case "image":
            alt = " ".join(inline_plain(token.children or []).split())
            return html_token(f'<img src="{escape(attribute(token, "src"))}" alt="{escape(alt)}">')
        case _:
            return token


def _formula(token: Token) -> str:
    from qbank.markup.math import mathml

    return mathml(token.content, token.markup == "$$")


def _sanitised(html: str) -> str:
    import nh3

    return str(
        nh3.clean(
            html,
            tags=set(ATTRIBUTES),
            clean_content_tags=set(_WITH_CONTENT),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items() if names},
            strip_comments=True,
            link_rel=None,
            url_schemes=set(),
        )
    )


def serialise(kids: Iterable[Kid]) -> str:
    """A tree as XHTML; "" for an empty one."""
    from lxml import etree

    root = etree.Element("div")
    _fill(root, kids)
    text = etree.tostring(root, encoding="unicode")
    return "" if text == "<div/>" else text.removeprefix("<div>").removesuffix("</div>")


def _fill(element: Any, kids: Iterable[Kid]) -> None:
    from lxml import etree

    last = None  # lxml counts all children for `element[-1]`
    for kid in kids:
        if isinstance(kid, str):
            if last is not None:
                last.tail = (last.tail or "") + kid
            else:
                element.text = (element.text or "") + kid
        elif kid.tag in MATHML:
            name, space = f"{{{MATHML_NAMESPACE}}}{kid.tag}", {None: MATHML_NAMESPACE}
            last = etree.SubElement(element, name, kid.attributes, space)  # type: ignore[arg-type]
            _fill(last, kid.kids)
        else:
            last = etree.SubElement(element, kid.tag, kid.attributes)
            _fill(last, kid.kids)
