"""Rule missing-review."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.hashing import content_hash
from qbank.model.index import BankIndex
from qbank.model.item import Item
from qbank.rule import rule
from qbank.rules.identity._required import required
from qbank.screening import asked_for


@rule(Severity.WARNING, screen=asked_for("review"))
def missing_review(
    item: Item, bank: BankRecord, index: BankIndex, *, always: bool = False
) -> Iterator[Finding]:
    """An item has no review of what it now says, and the bank asks for one.

    A review is of a version: a record whose `content_hash` is another one tells that somebody looked at an
    older stem, option or key. A record without a hash is taken at its word. It speaks only when the bank
    record says `require: [review]` (or the option `always` is set), and not of drafts and retired items.

    Have the item reviewed, and add a record that says honestly who or what looked, and when.

    Source: exam practice; Standards for Educational and Psychological Testing (2014), standard 4.8.
    """
    if not required("review", item, bank, always):
        return
    if not item.review:
        yield Finding(
            item.at("review"),
            "this item has no review record",
            hint="Add who or what looked at it, when, and the content_hash.",
        )
    elif all(one.content_hash for one in item.review):
        if item.stimulus and item.stimulus not in index.stimuli:
            return
        now = content_hash(item, index.stimuli)
        if all(one.content_hash != now for one in item.review):
            yield Finding(
                item.at("review", len(item.review) - 1),
                "the reviews are of older versions of this item",
                hint=f"Review it as it is now; its content_hash is {now}.",
            )
