"""Places in JSON: from the whole down to the part that is asked for, past all that stands before it."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from qbank.diagnostics import Pointer
from qbank.reading import json_text

_LIST = msgspec.json.Decoder(list[msgspec.Raw]).decode
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_NEXT = re.compile(rb"[ \t\r\n]*,?[ \t\r\n]*")
_NAME = re.compile(rb'[ \t\r\n]*,?[ \t\r\n]*("[^"\\]*+(?:\\.[^"\\]*+)*+")[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)


class _Span(NamedTuple):
    """Where a value is in a text (bytes): its name (-1 without one), its start and its end."""

    name: int
    start: int
    end: int


class _Unsure(Exception):
    """The text is not the JSON that it seemed to be."""


class Spans:
    """The places of the values of a JSON text, or of a part of it that is one value.

    Where the records of a file are is remembered, since many ask for it.
    """

    def __init__(self, data: bytes, start: int = 0, end: int | None = None) -> None:
        self._data = data
        self._whole = _Span(-1, _next(data, start), len(data) if end is None else end)
        self._known: dict[Pointer, dict[str, _Span] | list[_Span]] = {}
        self._recent: dict[int, tuple[Pointer, dict[str, _Span] | list[_Span]]] = {}

    def offset(self, pointer: Pointer, part: str = "value") -> int:
        """The offset (bytes) of the value or name at a path; that of its deepest existing part otherwise."""
        try:
            span, found = self._deepest(pointer)
        except (_Unsure, msgspec.MsgspecError, ValueError, RecursionError):
            return self._slowly(pointer, part)
        return span.name if part == "key" and found and span.name >= 0 else span.start

    def _deepest(self, pointer: Pointer) -> tuple[_Span, bool]:
        """The deepest value on a path, and whether the path ends there."""
        span = self._whole
        for number, step in enumerate(pointer):
            parts = self._parts(span, pointer[:number])
            inside = (
                parts.get(step)
                if isinstance(parts, dict) and isinstance(step, str)
                else parts[step]
                if isinstance(parts, list) and isinstance(step, int) and 0 <= step < len(parts)
                else None
            )
            if inside is None:
                return span, False
            span = inside
        return span, True

    def _parts(self, span: _Span, pointer: Pointer) -> dict[str, _Span] | list[_Span]:
        if pointer in self._known:
            return self._known[pointer]
        recent = self._recent.get(len(pointer))
        if recent is not None and recent[0] == pointer:
            return recent[1]
        first = self._data[span.start : span.start + 1]
        parts: dict[str, _Span] | list[_Span] = []
        if first == b"{":
            parts = _members(self._data, span)
        elif first == b"[":
            parts = _entries(self._data, span)
        if not pointer or (isinstance(parts, list) and len(pointer) == 1):
            self._known[pointer] = parts
        else:
            self._recent[len(pointer)] = (pointer, parts)
        return parts

    def _slowly(self, pointer: Pointer, part: str) -> int:
        data = self._data[self._whole.start : self._whole.end]
        text = data.decode("utf-8", "replace")
        return self._whole.start + len(text[: json_text.offset(text, pointer, part)].encode())


def _entries(data: bytes, span: _Span) -> list[_Span]:
    found = []
    at = span.start + 1
    for raw in _LIST(data[span.start : span.end]):
        start = _next(data, at)
        at = start + len(bytes(raw))
        found.append(_Span(-1, start, at))
    return found


def _members(data: bytes, span: _Span) -> dict[str, _Span]:
    found = {}
    at = span.start + 1
    for name, raw in _OBJECT(data[span.start : span.end]).items():
        before = _NAME.match(data, at)
        if before is None or msgspec.json.decode(before[1]) != name:
            raise _Unsure
        at = before.end() + len(bytes(raw))
        found[name] = _Span(before.start(1), before.end(), at)
    if data[at : span.end].strip() != b"}":
        raise _Unsure  # some name is there twice
    return found


def _next(data: bytes, at: int) -> int:
    """The offset of the next value of a list."""
    found = _NEXT.match(data, at)
    return at if found is None else found.end()
