"""What an item text uses beyond plain words: for formats that carry less than qbank does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qbank.markup.characters import plain
from qbank.markup.tree import Kid, Node
from qbank.markup.xhtml import to_tree

_ANY = re.compile(
    r"[*_`<\[$#>|~]|^[ \t]*(?:[-+=]|\d{1,9}[.)])(?:\s|$|[-=])|^(?: {4}|\t)|  \n|\\\n", re.MULTILINE
)
_BREAK = re.compile(r"\n[ \t]*\n")
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)
_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_PLAIN = frozenset({"text", "softbreak", "inline", "paragraph_open", "paragraph_close", "text_special"})
_OF = {"image": "images", "math_inline": "maths", "math_block": "maths", "table_open": "tables"}


def features(text: str) -> frozenset[str]:
    """Of paragraphs, formatting, tables, maths and images those that a text uses.

    `paragraphs` is a text of several lines, as a reader sees it.
    """
    if plain(text):
        return frozenset()
    if not _ANY.search(text):  # nearly every text
        return frozenset({"paragraphs"}) if _BREAK.search(text.strip()) else frozenset()
    from qbank.markup.parsing import inlines, parse
    from qbank.markup.plain import to_plain

    try:
        tokens = parse(text)
        used = {_feature(token.type, token.content) for token in (*tokens, *inlines(tokens))}
    except Exception:  # beyond the parser's limits: it is shown as it is
        return frozenset()
    if "\n" in to_plain(text):
        used.add("paragraphs")
    return frozenset(used - {""})


def images(text: str) -> tuple[str, ...]:
    """The addresses of the images in an item text, as written, each as often as it is shown."""
    if "<" not in text and "](" not in text:
        return ()
    return tuple(_sources(to_tree(text)))


def _sources(kids: Iterable[Kid]) -> Iterator[str]:
    for kid in kids:
        if isinstance(kid, Node):
            if kid.tag == "img":
                yield kid.attributes["src"]
            yield from _sources(kid.kids)


def _feature(kind: str, content: str) -> str:
    if kind in _PLAIN:
        return ""
    if kind in _OF:
        return _OF[kind]
    if kind in ("html_inline", "html_block"):
        if _IMAGE.search(content):
            return "images"
        return "tables" if _TABLE.search(content) else "formatting"
    return "formatting" if not kind.startswith(("thead", "tbody", "tr_", "th_", "td_")) else "tables"
