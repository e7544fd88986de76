"""What a comparison says: frozen values, sorted, without input or output."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import msgspec

Op = Literal["same", "old", "new"]
Fate = Literal["added", "removed", "renamed", "changed", "unreadable", "unreadable-before"]

KEY = "key"
KEY_WRITTEN = "key-written"
STATUS = "status"
STATISTICS_STALE = "statistics-stale"
APPROVAL_STALE = "approval-stale"


class Span(msgspec.Struct, frozen=True):
    """A run of words that both texts have, or only the old or the new one."""

    op: Op
    text: str


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One difference: its kind, what it is at (an option, a prompt, an attribute), both values.

    `old_text` and `new_text` say in words what the values mean (a key: the texts of its options),
    `words` holds the difference of two texts word by word, `keyed` tells whether the option is a key.
    """

    kind: str
    at: str = ""
    old: Any = None
    new: Any = None
    old_text: str = ""
    new_text: str = ""
    words: tuple[Span, ...] = ()
    keyed: bool = False

    @property
    def hits_key(self) -> bool:
        """Whether it changes which answer is scored as right, or what that answer says."""
        return self.kind == KEY or (self.kind == "option-text" and self.keyed)


class ItemChange(msgspec.Struct, frozen=True, kw_only=True):
    """An item that differs. `approved`: it was so in the old bank.

    `hit`: it was approved, what its key says changed, and no new approval stands beside it.
    """

    id: str
    fate: Fate
    old_id: str
    file: str
    status: str
    stem: str
    approved: bool = False
    approval: str = ""
    hit: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def hits_key(self) -> bool:
        """Whether one of its changes concerns its key."""
        return any(one.hits_key for one in self.changes)


class StimulusChange(msgspec.Struct, frozen=True, kw_only=True):
    """A stimulus that differs, and the items that hang on it."""

    id: str
    fate: Fate
    old_id: str
    items: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


class Side(msgspec.Struct, frozen=True):
    """One of the two banks. `complete` is False when some of its files could not be read."""

    name: str
    id: str
    items: int
    complete: bool


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All differences of two banks: of the bank's own record, of items and of stimuli, by id."""

    old: Side
    new: Side
    bank: tuple[Change, ...] = ()
    items: tuple[ItemChange, ...] = ()
    stimuli: tuple[StimulusChange, ...] = ()

    @property
    def hits(self) -> tuple[ItemChange, ...]:
        """The approved items whose key changed without a new approval."""
        return tuple(one for one in self.items if one.hit)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.bank or self.items or self.stimuli)

    def fates(self) -> Counter[str]:
        """How many items have each fate."""
        return Counter(one.fate for one in self.items)

    def kinds(self) -> Counter[str]:
        """In how many items each kind of change occurs."""
        return Counter(kind for one in self.items for kind in sorted({change.kind for change in one.changes}))
