"""Two banks → what differs in meaning. Records are paired by id, then by content under another id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from qbank.comparison import fields, items
from qbank.comparison.changes import Change, Comparison, Fate, ItemChange, Side, StimulusChange
from qbank.comparison.items import Version
from qbank.model.bank import Bank, BankRecord
from qbank.model.hashing import stimulus_hash
from qbank.model.item import Item, ItemBase
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Stimulus

_Record = TypeVar("_Record", Item, Stimulus)
_Id = tuple[str, int]
"""An id and which of the records of that id it is; the first is 0."""


def compare(old: Bank, new: Bank, old_name: str = "", new_name: str = "") -> Comparison:
    """All differences of two banks, sorted by id; the names are how the banks are spoken of."""
    sides = _Half(old), _Half(new)
    return Comparison(
        old=_side(old, old_name),
        new=_side(new, new_name),
        bank=tuple(_bank_changes(old.info, new.info)),
        items=tuple(sorted(_items(*sides), key=lambda one: (one.id, one.old_id, one.fate))),
        stimuli=tuple(sorted(_stimuli(*sides), key=lambda one: (one.id, one.old_id, one.fate))),
    )


class _Half:
    """One of the two banks by id."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.items = _numbered(bank.items)
        self.stimuli = _numbered(bank.stimuli)
        self.stimulus = {id: one for (id, number), one in self.stimuli.items() if not number}
        self.statistics: dict[str, Statistics] = {one.item: one for one in bank.statistics}
        self.users: dict[str, set[str]] = defaultdict(set)
        for item in bank.items:
            self.users[item.stimulus].add(item.id)

    def version(self, item: ItemBase) -> Version:
        return Version(item, self.stimulus, self.statistics.get(item.id))

    def file(self, item: ItemBase) -> str:
        sources = self.bank.sources
        return sources[item.record].file if 0 <= item.record < len(sources) else ""

    def hides(self, id: str) -> bool:
        """Whether a record of that id may stand where it could not be read."""
        return id in self.bank.unreadable or not self.bank.complete


def _items(old: _Half, new: _Half) -> Iterator[ItemChange]:
    def hash_in(half: _Half) -> Callable[[Item], str]:
        return lambda item: half.version(item).hash

    for fate, before, after in _paired(old, new, old.items, new.items, hash_in(old), hash_in(new)):
        change = _item(fate, before, after, old, new)
        if change is not None:
            yield change


def _item(fate: Fate, before: Item | None, after: Item | None, old: _Half, new: _Half) -> ItemChange | None:
    """What is to be said of an item; None when it did not change."""
    changes: tuple[Change, ...] = ()
    approved = before is not None and items.is_approved(before)
    hit = fate == "unreadable" and approved
    if before is not None and after is not None:
        now = new.version(after)
        changes = tuple(items.changes(old.version(before), now))
        if fate == "changed" and not changes:
            return None
        hit = approved and any(one.hits_key for one in changes) and not items.is_approved_anew(before, now)
    shown = after if after is not None else before
    assert shown is not None
    approval = before.approval if before is not None else None
    return ItemChange(
        id=shown.id,
        fate=fate,
        old_id=before.id if before is not None and before.id != shown.id else "",
        file=(new if after is not None else old).file(shown),
        status=shown.status,
        stem=shown.stem,
        approved=approved,
        approval=f"{approval.date} by {approval.by}" if approval is not None else "",
        hit=hit,
        changes=changes,
    )


def _stimuli(old: _Half, new: _Half) -> Iterator[StimulusChange]:
    for fate, before, after in _paired(old, new, old.stimuli, new.stimuli, stimulus_hash, stimulus_hash):
        changes = (
            tuple(fields.others(before, after, {"id", "record", "attributes"}))
            + tuple(fields.mapping("attribute", before.attributes, after.attributes))
            if before is not None and after is not None
            else ()
        )
        shown = after or before
        if shown is None or (fate == "changed" and not changes):
            continue
        yield StimulusChange(
            id=shown.id,
            fate=fate,
            old_id=before.id if before is not None and before.id != shown.id else "",
            items=tuple(sorted((new if after is not None else old).users[shown.id])),
            changes=changes,
        )


def _paired(
    old: _Half,
    new: _Half,
    before: Mapping[_Id, _Record],
    after: Mapping[_Id, _Record],
    old_hash: Callable[[_Record], str],
    new_hash: Callable[[_Record], str],
) -> Iterator[tuple[Fate, _Record | None, _Record | None]]:
    """Records of both sides with their fate; "changed" is said of all that have the same id."""
    gone = {id: one for id, one in before.items() if id not in after}
    come = {id: one for id, one in after.items() if id not in before}
    for id, one in before.items():
        if id in after:
            yield "changed", one, after[id]
    homeless: dict[str, list[_Id]] = defaultdict(list)
    if gone:
        for id, one in sorted(come.items(), key=lambda pair: pair[0], reverse=True):
            homeless[new_hash(one)].append(id)
    for id, one in sorted(gone.items(), key=lambda pair: pair[0]):
        same = homeless.get(old_hash(one)) if homeless else None
        if same:
            yield "renamed", one, come.pop(same.pop())
        else:
            yield ("unreadable" if new.hides(id[0]) else "removed"), one, None
    for id, one in come.items():
        # a bank that could not be read whole hides its own records, but says nothing about new ones
        yield ("unreadable-before" if id[0] in old.bank.unreadable else "added"), None, one


def _numbered(records: Iterable[_Record]) -> dict[_Id, _Record]:
    seen: dict[str, int] = defaultdict(int)
    found: dict[_Id, _Record] = {}
    for record in records:
        found[record.id, seen[record.id]] = record
        seen[record.id] += 1
    return found


def _bank_changes(old: BankRecord, new: BankRecord) -> Iterator[Change]:
    """The changes of the banks' own records."""
    yield from fields.others(old, new, {"record", "attributes", "defaults", "limits"})
    for kind, name in (("attribute", "attributes"), ("default", "defaults"), ("limit", "limits")):
        yield from fields.mapping(kind, getattr(old, name), getattr(new, name))


def _side(bank: Bank, name: str) -> Side:
    return Side(name or bank.id, bank.id, len(bank.items), bank.complete and not bank.unreadable)
