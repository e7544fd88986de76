"""Rule unbalanced-markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.text import Text
from qbank.rule import rule
from qbank.screening import Screen, marked, mentions

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"), ("«", "»"))
_CODE = re.compile(
    r"(?<!`)(`++).*?(?<!`)\1(?!`)|\$\$.*?\$\$|\$(?=[^$\n\\^_{}=]*+[\\^_{}=])[^$\n]*+\$", re.DOTALL
)
# (1] and [0, 1) are intervals; a) and 1) number; :-) and :( smile
_INTERVAL = re.compile(r"[\[(]\s*[^\s,;()\[\]]+\s*[,;]\s*[^\s,;()\[\]]+\s*[\])]")
_NUMBERING = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=[;:,]))(?:[A-Za-z]|[ivxIVX]{1,4}|\d{1,2})\)", re.MULTILINE)
_SMILEY = re.compile(r"[:;=]-?[()\[\]]")
_INCHES = re.compile(r"(?<=[\d½¼¾])\s?[\"”]")
_ESCAPED = re.compile(r"\\[^\w\s]")
_LOW_QUOTED = re.compile(r"„[^„“”]*[“”]")  # „so“ in German, „so” in Polish and Hungarian
_STRONG = re.compile(r"(?<![*\w])\*\*(?=\S)|(?<=\S)\*\*(?![*\w])")
_FORMULA = re.compile(r"(?<![\w$\\])\$(?=[^$\s]*[\\^{])[^$]*$")
_TAG = re.compile(r"<(/?)(b|i|u|em|strong|sub|sup|code|small|span)(?:\s[^<>]*)?>", re.IGNORECASE)
_AROUND = 24
_SIGNS = mentions(*(f"<{opening}" for opening in "/biuesc"), *"“”«»")


def _one_sided(marks: bytes) -> bool:
    """Whether brackets, accents or dollar signs do not come in pairs, or asterisks may not."""
    count = marks.count
    pairs = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
    return (
        any(count(one) != count(other) for one, other in pairs)
        or any(count(one) % 2 for one in (b"`", b"$"))
        or count(b"*") > 1  # in which pairs they stand, only the text tells
    )


def _may_fire(batch: Batch) -> set[int]:
    held = {number for number, text in batch.texts_holding(_SIGNS) if _is_open(text)}
    return held.union(map(int, _UNPAIRED(batch)))


def _is_open(text: str) -> bool:
    return any(_problems(text))


_UNPAIRED = marked(_one_sided, _is_open)


@rule(Severity.WARNING, screen=Screen(_may_fire, (_SIGNS,)))
def unbalanced_markup(passage: Text) -> Iterator[Finding]:
    """A bracket, curly quotation mark, emphasis, formula or element is opened and not closed, or the reverse.

    A part of the text may be missing, or the mark shows on the form as it stands, or all that follows
    turns bold. Code and formulas, numbering such as a) and 1), intervals such as [0, 1), inches and
    quotations over several paragraphs are let alone. Straight quotation marks have a rule of their own
    (stray-quotation-mark).

    Close it, or take it out.

    Source: exam practice; CommonMark (emphasis and code are literal when unclosed).
    """
    for at, what in _problems(passage.text):
        yield Finding(passage.within(at), what, hint="Close it, or take it out.")


def _problems(text: str) -> Iterator[tuple[int, str]]:
    """What is open in a text, or closes nothing, each with its offset, -1 where that is not known."""
    if not _is_suspicious(text):
        return
    plain = _ESCAPED.sub("  ", text) if "\\" in text else text
    if "`" in plain or "$" in plain:
        plain = _CODE.sub(" ", plain)
    if "„" in plain:
        plain = _LOW_QUOTED.sub(" ", plain)
    for at, what in _unbalanced(plain):
        yield at if text.startswith(plain[: at + 1]) else -1, what


def _is_suspicious(text: str) -> bool:
    """Whether something may be open, by counting only: most texts end here."""
    count = text.count
    return (
        count("(") != count(")")
        or count("[") != count("]")
        or count("{") != count("}")
        or count("`") % 2 == 1
        or (count("$") % 2 == 1 and any(map(text.__contains__, "\\^{")))
        or count("**") % 2 == 1
        or (not text.isascii() and (count("“") != count("”") or count("«") != count("»")))
        or ("<" in text and _TAG.search(text) is not None)
    )


def _unbalanced(text: str) -> Iterator[tuple[int, str]]:
    brackets = _without_signs(text) if any(map(text.__contains__, "()[]")) else text
    for opening, closing in _PAIRS:
        if brackets.count(opening) != brackets.count(closing):
            one = _INCHES.sub(" ", brackets) if opening == "“" else brackets
            at = _first_alone(one, opening, closing)
            if at >= 0:
                known = at if text.startswith(one[: at + 1]) else -1
                yield known, f"{one[at]} stands alone at {_excerpt(one, at)!r}"
    if text.count("`") % 2:
        at = text.rindex("`")
        yield at, f"a ` is not closed at {_excerpt(text, at)!r}"
    strong = list(_STRONG.finditer(text)) if "**" in text else []
    if len(strong) % 2:
        at = strong[-1].start()
        yield at, f"** is not closed at {_excerpt(text, at)!r}"
    formula = _FORMULA.search(text) if "$" in text else None
    if formula:
        yield formula.start(), f"a formula is not closed at {_excerpt(text, formula.start())!r}"
    if "<" in text:
        yield from _open_elements(text)


def _without_signs(text: str) -> str:
    """A text without brackets that are intervals, numbering or smileys."""
    return _SMILEY.sub(" ", _NUMBERING.sub(" ", _INTERVAL.sub(" ", text)))


def _first_alone(text: str, opening: str, closing: str) -> int:
    """The offset of the first mark without a partner, -1 when there is none."""
    opened: list[int] = []
    for at, one in enumerate(text):
        if one == opening:
            if opening == "“" and opened and "\n" in text[opened[-1] : at]:
                opened.pop()  # a quotation that goes on in the next paragraph
            opened.append(at)
        elif one == closing:
            if not opened:
                return at
            opened.pop()
    return opened[0] if opened else -1


def _open_elements(text: str) -> Iterator[tuple[int, str]]:
    opened: list[tuple[int, str]] = []
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if not tag[1]:
            opened.append((tag.start(), name))
        elif opened and opened[-1][1] == name:
            opened.pop()
        else:
            yield tag.start(), f"{tag[0]} closes nothing at {_excerpt(text, tag.start())!r}"
            return
    if opened:
        yield opened[-1][0], f"<{opened[-1][1]}> is not closed"


def _excerpt(text: str, at: int) -> str:
    return " ".join(text[max(0, at - _AROUND // 2) : at + _AROUND].split())
