"""Edits of a JSON text: the edited texts to try, best first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from qbank.diagnostics import Append, Drop, Edit, Move, Pointer, Put, Remove, Rename, Replace
from qbank.editing.records import place
from qbank.editing.scalars import json_ways
from qbank.editing.trees import CannotEdit
from qbank.reading import json_text

_SPACE = re.compile(r"[ \t\r\n]*")
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_DECODER = json.JSONDecoder()

Span = tuple[int, int]


def ways(text: str, edit: Edit, pointer: Pointer) -> Iterator[str]:
    """Texts that may be what an edit at a path makes of a JSON text. Raises CannotEdit."""
    match edit:
        case Put():
            yield from _put(text, edit.value, pointer)
        case Append():
            yield _append(text, edit.value, pointer)
        case Drop():
            yield _drop(text, pointer)
        case Move():
            yield _move(text, edit.order, pointer)
        case Rename():
            yield _rename(text, edit.names, pointer)
        case Replace():
            yield _replace(text, edit.value, pointer)
        case Remove():
            yield _remove(text, pointer)


def span(text: str, pointer: Pointer, part: str = "value") -> Span:
    """Where the value (or key) at a path begins and ends. Raises CannotEdit when it is not there."""
    start = json_text.offset(text, pointer, part)
    if json_text.offset(text, pointer) == json_text.offset(text, pointer[:-1]) and pointer:
        raise CannotEdit("the value does not stand in the file")
    return start, _DECODER.raw_decode(text, start)[1]


def _put(text: str, value: str, pointer: Pointer) -> Iterator[str]:
    start, end = span(text, pointer)
    raw = text[start:end]
    old = json.loads(raw)
    if not isinstance(old, str):
        raise CannotEdit("there is no text")
    for written in json_ways(raw, old, value):
        yield text[:start] + written + text[end:]


def _move(text: str, order: tuple[str, ...], pointer: Pointer) -> str:
    names = _value(text, pointer)
    if not isinstance(names, dict) or set(names) != set(order):
        raise CannotEdit("the names are others in the file")
    spans = {name: span(text, (*pointer, name)) for name in names}
    pieces, at = [], 0
    for (start, end), other in zip(spans.values(), order, strict=True):
        first, last = spans[other]
        pieces += [text[at:start], text[first:last]]
        at = end
    return "".join(pieces) + text[at:]


def _rename(text: str, names: tuple[str, ...], pointer: Pointer) -> str:
    mapping = _value(text, pointer)
    if not isinstance(mapping, dict) or len(mapping) != len(names):
        raise CannotEdit("the names are others in the file")
    pieces, at = [], 0
    for (start, end), name in zip(
        (span(text, (*pointer, one), "key") for one in mapping), names, strict=True
    ):
        pieces += [text[at:start], json.dumps(name)]
        at = end
    return "".join(pieces) + text[at:]


def _replace(text: str, value: object, pointer: Pointer) -> str:
    written = json.dumps(value, ensure_ascii=False)
    *way, last = pointer
    above = _value(text, tuple(way))
    if isinstance(above, dict) and str(last) not in above:
        return _with_member(text, str(last), written, tuple(way), above, place(list(above), str(last)))
    start, end = span(text, pointer)
    return text[:start] + written + text[end:]


def _remove(text: str, pointer: Pointer) -> str:
    *way, last = pointer
    above = _value(text, tuple(way))
    if not isinstance(above, dict) or str(last) not in above:
        raise CannotEdit("there is no name that could be removed")
    spans = [(span(text, (*way, one), "key")[0], span(text, (*way, one))[1]) for one in above]
    return _without(text, spans, list(above).index(str(last)))


def _append(text: str, value: str, pointer: Pointer) -> str:
    written = json.dumps(value, ensure_ascii=False)
    record = _value(text, pointer[:-1])
    name = pointer[-1]
    if isinstance(record, dict) and name not in record:
        return _with_member(text, str(name), f"[{written}]", pointer[:-1], record)
    items = _value(text, pointer)
    if not isinstance(items, list):
        raise CannotEdit("there is no list to add to")
    start, _ = span(text, pointer)
    if not items:
        return text[: start + 1] + written + text[start + 1 :]
    end = span(text, (*pointer, len(items) - 1))[1]
    gap = _space(text, start + 1)
    if "\n" not in gap:
        gap = _gap(text, [span(text, (*pointer, number)) for number in range(len(items))])
    return f"{text[:end]},{gap}{written}{text[end:]}"


def _with_member(
    text: str, name: str, written: str, pointer: Pointer, record: dict[str, object], at: int = 0
) -> str:
    """A text with a new name after the `at`th of an object, or at its end, spaced as others are."""
    if not record:
        raise CannotEdit("there is no object to add to")
    keys = [span(text, (*pointer, one), "key") for one in record]
    values = [span(text, (*pointer, one)) for one in record]
    colon = _COLON.match(text, keys[0][1])
    gap = _space(text, span(text, pointer)[0] + 1)
    if "\n" not in gap:
        gap = _gap(text, [(key[0], value[1]) for key, value in zip(keys, values, strict=True)])
    end = values[at - 1][1]
    member = f"{json.dumps(name)}{colon[0] if colon else ': '}{written}"
    return f"{text[:end]},{gap}{member}{text[end:]}"


def _drop(text: str, pointer: Pointer) -> str:
    *way, number = pointer
    items = _value(text, tuple(way))
    if not isinstance(items, list) or not isinstance(number, int):
        raise CannotEdit("there is no list")
    if len(items) > 1:
        return _without(text, [span(text, (*way, one)) for one in range(len(items))], number)
    above = _value(text, tuple(way[:-1]))
    if not isinstance(above, dict):
        raise CannotEdit("the list is no part of an object")
    spans = [(span(text, (*way[:-1], one), "key")[0], span(text, (*way[:-1], one))[1]) for one in above]
    return _without(text, spans, list(above).index(str(way[-1])))


def _without(text: str, spans: list[Span], number: int) -> str:
    """A text without one member of an object or array, and without a comma."""
    if number > 0:
        return text[: spans[number - 1][1]] + text[spans[number][1] :]
    end = spans[1][0] if len(spans) > 1 else spans[0][1]
    return text[: spans[0][0]] + text[end:]


def _value(text: str, pointer: Pointer) -> object:
    start, end = span(text, pointer)
    return json.loads(text[start:end])


def _gap(text: str, spans: list[Span]) -> str:
    """The space after the first comma; one space when there is no comma yet."""
    if len(spans) < 2:
        return "" if re.search(r'":["\[{\d]', text) and '": ' not in text else " "
    return text[spans[0][1] : spans[1][0]].partition(",")[2]


def _space(text: str, at: int) -> str:
    found = _SPACE.match(text, at)
    return found[0] if found else ""
