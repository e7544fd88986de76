"""Rule text-too-long."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.text import Text
from qbank.rule import rule
from qbank.screening import longer_than


@rule(Severity.ERROR, screen=longer_than(32767))
def text_too_long(passage: Text, *, characters: int = 32767) -> Iterator[Finding]:
    """A text has more characters than a cell of a workbook can hold: 32,767.

    Excel cuts or refuses it, so the item cannot be exported. As a rule a whole document was pasted.
    `characters` sets the limit of another target.

    Shorten it, or make a stimulus of several texts of it.

    Source: Microsoft, Excel specifications and limits: characters that a cell can contain.
    """
    text = passage.text
    if len(text) > characters:
        yield Finding(
            passage.where,
            f"the text has {len(text):,} characters; {characters:,} is the most",
            hint="Shorten it.",
        )
