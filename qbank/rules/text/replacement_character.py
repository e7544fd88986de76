"""Rule replacement-character."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank
from qbank.rule import rule
from qbank.rules.text._texts import owned_texts

_AROUND = 12


@rule(Severity.WARNING)
def replacement_character(bank: Bank) -> Iterator[Finding]:
    """A text holds U+FFFD, which stands where a character was lost.

    Some program read the text in a wrong encoding and could not make sense of a letter. What stood there
    cannot be told from the text alone; it may have been a sign that matters, such as ≥ or µ.

    Look the character up in the source and type it again.

    Source: The Unicode Standard, section 23.8 (specials).
    """
    for owner, pointer, text in owned_texts(bank):
        if text.isascii() or "\ufffd" not in text:
            continue
        at = text.index("\ufffd")
        count = text.count("\ufffd")
        excerpt = " ".join(text[max(0, at - _AROUND) : at + _AROUND].split())
        yield Finding(
            owner.at(*pointer),
            f"{count} character{'s were' if count > 1 else ' was'} lost at {excerpt!r}",
            hint="Look it up in the source and type it again.",
        )
