"""Rule missing-rationale."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.item import Essay, Item
from qbank.rule import rule
from qbank.rules.identity._required import has_rationale, required
from qbank.screening import asked_for


@rule(Severity.WARNING, screen=asked_for("rationale"))
def missing_rationale(item: Item, bank: BankRecord, *, always: bool = False) -> Iterator[Finding]:
    """An item has no rationale, and the bank asks for one.

    Who writes down why the key is right finds out when it is not; reviewers and appeals need the reason,
    and so does a candidate who practises. It speaks only when the bank record says `require: [rationale]`
    (or the option `always` is set), and not of drafts, retired items and essays, which have a rubric.

    Write why the key is right and, best, why each distractor is wrong.

    Source: exam practice; Standards for Educational and Psychological Testing (2014), standard 4.7.
    """
    if required("rationale", item, bank, always) and not isinstance(item, Essay) and not has_rationale(item):
        yield Finding(item.at("rationale"), "this item has no rationale", hint="Write why the key is right.")
