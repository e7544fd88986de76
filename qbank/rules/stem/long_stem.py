"""Rule long-stem."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import limited


@rule(Severity.INFO, screen=limited("stem_words"))
def long_stem(item: Item, bank: BankRecord, *, words: int = 0) -> Iterator[Finding]:
    """The stem has more words than the bank allows.

    Reading takes the time that was meant for thinking, and slow readers lose by what is not tested. Without
    a limit (`limits: {stem_words: 200}` in the bank record, or the option `words`) the rule says nothing.

    Leave out what is not needed to answer, or move a text that several items need into a stimulus.

    Source: Haladyna, Downing & Rodriguez (2002), guidelines 13 and 16: minimise the amount of reading.
    """
    limit = words or bank.limits.get("stem_words", 0)
    if limit <= 0 or len(item.stem) <= limit:
        return
    count = len(item.stem.split())
    if count > limit:
        yield Finding(
            item.at("stem"),
            f"the stem has {count} words, the limit is {limit:g}",
            hint="Leave out what is not needed to answer, or move it into a stimulus.",
        )
