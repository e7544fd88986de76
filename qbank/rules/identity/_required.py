"""What a bank's profile asks of its items."""

from __future__ import annotations

from qbank.model.bank import BankRecord
from qbank.model.item import ItemBase

_EXEMPT = frozenset(["draft", "retired"])


def required(field: str, item: ItemBase, bank: BankRecord, always: bool) -> bool:
    """Whether the bank asks for a field of this item; of drafts and retired items it asks nothing."""
    return (always or field in bank.require) and item.status not in _EXEMPT


def has_rationale(item: ItemBase) -> bool:
    """Whether some rationale says something."""
    rationale = item.rationale
    if isinstance(rationale, str):
        return not rationale.isspace() and rationale != ""
    return any(text.strip() for text in rationale.values())
