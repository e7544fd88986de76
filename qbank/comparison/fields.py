"""Fields of two records compared: plain values, lists, mappings by their keys, texts by words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from qbank.comparison.changes import Change
from qbank.comparison.words import words
from qbank.model.hashing import canonical

TEXTS = frozenset({"stem", "rationale", "rubric", "title", "text", "notice"})


def plain(value: Any) -> Any:
    """A value as a tree of builtins, with every default written out."""
    if isinstance(value, msgspec.Struct):
        return {name: plain(part) for name, part in msgspec.structs.asdict(value).items()}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    return value


def same(old: Any, new: Any) -> bool:
    """Whether two values count as the same for a hash."""
    return canonical(plain(old)) == canonical(plain(new))


def change(kind: str, old: Any, new: Any, at: str = "") -> Iterator[Change]:
    """The change of one value, if it is one; texts of fields that hold prose word by word."""
    if same(old, new):
        return
    prose = kind in TEXTS and isinstance(old or "", str) and isinstance(new or "", str)
    told = words(old or "", new or "") if prose else ()
    yield Change(kind=kind, at=at, old=plain(old), new=plain(new), words=told)


def mapping(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """The changes of a mapping, one for each key."""
    for name in sorted({*old, *new}):
        yield from change(kind, old.get(name), new.get(name), name)


def others(old: msgspec.Struct, new: msgspec.Struct, apart: Collection[str]) -> Iterator[Change]:
    """The changes of all fields that nothing else looks at; a field that one of the two lacks is None."""
    names = dict.fromkeys((*old.__struct_fields__, *new.__struct_fields__))
    for name in names:
        if name not in apart:
            kind = name.replace("_", "-")
            yield from change(kind, getattr(old, name, None), getattr(new, name, None))
