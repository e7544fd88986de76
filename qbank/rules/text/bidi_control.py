"""Rule bidi-control."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.text import Text
from qbank.rule import rule
from qbank.rules.text._texts import named
from qbank.screening import mentions

_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROL = re.compile(f"[{_CONTROLS}]")
_OVERRIDE = frozenset("\u202d\u202e")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CLOSES = {"\u202c": "\u202a\u202b\u202d\u202e", "\u2069": "\u2066\u2067\u2068"}


@rule(Severity.ERROR, screen=mentions(*_CONTROLS))
def bidi_control(passage: Text) -> Iterator[Finding]:
    """A text holds a character that changes the direction of what follows.

    What a candidate reads is then not what is scored: "5 mg" can be shown as "gm 5", and a code
    backwards. Overrides are never right; embeddings and isolates are let alone in a text of a script that
    is written from right to left, where each is closed.

    Remove it.

    Source: Unicode TR 36, security considerations; Boucher & Anderson (2021), Trojan Source.
    """
    text = passage.text
    first = None if text.isascii() else _CONTROL.search(text)
    if first is None:
        return
    found = set(_CONTROL.findall(text))
    if found & _OVERRIDE or not _RIGHT_TO_LEFT.search(text) or not _is_closed(text):
        yield Finding(
            passage.within(first.start()),
            f"the text holds {named(found)}",
            hint="Remove it: it turns around what is read.",
        )


def _is_closed(text: str) -> bool:
    """Whether every embedding and isolate is closed, innermost first."""
    opened: list[str] = []
    for one in _CONTROL.findall(text):
        if one not in _CLOSES:
            opened.append(one)
        elif not opened or opened.pop() not in _CLOSES[one]:
            return False
    return not opened
