"""Item text → plain text for cells and terminals: marks go, codes and LaTeX stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qbank.markup.characters import legal

if TYPE_CHECKING:
    from markdown_it.token import Token

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^>]*>|<!--.*?-->|<[!?][^>]*>", re.DOTALL)
_HIDDEN = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_LINES = re.compile(r"\n{3,}")


def to_plain(text: str) -> str:
    """The text without Markdown's marks; formulas keep their LaTeX and dollars, links their address."""
    from qbank.markup.parsing import parse

    try:
        return _LINES.sub("\n\n", legal(_blocks(parse(text)))).strip()
    except Exception:  # a text beyond the parser's limits is shown as it is
        return legal(text)


def inline_plain(tokens: list[Token]) -> str:
    """The plain text of inline tokens."""
    from qbank.markup.parsing import link_note

    parts: list[str] = []
    for number, token in enumerate(tokens):
        match token.type:
            case "text" | "text_special" | "code_inline":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "math_inline":
                parts.append(f"{token.markup}{token.content}{token.markup}")
            case "image":
                parts.append(inline_plain(token.children or []))
            case "link_close":
                parts.append(link_note(tokens, number))
            case "html_inline" if _BREAK.fullmatch(token.content):
                parts.append("\n")
            case _:
                pass
    return "".join(parts)


def _blocks(tokens: list[Token]) -> str:
    out: list[str] = []
    counters: list[int | None] = []
    for token in tokens:
        match token.type:
            case "inline":
                out.append(inline_plain(token.children or []))
            case "fence" | "code_block":
                out.append(token.content.rstrip("\n") + "\n\n")
            case "math_block":
                out.append(f"$${token.content}$$\n\n")
            case "html_block":
                out.append(_without_tags(token.content))
            case "bullet_list_open" | "ordered_list_open":
                counters.append(1 if token.type.startswith("ordered") else None)
            case "bullet_list_close" | "ordered_list_close":
                counters.pop()
                out.append("\n" if not counters else "")
            case "list_item_open":
                out.append("  " * (len(counters) - 1) + _mark(counters))
            case "td_close" | "th_close":
                out.append(" | ")
            case "tr_close":
                out[-1:] = ["\n"]
            case "paragraph_close" if token.hidden:
                out.append("\n")
            case "paragraph_close" | "heading_close":
                out.append("\n" if counters else "\n\n")
            case "table_close":
                out.append("\n")
            case _:
                pass
    return "".join(out)


def _mark(counters: list[int | None]) -> str:
    number = counters[-1]
    if number is None:
        return "- "
    counters[-1] = number + 1
    return f"{number}. "


def _without_tags(html: str) -> str:
    from html import unescape

    return unescape(_TAG.sub("", _BREAK.sub("\n", _HIDDEN.sub("", html))))
