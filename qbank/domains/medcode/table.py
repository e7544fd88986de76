"""A table of codes with the days on which they hold, packed: read in milliseconds, searched in microseconds.

A packed table is a line of JSON (`Head`), then columns: codes of equal width, sorted, padded with zero bytes;
kinds, a letter each; first and last days as numbers YYYYMMDD, 0 where there is no bound; the ends of titles;
titles. Numbers are little-endian, four bytes each. A code may have several rows, one a period.
"""

from __future__ import annotations

import datetime
import functools
import struct
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Literal

import msgspec

Kind = Literal["billable", "header", "absent"]
LONGEST_CODE = 16
_NAME = b"qbank-codes "
_MAGIC = _NAME + b"1 "
_KINDS: dict[int, Kind] = {ord("b"): "billable", ord("h"): "header", ord("a"): "absent"}
_NUMBER = struct.Struct("<I")
_AFTER = "\x7f"
"""A character after all those of codes: CODE + _AFTER comes after everything that begins with CODE."""


class BrokenTable(Exception):
    """Bytes that are no packed table."""


class Row(msgspec.Struct, frozen=True):
    """A code in a period: `valid_from` and `valid_to` are ISO days, inclusive, "" for no bound."""

    code: str
    kind: Kind = "billable"
    valid_from: str = ""
    valid_to: str = ""
    title: str = ""

    def holds(self, on: str) -> bool:
        """Whether a day lies in the period."""
        return self.valid_from <= on and (not self.valid_to or on <= self.valid_to)


class Span(msgspec.Struct, frozen=True, order=True):
    """Days of which a table speaks, inclusive; `complete` when it then holds all codes of its system."""

    valid_from: str
    valid_to: str
    complete: bool = False


