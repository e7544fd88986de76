"""What is wrong with an item text: unsafe markup and formulas that cannot be converted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from qbank.markup.characters import KNOWN_SCHEMES, legal, relative, scheme

if TYPE_CHECKING:
    from markdown_it.token import Token

_LONGEST_HTML = 32_767
"""So much of a piece of raw HTML is read."""
_LONGEST_UNCLOSED = 1024
"""So much of what is opened and never closed: HTMLParser takes time by its square."""

_ADDRESSES = frozenset({"href", "src", "action", "formaction", "data", "poster", "background", "xlink:href"})


def unsafe(text: str) -> list[tuple[int, str]]:
    """Script, event handlers, remote images, unknown schemes and elements that are not carried.

    Each with the offset in the text of the mark-up that holds it, and what it is.
    """
    if "<" not in text and "](" not in text:  # nearly every text: no HTML, no link, no image
        return []
    return _look(text, _unsafe)


def broken_math(text: str) -> list[tuple[int, str]]:
    """Formulas that cannot become MathML: the offset of the formula, and why."""
    return _look(text, _broken) if "$" in text else []


def _look(text: str, judge: Callable[[Token], list[str]]) -> list[tuple[int, str]]:
    from qbank.markup.parsing import inlines, parse

    source = legal(text)
    found: list[tuple[int, str]] = []
    cursor = 0
    try:
        for token in inlines(parse(text)):
            start, cursor = _find(source, token, cursor)
            found += [(start, what) for what in judge(token)]
    except Exception:  # beyond the parser's limits: nothing of it will be rendered either
        return [(0, "the text is nested too deeply to be read")]
    return found


def _find(source: str, token: Token, cursor: int) -> tuple[int, int]:
    """Where a token starts in the source, at or after the cursor, and where to go on."""
    needle = {
        "image": "![",
        "link_open": "<" if token.markup == "autolink" else "[",
        "math_inline": token.markup + token.content,
        "math_block": "$$",
        "html_inline": token.content,
        "html_block": token.content.strip().split("\n")[0],
        "code_inline": token.content,
    }.get(token.type, "")
    start = source.find(needle, cursor)
    if start < 0:
        start = source.find(needle.split("\n")[0], cursor)
    if not needle or start < 0:
        return cursor, cursor
    return start, start + (1 if token.type in ("image", "link_open") else len(needle))


def _broken(token: Token) -> list[str]:
    from qbank.markup.math import problems
    from qbank.markup.parsing import MATH

    return list(problems(token.content)) if token.type in MATH else []


def _unsafe(token: Token) -> list[str]:
    from qbank.markup.parsing import attribute

    match token.type:
        case "image":
            return list(_address("img", attribute(token, "src")))
        case "link_open":
            return list(_address("a", attribute(token, "href")))
        case "html_inline" | "html_block":
            return _in_html(token.content)
        case _:
            return []


def _in_html(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html[:_LONGEST_HTML])
    unclosed = len(reader.rawdata)
    reader.rawdata = reader.rawdata[:_LONGEST_UNCLOSED]
    reader.close()
    found = reader.found
    if len(html) > _LONGEST_HTML:
        found.append("too much HTML in one piece")
    elif unclosed > _LONGEST_UNCLOSED:
        found.append("HTML that is opened and never closed")
    return found


def _address(tag: str, address: str) -> Iterator[str]:
    kind = scheme(address)
    if kind and kind not in KNOWN_SCHEMES:
        yield f"scheme {kind}:"
    elif tag == "img" and not relative(address):
        yield (
            f"remote image {address}"
            if kind or address.startswith("//")
            else f"image {address!r} outside the bank"
        )
    elif tag not in ("img", "a") and address and not relative(address):
        yield f"remote address {address}"


class _Reader(HTMLParser):
    """Collects what raw HTML holds that will not be carried."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        from qbank.markup.elements import ATTRIBUTES

        if tag == "script":
            self.found.append("script")
        elif tag not in ATTRIBUTES and tag != "a":
            self.found.append(f"element <{tag}>")
        for name, value in attrs:
            if name.startswith("on"):
                self.found.append(f"event handler {name}")
            elif name in _ADDRESSES:
                self.found += _address(tag, value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
