"""New values of fields → files with these values in place: comments, order and layout of the rest stay.

All of a record's changes are made, or none; every edit is read back before it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from qbank.diagnostics import Edit, Pointer, Put, Remove, Replace, Where
from qbank.editing.texts import Text, record, tried
from qbank.editing.trees import CannotEdit
from qbank.editing.yaml_parts import Part
from qbank.model.bank import Source

_ORDERED = ("options", "prompts")
"""Fields whose names have an order that candidates see."""
Read = Callable[[str], bytes]


class Change(NamedTuple):
    """Fields of a record (by its number in the bank) and their new values; None removes a field."""

    record: int
    fields: Mapping[str, Any]


class Failure(NamedTuple):
    """A record that could not be changed in its file, and why."""

    file: str
    id: str
    reason: str


class Changed(NamedTuple):
    """The new bytes of files by path, and what could not be changed."""

    files: dict[str, bytes]
    failures: tuple[Failure, ...]


def change(changes: Iterable[Change], sources: Sequence[Source], read: Read) -> Changed:
    """The files of some records with new values; `read` gives the bytes of a path."""
    texts: dict[str, Text] = {}
    failures = []
    for one in changes:
        source = sources[one.record]
        try:
            if source.path not in texts:
                texts[source.path] = Text(read(source.path), source)
            _change(texts[source.path], source, one)
        except CannotEdit as error:
            failures.append(Failure(source.file, source.id, str(error)))
        except OSError as error:
            failures.append(Failure(source.file, source.id, (error.strerror or str(error)).lower()))
    files = {}
    for path, text in texts.items():
        try:
            files[path] = text.result()
        except CannotEdit as error:
            failures.append(Failure(path, "", str(error)))
    return Changed(files, tuple(failures))


def _change(file: Text, source: Source, wanted: Change) -> None:
    part = file.part(source)
    text = file.now(part)
    if str(_tree(file, text, part).get("id", "")) != source.id:
        raise CannotEdit("the file has changed")
    for name, value in wanted.fields.items():
        text = _with_field(file, text, part, wanted.record, name, value)
    file.replace(part, text)


def _tree(file: Text, text: str, part: Part) -> dict[str, Any]:
    tree = record(file, text, part.prefix)
    if not isinstance(tree, dict):
        raise CannotEdit("the file has changed")
    return tree


def _with_field(file: Text, text: str, part: Part, number: int, name: str, value: Any) -> str:
    """A text with a field as wanted: changed where it differs if that can be done, else written anew."""
    tree = _tree(file, text, part)
    if value is None:
        return tried(file, text, part.prefix, Remove(Where(number, (name,)))) if name in tree else text
    if name in tree:
        try:
            fine = text
            for edit in _edits(number, (name,), tree[name], value):
                fine = tried(file, fine, part.prefix, edit)
            return fine
        except CannotEdit:
            pass
    return tried(file, text, part.prefix, Replace(Where(number, (name,)), value))


def _edits(number: int, pointer: Pointer, old: Any, new: Any) -> Iterator[Edit]:
    """The smallest edits that make one value of another. Raises CannotEdit when it is better written anew."""
    where = Where(number, pointer)
    if isinstance(old, dict) and isinstance(new, dict) and new:
        yield from _in_mapping(number, pointer, old, new)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            if one != other:
                yield from _edits(number, (*pointer, index), one, other)
    elif isinstance(old, str) and isinstance(new, str):
        if old != new:
            yield Put(where, new)
    elif old != new or isinstance(old, bool) is not isinstance(new, bool):
        yield Replace(where, new)


def _in_mapping(number: int, pointer: Pointer, old: dict[Any, Any], new: dict[str, Any]) -> Iterator[Edit]:
    names = [str(name) for name in old]
    kept = [name for name in names if name in new]
    moved = kept + [name for name in new if name not in names] != list(new)
    if moved and pointer[0] in _ORDERED:
        raise CannotEdit("the order is another")
    for name, value in zip(names, old.values(), strict=True):
        if name in new:
            yield from _edits(number, (*pointer, name), value, new[name])
    for name in new:
        if name not in names:
            yield Replace(Where(number, (*pointer, name)), new[name])
    for name in names:
        if name not in new:
            yield Remove(Where(number, (*pointer, name)))
