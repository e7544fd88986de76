"""Edits on plain trees: what an edited text must read back as."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from qbank.diagnostics import Append, Drop, Edit, Move, Pointer, Put, Remove, Rename, Replace
from qbank.editing.records import place


class CannotEdit(Exception):
    """An edit that has no place in a text, or none that keeps all else; the message says why."""


def edited(tree: Any, edit: Edit, pointer: Pointer) -> Any:
    """A copy of a tree with an edit at a path. Raises CannotEdit where the path does not lead there."""
    tree = copy.deepcopy(tree)
    *way, last = pointer
    parent = at(tree, tuple(way))
    match edit:
        case Put():
            _put(parent, last, edit.value)
        case Append():
            _append(parent, last, edit.value)
        case Drop():
            _drop(tree, tuple(way), parent, last)
        case Move():
            _move(at(parent, (last,)), edit.order)
        case Rename():
            _rename(at(parent, (last,)), edit.names)
        case Replace():
            _replace(parent, last, edit.value)
        case Remove():
            if not isinstance(parent, dict):
                raise CannotEdit("there is no mapping to take from")
            del parent[_name(parent, last)]
    return tree


def same(one: Any, other: Any) -> bool:
    """Whether two trees are alike to the letter: 1 is not true, and order counts."""
    return repr(one) == repr(other)


def at(tree: Any, pointer: Iterable[str | int]) -> Any:
    """The value at a path of a tree. Raises CannotEdit when it is not there."""
    for step in pointer:
        if isinstance(tree, dict):
            tree = tree[_name(tree, step)]
        elif isinstance(tree, list) and isinstance(step, int) and 0 <= step < len(tree):
            tree = tree[step]
        else:
            raise CannotEdit("the value does not stand in the file")
    return tree


def _name(tree: dict[Any, Any], step: str | int) -> Any:
    found = next((name for name in tree if str(name) == str(step)), None)
    if found is None:
        raise CannotEdit("the value does not stand in the file")
    return found


def _put(parent: Any, last: str | int, value: str) -> None:
    at(parent, (last,))
    parent[_name(parent, last) if isinstance(parent, dict) else last] = value


def _replace(parent: Any, last: str | int, value: Any) -> None:
    if isinstance(parent, dict):
        found = next((name for name in parent if str(name) == str(last)), None)
        if found is not None:
            parent[found] = copy.deepcopy(value)
            return
        pairs = list(parent.items())
        pairs.insert(place([str(name) for name in parent], str(last)), (last, copy.deepcopy(value)))
        parent.clear()
        parent.update(pairs)
    else:
        at(parent, (last,))
        parent[last] = copy.deepcopy(value)


def _append(parent: Any, last: str | int, value: str) -> None:
    if not isinstance(parent, dict):
        raise CannotEdit("the list is no part of a mapping")
    items = parent.setdefault(last, [])
    if not isinstance(items, list):
        raise CannotEdit("there is no list to add to")
    items.append(value)


def _drop(tree: Any, way: Pointer, parent: Any, last: str | int) -> None:
    if not isinstance(parent, list) or not isinstance(last, int) or not 0 <= last < len(parent):
        raise CannotEdit("the entry does not stand in the file")
    del parent[last]
    if not parent:
        above = at(tree, way[:-1])
        if not isinstance(above, dict):
            raise CannotEdit("the list is no part of a mapping")
        del above[_name(above, way[-1])]


def _move(mapping: Any, order: tuple[str, ...]) -> None:
    if not isinstance(mapping, dict) or sorted(order) != sorted(map(str, mapping)):
        raise CannotEdit("the names are others in the file")
    values = {str(name): part for name, part in mapping.items()}
    for name, other in zip(list(mapping), order, strict=True):
        mapping[name] = values[other]


def _rename(mapping: Any, names: tuple[str, ...]) -> None:
    if not isinstance(mapping, dict) or len(set(names)) != len(mapping) or len(names) != len(mapping):
        raise CannotEdit("the names are others in the file")
    values = list(mapping.values())
    mapping.clear()
    mapping.update(zip(names, values, strict=True))
