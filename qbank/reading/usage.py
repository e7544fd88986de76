"""Usage files: how often items have been used, as JSON Lines or as a table (CSV)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from qbank.diagnostics import Finding, Location, Related
from qbank.discovery import did_you_mean
from qbank.model.bank import ReadProblem
from qbank.reading import files, json_text
from qbank.reading.files import PathError, shown
from qbank.reading.text import Unreadable, decode

RULE = "usage"
"""The slug under which mistakes in a usage file are told."""

_NAMES = ("item", "uses")
_QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*')


class UsageReading(NamedTuple):
    """The uses of items by id, where each stands, and what is wrong with the file."""

    uses: dict[str, int]
    places: dict[str, Location]
    problems: tuple[ReadProblem, ...]


class _Entry(NamedTuple):
    """A line that may be an entry: its values and their places, or a mistake."""

    item: Any
    uses: Any
    item_at: Location
    uses_at: Location
    mistake: Finding | None = None


def read_usage(path: str | Path) -> UsageReading:
    """Read a usage file (.jsonl or .csv): a line or row for each item with `item` and `uses`.

    Lines with mistakes are left out and told. Raises PathError when the file cannot be read.
    """
    path = Path(path)
    readers = {".jsonl": _json_lines, ".csv": _table}
    if path.suffix not in readers:
        raise PathError(f"{shown(path)}: a usage file is .jsonl or .csv")
    try:
        text = decode(files.read_named(path))
    except Unreadable as error:
        raise files.not_readable(path, error) from None
    return _collected(readers[path.suffix](text, shown(path)))


def _collected(entries: Iterator[_Entry]) -> UsageReading:
    uses: dict[str, int] = {}
    places: dict[str, Location] = {}
    found: list[ReadProblem] = []
    for entry in entries:
        finding = entry.mistake or _mistake(entry)
        if finding is None and entry.item in places:
            first = (Related(places[entry.item], "first here"),)
            finding = Finding(
                entry.item_at, f"the uses of {entry.item} are counted twice", first, "Keep one of the lines."
            )
        if finding is not None:
            found.append(ReadProblem(RULE, finding))
        else:
            uses[entry.item], places[entry.item] = int(entry.uses), entry.item_at
    return UsageReading(uses, places, tuple(found))


def _mistake(entry: _Entry) -> Finding | None:
    """What is wrong with the values of an entry."""
    if not isinstance(entry.item, str) or not entry.item:
        return Finding(entry.item_at, "item must be the id of an item", (), 'Write "item": "its-id".')
    uses = entry.uses
    whole = isinstance(uses, int | float) and not isinstance(uses, bool) and uses >= 0 and not uses % 1
    if not whole:
        told = repr(uses) if isinstance(uses, str) else str(uses).lower()
        return Finding(
            entry.uses_at,
            f"uses of {entry.item} must be a whole number, 0 or more, not {told}",
            (),
            "Count the forms in which the item was used.",
        )
    return None


def _json_lines(text: str, file: str) -> Iterator[_Entry]:
    """The entries of JSON Lines; blank lines are left out."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        here = Location(file, number, len(line) - len(line.lstrip()) + 1)
        try:
            tree = json_text.parse(line.encode("utf-8"))
            repeats = json_text.has_repeats(tree, line.encode("utf-8"))
        except Unreadable as error:
            at = Location(file, number, error.column)
            yield _wrong(at, str(error), error.hint or "One line is one entry.")
            continue
        if not isinstance(tree, dict) or repeats:
            told = "a key is there twice" if repeats else "this is no entry"
            yield _wrong(here, told, 'Write {"item": "its-id", "uses": 3}.')
            continue
        strange = [name for name in tree if name not in _NAMES]
        missing = [name for name in _NAMES if name not in tree]
        if strange or missing:
            told = f"an entry has no {missing[0]}" if missing else f"an entry has no place for {strange[0]!r}"
            hint = did_you_mean(strange[0], set(_NAMES)) if strange else ""
            at = Location(file, number, json_text.offset(line, (strange[0],), "key") + 1) if strange else here
            yield _wrong(at, told, hint or 'Write {"item": "its-id", "uses": 3}.')
            continue
        item_at, uses_at = (Location(file, number, json_text.offset(line, (name,)) + 1) for name in _NAMES)
        yield _Entry(tree["item"], tree["uses"], item_at, uses_at)


def _wrong(at: Location, message: str, hint: str) -> _Entry:
    return _Entry(None, None, at, at, Finding(at, message, (), hint))


def _table(text: str, file: str) -> Iterator[_Entry]:
    """The entries of a table; its first line names the columns, other columns are passed over."""
    lines = text.split("\n")
    delimiter = next((one for one in (",", ";", "\t") if one in lines[0]), ",")
    names = [cell.strip().lower() for cell, _ in _cells(lines[0], delimiter)]
    missing = [name for name in _NAMES if name not in names]
    if missing:
        told = f"the first line names no column {' and '.join(missing)}"
        yield _wrong(Location(file, 1, 1), told, "Start the table with the line: item,uses")
        return
    columns = [names.index(name) for name in _NAMES]
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = list(_cells(line, delimiter))
        if len(cells) <= max(columns):
            count = f"{len(cells)} of {len(names)}"
            yield _wrong(Location(file, number, 1), f"a row has {count} cells", "Give item and uses.")
            continue
        (item, item_at), (uses, uses_at) = (cells[column] for column in columns)
        yield _Entry(item, _number(uses), Location(file, number, item_at), Location(file, number, uses_at))


def _cells(line: str, delimiter: str) -> Iterator[tuple[str, int]]:
    """The cells of a line with their columns, from 1; a cell in quotes may hold the delimiter."""
    start = 0
    while start <= len(line):
        quoted = _QUOTED.match(line, start)
        if quoted and line[quoted.end() : quoted.end() + 1] in ("", delimiter):
            yield quoted[1].replace('""', '"'), quoted.start(1)
            start = quoted.end() + 1
            continue
        end = line.find(delimiter, start)
        end = len(line) if end < 0 else end
        cell = line[start:end]
        yield cell.strip(), start + len(cell) - len(cell.lstrip()) + 1
        start = end + 1


def _number(text: str) -> Any:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else text
