"""Rule unsafe-markup."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank
from qbank.rule import rule
from qbank.rules.text._texts import texts

_SHOWN = 40


@rule(Severity.ERROR)
def unsafe_markup(bank: Bank) -> Iterator[Finding]:
    """A text holds mark-up that no form may carry: script, event handlers, remote images, odd schemes.

    It would run in a candidate's browser, or tell a foreign server who reads the item when. Exports leave
    it out, so the item would not look as its author meant.

    Remove it; put an image into the bank and name it as media of a stimulus.

    Source: OWASP, cross-site scripting prevention; exam security practice.
    """
    for where, text in texts(bank):
        if "<" not in text and "](" not in text:
            continue
        from qbank.markup import unsafe

        for offset, what in unsafe(text):
            excerpt = " ".join(text[offset : offset + _SHOWN].split())
            yield Finding(
                where, f"{what} at {excerpt!r}", hint="Remove it; nothing remote, nothing that runs."
            )
