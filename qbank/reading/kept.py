"""Files as they were read, kept: none is opened twice, and places are found in the bytes that were read."""

from __future__ import annotations

import codecs
import functools
import os
import re
import stat
from array import array
from bisect import bisect_left
from itertools import accumulate
from pathlib import Path

from qbank.diagnostics import Location
from qbank.reading import yaml_text
from qbank.reading.json_places import Spans
from qbank.reading.limits import MAX_KEPT_BYTES
from qbank.reading.text import Lines, Unreadable, decode

_MARK = codecs.BOM_UTF8
_BLOCK = 4096
_WITHIN_CHARACTERS = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 with which no character begins."""


class Document:
    """A file that was read, with what is needed to find places in it.

    `records` is the length of the list that a YAML file turned out to be, None when nobody knows.
    """

    def __init__(self, data: bytes, stamp: tuple[int, int] | None = None) -> None:
        self.data = data
        self.stamp = stamp
        self.records: int | None = None
        self._line_spans = (0, 0, Spans(data, 0, 0))

    @functools.cached_property
    def text(self) -> str:
        """The text, whatever its bytes are."""
        try:
            return decode(self.data)
        except Unreadable:
            return self.data.decode("utf-8", "replace")

    @functools.cached_property
    def lines(self) -> Lines:
        """The text with the starts of its lines."""
        return Lines(self.text)

    @functools.cached_property
    def slices(self) -> list[yaml_text.Slice]:
        """The top-level entries of a YAML block sequence."""
        if self.records is None:
            return yaml_text.entries(self.text)
        found = yaml_text.slices(self.text)
        return found if len(found) == self.records else []

    def line_spans(self, start: int, end: int) -> Spans:
        """The places in a line of JSON Lines; those of the last line are kept, for an item has many."""
        if self._line_spans[:2] != (start, end):
            self._line_spans = (start, end, Spans(self.data, start, end))
        return self._line_spans[2]

    @functools.cached_property
    def spans(self) -> Spans:
        """The places of values, when the file is JSON."""
        return Spans(self.data, len(_MARK) if self.data.startswith(_MARK) else 0)

    def location(self, file: str, offset: int) -> Location:
        """The line and column of a byte."""
        if self._has_other_line_ends:
            return self.lines.location(file, len(decode(self.data[:offset])))
        line = bisect_left(self._line_feeds, offset)
        start = (
            self._line_feeds[line - 1] + 1 if line else len(self.data) - len(self.data.removeprefix(_MARK))
        )
        return Location(file, line + 1, self._characters(offset) - self._characters(start) + 1)

    def _characters(self, offset: int) -> int:
        """How many characters end before a byte."""
        block = offset // _BLOCK
        return self._before_blocks[block] + _length(self.data[block * _BLOCK : offset])

    @functools.cached_property
    def _before_blocks(self) -> array[int]:
        starts = range(0, len(self.data) + 1, _BLOCK)
        lengths = (_length(self.data[start : start + _BLOCK]) for start in starts)
        return array("Q", accumulate(lengths, initial=0))

    @functools.cached_property
    def _has_other_line_ends(self) -> bool:
        return b"\r" in self.data and self.data.count(b"\r") != self.data.count(b"\r\n")

    @functools.cached_property
    def _line_feeds(self) -> array[int]:
        return array("Q", (found.start() for found in re.finditer(b"\n", self.data)))

    def json_line(self, number: int) -> str:
        """The text of a line (from 1) of JSON Lines; "" past the end."""
        ends = self._line_feeds
        if not 1 <= number <= len(ends) + 1:
            return ""
        start = ends[number - 2] + 1 if number > 1 else 0
        end = ends[number - 1] if number <= len(ends) else len(self.data)
        return self.data[start:end].decode("utf-8", "replace").strip("\r\ufeff")


_documents: dict[str, Document] = {}


def keep(path: str, data: bytes) -> Document:
    """The document of a file that was just read; it is what `document` gives from now on."""
    return _put(path, Document(data))


def document(path: str) -> Document:
    """The document of a file: as it was read or, when that is not kept, as it is. Raises OSError."""
    found = kept(path)
    if found is not None:
        return found
    status = os.stat(path)  # noqa: PTH116
    if not stat.S_ISREG(status.st_mode):
        raise OSError("not a plain file")
    return _put(path, Document(Path(path).read_bytes(), _stamp(status)))


def kept(path: str) -> Document | None:
    """The document of a file that was read by this process; None when it is not kept.

    One that nobody kept on purpose, but was looked at later, counts only as long as its file is the same.
    """
    found = _documents.get(os.path.abspath(path))  # noqa: PTH100
    if found is not None and found.stamp is not None and found.stamp != _stamp(os.stat(path)):  # noqa: PTH116
        return None
    return found


def make_room() -> None:
    """Forget the files that were read first, until those that are left are not too large.

    Called before a bank is read, so that this bank is kept whole, whatever its size.
    """
    size = sum(len(one.data) for one in _documents.values())
    for path in list(_documents):
        if size <= MAX_KEPT_BYTES:
            return
        size -= len(_documents.pop(path).data)


def _put(path: str, document: Document) -> Document:
    key = os.path.abspath(path)  # noqa: PTH100
    _documents.pop(key, None)
    _documents[key] = document
    return document


def _length(data: bytes) -> int:
    """The number of characters that begin in a piece of UTF-8."""
    return len(data.translate(None, _WITHIN_CHARACTERS))


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_mtime_ns, status.st_size
