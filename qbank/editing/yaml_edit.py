"""Edits of a YAML text: the edited texts to try, best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from qbank.diagnostics import Append, Drop, Edit, Move, Pointer, Put, Remove, Rename, Replace
from qbank.editing import records
from qbank.editing.scalars import double_quoted, yaml_ways
from qbank.editing.trees import CannotEdit
from qbank.reading import yaml_text
from qbank.reading.yaml_text import Node

_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")


def ways(text: str, edit: Edit, pointer: Pointer, block_lists: bool) -> Iterator[str]:
    """Texts that may be what an edit at a path makes of a YAML text.

    `block_lists` says how a list is written that has to be made. Raises CannotEdit.
    """
    _not_shared(text, pointer)
    match edit:
        case Put():
            yield from _put(text, edit.value, pointer)
        case Append():
            yield from _append(text, edit.value, pointer, block_lists)
        case Drop():
            yield _drop(text, pointer)
        case Move():
            yield _move(text, edit.order, pointer, keep_blocks=True)
            yield _move(text, edit.order, pointer, keep_blocks=False)
        case Rename():
            yield _rename(text, edit.names, pointer)
        case Replace():
            yield from _replace(text, edit.value, pointer)
        case Remove():
            yield _remove(text, pointer)


def _not_shared(text: str, pointer: Pointer) -> None:
    """Raises CannotEdit where the value, or what it stands in, may be used in another place too."""
    for depth in range(len(pointer) + 1):
        found = yaml_text.find(text, pointer[:depth])
        if found is not None and found[1].anchored:
            raise CannotEdit("the value has an anchor, so it is also used elsewhere")


def _replace(text: str, value: Any, pointer: Pointer) -> Iterator[str]:
    """Texts with another value under a name, or with the name at the end of its mapping."""
    found = yaml_text.find(text, pointer)
    if found is None:
        yield from _with_name(text, str(pointer[-1]), value, pointer[:-1])
        return
    key, node = found
    yield from _written_anew(text, value, key, node)


def _written_anew(text: str, value: Any, key: Node | None, node: Node) -> Iterator[str]:
    end = max(node.start, _end(text, node))
    inline = records.inline(value)
    if key is None:
        yield text[: node.start] + inline + text[end:]
        return
    start = key.start
    indent = start - _line_start(text, start)
    if not text[start - indent : start].strip(" -"):
        lines = records.named(str(key.text), value, text[start : _end(text, key)])
        written = _indented(lines, " " * indent).removeprefix(" " * indent)
        after = text[end : _line_end(text, end)]
        if after.strip() and "\n" in written:  # a comment keeps its place above, where it cannot become text
            yield f"{text[:start]}{after.strip()}\n{' ' * indent}{written}{text[_line_end(text, end) :]}"
        yield text[:start] + written + text[end:]
    yield text[: node.start] + inline + text[end:]


def _with_name(text: str, name: str, value: Any, pointer: Pointer) -> Iterator[str]:
    """Texts with a new name in a mapping, at the end or where it belongs by custom."""
    _, mapping = _found(text, pointer)
    if not mapping.pairs or mapping.style == "*":
        raise CannotEdit("there is no mapping to add to")
    key, last = mapping.pairs[records.place([str(one.text) for one, _ in mapping.pairs], name) - 1]
    end = max(_end(text, key), _end(text, last))
    if mapping.style == "[":
        yield f"{text[:end]}, {name}: {records.inline(value)}{text[end:]}"
        return
    first = mapping.pairs[0][0].start
    indent = " " * (first - _line_start(text, first))
    yield _line_added(text, end, _indented(records.named(name, value), indent))
    yield _line_added(text, end, f"{indent}{name}: {records.inline(value)}")


def _indented(lines: Iterable[str], indent: str) -> str:
    return "\n".join(indent + line if line else "" for line in lines)


def _remove(text: str, pointer: Pointer) -> str:
    """A text without a name of a mapping and its value."""
    key, value = _found(text, pointer)
    _, above = _found(text, pointer[:-1])
    if key is None or above.pairs is None or above.style == "*" or value.anchored:
        raise CannotEdit("there is no name that could be removed")
    if above.style == "[":
        spans = [(one.start, max(_end(text, one), _end(text, two))) for one, two in above.pairs]
        return _without(
            text, spans, next(n for n, (one, _) in enumerate(above.pairs) if one.start == key.start)
        )
    return _without_lines(text, key.start, max(_end(text, key), _end(text, value)))


def _found(text: str, pointer: Pointer) -> tuple[Node | None, Node]:
    found = yaml_text.find(text, pointer)
    if found is None:
        raise CannotEdit("the value does not stand in the file")
    return found


def _put(text: str, value: str, pointer: Pointer) -> Iterator[str]:
    _, node = _found(text, pointer)
    if node.text is None or node.start == node.end:
        raise CannotEdit("there is no text")
    raw = text[node.start : node.end]
    if node.style == "*":
        written: Iterator[str] = iter((double_quoted(value),))
    else:
        written = yaml_ways(raw, node.style, node.text, value)
    for one in written:
        yield text[: node.start] + one + text[node.end :]


def _move(text: str, order: tuple[str, ...], pointer: Pointer, *, keep_blocks: bool) -> str:
    """A text with moved values; what is no block scalar can stand wherever another one stood.

    A comment behind a value speaks of the value, and moves along.
    """
    _, mapping = _found(text, pointer)
    if mapping.pairs is None or mapping.style == "*":
        raise CannotEdit("there is no mapping")
    values = {str(key.text): value for key, value in mapping.pairs}
    if any(value.start == value.end for value in values.values()) or set(order) != set(values):
        raise CannotEdit("the names are others in the file")
    if any(value.anchored for _, value in mapping.pairs):
        raise CannotEdit("a value has an anchor, so it is also used elsewhere")
    pieces, at = [], 0
    for value, other in zip(values.values(), order, strict=True):
        moved = values[other]
        quoted = not keep_blocks and moved.style in ("|", ">")
        end = _end(text, moved)
        written = double_quoted(moved.text or "") if quoted else text[moved.start : end]
        pieces += [text[at : value.start], written, text[end : _remarked(text, mapping, moved)]]
        at = _remarked(text, mapping, value)
    return "".join(pieces) + text[at:]


def _remarked(text: str, mapping: Node, value: Node) -> int:
    """Where the comment behind a value of a mapping in block style ends; without one, the value."""
    end = _end(text, value)
    if mapping.style == "[" or value.style in ("|", ">"):
        return end
    comment = _COMMENT.match(text, end)
    return end if comment is None else comment.end()


def _rename(text: str, names: tuple[str, ...], pointer: Pointer) -> str:
    _, mapping = _found(text, pointer)
    if mapping.pairs is None or mapping.style == "*":
        raise CannotEdit("there is no mapping")
    pieces, at = [], 0
    for (key, _), name in zip(mapping.pairs, names, strict=True):
        if key.anchored or key.style == "*" or key.text is None:
            raise CannotEdit("a name is written in an unusual way")
        raw = text[key.start : key.end]
        pieces += [text[at : key.start], next(yaml_ways(raw, key.style, key.text, name))]
        at = key.end
    return "".join(pieces) + text[at:]


def _append(text: str, value: str, pointer: Pointer, block_lists: bool) -> Iterator[str]:
    written = value if _SAFE.fullmatch(value) else double_quoted(value)
    for one in dict.fromkeys((written, double_quoted(value))):
        if yaml_text.find(text, pointer) is None:
            yield _with_list(text, str(pointer[-1]), one, pointer[:-1], block_lists)
        else:
            yield _longer(text, one, _found(text, pointer)[1])


def _longer(text: str, written: str, items: Node) -> str:
    if items.parts is None or items.style == "*" or items.anchored:
        raise CannotEdit("there is no list to add to")
    if items.style == "[":
        end = _end(text, items.parts[-1]) if items.parts else items.start + 1
        return text[:end] + (f", {written}" if items.parts else written) + text[end:]
    last = items.parts[-1]
    dash = _dash(text, last)
    if dash is None:
        raise CannotEdit("the list is written in an unusual way")
    return _line_added(text, _end(text, last), f"{' ' * (dash - _line_start(text, dash))}- {written}")


def _with_list(text: str, name: str, written: str, pointer: Pointer, block_lists: bool) -> str:
    """A text with a new list at the end of a mapping."""
    _, mapping = _found(text, pointer)
    if not mapping.pairs or mapping.style == "*":
        raise CannotEdit("there is no mapping to add to")
    key, value = mapping.pairs[-1]
    end = max(_end(text, key), _end(text, value))
    if mapping.style == "[":
        return f"{text[:end]}, {name}: [{written}]{text[end:]}"
    indent = " " * (mapping.pairs[0][0].start - _line_start(text, mapping.pairs[0][0].start))
    lines = f"{indent}{name}:\n{indent}- {written}" if block_lists else f"{indent}{name}: [{written}]"
    return _line_added(text, end, lines)


def _drop(text: str, pointer: Pointer) -> str:
    key, items = _found(text, pointer[:-1])
    number = pointer[-1]
    if items.parts is None or not isinstance(number, int) or items.style == "*":
        raise CannotEdit("there is no list")
    if len(items.parts) == 1 and key is not None:
        _, above = _found(text, pointer[:-2])
        if above.style == "[" and above.pairs is not None:
            spans = [(one.start, max(_end(text, one), _end(text, two))) for one, two in above.pairs]
            return _without(text, spans, next(n for n, (one, _) in enumerate(above.pairs) if one is key))
        return _without_lines(text, key.start, max(_end(text, key), _end(text, items)))
    if items.style == "[":
        return _without(text, [(part.start, _end(text, part)) for part in items.parts], number)
    dash = _dash(text, items.parts[number])
    if dash is None:
        raise CannotEdit("the list is written in an unusual way")
    return _without_lines(text, dash, _end(text, items.parts[number]))


def _without(text: str, spans: list[tuple[int, int]], number: int) -> str:
    """A text without one part of a flow collection, and without a comma."""
    if number > 0:
        return text[: spans[number - 1][1]] + text[spans[number][1] :]
    end = spans[1][0] if len(spans) > 1 else spans[0][1]
    return text[: spans[0][0]] + text[end:]


def _without_lines(text: str, start: int, end: int) -> str:
    """A text without the lines of a part, which must have them for itself."""
    first = _line_start(text, start)
    if text[first:start].strip(" "):
        raise CannotEdit("the entry shares its line with something else")
    return text[:first] + text[min(_line_end(text, end) + 1, len(text)) :]


def _end(text: str, node: Node) -> int:
    """Where a value ends, without the line breaks that follow it."""
    if node.style == "-":
        parts = [part for pair in node.pairs for part in pair] if node.pairs is not None else node.parts
        return max((_end(text, part) for part in parts or ()), default=node.start)
    if node.style in ("|", ">"):
        return node.start + len(text[node.start : node.end].rstrip("\n"))
    return node.end


def _dash(text: str, node: Node) -> int | None:
    """Where the dash of a list entry stands; None when something else is before it in its line."""
    before = text[_line_start(text, node.start) : node.start]
    found = re.fullmatch(r"( *)- *", before)
    return None if found is None else _line_start(text, node.start) + len(found[1])


def _line_added(text: str, at: int, lines: str) -> str:
    """A text with lines after the line that holds an offset."""
    end = _line_end(text, at)
    return f"{text[:end]}\n{lines}{text[end:]}"


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
