"""HTML of other systems → item text: Markdown where Markdown says the same, raw HTML where it does not.

What is written is proved by reading it again: only a text that shows what the sanitised HTML shows is
taken. Links keep their label only, since nothing in an exam is to be clicked; `lost` names them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape as html_escape
from html.parser import HTMLParser
from itertools import count

from qbank.markup.characters import legal
from qbank.markup.elements import ATTRIBUTES, MATHML, PHRASING, VOID, valid
from qbank.markup.tree import Kid, Node, blocks
from qbank.markup.xhtml import render_html, serialise, to_xhtml

_HARMLESS = frozenset({"html", "head", "body", "a", "font", "center", "section", "article", "meta"})
"""Elements that say nothing about the text: their content stays, their loss is not worth a word."""

_QUIET = frozenset({"class", "id", "style", "xmlns", "data-", "title"})
"""Attributes whose loss changes nothing that a reader needs."""

_MINIMAL = re.compile(
    r"[\\*_`\[\]<$]|&(?=[#A-Za-z])|^\s{0,3}(?:[#>+=-]|~~~|\d{1,9}[.)](?=\s|$))|\|", re.MULTILINE
)
_ALL = re.compile(r"[!-/:-@\[-`{-~]")
_MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**"}


class Text:
    """An item text made of HTML, and what of the HTML could not be carried."""

    __slots__ = ("lost", "text")

    def __init__(self, text: str, lost: tuple[str, ...]) -> None:
        self.text, self.lost = text, lost


def from_html(html: str) -> Text:
    """The item text that shows what an HTML fragment shows. Never raises."""
    kids = [_as_markdown(kid) for kid in render_html(html) if not _is_empty(kid)]
    wanted = _tree_shape(kids)
    for candidate in _candidates(kids):
        if _tree_shape(render_html(to_xhtml(candidate))) == wanted:
            return Text(candidate, tuple(lost(html)))
    return Text(" ".join(_words(kids).split()), (*lost(html), "mark-up that could not be written as text"))


def _as_markdown(kid: Kid) -> Kid:
    """A tree with the elements that Markdown has for those that look the same."""
    if isinstance(kid, str):
        return kid
    tag = {"b": "strong", "i": "em"}.get(kid.tag, kid.tag)
    inner = [_as_markdown(one) for one in kid.kids if not _is_empty(one)]
    return Node(tag, kid.attributes, inner)


def _is_empty(kid: Kid) -> bool:
    """Whether nothing would be seen of a phrase; written as XHTML it would swallow what follows."""
    return isinstance(kid, Node) and kid.tag in PHRASING | {"p"} and all(map(_is_empty, kid.kids))


def _tree_shape(kids: Iterable[Kid]) -> str:
    """What a reader sees of a tree: white space, and what only groups rows, do not count."""
    text, before = _seen(kids), ""
    while text != before:
        before = text
        text = _OPENING.sub(r" \1", _CLOSING.sub(r"\1 ", text))
    return _AROUND_BLOCKS.sub(r"\1", re.sub(r" +", " ", text))


def _seen(kids: Iterable[Kid]) -> str:
    parts = []
    for kid in kids:
        if isinstance(kid, str):
            parts.append(html_escape(re.sub(r"\s+", " ", kid)))
        elif kid.tag in ("thead", "tbody", "tfoot", "colgroup"):
            parts.append(_seen(kid.kids))
        elif kid.tag == "pre":
            parts.append(f"<pre>{html_escape(_words(kid.kids).strip(chr(10)))}</pre>")
        elif kid.tag == "li" and [one.tag for one in kid.kids if isinstance(one, Node)][:1] == ["p"]:
            first, *rest = (one for one in kid.kids if not (isinstance(one, str) and not one.strip()))
            parts.append(f"<li>{_seen(first.kids if isinstance(first, Node) else [first])}{_seen(rest)}</li>")
        elif kid.tag not in PHRASING or not _is_empty(kid):
            named = "".join(f" {name}={value!r}" for name, value in sorted(kid.attributes.items()))
            parts.append(f"<{kid.tag}{named}>{_seen(kid.kids)}</{kid.tag}>")
    return "".join(parts)


def shape(html: str) -> str:
    """What a reader sees of HTML: equal for fragments that look the same."""
    kids = [_as_markdown(kid) for kid in render_html(html) if not _is_empty(kid)]
    if len(kids) == 1 and isinstance(kids[0], Node) and kids[0].tag == "p":
        kids = kids[0].kids
    return _tree_shape(kids).strip()


def from_plain(text: str) -> str:
    """The item text that shows a plain text: what would be mark-up is escaped, line breaks are kept."""
    wanted = "".join(
        f"<p>{_broken(part)}</p>" for part in re.split(r"\n\s*\n", legal(text).strip()) if part.strip()
    )
    return from_html(wanted).text


def _broken(paragraph: str) -> str:
    return "<br>".join(html_escape(line.strip(), quote=False) for line in paragraph.strip().split("\n"))


def _candidates(kids: list[Kid]) -> Iterator[str]:
    """Ways to write a fragment, best first."""
    for escaped in (_as_is, _escaped_little, _escaped_all):
        yield _blocks(kids, escaped)
    whole = serialise(kids)
    yield re.sub(r"\s*\n\s*", " ", whole)
    yield whole


_PHRASES = "|".join(sorted(PHRASING - {"code"}))
_OPENING = re.compile(rf"(<(?:{_PHRASES})(?: [^>]*)?>) +")
_CLOSING = re.compile(rf" +(</(?:{_PHRASES})>)")
_AROUND_BLOCKS = re.compile(r"\s*(</?(?:p|br|li|ul|ol|td|th|tr|table|h[1-6]|blockquote|hr|div)\b[^>]*>)\s*")

Escape = Callable[[str], str]


def _as_is(text: str) -> str:
    return text


def _escaped_little(text: str) -> str:
    return _MINIMAL.sub(
        lambda found: found[0][:-1] + "\\" + found[0][-1] if found[0][-1] != "\\" else "\\\\", text
    )


def _escaped_all(text: str) -> str:
    return _ALL.sub(lambda found: "\\" + found[0], text)


def _blocks(kids: Iterable[Kid], escaped: Escape) -> str:
    return "\n\n".join(part for kid in kids if (part := _block(kid, escaped)))


def _block(kid: Kid, escaped: Escape) -> str:
    if isinstance(kid, str):
        return escaped(" ".join(kid.split()))
    match kid.tag:
        case "p" if not kid.attributes:
            return _inline(kid.kids, escaped).strip()
        case "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if not kid.attributes:
            return f"{'#' * int(kid.tag[1])} {_inline(kid.kids, escaped).strip()}"
        case "ul" | "ol" if not kid.attributes:
            marks = ("-" for _ in count()) if kid.tag == "ul" else (f"{number}." for number in count(1))
            entries = (one for one in kid.kids if isinstance(one, Node))
            return "\n".join(
                _indented(mark, _entry(entry, escaped)) for mark, entry in zip(marks, entries, strict=False)
            )
        case "blockquote" if not kid.attributes:
            return "\n".join(f"> {line}".rstrip() for line in _blocks(blocks(kid.kids), escaped).split("\n"))
        case "pre" if not kid.attributes:
            return _fenced(_words(kid.kids))
        case "table":
            return _table(kid, escaped) or serialise([kid])
        case "hr":
            return "---"
        case _:
            return re.sub(r"\s*\n\s*", " ", serialise([kid]))


def _entry(entry: Node, escaped: Escape) -> str:
    whole = blocks(entry.kids)
    nested = [isinstance(one, Node) and one.tag in ("ul", "ol") for one in whole]
    parts = [_block(one, escaped) for one in whole]
    tight = all(nested[1:]) and not (nested and nested[0])
    return ("\n" if tight else "\n\n").join(part for part in parts if part)


def _indented(mark: str, text: str) -> str:
    first, *rest = text.split("\n")
    space = " " * (len(mark) + 1)
    return "\n".join((f"{mark} {first}".rstrip(), *(f"{space}{line}".rstrip() for line in rest)))


def _fenced(text: str) -> str:
    ticks = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    return f"{ticks}\n{text.strip(chr(10))}\n{ticks}"


def _table(table: Node, escaped: Escape) -> str:
    """A table with one head row of plain cells, "" for another one."""
    rows = [row for part in table.kids if isinstance(part, Node) for row in _rows(part)]
    cells = [[cell for cell in row.kids if isinstance(cell, Node)] for row in rows]
    if not cells or len({len(row) for row in cells}) != 1 or not cells[0]:
        return ""
    if any(cell.tag != ("td" if number else "th") for number, row in enumerate(cells) for cell in row):
        return ""
    lines = [
        "| " + " | ".join(_inline(cell.kids, escaped).strip().replace("\n", " ") for cell in row) + " |"
        for row in cells
    ]
    align = {"left": ":--", "center": ":-:", "right": "--:"}
    rule = "|" + "|".join(align.get(cell.attributes.get("align", ""), "---") for cell in cells[0]) + "|"
    return "\n".join((lines[0], rule, *lines[1:]))


def _rows(part: Node) -> list[Node]:
    if part.tag == "tr":
        return [part]
    return [row for row in part.kids if isinstance(row, Node) and row.tag == "tr"]


def _inline(kids: Iterable[Kid], escaped: Escape) -> str:
    return "".join(_phrase(kid, escaped) for kid in kids)


def _phrase(kid: Kid, escaped: Escape) -> str:
    if isinstance(kid, str):
        return escaped(re.sub(r"[ \t\r\n\f]+", " ", kid))
    mark = _MARKS.get(kid.tag)
    if mark and not kid.attributes and kid.tag in ("em", "strong"):
        inner = _inline(kid.kids, escaped)
        core = inner.strip()
        before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        return f"{before}{mark}{core}{mark}{after}" if core else inner
    match kid.tag:
        case "br":
            return "\\\n"
        case "code" if not kid.attributes and (words := _words(kid.kids)) and words.strip() == words:
            ticks = "`" * (1 + max((len(run) for run in re.findall("`+", words)), default=0))
            pad = " " if words.startswith("`") or words.endswith("`") else ""
            return f"{ticks}{pad}{words}{pad}{ticks}"
        case "img" if set(kid.attributes) <= {"src", "alt"}:
            alt = _escaped_little(kid.attributes.get("alt", ""))
            return f"![{alt}]({_address(kid.attributes.get('src', ''))})"
        case "math" if latex := kid.attributes.get("alttext", ""):
            mark = "$$" if kid.attributes.get("display") == "block" else "$"
            return f"{mark}{latex}{mark}"
        case _:
            return _raw(kid, escaped)


def _address(path: str) -> str:
    return f"<{path}>" if re.search(r"[\s()]", path) else path


def _raw(node: Node, escaped: Escape) -> str:
    """An element as raw HTML around Markdown; a formula or a void element as it is."""
    if node.tag in MATHML or node.tag in VOID:
        return serialise([node])
    names = "".join(f' {name}="{html_escape(value)}"' for name, value in node.attributes.items())
    return f"<{node.tag}{names}>{_inline(node.kids, escaped)}</{node.tag}>"


def _words(kids: Iterable[Kid]) -> str:
    return "".join(kid if isinstance(kid, str) else _words(kid.kids) for kid in kids)


def lost(html: str) -> Iterator[str]:
    """What an HTML fragment holds that no item text carries: elements and attributes, each named once."""
    finder = _Finder()
    finder.feed(legal(html))
    finder.close()
    yield from finder.found


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ATTRIBUTES and tag not in _HARMLESS:
            self.found[f"the element {tag}"] = None
        for name, value in attrs:
            if tag == "a" and name == "href" and value:
                self.found[f"the link to {value[:80]}"] = None
            if tag in ATTRIBUTES and not valid(tag, name, value or "") and name not in _QUIET:
                self.found[f"the attribute {name} of {tag}"] = None
            elif tag == "img" and name == "src" and (value or "").startswith(("http:", "https:", "//")):
                self.found[f"the image {(value or '')[:80]}, which lies on a server"] = None
