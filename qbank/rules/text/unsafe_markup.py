"""Rule unsafe-markup."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.text import Text
from qbank.rule import rule
from qbank.screening import mentions

_SHOWN = 40


@rule(Severity.ERROR, screen=mentions("](", *(f"<{one}" for one in "abcdefghijklmnopqrstuvwxyz/!?")))
def unsafe_markup(passage: Text) -> Iterator[Finding]:
    """A text holds mark-up that no form may carry: script, event handlers, remote images, odd schemes.

    It would run in a candidate's browser, or tell a foreign server who reads the item when. Exports leave
    it out, so the item would not look as its author meant.

    Remove it; put an image into the bank and name it as media of a stimulus.

    Source: OWASP, cross-site scripting prevention; exam security practice.
    """
    text = passage.text
    if "<" not in text and "](" not in text:
        return
    from qbank.markup import unsafe

    for offset, what in unsafe(text):
        excerpt = " ".join(text[offset : offset + _SHOWN].split())
        yield Finding(
            passage.within(offset),
            f"{what} at {excerpt!r}",
            hint="Remove it; nothing remote, nothing that runs.",
        )
