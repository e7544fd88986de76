"""Records → YAML as people write it: block style, one fact a line, texts without quotes where they can be.

What is written is read again before it counts: a text that plain YAML would take for something else is
put in quotes.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from qbank.editing.scalars import double_quoted
from qbank.reading.yaml_text import parse

WIDTH = 100
_ORDER = (
    "id", "type", "status", "title", "content_area", "cognitive_level", "attributes", "stem", "text", "media",
    "prompts", "options", "key", "choose", "reuse", "case_sensitive", "rubric", "rationale", "references",
    "points", "scoring", "shuffle", "fixed", "stimulus", "enemies", "codes", "tags", "calculation", "author",
    "review", "approval", "lint_ignore",
)  # fmt: skip
_RANK = {name: number for number, name in enumerate(_ORDER)}
_PLAIN = re.compile(r"[A-Za-z(][A-Za-z0-9 _.,;()/%+*'?=<>–—-]*[A-Za-z0-9_.)/%+?-]|[A-Za-z]")
_WORDLIKE = re.compile(
    r"(?i:y|n|yes|no|on|off|true|false|null|none|nan|inf|infinity|~)|[-+.]?(?:inf|nan)|0[xob].*"
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_FLOW = frozenset({"review", "approval", "codes", "scoring", "lint_ignore", "media"})
"""Fields whose small records stand on one line, as people write them."""


def entry(record: Mapping[str, Any]) -> str:
    """A record as an entry of a YAML list, ending with a line break."""
    lines = list(_mapping(_sorted(record), 2))
    if not lines:
        return "- {}\n"
    return "- " + "\n".join(lines)[2:] + "\n"


def document(record: Mapping[str, Any]) -> str:
    """A record as a YAML document of its own, in the order given."""
    return "\n".join(_mapping(record, 0)) + "\n"


def entries(records: Iterable[Mapping[str, Any]]) -> str:
    """Records as a YAML list with an empty line between them."""
    return "\n".join(entry(record) for record in records)


def named(name: str, value: Any, typed: str = "") -> list[str]:
    """A name of a mapping with its value, as lines without its indentation; `typed` is how it is written."""
    lines = "\n".join(_mapping({name: value}, 0)).split("\n")
    return [typed + lines[0][len(_key(name)) :], *lines[1:]] if typed else lines


def place(names: Sequence[str], new: str) -> int:
    """Where in a mapping a new name goes: in a record where it is by custom, else at the end."""
    if "id" not in names or new not in _RANK:
        return len(names)
    before = [number for number, name in enumerate(names, 1) if _RANK.get(name, 0) < _RANK[new]]
    return max(before, default=len(names))


def inline(value: Any) -> str:
    """A value in flow style."""
    return _inline(value)


def _sorted(record: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(record.items(), key=lambda pair: _RANK.get(pair[0], len(_RANK))))


def _mapping(record: Mapping[str, Any], indent: int) -> Iterator[str]:
    space = " " * indent
    for name, value in record.items():
        key = _key(name)
        if isinstance(value, str):
            yield f"{space}{key}: {_text(value, indent + 2)}"
        elif isinstance(value, Mapping):
            yield from _nested(key, value, indent, name in _FLOW)
        elif isinstance(value, list | tuple):
            yield from _list(key, value, indent, name in _FLOW)
        else:
            yield f"{space}{key}: {_scalar(value)}"


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) and not _WORDLIKE.fullmatch(name) else double_quoted(name)


def _nested(key: str, value: Mapping[str, Any], indent: int, flow: bool) -> Iterator[str]:
    space = " " * indent
    if not value or (flow and _fits(value, indent + len(key) + 2)):
        yield f"{space}{key}: {_inline(value)}"
        return
    yield f"{space}{key}:"
    yield from _mapping(value, indent + 2)


def _list(key: str, values: Sequence[Any], indent: int, flow: bool) -> Iterator[str]:
    space = " " * indent
    short = all(isinstance(one, str) and _NAME.fullmatch(one) for one in values)
    if not values or (short and _fits(values, indent + len(key) + 2)):
        yield f"{space}{key}: {_inline(values)}"
        return
    yield f"{space}{key}:"
    for one in values:
        if isinstance(one, str):
            yield f"{space}- {_text(one, indent + 2)}"
        elif isinstance(one, Mapping) and one:
            if flow and _fits(one, indent + 2):
                yield f"{space}- {_inline(one)}"
            else:
                lines = list(_mapping(one, indent + 2))
                yield f"{space}- {lines[0].lstrip()}"
                yield from lines[1:]
        else:
            yield f"{space}- {_inline(one)}"


def _fits(value: Any, indent: int) -> bool:
    return indent + len(_inline(value)) <= WIDTH + 10


def _inline(value: Any) -> str:
    """A value in flow style."""
    if isinstance(value, str):
        return value if _NAME.fullmatch(value) and not _WORDLIKE.fullmatch(value) else double_quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_inline(str(name))}: {_inline(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _text(text: str, indent: int) -> str:
    """A text as a scalar: plain, folded, line by line, or in quotes where nothing else gives it back."""
    for written in _ways(text, indent):
        if _means(written, text):
            return written
    return double_quoted(text)


def _ways(text: str, indent: int) -> Iterator[str]:
    space = " " * indent
    one_line = "\n" not in text and text.isprintable()
    if one_line and indent + len(text) <= WIDTH + 10:
        if _PLAIN.fullmatch(text) and not _WORDLIKE.fullmatch(text):
            yield text
        elif text == text.strip() != "" and not _WORDLIKE.fullmatch(text):
            if text[0].isalpha() and ": " not in text and " #" not in text and not text.endswith(":"):
                yield text
            if '"' in text or "\\" in text:
                yield "'" + text.replace("'", "''") + "'"
    elif one_line and "  " not in text and text == text.strip():
        folded = textwrap.wrap(text, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
        yield ">-\n" + "\n".join(f"{space}{line}" for line in folded)
    elif text and not text[0].isspace() and all(line.isprintable() for line in text.split("\n")):
        chomp = "-" if not text.endswith("\n") else "" if not text.endswith("\n\n") else "+"
        body = text.removesuffix("\n").split("\n")
        yield f"|{chomp}\n" + "\n".join(f"{space}{line}" if line else "" for line in body)


def _means(written: str, text: str) -> bool:
    if written == text and _PLAIN.fullmatch(text) and ": " not in text and " #" not in text:
        return True
    try:
        tree = parse("x: " + written + "\n")
    except Exception:  # whatever YAML says against it
        return False
    return isinstance(tree, dict) and tree.get("x") == text
