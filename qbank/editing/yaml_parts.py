"""The parts of a YAML file that are no entries of a list at its top: what can be edited by itself.

Those of a flow list, and of the lists and mappings under the names of a mapping. Each must read by itself as
it does in the file; a file with anchors, or with a part that does not, is edited as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from qbank.diagnostics import Pointer
from qbank.editing.trees import CannotEdit, at, same
from qbank.reading import yaml_nodes, yaml_text
from qbank.reading.text import Unreadable
from qbank.reading.yaml_nodes import Node


class Part(NamedTuple):
    """The part of a file that holds a record: where it is in the file, and the record's path in it."""

    start: int
    end: int
    prefix: Pointer


def parts(text: str) -> Mapping[Pointer, Part]:
    """The parts by their paths in the file; none where one of them does not stand by itself."""
    try:
        root = None if yaml_nodes.has_anchors(text) else yaml_nodes.root(text)
        tree = yaml_text.parse(text)
    except Unreadable:
        return {}
    found: dict[Pointer, Part] = {}
    for pointer, part in () if root is None else _of(text, root):
        if part is None or not same(_alone(text, part), at(tree, pointer)):
            return {}
        found[pointer] = part
    return found


def _of(text: str, root: Node) -> Iterator[tuple[Pointer, Part | None]]:
    if root.parts is not None and root.style == "[":
        yield from _entries(text, (), root, len(text))
    if root.pairs is None:
        return
    starts = [key.start for key, _ in root.pairs[1:]]
    for (key, value), end in zip(root.pairs, [*starts, len(text)], strict=True):
        if value.parts is not None:
            yield from _entries(text, (str(key.text),), value, end)
        elif value.pairs is not None:
            flows = value.style == "["
            whole = _lines(text, key.start, end) if root.style == "-" else None
            yield (str(key.text),), Part(value.start, value.end, ()) if flows else _prefixed(whole, key)


def _prefixed(lines: tuple[int, int] | None, key: Node) -> Part | None:
    return None if lines is None else Part(*lines, (str(key.text),))


def _entries(text: str, path: Pointer, items: Node, end: int) -> Iterator[tuple[Pointer, Part | None]]:
    """The entries of a list that ends before an offset; those in block style with all their lines."""
    nodes = items.parts or []
    if items.style == "[":
        for number, node in enumerate(nodes):
            yield (*path, number), Part(node.start, node.end, ()) if node.style == "[" else None
        return
    dashes = [text.rfind("-", 0, node.start) for node in nodes]
    for number, (start, after) in enumerate(zip(dashes, [*dashes[1:], end], strict=True)):
        lines = _lines(text, start, after)
        yield (*path, number), None if lines is None else Part(*lines, (0,))


def _lines(text: str, start: int, end: int) -> tuple[int, int] | None:
    """From the head of the line of an offset to that of another; None where more stands before the first."""
    first = text.rfind("\n", 0, start) + 1
    last = end if end == len(text) else text.rfind("\n", 0, end) + 1
    return (first, last) if not text[first:start].strip(" ") and last > first else None


def _alone(text: str, part: Part) -> Any:
    """What a part reads as by itself."""
    try:
        return at(yaml_text.parse(text[part.start : part.end]), part.prefix)
    except (Unreadable, CannotEdit):
        return None
