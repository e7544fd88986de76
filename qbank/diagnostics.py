"""What qbank says about a bank: findings (from rules) and diagnostics (shown to people).

A rule yields a `Finding` and knows no file, line, severity or slug; `qbank.checking` turns it
into a `Diagnostic`. Everything here is a frozen value; those that a run makes in large numbers are no part of
any circle, and garbage collection passes them over (`gc=False`).
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

import msgspec

Pointer = tuple[str | int, ...]


class Severity(enum.StrEnum):
    """How bad a diagnostic is; `rank` grows with badness."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error."""
        return _RANK[self]


_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class Location(msgspec.Struct, frozen=True, gc=False, order=True):
    """A place in a file: line and column count from 1, columns count characters."""

    file: str
    line: int = 1
    column: int = 1


class Where(msgspec.Struct, frozen=True, gc=False):
    """A place in a record that was read: the record's number in its bank and the path inside it.

    `part` tells whether the value at `pointer`, or the key that leads to it, is meant; `offset` counts the
    characters of a text before the one that is meant, -1 where the text as a whole is.
    """

    record: int
    pointer: Pointer = ()
    part: str = "value"
    offset: int = -1

    def within(self, offset: int) -> Where:
        """The place of a character of the text at this place."""
        return Where(self.record, self.pointer, self.part, offset)


Place = Where | Location


class Related(msgspec.Struct, frozen=True, gc=False):
    """Another place that belongs to a finding, such as the first of two equal items."""

    where: Place
    message: str = ""


class Put(msgspec.Struct, frozen=True):
    """An edit: the text at a place becomes `value`."""

    where: Where
    value: str


class Append(msgspec.Struct, frozen=True):
    """An edit: the list of texts at a place ends with `value` if it lacks it; it is made when missing."""

    where: Where
    value: str


class Drop(msgspec.Struct, frozen=True):
    """An edit: the list entry at a place is removed, and an emptied list with its name."""

    where: Where


class Move(msgspec.Struct, frozen=True):
    """An edit: the names of the mapping at a place stay, the nth takes the value of the name `order[n]`."""

    where: Where
    order: tuple[str, ...]


class Rename(msgspec.Struct, frozen=True):
    """An edit: the values of the mapping at a place stay, the nth takes the name `names[n]`."""

    where: Where
    names: tuple[str, ...]


class Replace(msgspec.Struct, frozen=True):
    """An edit: what stands at a place becomes `value`, a plain tree; a missing name of a mapping is added."""

    where: Where
    value: Any


class Remove(msgspec.Struct, frozen=True):
    """An edit: the name of a mapping at a place is removed with its value, if it is there."""

    where: Where


Edit = Put | Append | Drop | Move | Rename | Replace | Remove


class Fix(msgspec.Struct, frozen=True):
    """How to mend what a finding says: all edits or none; `safe` when no meaning can change."""

    edits: tuple[Edit, ...]
    safe: bool = True


class Finding(msgspec.Struct, frozen=True, gc=False):
    """What a rule or an audit says: where, what is wrong, what else is concerned, what to do."""

    where: Place
    message: str
    related: tuple[Related, ...] = ()
    hint: str = ""
    fix: Fix | None = None


class RelatedPlace(msgspec.Struct, frozen=True, gc=False):
    """A related place as a user sees it."""

    file: str
    line: int
    column: int
    item: str
    message: str


class Diagnostic(msgspec.Struct, frozen=True, gc=False):
    """What a user sees: a finding with its rule, severity and position."""

    rule: str
    family: str
    severity: Severity
    message: str
    hint: str
    file: str
    line: int
    column: int
    item: str = ""
    pointer: str = ""
    related: tuple[RelatedPlace, ...] = ()
    fixable: bool = False


_ORDER = attrgetter("file", "line", "column", "rule", "item", "message")
_POINTERS = 4096


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics by file, line, column, rule and message: the one order in which they are shown."""
    return tuple(sorted(diagnostics, key=_ORDER))


@functools.lru_cache(_POINTERS)
def json_pointer(pointer: Pointer) -> str:
    """The RFC 6901 text of a path: ("options", "A") is "/options/A"."""
    return "".join(["/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer])
