"""A sanitised fragment as a tree, put in order.

"In order" means: blocks only where blocks may stand, lists of items, tables of rows, formulas with
the right number of arguments, so that every output fits the stricter content models of QTI too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from qbank.markup.characters import legal, relative
from qbank.markup.elements import FLOW_BLOCKS, LISTS, MATHML, PHRASING, TABLE, TEXT_BLOCKS, VOID, valid
from qbank.markup.math import ARITY, TOKENS

_DEEPEST = 100
_INLINE = PHRASING | {"br", "img", "math"}


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the fragment; its kids are elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    kids: list[Kid] = field(default_factory=list)


Kid = Node | str


class _Builder(HTMLParser):
    """nh3's output, which is balanced but for void elements, as a tree no deeper than `_DEEPEST`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("div")
        self.open = [self.root]
        self.skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: legal(value or "") for name, value in attrs if valid(tag, name, value or "")}
        node = Node(tag, attributes)
        if len(self.open) > _DEEPEST and tag not in VOID:
            self.skipped.append(tag)
            return
        self.open[-1].kids.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            self.skipped.pop()
        elif tag not in VOID and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].kids.append(legal(data))


def read(html: str) -> list[Kid]:
    """A sanitised fragment as a tree."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root.kids


def blocks(kids: Iterable[Kid]) -> list[Kid]:
    """Blocks only: runs of text and inline elements are put into paragraphs."""
    out: list[Kid] = []
    run: list[Kid] = []
    for kid in [*_flow(kids), Node("")]:
        if isinstance(kid, str) or kid.tag in _INLINE:
            run.append(kid)
            continue
        if not _blank(run):
            out.append(Node("p", {}, _trimmed(run)))
        run = []
        if kid.tag:
            out.append(kid)
    return out


def _flow(kids: Iterable[Kid]) -> list[Kid]:
    """Inline elements and blocks, each put in order."""
    return [part for kid in kids for part in _flow_one(kid)]


def _flow_one(kid: Kid) -> list[Kid]:
    if isinstance(kid, str):
        return [kid] if kid else []
    if kid.tag in _INLINE:
        return _phrase(kid)
    if kid.tag in TEXT_BLOCKS:
        inner = _phrasing(kid.kids)
        return [] if _blank(inner) else [Node(kid.tag, kid.attributes, inner)]
    if kid.tag in FLOW_BLOCKS:
        inner = blocks(kid.kids) if kid.tag == "blockquote" else _flow(kid.kids)
        return [] if _blank(inner) else [Node(kid.tag, kid.attributes, inner)]
    if kid.tag in LISTS:
        return _list(kid)
    if kid.tag == "table":
        return _table(kid)
    if kid.tag == "hr":
        return [Node("hr")]
    inner = _flow(kid.kids)  # a part of a list, table or formula that stands alone
    return [] if _blank(inner) else [Node("div", {}, inner)]


def _phrasing(kids: Iterable[Kid]) -> list[Kid]:
    """Inline elements only: a block gives its content, set off by spaces."""
    out: list[Kid] = []
    for kid in kids:
        if isinstance(kid, str):
            out.append(kid)
        elif kid.tag in _INLINE:
            out += _phrase(kid)
        else:
            out += [" ", *_phrasing(kid.kids), " "]
    return out


def _phrase(node: Node) -> list[Kid]:
    if node.tag == "math":
        return _math(node)
    if node.tag == "br":
        return [Node("br")]
    if node.tag == "img":
        source, alt = node.attributes.get("src", ""), node.attributes.get("alt", "")
        return [Node("img", {**node.attributes, "alt": alt})] if relative(source) else [alt] if alt else []
    inner = _phrasing(node.kids)
    if _blank(inner) and node.tag != "code":  # HTML repeats unclosed elements around white space
        return inner
    return [Node(node.tag, node.attributes, inner)]


def _list(node: Node) -> list[Kid]:
    kinds = LISTS[node.tag]
    items: list[Kid] = []
    for kid in node.kids:
        if isinstance(kid, str) and not kid.strip():
            continue
        known = not isinstance(kid, str) and kid.tag in kinds
        tag = kid.tag if known and isinstance(kid, Node) else kinds[-1]
        content = kid.kids if known and isinstance(kid, Node) else [kid]
        inner = _phrasing(content) if tag == "dt" else _flow(content)
        items.append(Node(tag, kid.attributes if known and isinstance(kid, Node) else {}, inner))
    return [Node(node.tag, {}, items)] if items else []


def _table(node: Node) -> list[Kid]:
    parts = [kid for kid in node.kids if isinstance(kid, Node)]
    sections = {tag: [rows for part in parts if part.tag == tag and (rows := _rows(part))] for tag in TABLE}
    heads, feet, bodies = sections["thead"], sections["tfoot"], sections["tbody"]
    if not bodies:  # a table needs a body
        bodies, heads = (heads, []) if heads else (feet, [])
        feet = [] if bodies is feet else feet
    if not bodies:
        inner = _flow(kid for part in parts for kid in part.kids)
        return [] if _blank(inner) else [Node("div", {}, inner)]
    captions = [Node("caption", {}, _phrasing(part.kids)) for part in parts if part.tag == "caption"]
    return [
        Node(
            "table",
            {},
            [
                *captions[:1],
                *[Node("thead", {}, [row for rows in heads for row in rows])][: len(heads)],
                *[Node("tfoot", {}, [row for rows in feet for row in rows])][: len(feet)],
                *[Node("tbody", {}, rows) for rows in bodies],
            ],
        )
    ]


def _rows(section: Node) -> list[Kid]:
    rows: list[Kid] = []
    for row in section.kids:
        if isinstance(row, Node) and row.tag == "tr":
            cells = [cell for cell in row.kids if isinstance(cell, Node) and cell.tag in ("td", "th")]
            if cells:
                rows.append(Node("tr", {}, [Node(c.tag, c.attributes, _flow(c.kids)) for c in cells]))
    return rows


def _math(node: Node) -> list[Kid]:
    inner = _math_kids(node.kids)
    return [Node("math", node.attributes, inner)] if inner else []


def _math_kids(kids: Iterable[Kid]) -> list[Kid]:
    out: list[Kid] = []
    for kid in kids:
        if isinstance(kid, str):
            out += [Node("mtext", {}, [kid])] if kid.strip() else []
        elif kid.tag in MATHML:
            out.append(_math_node(kid))
        else:
            out += _math_kids(kid.kids)
    return out


def _math_node(node: Node) -> Node:
    if node.tag in TOKENS and all(isinstance(kid, str) for kid in node.kids):
        return node
    if node.tag == "mspace":
        return Node("mspace", node.attributes)
    inner = _math_kids(node.kids)
    if node.tag == "mtable" and all(isinstance(kid, Node) and kid.tag == "mtr" for kid in node.kids):
        return Node("mtable", node.attributes, [_math_row(kid) for kid in node.kids])
    plain = node.tag in TOKENS | {"math", "mtable", "mtr", "mtd"} or len(inner) != ARITY.get(
        node.tag, len(inner)
    )
    return Node("mrow", {}, inner) if plain else Node(node.tag, node.attributes, inner)


def _math_row(row: Kid) -> Node:
    if isinstance(row, str):
        return Node("mtr")
    cells = [kid for kid in row.kids if isinstance(kid, Node) and kid.tag == "mtd"]
    return Node(
        "mtr", row.attributes, [Node("mtd", cell.attributes, _math_kids(cell.kids)) for cell in cells]
    )


def _blank(kids: Iterable[Kid]) -> bool:
    return all(isinstance(kid, str) and not kid.strip() for kid in kids)


def _trimmed(run: list[Kid]) -> list[Kid]:
    first, last = run[0], run[-1]
    if isinstance(first, str):
        run = [first.lstrip(), *run[1:]]
    if isinstance(last, str):
        run = [*run[:-1], str(run[-1]).rstrip()]
    return run
