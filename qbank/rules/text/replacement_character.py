"""Rule replacement-character."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.text import Text
from qbank.rule import rule
from qbank.screening import mentions

_AROUND = 12


@rule(Severity.WARNING, screen=mentions("\ufffd"))
def replacement_character(passage: Text) -> Iterator[Finding]:
    """A text holds U+FFFD, which stands where a character was lost.

    Some program read the text in a wrong encoding and could not make sense of a letter. What stood there
    cannot be told from the text alone; it may have been a sign that matters, such as ≥ or µ.

    Look the character up in the source and type it again.

    Source: The Unicode Standard, section 23.8 (specials).
    """
    text = passage.text
    if text.isascii() or "\ufffd" not in text:
        return
    at = text.index("\ufffd")
    count = text.count("\ufffd")
    excerpt = " ".join(text[max(0, at - _AROUND) : at + _AROUND].split())
    yield Finding(
        passage.within(at),
        f"{count} character{'s were' if count > 1 else ' was'} lost at {excerpt!r}",
        hint="Look it up in the source and type it again.",
    )
