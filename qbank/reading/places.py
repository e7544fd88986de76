"""Records → places: line and column of any value of a record, found only when asked for."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

from qbank.diagnostics import Location, Place, Pointer, Where
from qbank.model.bank import Source
from qbank.model.offsets import Offsets
from qbank.reading import kept, yaml_nodes
from qbank.reading.files import BANK_FILES, SUFFIXES, leads_outside
from qbank.reading.kept import Document
from qbank.reading.yaml_units import written_at


def locate(source: Source, pointer: Pointer = (), part: str = "value", inside: int = -1) -> Location:
    """The line and column of a value (or key) of a record; line 1 of nothing for one made in memory.

    In a YAML text of several lines it is that of the character at the offset `inside`, where it is sure how
    that is written.
    """
    return _located(source, _document(source.path), pointer, part, inside)


def _document(path: str) -> Document | None:
    """The file that a record was read from; None for a record made in memory, or a file that is gone."""
    try:
        return kept.document(path) if path else None
    except OSError:
        return None


def _located(
    source: Source, document: Document | None, pointer: Pointer, part: str, inside: int = -1
) -> Location:
    if document is None:
        return Location(source.file)
    if source.line:
        return Location(source.file, source.line, _column(source, document, pointer, part))
    whole = (*source.pointer, *pointer)
    if source.format == "json":
        return document.location(source.file, document.spans.offset(whole, part))
    if whole and isinstance(whole[0], int) and whole[0] < len(document.slices):
        entry = document.slices[whole[0]]
        at = entry.start + _in_yaml(entry.text, (0, *whole[1:]), part, inside)
    else:
        at = _in_yaml(document.text, whole, part, inside)
    return document.lines.location(source.file, at)


def _in_yaml(text: str, pointer: Pointer, part: str, inside: int) -> int:
    """The offset of a value (or key) of a text, or of a character inside a text of several lines."""
    if part == "value" and inside >= 0:
        node = yaml_nodes.scalar(text, pointer)
        if node is not None and node.text is not None:
            at = written_at(_raw(text, node.start, node.end), node.style, node.text, inside)
            if at is not None:
                return node.start + at
    return yaml_nodes.offset(text, pointer, part)


@functools.lru_cache(maxsize=8)
def _raw(text: str, start: int, end: int) -> str:
    """A part of a text, the same object each time: what is worked out of it is kept by its hash."""
    return text[start:end]


def slice_text(source: Source, document: Document) -> tuple[str, Pointer]:
    """The part of a YAML file that holds a record, and the record's path in that part.

    It is the whole file where the record has an alias to an anchor of another entry.
    """
    if source.pointer and isinstance(source.pointer[0], int) and source.pointer[0] < len(document.slices):
        text = document.slices[source.pointer[0]].text
        if not yaml_nodes.needs_more(text, document.text):
            return text, (0, *source.pointer[1:])
    return document.text, source.pointer


class Places:
    """Finds the place of a `Where` or `Location` for the records of a bank (and its blueprint).

    `offsets` know of places in lines of JSON from earlier runs.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        others: Mapping[int, Source] | None = None,
        offsets: Offsets | None = None,
    ) -> None:
        self._sources = sources
        self._offsets = offsets
        self._others = others or {}
        self._found: dict[Where, Location] = {}
        self._documents: dict[str, Document | None] = {}

    def source(self, record: int) -> Source | None:
        """The source of a record; None for a record made in memory."""
        if record in self._others:
            return self._others[record]
        return self._sources[record] if 0 <= record < len(self._sources) else None

    def __call__(self, where: Place) -> Location:
        """The place in a file; line 1 of nothing for a record made in memory.

        What is said of a bank that is one file of items stands at the head of that file.
        """
        if isinstance(where, Location):
            return where
        found = self._found.get(where)  # many findings may be about one text
        if found is None:
            found = self._found[where] = self._located(where)
        return found

    def at(self, where: Where, column: int) -> Location:
        """The place in a line of JSON Lines of which the column is known."""
        source = self._sources[where.record]
        return Location(source.file, source.line, column)

    def _located(self, where: Where) -> Location:
        source = self.source(where.record)
        if source is None:
            return self._head()
        path = source.path
        if path not in self._documents:
            self._documents[path] = _document(path)
        document = self._documents[path]
        if document is None or self._offsets is None or not source.line:
            return _located(source, document, where.pointer, where.part, where.offset)
        column = self._offsets(
            where.record,
            lambda: document.data[source.start : source.end],
            source.pointer + where.pointer,
            where.part,
            lambda: _column(source, document, where.pointer, where.part),
        )
        return Location(source.file, source.line, column)

    def _head(self) -> Location:
        files = {source.file for source in self._sources}
        return Location(files.pop() if len(files) == 1 else "")

    def item(self, where: Place) -> str:
        """The id of the record that a place belongs to, "" when unknown."""
        if isinstance(where, Location):
            return ""
        source = self.source(where.record)
        return source.id if source is not None and source.kind in ("item", "stimulus") else ""


def line_text(path: str, number: int) -> str:
    """A line of a file (from 1), for reports; "" when it cannot be read, or lies behind a link of a bank."""
    try:
        document = kept.kept(path)
        if document is None:
            document = None if _behind_a_link(Path(path)) else kept.document(path)
    except (OSError, ValueError):
        return ""
    if document is None:
        return ""
    is_lines = SUFFIXES.get(Path(path).suffix) == "jsonl"
    return document.json_line(number) if is_lines else document.lines.line(number)


def _behind_a_link(path: Path) -> bool:
    """Whether a file of a bank folder is refused as a link; its text then stays where it is."""
    for root in path.parents:
        if any((root / name).is_file() for name in BANK_FILES):
            return path.name not in BANK_FILES and leads_outside(path, root)
    return False


def _column(source: Source, document: Document, pointer: Pointer, part: str) -> int:
    """The column of a value in its line of JSON Lines."""
    at = document.line_spans(source.start, source.end).offset((*source.pointer, *pointer), part)
    return len(document.data[source.start : at].decode("utf-8", "replace")) + 1
