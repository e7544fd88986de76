"""Rule text-too-long."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank
from qbank.rule import rule
from qbank.rules.text._texts import owned_texts


@rule(Severity.ERROR)
def text_too_long(bank: Bank, *, characters: int = 32767) -> Iterator[Finding]:
    """A text has more characters than a cell of a workbook can hold: 32,767.

    Excel cuts or refuses it, so the item cannot be exported. As a rule a whole document was pasted.
    `characters` sets the limit of another target.

    Shorten it, or make a stimulus of several texts of it.

    Source: Microsoft, Excel specifications and limits: characters that a cell can contain.
    """
    for owner, pointer, text in owned_texts(bank):
        if len(text) > characters:
            yield Finding(
                owner.at(*pointer),
                f"the text has {len(text):,} characters; {characters:,} is the most",
                hint="Shorten it.",
            )
