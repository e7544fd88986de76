"""Rule stray-white-space."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Fix, Put, Severity
from qbank.model.text import Text
from qbank.rule import rule
from qbank.screening import Screen, mentions

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_AT_AN_END = mentions(" \0", " \n\0", "\n\n\0", "\0 ", "\0\n")
_HARD = "\u00a0\u202f"
_STRAY_HARD = re.compile(rf"(?<!\d)[{_HARD}]|[{_HARD}](?=[\s.,;:)\]]|$)")
_RUN_WITH_HARD = re.compile(rf"(?<![ \t{_HARD}])[ \t]*+[{_HARD}][ \t{_HARD}]*+")


def _may_fire(batch: Batch) -> set[int]:
    return {*map(int, batch.hard_blanks), *map(int, batch.holding(_AT_AN_END))}


@rule(Severity.WARNING, fixable=True, screen=Screen(_may_fire, (_AT_AN_END,)))
def stray_white_space(passage: Text) -> Iterator[Finding]:
    """A text begins or ends with white space, or holds a non-breaking space where none belongs.

    It comes along when a text is pasted. It makes equal options differ, shows in spreadsheets and moves
    words on the page. A non-breaking space between a number and its unit is right and stays, and so does
    the line break that ends a YAML block.

    Remove it.

    Source: exam practice: texts pasted from word processors and web pages.
    """
    text = passage.text
    if not text:
        return
    body = text.removesuffix("\n")
    hard = None if text.isascii() else _STRAY_HARD.search(text.strip())
    before = len(text) - len(text.lstrip())
    kinds = [
        (what, at)
        for what, at in (
            ("begins with white space", 0 if body[:1].isspace() else -1),
            ("ends with white space", len(body.rstrip()) if body[-1:].isspace() else -1),
            ("holds a non-breaking space", -1 if hard is None else before + hard.start()),
        )
        if at >= 0
    ]
    if kinds:
        said = f"the text {' and '.join(what for what, _ in kinds)}"
        clean = _clean(text)
        fix = Fix((Put(passage.where, clean),)) if clean.strip() else None
        yield Finding(passage.within(kinds[0][1]), said, hint="Remove it.", fix=fix)


def _clean(text: str) -> str:
    """The text without stray white space; the line break that ends a block stays."""
    ending = "\n" if text.endswith("\n") else ""
    return _RUN_WITH_HARD.sub(_soft, text.strip()) + ending


def _soft(run: re.Match[str]) -> str:
    """A run of spaces with non-breaking ones: as it is where it belongs, else a space, or nothing."""
    before, after = run.string[: run.start()][-1:], run.string[run.end() :][:1]
    if len(run[0]) == 1 and not _STRAY_HARD.match(run.string, run.start()):
        return run[0]
    return "" if before == "\n" or after in ("\n", ".", ",", ")", "]") else " "
