"""YAML scalars piece by piece: what is written, what it means, and where a character of a text is written."""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

# looked for where blanks begin (an escaped one is none of them) and at line ends: not at each of many blanks
_FOLD = r"(?:(?<![ \t])|(?<=\\[ \t])|(?=\n))[ \t]*+\n(?:[ \t]*+\n)*+[ \t]*+"
_PLAIN = re.compile(rf"{_FOLD}|.", re.DOTALL)
_SINGLE = re.compile(rf"''|{_FOLD}|.", re.DOTALL)
_DOUBLE = re.compile(
    rf"\\\n[ \t]*|\\x[0-9A-Fa-f]{{2}}|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}}|\\.|{_FOLD}|.", re.DOTALL
)
_ESCAPES = dict(zip("0abtnvfre_NLP", "\0\a\b\t\n\v\f\r\x1b\u00a0\x85\u2028\u2029", strict=True))


class Unit(NamedTuple):
    """A piece of a written text and what it stands for."""

    raw: str
    value: str


def written_at(raw: str, style: str, text: str, offset: int) -> int | None:
    """Where the character at an offset of a text is written in its scalar `raw`.

    None for a scalar of one line or an alias, and where it is not sure: the pieces must give the text and the
    offset lie in it.
    """
    if "\n" not in raw or style == "*" or not 0 <= offset < len(text):
        return None
    pieces = _exact(raw, style, text)
    if pieces is None:
        return None
    means, written = pieces
    return written[bisect_right(means, offset)]


@functools.lru_cache(maxsize=8)
def _exact(raw: str, style: str, text: str) -> tuple[list[int], list[int]] | None:
    """Of each piece of a scalar, how much of the text it ends, and where it is written; None if not exact."""
    pieces = units(raw, style, text)
    if "".join(one.value for one in pieces) != text:
        return None
    ends = list(accumulate(len(one.value) for one in pieces))
    return ends, list(accumulate((len(one.raw) for one in pieces), initial=0))


def units(raw: str, style: str, old: str) -> list[Unit]:
    """The pieces of a scalar of a style, which means `old`; they mean it too only if they are exact."""
    if style == "":
        return [Unit(part, _folded(part)) for part in _PLAIN.findall(raw)]
    if style == "'":
        inner = (Unit(part, "'" if part == "''" else _folded(part)) for part in _SINGLE.findall(raw[1:-1]))
        return [Unit("'", ""), *inner, Unit("'", "")]
    if style == '"':
        inner = (Unit(part, _unescaped(part)) for part in _DOUBLE.findall(raw[1:-1]))
        return [Unit('"', ""), *inner, Unit('"', "")]
    return _block_units(raw, old, style)


def _folded(part: str) -> str:
    breaks = part.count("\n")
    return part if not breaks else " " if breaks == 1 else "\n" * (breaks - 1)


def _unescaped(part: str) -> str:
    if not part.startswith("\\"):
        return _folded(part)
    if part[1] == "\n":
        return ""
    if part[1] in "xuU":
        return chr(int(part[2:], 16)) if len(part) > 2 and int(part[2:], 16) < 0x110000 else part
    return _ESCAPES.get(part[1], part[1])


def _block_units(raw: str, old: str, style: str) -> list[Unit]:
    """The pieces of a block scalar; a line break goes with the indentation that follows it."""
    header, _, body = raw.partition("\n")
    lines = body.split("\n")
    indent = indent_of(raw, old)
    units = [Unit(header + "\n" + lines[0][:indent], "")]
    used = 0
    last = max((number for number, line in enumerate(lines) if line), default=0)
    for number, line in enumerate(lines):
        units += [Unit(one, one) for one in line[indent:]]
        used += len(line[indent:])
        if number == len(lines) - 1:
            break
        following = lines[number + 1]
        value = "\n" if used < len(old) else ""
        if style == ">" and old[used : used + 1] == " " and line[indent:] and following[indent:]:
            value = " "
        elif style == ">" and line[indent:] and not following[indent:] and number < last:
            value = ""  # the first of several line breaks is folded away
        units.append(Unit("\n" + following[:indent], value))
        used += len(value)
    return units


def indent_of(raw: str, old: str) -> int:
    """How far the lines of a block scalar are indented: the blanks of the first that are not of the text."""
    _, _, body = raw.partition("\n")
    return max(_blanks(body) - _blanks(old), 0)


def _blanks(text: str) -> int:
    """How many blanks the first line begins with that holds something else."""
    first = next((line for line in text.split("\n") if line.strip(" ")), "")
    return len(first) - len(first.lstrip(" "))