class Head(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a table is: `source` names the data for people, `origin` is the SHA-256 of what was read."""

    system: str
    spans: tuple[Span, ...]
    source: str
    count: int = 0
    width: int = 0
    origin: str = ""


class Table:
    """A packed table. Codes are asked for as `systems.clean` makes them."""

    def __init__(self, data: bytes, spans: tuple[Span, ...] | None = None, place: str = "a table") -> None:
        """Raises BrokenTable, as every question to a table does that was damaged.

        `spans` are the days of which it speaks, if not those of its head; `place` is where it lies, for
        messages.
        """
        self._place = place
        line = data[: data.find(b"\n") + 1]
        self.head = head_of(line)
        self.spans = self.head.spans if spans is None else spans
        count, self._width = self.head.count, self.head.width
        self._data = data
        self._asked: tuple[str, tuple[Row, ...]] = ("", ())
        self._codes = len(line)
        self._kinds = self._codes + count * self._width
        self._first = self._kinds + count
        self._last = self._first + 4 * count
        self._ends = self._last + 4 * count
        self._titles = self._ends + 4 * count
        if len(data) < self._titles or len(data) != self._titles + self._title_end(count - 1):
            raise BrokenTable("it was cut off")

    def __len__(self) -> int:
        """The number of rows."""
        return self.head.count

    def __iter__(self) -> Iterator[Row]:
        """All rows, by code and first day."""
        return map(self._row, range(len(self)))

    def span(self, on: str) -> Span | None:
        """The days around a day of which the table speaks; None when it does not speak of that day."""
        return next((one for one in self.spans if one.valid_from <= on <= one.valid_to), None)

    def rows(self, code: str) -> tuple[Row, ...]:
        """The rows of a code, by first day; () for none."""
        if code != self._asked[0]:  # one answer asks several times about one code
            self._asked = code, tuple(self._found(code))
        return self._asked[1]

    def _found(self, code: str) -> Iterator[Row]:
        for at in range(self._search(code), len(self)):
            if self._code(at) != code:
                return
            yield self._row(at)

    def row(self, code: str, on: str) -> Row | None:
        """The row of a code that holds on a day."""
        return next((one for one in self.rows(code) if one.holds(on)), None)

    def children(self, code: str, on: str) -> Iterator[Row]:
        """The rows directly under a code that hold on a day, in the order of codes."""
        at = self._search(code)
        while at < len(self) and (found := self._row(at)).code.startswith(code):
            if found.code != code and found.kind != "absent" and found.holds(on):
                yield found
                at = self._search(found.code + _AFTER)
            else:
                at += 1

    def below(self, code: str, on: str) -> Iterator[Row]:
        """All rows under a code that hold on a day, in the order of codes."""
        for at in range(self._search(code), len(self)):
            found = self._row(at)
            if not found.code.startswith(code):
                return
            if found.code != code and found.kind != "absent" and found.holds(on):
                yield found

    def _search(self, code: str) -> int:
        """The number of the first row whose code is not before a code."""
        wanted = code.encode("utf-8", "replace")
        low, high, width, start, data = 0, len(self), self._width, self._codes, self._data
        while low < high:
            middle = (low + high) // 2
            place = start + middle * width
            if data[place : place + width].rstrip(b"\0") < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _code(self, at: int) -> str:
        place = self._codes + at * self._width
        return (
            self._data[place : place + self._width].rstrip(b"\0").decode("latin-1")
        )  # ASCII, unless it was damaged

    def _row(self, at: int) -> Row:
        start = self._titles + self._title_end(at - 1)
        try:
            return self._unpacked(at, start)
        except (KeyError, ValueError):
            raise BrokenTable(
                f"{self._place}: it is damaged. Remove the file and import its code set again."
            ) from None

    def _unpacked(self, at: int, start: int) -> Row:
        return Row(
            self._code(at),
            _KINDS[self._data[self._kinds + at]],
            _day(self._number(self._first, at)),
            _day(self._number(self._last, at)),
            self._data[start : self._titles + self._title_end(at)].decode("utf-8"),
        )

    def _title_end(self, at: int) -> int:
        return self._number(self._ends, at) if at >= 0 else 0

    def _number(self, column: int, at: int) -> int:
        number: int = _NUMBER.unpack_from(self._data, column + 4 * at)[0]
        return number


def pack(head: Head, rows: Iterable[Row]) -> bytes:
    """Rows as a packed table; `count` and `width` of the head are set here.

    Raises ValueError for a code that is empty, too long or not of printable ASCII characters.
    """
    ordered = sorted(rows, key=lambda one: (one.code, one.valid_from, one.valid_to, one.kind, one.title))
    for one in ordered:
        if not is_code(one.code):
            raise ValueError(f"{one.code!r} is no code")
    width = max((len(one.code) for one in ordered), default=0)
    titles = [one.title.encode("utf-8") for one in ordered]
    head = msgspec.structs.replace(head, count=len(ordered), width=width)
    return b"".join(
        (
            _MAGIC + msgspec.json.encode(head) + b"\n",
            *(one.code.encode("ascii").ljust(width, b"\0") for one in ordered),
            *(one.kind[0].encode("ascii") for one in ordered),
            *(_NUMBER.pack(_as_number(one.valid_from)) for one in ordered),
            *(_NUMBER.pack(_as_number(one.valid_to)) for one in ordered),
            *map(_NUMBER.pack, accumulate(map(len, titles))),
            *titles,
        )
    )


def head_of(line: bytes) -> Head:
    """What the first line of a packed table says. Raises BrokenTable."""
    if line.startswith(_NAME) and not line.startswith(_MAGIC):
        raise BrokenTable("it is of another version of qbank")
    if not line.startswith(_MAGIC) or not line.endswith(b"\n"):
        raise BrokenTable("it does not begin as a table of codes")
    try:
        return msgspec.json.decode(line[len(_MAGIC) :], type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenTable(f"its first line is wrong: {error}") from None


def is_code(text: str) -> bool:
    """Whether a cleaned text can be a code at all: printable ASCII without spaces, not too long."""
    return 0 < len(text) <= LONGEST_CODE and all("!" <= one < _AFTER for one in text)


@functools.lru_cache(maxsize=4096)
def _day(number: int) -> str:
    """A day of a table as ISO text, "" for none. Raises ValueError for what is no day."""
    if not number:
        return ""
    return datetime.date(number // 10_000, number // 100 % 100, number % 100).isoformat()


def _as_number(day: str) -> int:
    return int(day.replace("-", "")) if day else 0
