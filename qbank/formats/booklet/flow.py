"""Item text → what a typesetter sets: white space as a reader sees it, tables with places, pictures named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qbank.formats.booklet.paper import Element, Flow, Kid
from qbank.formats.booklet.pictures import Album
from qbank.markup import to_tree
from qbank.markup.tree import Kid as MarkupKid
from qbank.markup.tree import Node

DEEPEST = 16
"""Elements within elements that a typesetter is asked to set."""

_PLAIN = re.compile(r"(?:[A-Za-z(\"']|\d+(?![\d.)]))[^*_`<>\[\]$#|~\\&!\x00-\x1f]*")
_SPACES = re.compile("[ \t\n\r\f]+")
_BLOCKS = frozenset(
    {"p", "pre", "div", "blockquote", "ul", "ol", "dl", "li", "dt", "dd", "table", "hr"}
    | {f"h{level}" for level in range(1, 7)}
)
_BULKY_TEXT = 1500
_BULKY = frozenset({"img", "pre", "table"})


def plain(text: str) -> str:
    """A text without marks on one line."""
    return _SPACES.sub(" ", text).strip()


def words(text: str) -> Flow:
    """A text that is shown as it is."""
    told = plain(text)
    return (told,) if told else ()


def is_plain(text: str) -> bool:
    """Whether a text is surely one line that says what it shows: most are, and need no parser."""
    return _PLAIN.fullmatch(text) is not None


def flow(text: str, album: Album) -> Flow:
    """A text as blocks; one paragraph alone is given as its runs."""
    if not text:
        return ()
    if is_plain(text):
        return words(text)
    kids = _kids(to_tree(text), album)
    if len(kids) == 1 and isinstance(kids[0], Element) and kids[0].tag == "p":
        return kids[0].kids
    return kids


def paragraphs(text: str, album: Album) -> Flow:
    """A text as blocks."""
    return _kids(to_tree(text), album) if text else ()


def depth(text: str) -> int:
    """How many elements stand within one another in a text, formulas' groups of one thing not counted."""
    return 0 if is_plain(text) else max((_depth(kid) for kid in to_tree(text)), default=0)


def _depth(kid: MarkupKid) -> int:
    if isinstance(kid, str):
        return 0
    inner = max((_depth(one) for one in kid.kids), default=0)
    return inner + (0 if _needless(kid) or kid.tag == "tr" else 1)


def bulky(kids: Iterable[Kid]) -> bool:
    """Whether a text may take much of a page."""
    return _weight(kids) > _BULKY_TEXT


def _weight(kids: Iterable[Kid]) -> int:
    total = 0
    for kid in kids:
        if isinstance(kid, str):
            total += len(kid)
        else:
            total += _BULKY_TEXT + 1 if kid.tag in _BULKY else 80 * (kid.tag in _BLOCKS or kid.tag == "br")
            total += _weight(kid.kids)
    return total


def _needless(node: Node) -> bool:
    """Whether an element of a formula only groups one thing, or changes nothing of what is read."""
    return node.tag in ("mstyle", "mpadded", "mrow") and len(node.kids) == 1


def _kids(kids: Iterable[MarkupKid], album: Album) -> Flow:
    made = [_one(kid, album) for kid in kids]
    return tuple(_without_gaps([kid for part in made for kid in part]))


def _without_gaps(kids: list[Kid]) -> Iterator[Kid]:
    """Kids without the white space that stands at blocks."""
    for number, kid in enumerate(kids):
        if isinstance(kid, Element):
            yield kid
            continue
        text = kid.lstrip(" ") if _at_block(kids, number - 1) else kid
        text = text.rstrip(" ") if _at_block(kids, number + 1) else text
        if text:
            yield text


def _at_block(kids: list[Kid], number: int) -> bool:
    if not 0 <= number < len(kids):
        return False
    kid = kids[number]
    return isinstance(kid, Element) and kid.tag in _BLOCKS


def _trimmed(kids: Flow) -> Flow:
    """A block's kids without white space at both ends."""
    found = list(kids)
    if found and isinstance(found[0], str):
        found[0] = found[0].lstrip(" ")
    if found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip(" ")
    return tuple(kid for kid in found if kid != "")


