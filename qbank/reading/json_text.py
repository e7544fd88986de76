"""JSON and JSON Lines → plain trees, and values → places."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from qbank.diagnostics import Pointer
from qbank.reading.limits import MAX_DEPTH
from qbank.reading.text import Unreadable

_DECODER = msgspec.json.Decoder()
_MEMBER = re.compile(rb'"[ \t\r\n]*:')
_AT_BYTE = re.compile(r" ?\(byte (\d+)\)")
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_PLAIN = re.compile(r"[^\s,\[\]{}:]+")


class Member(NamedTuple):
    """A value of a JSON text: its path, the offset of its key (-1 without one) and its own."""

    pointer: Pointer
    key: int
    value: int
    repeats: int


def parse(data: bytes) -> Any:
    """The plain tree of a JSON text. Raises Unreadable, also for a key that is there twice."""
    try:
        tree = _DECODER.decode(data)
    except RecursionError:
        raise Unreadable("the JSON is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"the JSON holds bytes that are not UTF-8 ({error.reason})", hint="Save it as UTF-8."
        ) from None
    except (msgspec.DecodeError, ValueError) as error:
        raise _explained(str(error), data) from None
    return tree


def has_repeats(tree: Any, data: bytes) -> bool:
    """Whether some object of the text may have a key twice.

    Each member needs a quote followed by a colon, so when there are no more of those than keys in
    the tree, no key was lost. Texts that contain quote-colon themselves are looked at in full.
    """
    return len(_MEMBER.findall(data)) != _keys(tree) and any(
        m.repeats >= 0 for m in members(data.decode("utf-8", "replace"))
    )


def raw_entries(data: bytes) -> list[tuple[int, int]]:
    """Start and end (bytes) of every entry of a JSON array."""
    spans = []
    at = 0
    for raw in msgspec.json.decode(data, type=list[msgspec.Raw]):
        view = bytes(raw)
        at = data.index(view, at)
        spans.append((at, at + len(view)))
        at += len(view)
    return spans


def members(text: str) -> Iterator[Member]:
    """Every value of a JSON text with its place, in order; stops quietly where the text is broken."""
    try:
        yield from _value(text, _skip(text, 0), (), -1, -1, 0)
    except (_Broken, RecursionError):
        return


def offset(text: str, pointer: Pointer, part: str = "value") -> int:
    """The offset of the value (or key) at a path; that of the deepest existing part otherwise."""
    best, depth = 0, -1
    for member in members(text):
        length = len(member.pointer)
        if length > depth and member.pointer == pointer[:length]:
            best = (
                member.key if part == "key" and length == len(pointer) and member.key >= 0 else member.value
            )
            depth = length
    return best


class _Broken(Exception):
    pass


def _keys(tree: Any) -> int:
    if isinstance(tree, dict):
        count = len(tree)
        for value in tree.values():
            if isinstance(value, dict | list):
                count += _keys(value)
        return count
    return sum(_keys(part) for part in tree if isinstance(part, dict | list)) if isinstance(tree, list) else 0


def _explained(message: str, data: bytes) -> Unreadable:
    at = _AT_BYTE.search(message)
    before = data[: int(at[1]) if at else len(data)].decode("utf-8", "replace")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    said = _AT_BYTE.sub("", message).removeprefix("JSON is malformed: ")
    if "truncated" in said:
        said = "the text ends too early, or a text holds half of a surrogate pair"
    return Unreadable(f"this is not JSON: {said}", line, column)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, pointer: Pointer, key: int, repeats: int, depth: int) -> Iterator[Member]:
    """Yields the members of the value at an offset and, last, a member that tells its end."""
    if depth > MAX_DEPTH * 4 or at >= len(text):
        raise _Broken
    yield Member(pointer, key, at, repeats)
    opening = text[at]
    if opening == "{":
        yield from _object(text, at, pointer, depth)
    elif opening == "[":
        yield from _array(text, at, pointer, depth)


def _end(text: str, at: int) -> int:
    """The offset after the value that starts at an offset."""
    opening = text[at] if at < len(text) else ""
    if opening == '"':
        found = _STRING.match(text, at)
    elif opening in "[{" and opening:
        level, position = 0, at
        while position < len(text):
            character = text[position]
            if character == '"':
                string = _STRING.match(text, position)
                if not string:
                    raise _Broken
                position = string.end()
                continue
            level += (character in "[{") - (character in "]}")
            position += 1
            if level == 0:
                return position
        raise _Broken
    else:
        found = _PLAIN.match(text, at)
    if not found:
        raise _Broken
    return found.end()


def _object(text: str, at: int, pointer: Pointer, depth: int) -> Iterator[Member]:
    seen: dict[str, int] = {}
    at = _skip(text, at + 1)
    while at < len(text) and text[at] != "}":
        key = at
        string = _STRING.match(text, at)
        if not string:
            raise _Broken
        try:
            name = json.loads(string[0])
        except ValueError:
            raise _Broken from None
        at = _skip(text, string.end())
        if text[at : at + 1] != ":":
            raise _Broken
        at = _skip(text, at + 1)
        yield from _value(text, at, (*pointer, name), key, seen.get(name, -1), depth + 1)
        seen.setdefault(name, key)
        at = _skip(text, _end(text, at))
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)


def _array(text: str, at: int, pointer: Pointer, depth: int) -> Iterator[Member]:
    at = _skip(text, at + 1)
    number = 0
    while at < len(text) and text[at] != "]":
        yield from _value(text, at, (*pointer, number), -1, -1, depth + 1)
        at = _skip(text, _end(text, at))
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        number += 1
