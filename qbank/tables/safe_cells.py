"""Texts that a spreadsheet would take for a formula, made harmless in a file without types, and back.

A cell that begins with one of = + - @, a tab or a line break (or the wide forms of East Asian keyboards),
with or without spaces before, gets an apostrophe in front; reading takes one away again. Both ways are
exact: a text that begins with apostrophes before such a character gets one more.
"""

from __future__ import annotations

import re

_LEADS = "=+\\-@\t\r\n＝＋－＠"
_HARMFUL = re.compile(f"'*[ \u00a0]*[{_LEADS}]")
_HARMLESS = re.compile(f"'+[ \u00a0]*[{_LEADS}]")


def neutral(text: str) -> str:
    """A text as a CSV file holds it."""
    return f"'{text}" if _HARMFUL.match(text) else text


def as_typed(text: str) -> str:
    """A text of a CSV file as it was meant."""
    return text[1:] if _HARMLESS.match(text) else text