def _one(kid: MarkupKid, album: Album) -> list[Kid]:
    if isinstance(kid, str):
        return [_SPACES.sub(" ", kid)]
    match kid.tag:
        case "math":
            return [Element("math", kid.attributes, tuple(_math(kid.kids)))]
        case "img":
            alt = plain(kid.attributes.get("alt", ""))
            return [Element("img", {"file": album.put(kid.attributes["src"], alt), "alt": alt})]
        case "pre":
            return [Element("pre", {}, (_text(kid.kids).rstrip("\n"),))]
        case "code" | "kbd" | "samp":
            return [Element("code", {}, (_text(kid.kids),))]
        case "table":
            return [_table(kid, album)]
        case _:
            inner = _kids(kid.kids, album)
            return [Element(kid.tag, kid.attributes, _trimmed(inner) if kid.tag in _BLOCKS else inner)]


def _text(kids: Iterable[MarkupKid]) -> str:
    """The bare text of some elements, as it stands."""
    return "".join(kid if isinstance(kid, str) else _leaf(kid) for kid in kids)


def _leaf(node: Node) -> str:
    if node.tag == "br":
        return "\n"
    return node.attributes.get("alttext") or node.attributes.get("alt") or _text(node.kids)


def _math(kids: Iterable[MarkupKid]) -> Iterator[Kid]:
    for kid in kids:
        if isinstance(kid, str):
            if kid.strip():
                yield Element("mtext", {}, (_SPACES.sub(" ", kid),))
        elif _needless(kid):
            yield from _math(kid.kids)
        elif kid.tag in ("mi", "mn", "mo", "mtext"):
            yield Element(kid.tag, kid.attributes, (_SPACES.sub(" ", _text(kid.kids)),))
        else:
            yield Element(kid.tag, kid.attributes, tuple(_arguments(kid)))


def _arguments(node: Node) -> Iterator[Kid]:
    """The kids of an element of a formula, each of them one element: what vanishes is an empty group."""
    for kid in node.kids:
        made = tuple(_math([kid]))
        yield made[0] if len(made) == 1 else Element("mrow", {}, made)


class _Grid:
    """Cells as HTML places them: each at the first free place of its row."""

    def __init__(self) -> None:
        self.taken: set[tuple[int, int]] = set()
        self.cells: list[tuple[int, int, int, int, Node]] = []

    def rows(self, rows: list[Node], first: int) -> None:
        for y, row in enumerate(rows, first):
            x = 0
            for cell in (kid for kid in row.kids if isinstance(kid, Node)):
                while (x, y) in self.taken:
                    x += 1
                down = min(int(cell.attributes.get("rowspan", "1")), first + len(rows) - y)
                across = 1
                while across < int(cell.attributes.get("colspan", "1")) and (x + across, y) not in self.taken:
                    across += 1
                self.taken |= {(x + right, y + below) for right in range(across) for below in range(down)}
                self.cells.append((x, y, across, down, cell))


def _table(table: Node, album: Album) -> Element:
    """A table with its caption, then its cells, each with its place; columns that no cell begins are none."""
    parts = [kid for kid in table.kids if isinstance(kid, Node)]
    grid, y, header = _Grid(), 0, 0
    for tag in ("thead", "tbody", "tfoot"):
        for part in parts:
            if part.tag == tag:
                rows = [row for row in part.kids if isinstance(row, Node)]
                grid.rows(rows, y)
                y += len(rows)
        header = y if tag == "thead" else header
    starts = sorted({x for x, *_ in grid.cells})
    captions = [Element("caption", {}, _kids(part.kids, album)) for part in parts if part.tag == "caption"]
    cells = [_cell(one, starts, album) for one in grid.cells]
    size = {"columns": str(len(starts)), "header": str(header), "rows": str(y)}
    return Element("table", size, (*captions, *cells))


def _cell(found: tuple[int, int, int, int, Node], starts: list[int], album: Album) -> Element:
    x, y, across, down, node = found
    place = {
        "x": str(starts.index(x)),
        "y": str(y),
        "colspan": str(sum(x <= start < x + across for start in starts)),
        "rowspan": str(down),
    }
    align = {"align": node.attributes["align"]} if "align" in node.attributes else {}
    return Element(node.tag, {**place, **align}, _trimmed(_kids(node.kids, album)))
