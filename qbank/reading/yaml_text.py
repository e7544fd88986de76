"""YAML texts → plain trees: the only door to ryaml, which refuses alias bombs, depth and repeated keys.

What it refuses is told in plain words, with its place.
"""

from __future__ import annotations

import functools
import itertools
import re
from typing import Any, NamedTuple

from qbank.reading import yaml_nodes
from qbank.reading.limits import MANY_BRACKETS, MAX_DEPTH
from qbank.reading.text import Unreadable
from qbank.reading.yaml_nodes import Node, find

__all__ = ["Node", "Slice", "entries", "find", "guess_ids", "parse", "slices", "with_text_keys"]

_ITEM_START = re.compile(r"^-(?=[ \n])", re.MULTILINE)
_BRACKET = re.compile(r"[\[\]{}]")
_YAML_BREAK = re.compile(r"[\n\x85\u2028\u2029]")
_TOO_LONG = re.compile(r"invalid type: integer `(-?\d+)`")
_MAYBE_TAG = re.compile(r"!(?<![^\s\[{,]!)")
_AT = re.compile(r" at (?:line (\d+) column (\d+)|position (\d+))")
_OPENED = re.compile(
    r"(?:end of stream|expected ':').* while scanning a (quoted scalar|simple key) at line (\d+) column (\d+)"
)
_NEVER_CLOSED = {
    "quoted scalar": (
        "a text in quotes begins here and never ends",
        "Write the closing quote, the same as the opening one.",
    ),
    "simple key": (
        "a name must be followed by a colon and a space",
        "Write it as name: value, or indent it as the text that it continues.",
    ),
}
_ID = re.compile(
    r"(?:^|[{,])[ \t-]*[\"']?id[\"']?[ \t]*:[ \t]*[\"']?([A-Za-z][A-Za-z0-9._-]{0,63})", re.MULTILINE
)


class Slice(NamedTuple):
    """A top-level entry of a block sequence: its text, and offset and line of its start."""

    text: str
    start: int
    line: int


def parse(text: str) -> Any:
    """The plain tree of a YAML document. Raises Unreadable."""
    import ryaml

    if _may_be_deep(text):
        yaml_nodes.refuse_depth(text)
    if _MAYBE_TAG.search(text):
        yaml_nodes.refuse_tags(text)
    try:
        return ryaml.loads(text)  # type: ignore[attr-defined]
    except RecursionError:
        raise Unreadable("the file is nested too deeply") from None
    except Exception as error:  # ryaml raises its own error and plain ValueError
        raise _explained(str(error), text) from None


def slices(text: str) -> list[Slice]:
    """The entries of a top-level block sequence at column 1; [] when the text is not one."""
    starts = [match.start() for match in _ITEM_START.finditer(text)]
    if not starts or not _only_comments(text[: starts[0]]):
        return []
    result = []
    line, at = 1, 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", at, start)
        at = start
        result.append(Slice(text[start:end], start, line))
    return result


@functools.lru_cache(maxsize=8)
def entries(text: str) -> list[Slice]:
    """The slices of a text, [] where what looks like an entry is the inside of a quoted text."""
    found = slices(text)
    try:
        tree = parse(text)
    except Unreadable:
        return found
    return found if isinstance(tree, list) and len(tree) == len(found) else []


def guess_ids(text: str) -> list[str]:
    """Ids that a broken text seems to declare, so that they are not reported as missing."""
    return _ID.findall(text)


def with_text_keys(text: str) -> Any:
    """The tree of a text with every mapping key as it was typed (ryaml makes `1` a number)."""
    import ryaml

    def build(node: yaml_nodes.Node | None, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise Unreadable("the file is nested too deeply")
        if node is None:
            return None
        if node.pairs is not None:
            return {str(key.text): build(value, depth + 1) for key, value in node.pairs}
        if node.parts is not None:
            return [build(part, depth + 1) for part in node.parts]
        if not node.plain:
            return node.text
        try:
            return ryaml.loads(node.text or "")  # type: ignore[attr-defined]
        except Exception:
            return node.text

    return build(yaml_nodes.root(text), 0)


def _may_be_deep(text: str) -> bool:
    """Whether brackets may be nested so deeply that parsing takes long; true of no usual text."""
    if text.count("[") + text.count("{") <= MANY_BRACKETS:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MANY_BRACKETS:
            return True
    return False


def _explained(message: str, text: str) -> Unreadable:
    at = _AT.search(message)
    line, column = 1, 1
    if at and at[1]:
        line, column = _line_and_column(text, _yaml_offset(text, int(at[1]), int(at[2])))
    elif at and at[3]:
        before = text.encode()[: int(at[3])].decode("utf-8", "replace")
        line, column = _line_and_column(text, len(before))
    number_too_long = _TOO_LONG.search(message)
    if number_too_long:
        digits = number_too_long[1]
        line, column = _line_and_column(text, max(text.find(digits), 0))
        hint = "Put it in quotes when it is a text."
        return Unreadable(f"the number {digits[:40]} is too long", line, column, hint)
    lines = text.split("\n")
    for number in (line, line + 1):
        typed = lines[number - 1] if number <= len(lines) else ""
        indent = typed[: len(typed) - len(typed.lstrip())]
        if "\t" in indent and ("tab" in message or "token" in message or "find" in message):
            return Unreadable(
                "a tab is used as indentation; YAML wants spaces",
                number,
                indent.index("\t") + 1,
                "Replace the tab by spaces, two a level.",
            )
    if "duplicate entry" in message:
        return Unreadable(message, line, column)
    if "repetition limit" in message:
        return Unreadable("too many aliases (*name): the file would grow without bound", line, column)
    if "recursion limit" in message:
        return Unreadable("the file is nested too deeply", line, column)
    if "unhashable" in message:
        return Unreadable("a list or mapping is used as a key", line, column)
    if "more than one document" in message:
        return Unreadable(
            "the file holds more than one YAML document", hint="Write one list; remove the lines ---."
        )
    opened = _OPENED.search(message)
    if opened:
        said, hint = _NEVER_CLOSED[opened[1]]
        line, column = _line_and_column(text, _yaml_offset(text, int(opened[2]), int(opened[3])))
        return Unreadable(said, line, column, hint)
    said = _AT.sub("", message.split(", while")[0])
    hint = "Text with ': ' in it, or with a special character at its start, must be in quotes."
    if "expected key" in said or "expected '-'" in said or "mapping values" in said:
        hint += " Lines that belong together start in the same column."
    return Unreadable(f"this is not YAML: {said}", line, column, hint)


def _yaml_offset(text: str, line: int, column: int) -> int:
    """The offset of a line and column as YAML counts them: it knows more line breaks than line feeds."""
    breaks = (found.end() for found in _YAML_BREAK.finditer(text))
    start = next(itertools.islice(breaks, line - 2, None), 0) if line > 1 else 0
    return min(start + column - 1, len(text))


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _only_comments(text: str) -> bool:
    return all(
        not line.strip() or line.lstrip().startswith("#") or line.rstrip() == "---"
        for line in text.split("\n")
    )
