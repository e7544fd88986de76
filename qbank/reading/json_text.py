"""JSON and JSON Lines → plain trees, and values → places."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from qbank.diagnostics import Pointer
from qbank.reading.text import Unreadable, decode

_DECODER = msgspec.json.Decoder()
_ENCODER = msgspec.json.Encoder()
_AT_BYTE = re.compile(r" ?\(byte (\d+)\)")
_TOKEN = re.compile(
    r'[ \t\r\n]*+(?:("[^"\\]*+(?:\\.[^"\\]*+)*+")|([\[{])|([\]}])|([,:])|([^\s,\[\]{}:"]++))', re.DOTALL
)
_TEXT, _OPENING, _CLOSING, _BETWEEN = 1, 2, 3, 4


class Member(NamedTuple):
    """A value of a JSON text: its path, the offset of its key (-1 without one) and its own."""

    pointer: Pointer
    key: int
    value: int
    repeats: int


class _Open(msgspec.Struct):
    """An array or object that is being read; `names` is None for an array."""

    pointer: Pointer
    names: dict[str, int] | None
    step: str | int | None
    key: int = -1
    repeats: int = -1


def parse(data: bytes) -> Any:
    """The plain tree of a JSON text. Raises Unreadable; `has_repeats` tells about repeated keys."""
    try:
        tree = _DECODER.decode(data)
    except RecursionError:
        raise Unreadable("the JSON is nested too deeply") from None
    except UnicodeDecodeError:
        decode(data)  # says where
        raise Unreadable("the JSON holds bytes that are not UTF-8", hint="Save it as UTF-8.") from None
    except (msgspec.DecodeError, ValueError) as error:
        decode(data)  # says what it is when it is no UTF-8 at all
        raise _explained(str(error), data) from None
    return tree


def has_repeats(tree: Any, data: bytes) -> bool:
    """Whether some object of the text has a key twice.

    Raises Unreadable when the tree is nested too deeply to be looked at.
    """
    try:
        if is_plain(_ENCODER.encode(tree), data):
            return False
    except RecursionError:
        raise Unreadable("the JSON is nested too deeply") from None
    return any(m.repeats >= 0 for m in members(data.decode("utf-8", "replace")))


def is_plain(written: bytes, data: bytes) -> bool:
    """Whether a tree is surely all that a text says; False means that one must look closer.

    `written` is the tree as msgspec writes it. It has as many quotes as the text, unless a member was lost
    with the quotes of its key, or a quote was typed as an escape that could make up for such a loss.
    """
    if written == data:
        return True
    return written.count(b'"') == data.count(b'"') and (b"\\" not in data or b"\\u0022" not in data)


def members(text: str) -> Iterator[Member]:
    """Every value of a JSON text with its place, in order; stops quietly where the text is broken."""
    levels: list[_Open] = []
    end = 0
    for token in _TOKEN.finditer(text):
        kind = token.lastindex or 0
        if token.start() != end:
            return
        end = token.end()
        level = levels[-1] if levels else None
        if kind == _CLOSING:
            if level is None:
                return
            levels.pop()
        elif kind == _BETWEEN:
            if token[kind] == "," and level is not None:
                level.step = level.step + 1 if isinstance(level.step, int) else None
        elif level is not None and level.names is not None and level.step is None:
            if not _is_key(level, token[kind], token.start(kind)):
                return
        else:
            at = token.start(kind)
            pointer: Pointer = ()
            if level is not None:
                pointer = (*level.pointer, 0 if level.step is None else level.step)
            yield Member(pointer, level.key if level else -1, at, level.repeats if level else -1)
            if kind == _OPENING:
                levels.append(_Open(pointer, {}, None) if token[kind] == "{" else _Open(pointer, None, 0))


def _is_key(level: _Open, typed: str, at: int) -> bool:
    """Take a key of an object; False when it is none."""
    try:
        name = json.loads(typed)
    except ValueError:
        return False
    if not isinstance(name, str) or level.names is None:
        return False
    level.step, level.key, level.repeats = name, at, level.names.get(name, -1)
    level.names.setdefault(name, at)
    return True


def offset(text: str, pointer: Pointer, part: str = "value") -> int:
    """The offset of the value (or key) at a path; that of the deepest existing part otherwise."""
    known = _by_pointer(text)
    for length in range(len(pointer), -1, -1):
        member = known.get(pointer[:length])
        if member is not None:
            exact = length == len(pointer)
            return member.key if part == "key" and exact and member.key >= 0 else member.value
    return 0


@functools.lru_cache(maxsize=8)
def _by_pointer(text: str) -> dict[Pointer, Member]:
    found: dict[Pointer, Member] = {}
    for member in members(text):
        found.setdefault(member.pointer, member)
    return found


def _explained(message: str, data: bytes) -> Unreadable:
    at = _AT_BYTE.search(message)
    before = data[: int(at[1]) if at else len(data)].decode("utf-8", "replace")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    said = _AT_BYTE.sub("", message).removeprefix("JSON is malformed: ")
    if "truncated" in said:
        said = "the text ends too early, or a text holds half of a surrogate pair"
    return Unreadable(f"this is not JSON: {said}", line, column)
