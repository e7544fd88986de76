"""Markdown → tokens, with the rules for dollars, asterisks and lists that the package states."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from qbank.markup.characters import KNOWN_SCHEMES, legal, scheme

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

MATH = frozenset({"math_inline", "math_block"})

_LONGEST_FORMULA = 4000
_NESTING = 10_000  # nothing vanishes: what is too deep for Python raises and is shown as it is
_LISTS_IN_LISTS = re.compile(r"^(?:[ \t>]*+(?:[-+*]|\d{1,9}[.)])[ \t]++){100}", re.MULTILINE)
_LONGEST_NUMBER = 9  # of a list item, in CommonMark
_AMOUNT = re.compile(r"\d[\s\S]*\s[A-Za-z]{2,}")
_FORMULA = re.compile(r"[\\^_={}]")
_NUMBERED = re.compile(r"(\d+)[.)](\s|$)")
_CLOSER = re.compile(r"(?<![\\\s])\$")
_ALIGNED = re.compile(r"text-align:(left|center|right)")


def parse(text: str) -> list[Token]:
    """The block tokens of a text; inline tokens are their children. Raises RecursionError, as Python does."""
    if _LISTS_IN_LISTS.search(text):
        raise RecursionError("lists are nested too deeply")
    return parser().parse(legal(text))


def inlines(tokens: list[Token]) -> Iterator[Token]:
    """Every token that is no container, in order: inline ones, formulas, code, raw HTML."""
    for token in tokens:
        if token.children is not None:
            yield from inlines(token.children)
        if token.type not in ("inline",):
            yield token


@cache
def parser() -> MarkdownIt:
    """The one Markdown parser, made once."""
    from markdown_it import MarkdownIt
    from markdown_it.rules_block.list import list_block

    def numbered(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
        found = _NUMBERED.match(line)
        # when it only looks whether a line ends a paragraph, list_block knows the next item of a list itself
        starts = found is None or len(found[1]) > _LONGEST_NUMBER or int(found[1]) == 1
        return (silent or starts) and list_block(state, start, end, silent)

    md = MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTING})
    md.enable("table")
    md.disable("reference")
    md.validateLink = _any_link  # type: ignore[method-assign]
    md.block.ruler.at("list", numbered, {"alt": ["paragraph", "blockquote"]})
    md.block.ruler.before("fence", "math_block", _math_block, {"alt": ["paragraph", "blockquote"]})
    md.inline.ruler.before("escape", "math_inline", _math_inline)
    md.inline.ruler.before("emphasis", "times", _times)
    md.core.ruler.push("align_cells", _align_cells)
    return md


def _any_link(url: str) -> bool:
    # an unknown scheme is dropped by nh3 and reported by `unsafe`; refused here, its source would be shown
    return isinstance(url, str)


def _math_inline(state: StateInline, silent: bool) -> bool:
    found = formula_at(state.src, state.pos, state.posMax)
    if found is None:
        return False
    end, markup, latex = found
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = latex, markup
    state.pos = end
    return True


def formula_at(text: str, start: int, end: int) -> tuple[int, str, str] | None:
    """The formula whose `$` stands at `start`: (position after it, its marks, its LaTeX), or None."""
    if text[start : start + 1] != "$" or (start and (text[start - 1].isalnum() or text[start - 1] == "\\")):
        return None
    if text.startswith("$$", start):
        return _displayed(text, start, end)
    inner = start + 1
    if inner >= end or text[inner].isspace():
        return None
    close = _closing(text, inner, min(end, inner + _LONGEST_FORMULA))
    latex = text[inner:close]
    if close < 0 or (_AMOUNT.match(latex) and not _FORMULA.search(latex)):
        return None
    return close + 1, "$", latex


def _displayed(text: str, start: int, end: int) -> tuple[int, str, str] | None:
    close = text.find("$$", start + 2, min(end, start + 2 + _LONGEST_FORMULA))
    latex = text[start + 2 : close].strip() if close > 0 else ""
    return (close + 2, "$$", latex) if latex else None


def _closing(text: str, start: int, end: int) -> int:
    closers = _closers(text)
    at = bisect_right(closers, start)
    return closers[at] if at < len(closers) and closers[at] < end else -1


@lru_cache(maxsize=4)
def _closers(text: str) -> tuple[int, ...]:
    """The `$` that may close a formula; found once a text, for a text may hold any number of openings."""
    found = (one.start() for one in _CLOSER.finditer(text))
    return tuple(at for at in found if not text[at + 1 : at + 2].isdigit())


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start) or not _line(state, start).startswith("$$"):
        return False
    lines: list[str] = []
    for number in range(start, end):
        if number > start and (state.isEmpty(number) or state.sCount[number] < state.blkIndent):
            return False
        line = _line(state, number)
        lines.append(line)
        if line.endswith("$$") and (number > start or len(line) > 4):
            return _displayed_block(state, start, number + 1, "\n".join(lines)[2:-2].strip(), silent)
        if "$" in (line if number > start else line[2:]):
            return False  # at once: the next line may be an opening again
    return False


def _displayed_block(state: StateBlock, start: int, after: int, latex: str, silent: bool) -> bool:
    if not latex or "$" in latex or len(latex) > _LONGEST_FORMULA:
        return False
    if not silent:
        state.line = after
        token = state.push("math_block", "math", 0)
        token.block, token.content, token.markup, token.map = True, latex, "$$", [start, after]
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip()


def _times(state: StateInline, silent: bool) -> bool:
    around = state.src[max(state.pos - 1, 0) : state.pos + 2]
    if len(around) != 3 or around[1] != "*" or not (around[0].isdigit() and around[2].isdigit()):
        return False
    if not silent:
        state.pending += "*"
    state.pos += 1
    return True


def _align_cells(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("th_open", "td_open"):
            found = _ALIGNED.fullmatch(str(token.attrs.pop("style", "")))
            if found:
                token.attrs["align"] = found[1]


def link_note(tokens: list[Token], close: int) -> str:
    """What a link shows after its label: " (address)", or "" when the label says it already."""
    depth, start = 0, close
    while start >= 0:
        depth += {"link_close": 1, "link_open": -1}.get(tokens[start].type, 0)
        if depth == 0:
            break
        start -= 1
    href = str(tokens[start].attrs.get("href", "")) if start >= 0 else ""
    label = "".join(token.content for token in tokens[start + 1 : close])
    if tokens[close].info == "auto" or not href or label == href or scheme(href) not in {"", *KNOWN_SCHEMES}:
        return ""
    return f" ({href})"


def html_token(html: str) -> Token:
    """A token that renders as the HTML given."""
    from markdown_it.token import Token

    return Token("html_inline", "", 0, content=html)


def attribute(token: Any, name: str) -> str:
    """An attribute of a token as text, "" when it is absent."""
    return str(token.attrs.get(name, ""))
