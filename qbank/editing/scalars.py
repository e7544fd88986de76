"""Texts as they are written: the ways to write a new value where an old one stands, best first.

The first way changes only the characters that differ, so that quotes, escapes and folded lines stay;
the others write the whole text anew, in its own style where that can hold it.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from qbank.reading.yaml_units import Unit, indent_of, units

_JSON = re.compile(r"\\u[Dd][89ABab]..\\u[Dd][C-Fc-f]..|\\u....|\\.|.", re.DOTALL)
_OTHERWISE = re.compile(r"(?i:y|n|yes|no|on|off|true|false|null|~)|[-+.]?\d[\d_.:eE+-]*")
"""Plain scalars that this or another YAML reader takes for something else than a text."""
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def yaml_ways(raw: str, style: str, old: str, new: str) -> Iterator[str]:
    """Ways to write `new` where the scalar `raw`, which means `old`, stands in a YAML text."""
    patched = _patched(units(raw, style, old), old, new, style)
    plain_is_text = not _OTHERWISE.fullmatch(new)
    if patched is not None and (style or plain_is_text):
        yield patched
    ending = ""
    if style in "|>" and style:
        ending = raw[len(raw.rstrip("\n")) :]
        block = _block(raw, old, new, ending)
        if block is not None:
            yield block
    elif new.isprintable():
        if not style and plain_is_text:
            yield new
        if style != '"':
            yield "'" + new.replace("'", "''") + "'"
    yield double_quoted(new) + ending


def json_ways(raw: str, old: str, new: str) -> Iterator[str]:
    """Ways to write `new` where the text `raw`, which means `old`, stands in a JSON text."""
    pieces = [Unit('"', ""), *(Unit(part, json.loads(f'"{part}"')) for part in _JSON.findall(raw[1:-1]))]
    patched = _patched([*pieces, Unit('"', "")], old, new, '"')
    if patched is not None:
        yield patched
    yield json.dumps(new, ensure_ascii=raw.isascii())


def double_quoted(text: str) -> str:
    """A text in double quotes, with escapes only where they are needed."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character == " " or character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _patched(pieces: list[Unit], old: str, new: str, style: str) -> str | None:
    """The written text with only those pieces changed that differ; None when that cannot be done."""
    if "".join(unit.value for unit in pieces) != old:
        return None
    written = []
    changes = _changes(old, new)
    at = 0
    for unit in pieces:
        end = at + len(unit.value)
        while changes and changes[0].start == changes[0].end <= at and unit.value:
            written.append(_typed(changes.pop(0).text, style))
        if changes and changes[0].start < end:
            change = changes[0]
            if change.start > at or (end > change.end):
                return None
            if end == change.end:
                written.append(_typed(change.text, style))
                changes.pop(0)
            else:
                changes[0] = change._replace(start=end)
        else:
            written.append(unit.raw)
        at = end
    return None if changes or None in written else "".join(part for part in written if part is not None)


class _Change(NamedTuple):
    start: int
    end: int
    text: str


def _changes(old: str, new: str) -> list[_Change]:
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < min(len(old), len(new)) - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    matcher = difflib.SequenceMatcher(
        None, old[start : len(old) - tail], new[start : len(new) - tail], autojunk=False
    )
    return [
        _Change(start + i1, start + i2, new[start + j1 : start + j2])
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def _typed(text: str, style: str) -> str | None:
    """A new piece as it is typed inside a scalar of a style; None when it cannot be."""
    if style == '"':
        return "".join(map(_escaped, text))
    if text and not text.isprintable():
        return None
    return text.replace("'", "''") if style == "'" else text


def _block(raw: str, old: str, new: str, ending: str) -> str | None:
    """A block scalar written anew, line by line; None when a block cannot hold the text."""
    body = new.removesuffix("\n")
    lines = body.split("\n")
    if not body or body[0].isspace() or not all(line.isprintable() for line in lines):
        return None
    indent = " " * indent_of(raw, old)
    chomping = "" if new.endswith("\n") else "-"
    return f"|{chomping}\n" + "\n".join(indent + line if line else "" for line in lines) + (ending or "")
