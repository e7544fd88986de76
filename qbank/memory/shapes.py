"""What rules said as a file holds it: without the item, or without the bank."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from qbank.diagnostics import (
    Append,
    Drop,
    Edit,
    Finding,
    Fix,
    Move,
    Place,
    Put,
    Related,
    Remove,
    Rename,
    Where,
)


class _Place(msgspec.Struct, frozen=True, gc=False, array_like=True):
    pointer: tuple[str | int, ...]
    part: str
    message: str = ""
    offset: int = -1

    def of(self, record: int) -> Where:
        """The place in a record."""
        return Where(record, self.pointer, self.part, self.offset)


class _Edit(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An edit of a fix: the name of its type, where, and its texts."""

    kind: str
    place: _Place
    values: tuple[str, ...]

    def of(self, record: int) -> Edit:
        """The edit of a record."""
        where = self.place.of(record)
        if self.kind in _OF_TEXT:
            return _OF_TEXT[self.kind](where, self.values[0])
        return (
            _OF_TEXTS[self.kind](where, self.values) if self.kind in _OF_TEXTS else _PLAIN[self.kind](where)
        )


class _Fix(msgspec.Struct, frozen=True, gc=False, array_like=True):
    edits: tuple[_Edit, ...]
    is_safe: bool

    def of(self, record: int) -> Fix:
        """The fix of a record."""
        return Fix(tuple([one.of(record) for one in self.edits]), self.is_safe)


_OF_TEXT: dict[str, type[Put | Append]] = {"Put": Put, "Append": Append}
_OF_TEXTS: dict[str, type[Move | Rename]] = {"Move": Move, "Rename": Rename}
_PLAIN: dict[str, type[Drop | Remove]] = {"Drop": Drop, "Remove": Remove}


class Remembered(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A finding about an item without the item: its rule, and what it said where."""

    rule: str
    where: _Place
    hint: str
    related: tuple[_Place, ...]
    fix: _Fix | None = None

    def of(self, record: int) -> Finding:
        """The finding, about an item of that record."""
        return Finding(
            self.where.of(record),
            self.where.message,
            tuple([Related(one.of(record), one.message) for one in self.related]) if self.related else (),
            self.hint,
            None if self.fix is None else self.fix.of(record),
        )


class _At(msgspec.Struct, frozen=True, gc=False, array_like=True):
    record: int
    pointer: tuple[str | int, ...]
    part: str
    text: str = ""
    offset: int = -1

    @property
    def where(self) -> Where:
        return Where(self.record, self.pointer, self.part, self.offset)


class OfBank(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A finding about a bank: where, what it said, what else is concerned; `fix` holds what is appended."""

    where: _At
    hint: str
    related: tuple[_At, ...]
    fix: tuple[_At, ...] | None
    is_safe: bool = True

    @property
    def finding(self) -> Finding:
        """The finding."""
        appended = None if self.fix is None else tuple(Append(one.where, one.text) for one in self.fix)
        return Finding(
            self.where.where,
            self.where.text,
            tuple(Related(one.where, one.text) for one in self.related),
            self.hint,
            None if appended is None else Fix(appended, self.is_safe),
        )


class Told(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a rule said of an item when its questions had some answers."""

    rule: str
    answers: tuple[tuple[str, int], ...]
    said: tuple[Remembered, ...]


class OfItem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What rules said of an item: those about a record alone, and those that asked questions.

    `wanted` are those of the others that must look at it.
    """

    said: tuple[Remembered, ...]
    told: tuple[Told, ...]
    wanted: tuple[str, ...]

    @property
    def all(self) -> list[Remembered]:
        """What was said with answers and without."""
        return [*self.said, *[one for told in self.told for one in told.said]]


def remembered(said: Iterable[tuple[str, Finding]], record: int) -> tuple[Remembered, ...] | None:
    """What rules said of a record as it is kept; None when some of it cannot be told without the bank."""
    found = [_remembered(slug, finding, record) for slug, finding in said]
    kept = tuple([one for one in found if one is not None])
    return kept if len(kept) == len(found) else None


def _remembered(slug: str, finding: Finding, record: int) -> Remembered | None:
    places = (finding.where, *(one.where for one in finding.related))
    fix = None if finding.fix is None else _fix(finding.fix, record)
    if not all(isinstance(one, Where) and one.record == record for one in places) or (
        finding.fix and not fix
    ):
        return None
    where = finding.where
    assert isinstance(where, Where)
    related = tuple(_place(one.where, one.message) for one in finding.related if isinstance(one.where, Where))
    return Remembered(slug, _place(where, finding.message), finding.hint, related, fix)


def _fix(fix: Fix, record: int) -> _Fix | None:
    """A fix of one record as it is kept; None for one that writes something else than texts."""
    edits = [_edit(one) for one in fix.edits if one.where.record == record]
    kept = tuple([one for one in edits if one is not None])
    return _Fix(kept, fix.safe) if len(kept) == len(fix.edits) else None


def _edit(edit: Edit) -> _Edit | None:
    if isinstance(edit, Put | Append):
        values: tuple[str, ...] = (edit.value,)
    elif isinstance(edit, Move):
        values = edit.order
    elif isinstance(edit, Rename):
        values = edit.names
    elif isinstance(edit, Drop | Remove):
        values = ()
    else:
        return None
    return _Edit(type(edit).__name__, _place(edit.where, ""), values)


def _place(where: Where, message: str) -> _Place:
    return _Place(where.pointer, where.part, message, where.offset)


def of_bank(finding: Finding) -> OfBank | None:
    """A finding about records as it is kept; None for another, or with a fix that does not only append."""
    edits = () if finding.fix is None else finding.fix.edits
    related = [_at(one.where, one.message) for one in finding.related]
    fix = [_at(one.where, one.value) if isinstance(one, Append) else None for one in edits]
    where = _at(finding.where, finding.message)
    if where is None or None in related or None in fix:
        return None
    return OfBank(
        where,
        finding.hint,
        tuple(one for one in related if one is not None),
        None if finding.fix is None else tuple(one for one in fix if one is not None),
        finding.fix is None or finding.fix.safe,
    )


def _at(place: Place, text: str) -> _At | None:
    if not isinstance(place, Where):
        return None
    return _At(place.record, place.pointer, place.part, text, place.offset)
