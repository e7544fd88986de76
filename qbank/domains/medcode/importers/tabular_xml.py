"""The tabular list of ICD-10-CM as XML, as the NCHS publishes it: notes, and what is above a category.

Codes are not taken from it: which seventh characters a code takes is stated there for a whole group, with
exceptions in words only. The order file of the year has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qbank.domains.medcode.codeset import NoteKind
from qbank.domains.medcode.importers.contract import Given, ImportRefused, Read, Release
from qbank.domains.medcode.notes import NoteBook
from qbank.domains.medcode.systems import clean
from qbank.formats.contract import Unreadable
from qbank.formats.safe_xml import local, parse

_ROOT = b"<ICD10CM.tabular"
_KINDS = {
    "includes": NoteKind.INCLUDES,
    "inclusionTerm": NoteKind.INCLUSION_TERM,
    "excludes1": NoteKind.EXCLUDES1,
    "excludes2": NoteKind.EXCLUDES2,
    "useAdditionalCode": NoteKind.USE_ADDITIONAL,
    "codeFirst": NoteKind.CODE_FIRST,
    "codeAlso": NoteKind.CODE_ALSO,
}
Notes = dict[str, tuple[tuple[NoteKind, str], ...]]


def recognises(given: Given, text: str) -> bool:
    """Whether it is the XML of a tabular list."""
    del text
    return _ROOT in given.data[:4096]


def read(given: Given, text: str) -> Read:
    """The notes of a tabular list. Raises ImportRefused."""
    del text
    try:
        root = parse(given.data, given.name)
    except Unreadable as error:
        raise ImportRefused(f"{error}\nNothing of it was imported.") from None
    version = (root.findtext("version") or "").strip()
    first = given.valid_from or (f"{int(version) - 1}-10-01" if re.fullmatch("20[0-9]{2}", version) else "")
    if not first:
        raise ImportRefused(f"{given.name}: the list names no year. Name it: --year FY2027.")
    notes: Notes = {}
    above: dict[str, tuple[str, ...]] = {}
    for chapter in root.iterfind("chapter"):
        _walk(chapter, (), notes, above)
    if not above:
        raise ImportRefused(f"{given.name}: the list holds no categories. Download it again.")
    book = NoteBook(system="icd10cm", valid_from=first, valid_to="", notes=notes, above=above)
    release = Release(system="icd10cm", valid_from=first, notes=book)
    return Read(kind="ICD-10-CM tabular list", releases=(release,))


def _walk(node: Any, above: tuple[str, ...], notes: Notes, tops: dict[str, tuple[str, ...]]) -> None:
    """Collect the notes of a node and of all below it, and what is above each category."""
    name = clean(node.get("id") or (node.findtext("name") or "").strip(), "icd10cm")
    own = tuple(_notes(node))
    if own:
        notes[name] = (*notes.get(name, ()), *own)
    is_code = local(node) == "diag"
    if is_code and len(name) == 3:
        tops[name] = above
    for child in node:
        if local(child) in ("section", "diag"):
            _walk(child, above if is_code else (name, *above), notes, tops)


def _notes(node: Any) -> Iterator[tuple[NoteKind, str]]:
    for child in node:
        name = local(child)
        if name in _KINDS:
            yield from ((_KINDS[name], text) for note in child if (text := _text(note)))
        elif name == "sevenChrDef":
            yield from ((NoteKind.SEVENTH_CHARACTER, text) for text in _characters(child))


def _characters(node: Any) -> list[str]:
    """The seventh characters with their meanings; what a note under one of them says goes with it."""
    found: list[str] = []
    for child in node:
        if local(child) == "extension":
            found.append(f"{child.get('char', '')}={_text(child)}")
        elif local(child) == "note" and found:
            found[-1] += f"/{_text(child)}"
    return found


def _text(node: Any) -> str:
    return " ".join((node.text or "").split())
