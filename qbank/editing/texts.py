"""Files as texts that are edited part by part: the part of one record, and the whole put together again."""

from __future__ import annotations

import codecs
import difflib
import functools
import re
from collections.abc import Mapping
from typing import Any

from qbank.diagnostics import Edit, Pointer
from qbank.editing import json_edit, yaml_edit
from qbank.editing.trees import CannotEdit, at, edited, same
from qbank.editing.yaml_parts import Part, parts
from qbank.model.bank import Source
from qbank.reading import json_text, yaml_text
from qbank.reading.text import Unreadable, decode

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BLOCK_LIST = re.compile(r"^[ -]*enemies:[ \t]*(?:#.*)?\n[ ]*- ", re.MULTILINE)
_FLOW_LIST = re.compile(r"\benemies:[ \t]*\[")


class Text:
    """A file that is being edited. Offsets are characters of its text, bytes in JSON Lines."""

    def __init__(self, data: bytes, source: Source) -> None:
        """Raises CannotEdit when the bytes are no text."""
        self.is_yaml = source.format == "yaml"
        self.is_lines = source.format == "json" and source.start >= 0
        self._data = data
        self._bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) and not self.is_lines else b""
        self._new: dict[tuple[int, int], str] = {}  # several records may be edited in one part
        try:
            self._raw = "" if self.is_lines else data[len(self._bom) :].decode("utf-8")
            self._text = decode(data) if self.is_yaml else self._raw
        except (UnicodeDecodeError, Unreadable):
            raise CannotEdit("the file is not UTF-8") from None

    @functools.cached_property
    def block_lists(self) -> bool:
        """Whether the file writes its lists of enemies in block style, so that a new one should be."""
        return self.is_yaml and len(_BLOCK_LIST.findall(self._text)) > len(_FLOW_LIST.findall(self._text))

    def part(self, source: Source) -> Part:
        """The part that holds a record. Raises CannotEdit when the record is not there."""
        if self.is_lines:
            return Part(source.start, source.end, source.pointer)
        if not self.is_yaml:
            return Part(*json_edit.span(self._text, source.pointer), ())
        entries = yaml_text.entries(self._text) if source.pointer else []
        first = source.pointer[0] if source.pointer else None
        if isinstance(first, int) and first < len(entries):
            start = entries[first].start
            return Part(start, start + len(entries[first].text), (0, *source.pointer[1:]))
        return self._parts.get(source.pointer, Part(0, len(self._text), source.pointer))

    @functools.cached_property
    def _parts(self) -> Mapping[Pointer, Part]:
        return parts(self._text)

    def now(self, part: Part) -> str:
        """The text of a part, as edited so far."""
        return self._new[part[:2]] if part[:2] in self._new else self._old(part)

    def replace(self, part: Part, text: str) -> None:
        """Give a part a new text."""
        self._new[part[:2]] = text

    def _old(self, part: Part) -> str:
        if not self.is_lines:
            return self._text[part.start : part.end]
        try:
            return self._data[part.start : part.end].decode("utf-8")
        except UnicodeDecodeError:
            raise CannotEdit("the line is not UTF-8") from None

    def result(self) -> bytes:
        """The bytes of the edited file. Raises CannotEdit when they do not read as intended."""
        parts = sorted(self._new.items())
        if self.is_lines:
            return _spliced(self._data, [(*span, new.encode()) for span, new in parts])
        text = _joined(self._text, [(*span, new) for span, new in parts])
        if any(span != (0, len(self._text)) for span, _ in parts):
            self._check(text)
        if self._raw == self._text:
            return self._bom + text.encode()
        if "\r" not in self._raw.replace("\r\n", "") and self._raw.count("\r\n") == self._text.count("\n"):
            return self._bom + text.replace("\n", "\r\n").encode()
        return self._bom + _with_line_ends(self._raw, self._text, text).encode()

    def _check(self, text: str) -> None:
        """That the whole file reads as its parts do: an anchor or a quote may reach over their borders."""
        if not self.is_yaml:
            _parsed(self, text)
            return
        try:
            before = yaml_text.parse(self._text)
        except Unreadable:  # it was read entry by entry
            self._check_entries(text)
            return
        after = _parsed(self, text)
        places: dict[int, tuple[Pointer, Pointer]] = {
            one.start: ((number,), (0,)) for number, one in enumerate(yaml_text.entries(self._text))
        }
        if not places:
            places = {part.start: (pointer, part.prefix) for pointer, part in self._parts.items()}
        for (start, _), new in self._new.items():
            (*way, last), prefix = places[start]
            at(before, way)[last] = at(yaml_text.parse(new), prefix)
        if not same(before, after):
            raise CannotEdit("the edited file would read otherwise in another place")

    def _check_entries(self, text: str) -> None:
        """That each entry of a broken file is what it was, or as edited, and the file as broken as before."""
        try:
            yaml_text.parse(text)
        except Unreadable:
            new = [one.text for one in yaml_text.slices(text)]
        else:
            raise CannotEdit("the edited file would read otherwise in another place")
        old = ((one.start, one.start + len(one.text), one.text) for one in yaml_text.slices(self._text))
        if new != [self._new.get((start, end), entry) for start, end, entry in old]:
            raise CannotEdit("a part of the file cannot be read; mend that first")


def tried(file: Text, text: str, prefix: Pointer, edit: Edit) -> str:
    """The text of a part with an edit: the first way to write it that reads as intended.

    Raises CannotEdit when none does.
    """
    pointer = (*prefix, *edit.where.pointer)
    old = _parsed(file, text)
    wanted = edited(old, edit, pointer)
    if file.is_yaml:
        ways = yaml_edit.ways(text, edit, pointer, file.block_lists)
    else:
        ways = json_edit.ways(text, edit, pointer)
    for one in ways:
        try:
            if same(_parsed(file, one), wanted):
                return one
        except CannotEdit:
            continue
    raise CannotEdit("no way was found to write it that leaves all else as it is")


def record(file: Text, text: str, prefix: Pointer) -> Any:
    """The plain tree of the record of a part."""
    tree = _parsed(file, text)
    for step in prefix:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            raise CannotEdit("the file has changed") from None
    return tree


def _parsed(file: Text, text: str) -> Any:
    try:
        return yaml_text.parse(text) if file.is_yaml else json_text.parse(text.encode())
    except Unreadable as error:
        if "unknown anchor" in str(error):  # of the record alone; the file as a whole could be read
            raise CannotEdit("it uses an alias (*name) of a value that stands elsewhere") from None
        raise CannotEdit(str(error)) from None


def _joined(text: str, changes: list[tuple[int, int, str]]) -> str:
    pieces, at = [], 0
    for start, end, new in changes:
        pieces += [text[at:start], new]
        at = end
    return "".join(pieces) + text[at:]


def _spliced(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    pieces, at = [], 0
    for start, end, new in changes:
        pieces += [data[at:start], new]
        at = end
    return b"".join(pieces) + data[at:]


def _with_line_ends(raw: str, old: str, new: str) -> str:
    """A new text with the line ends of the lines that it keeps; other lines end as those they replace."""
    typed = _LINE.findall(raw)
    lines, wanted = _lines(old), _lines(new)
    result: list[str] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, lines, wanted).get_opcodes():
        if tag == "equal":
            result += typed[i1:i2]
            continue
        for number in range(j1, j2):
            like = typed[min(i1 + number - j1, max(i2 - 1, i1 - 1, 0))] if typed else "\n"
            ending = like[len(like.rstrip("\r\n")) :] or "\n"
            line = wanted[number]
            result.append(line[:-1] + ending if line.endswith("\n") else line)
    return "".join(result)


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)
