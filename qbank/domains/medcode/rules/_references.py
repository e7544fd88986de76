"""The codes that an instructional note names: "type 1 diabetes (E10.-)", "stage (N18.1-N18.6)"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from qbank.domains.medcode.codeset import CodeSet, Note, NoteKind
from qbank.domains.medcode.rules._declared import plain

_CODE = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_ONE = re.compile(rf"\s*({_CODE})(?:\.?-(?![A-Z]))?(?:\s*[-–]\s*({_CODE})(?:\.?-(?![A-Z]))?)?\s*")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_CONDITION = re.compile(r"\s+with fifth or sixth character (\d)(?:\s*[-–]\s*(\d))?\s*$")
_OCTOBER = "10"
_BETWEEN = re.compile(r"[,;]|\band\b|\bor\b")


class Reference(msgspec.Struct, frozen=True):
    """Codes from one to another, all below both included; with `characters`, only those that have one of
    these as the fifth or sixth."""

    first: str
    last: str
    characters: str = ""

    def covers(self, code: str) -> bool:
        """Whether a code is among them."""
        bare = plain(code)
        inside = self.first <= bare[: len(self.first)] and bare[: len(self.last)] <= self.last
        return inside and (not self.characters or bool({*bare[4:6]} & {*self.characters}))


@lru_cache(maxsize=4096)
def references(text: str) -> tuple[Reference, ...]:
    """The codes that a note names in brackets; a bracket that says anything else besides is left out."""
    return tuple(one for found in _BRACKETS.findall(text) for one in _inside(found))


def names(codes: CodeSet, code: str, kind: NoteKind, other: str, on: str) -> Note | None:
    """The note of a kind, own or inherited, by which a code names another one."""
    for note in codes.notes(code, on):
        if note.kind is kind:
            for one in references(note.text):
                # what covers the code itself says nothing about a pair
                if one.covers(other) and not one.covers(code):
                    return note
    return None


def edition(note: Note, on: str) -> str:
    """Words about the age of a note that is of an earlier year than the day asked about, "" for one of it."""
    since = f"{int(on[:4]) - (on[5:7] < _OCTOBER)}-{_OCTOBER}-01"
    return f" (as of {note.edition})" if note.edition and note.edition < since else ""


def _inside(text: str) -> Iterator[Reference]:
    condition = _CONDITION.search(text)
    characters = ""
    if condition is not None:
        text = text[: condition.start()]
        low, high = int(condition[1]), int(condition[2] or condition[1])
        characters = "".join(map(str, range(low, high + 1)))
    parts = [_ONE.fullmatch(part) for part in _BETWEEN.split(text)]
    for part in parts if all(parts) else ():
        if part is not None:
            yield Reference(plain(part[1]), plain(part[2] or part[1]), characters)
