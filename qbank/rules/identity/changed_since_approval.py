"""Rule changed-since-approval."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.hashing import content_hash
from qbank.model.index import BankIndex
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present

_NOT_IN_USE = frozenset(["draft", "review", "retired"])


@rule(Severity.ERROR, screen=present("approval"))
def changed_since_approval(item: Item, index: BankIndex) -> Iterator[Finding]:
    """An item is not what was approved: its content has another hash than the approval.

    What candidates meet and how it is scored (stem, options, key, scoring, stimulus and media) was changed
    after somebody stood up for it. Texts about the item, such as the rationale or a tag, do not count. Items
    on their way to a new approval (draft, review) and retired ones stay silent.

    Take the change back, or have the item approved again and write the new `content_hash`.

    Source: exam practice; Standards for Educational and Psychological Testing (2014), standard 4.7.
    """
    approval = item.approval
    if approval is None or not approval.content_hash or item.status in _NOT_IN_USE:
        return
    if item.stimulus:
        stimulus = index.stimuli.get(item.stimulus)
        if stimulus is None or not all(media.sha256 for media in stimulus.media):
            return  # unknown-stimulus and missing-media speak; what was approved cannot be told
    now = content_hash(item, index.stimuli)
    if now != approval.content_hash:
        yield Finding(
            item.at("approval", "content_hash"),
            f"this item was changed after {approval.by} approved it on {approval.date}",
            hint=f"Take the change back, or have it approved again; its content_hash is now {now}.",
        )
