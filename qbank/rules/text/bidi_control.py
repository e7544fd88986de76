"""Rule bidi-control."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank
from qbank.rule import rule
from qbank.rules.text._texts import named, owned_texts

_CONTROL = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OVERRIDE = frozenset("\u202d\u202e")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CLOSES = {"\u202c": "\u202a\u202b\u202d\u202e", "\u2069": "\u2066\u2067\u2068"}


@rule(Severity.ERROR)
def bidi_control(bank: Bank) -> Iterator[Finding]:
    """A text holds a character that changes the direction of what follows.

    What a candidate reads is then not what is scored: "5 mg" can be shown as "gm 5", and a code
    backwards. Overrides are never right; embeddings and isolates are let alone in a text of a script that
    is written from right to left, where each is closed.

    Remove it.

    Source: Unicode TR 36, security considerations; Boucher & Anderson (2021), Trojan Source.
    """
    for owner, pointer, text in owned_texts(bank):
        if text.isascii() or not _CONTROL.search(text):
            continue
        found = set(_CONTROL.findall(text))
        if found & _OVERRIDE or not _RIGHT_TO_LEFT.search(text) or not _is_closed(text):
            yield Finding(
                owner.at(*pointer),
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
