"""Records → places: line and column of any value of a record, found only when asked for."""

from __future__ import annotations

import functools
import os
import re
import stat
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path

from qbank.diagnostics import Location, Place, Pointer
from qbank.model.bank import Source
from qbank.reading import json_text, yaml_text
from qbank.reading.files import BANK_FILES, leads_outside
from qbank.reading.text import Lines, Unreadable, decode


class Document:
    """A file that was read, with what is needed to find places in it."""

    def __init__(self, path: str) -> None:
        data = Path(path).read_bytes()
        self.data = data
        try:
            self.lines = Lines(decode(data))
        except Unreadable:
            self.lines = Lines(data.decode("utf-8", "replace"))

    @functools.cached_property
    def slices(self) -> list[yaml_text.Slice]:
        """The top-level entries of a YAML block sequence."""
        return yaml_text.entries(self.lines.text)

    @functools.cached_property
    def line_feeds(self) -> list[int]:
        """The offsets (bytes) of the line feeds."""
        return [found.start() for found in re.finditer(b"\n", self.data)]


def locate(source: Source, pointer: Pointer = (), part: str = "value") -> Location:
    """The line and column of a value (or key) of a record; line 1 of nothing for one made in memory."""
    if not source.path:
        return Location(source.file)
    try:
        document = _document(source.path)
    except OSError:
        return Location(source.file)
    if source.format == "json" and source.start >= 0:
        return _in_line(document, source, pointer, part)
    whole = (*source.pointer, *pointer)
    if source.format == "json":
        return document.lines.location(source.file, json_text.offset(document.lines.text, whole, part))
    if whole and isinstance(whole[0], int) and whole[0] < len(document.slices):
        entry = document.slices[whole[0]]
        at = entry.start + yaml_text.offset(entry.text, (0, *whole[1:]), part)
    else:
        at = yaml_text.offset(document.lines.text, whole, part)
    return document.lines.location(source.file, at)


def slice_text(source: Source, text: str) -> tuple[str, Pointer]:
    """The part of a YAML text that holds a record, and the record's path in that part."""
    if source.pointer and isinstance(source.pointer[0], int):
        entries = yaml_text.entries(text)
        if source.pointer[0] < len(entries):
            return entries[source.pointer[0]].text, (0, *source.pointer[1:])
    return text, source.pointer


class Places:
    """Finds the place of a `Where` or `Location` for the records of a bank (and its blueprint)."""

    def __init__(self, sources: Sequence[Source], others: Mapping[int, Source] | None = None) -> None:
        self._sources = sources
        self._others = others or {}

    def source(self, record: int) -> Source | None:
        """The source of a record; None for a record made in memory."""
        if record in self._others:
            return self._others[record]
        return self._sources[record] if 0 <= record < len(self._sources) else None

    def __call__(self, where: Place) -> Location:
        """The place in a file; line 1 of nothing for a record made in memory."""
        if isinstance(where, Location):
            return where
        source = self.source(where.record)
        return Location("") if source is None else locate(source, where.pointer, where.part)

    def item(self, where: Place) -> str:
        """The id of the record that a place belongs to, "" when unknown."""
        if isinstance(where, Location):
            return ""
        source = self.source(where.record)
        return source.id if source is not None and source.kind in ("item", "stimulus") else ""


def line_text(path: str, number: int) -> str:
    """A line of a file (from 1), for reports; "" when it cannot be read, or lies behind a link of a bank."""
    try:
        return "" if _behind_a_link(Path(path)) else _document(path).lines.line(number)
    except (OSError, ValueError):
        return ""


def _behind_a_link(path: Path) -> bool:
    """Whether a file of a bank folder is refused as a link; its text then stays where it is."""
    for root in path.parents:
        if any((root / name).is_file() for name in BANK_FILES):
            return path.name not in BANK_FILES and leads_outside(path, root)
    return False


def _in_line(document: Document, source: Source, pointer: Pointer, part: str) -> Location:
    text = document.data[source.start : source.end].decode("utf-8", "replace")
    inside = Lines(text).location(source.file, json_text.offset(text, (*source.pointer, *pointer), part))
    before = bisect_left(document.line_feeds, source.start)
    return Location(source.file, before + inside.line, inside.column)


def _document(path: str) -> Document:
    status = os.stat(path)  # noqa: PTH116
    if not stat.S_ISREG(status.st_mode):
        raise OSError("not a plain file")
    return _cached(path, status.st_mtime_ns, status.st_size)


@functools.lru_cache(maxsize=256)
def _cached(path: str, _changed: int, _size: int) -> Document:
    return Document(path)
