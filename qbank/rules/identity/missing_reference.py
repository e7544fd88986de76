"""Rule missing-reference."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.rules.identity._required import required
from qbank.screening import asked_for


@rule(Severity.WARNING, screen=asked_for("references"))
def missing_reference(item: Item, bank: BankRecord, *, always: bool = False) -> Iterator[Finding]:
    """An item names no reference, and the bank asks for one.

    Without a source nobody can tell whether the key still holds when the rule, the code set or the text book
    changes, and an appeal has nothing to rest on. It speaks only when the bank record says
    `require: [references]` (or the option `always` is set), and not of drafts and retired items.

    Name the work, its edition and the place: `references: [ICD-10-CM Guidelines, FY 2027, Section I.C.4.a]`.

    Source: exam practice; Standards for Educational and Psychological Testing (2014), standard 4.7.
    """
    if required("references", item, bank, always) and not any(map(str.strip, item.references)):
        yield Finding(
            item.at("references"),
            "this item names no reference",
            hint="Name the work, its edition and the place that the key rests on.",
        )
