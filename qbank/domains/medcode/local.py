"""The tables of codes that a bank brings along: `codes/*.tsv` in its folder, each line a fact about a code.

The first line that is no comment names the columns: system, code, kind (billable, header or absent),
valid_from, valid_to, and perhaps title and notes. Days are inclusive; an empty day is the bound of what the
table speaks of, which comments say, for one system each:

    # covers: icd10cm 2024-10-01..2027-09-30      the days of which the table speaks
    # complete: hcpcs 2026-07-01..2026-09-30      the same, and it then holds all codes of the system

A code may have several lines, one for each period. Without such a comment a table speaks of the days from its
first to its last one. Notes are written as `excludes1: TEXT | code_first: TEXT`. docs/codes.md tells more.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args

from qbank.diagnostics import Finding, Location
from qbank.discovery import did_you_mean
from qbank.domains.medcode.codeset import NoteKind
from qbank.domains.medcode.notes import NoteBook
from qbank.domains.medcode.systems import SYSTEMS, clean, is_day
from qbank.domains.medcode.table import Head, Kind, Row, Span, Table, is_code, pack
from qbank.reading.files import is_bank, read_inside, shown
from qbank.reading.text import Unreadable, decode

FOLDER = "codes"
COLUMNS = ("system", "code", "kind", "valid_from", "valid_to")
_DIRECTIVE = re.compile(r"#\s*(\w+)\s*:\s*(\S+)\s+(\S+?)\.\.(\S+)\s*")
_MOST_BYTES = 16 * 2**20
_WORDS = ("complete", "covers")
_NO_CELL = ("", 1)
_BETWEEN = " | "
_NOTE_KINDS = frozenset(NoteKind)


class Local(NamedTuple):
    """The tables of a bank, one a file and system, their notes, and what is wrong with the files."""

    tables: tuple[Table, ...] = ()
    problems: tuple[Finding, ...] = ()
    books: tuple[NoteBook, ...] = ()
    places: dict[tuple[str, str, str], Location] = {}  # noqa: RUF012  by system, code and first day


def home_of(root: str) -> Path | None:
    """The folder of the bank to which a folder or a file's folder belongs; None for a bank made in memory."""
    if not root:
        return None
    folder = Path(root).absolute()
    return next((one for one in (folder, *folder.parents) if is_bank(one)), folder)


def read_local(root: str) -> Local:
    """The tables of the bank that lies in a folder, files in the order of their names."""
    home = home_of(root)
    if home is None:
        return Local()
    tables: list[Table] = []
    problems: list[Finding] = []
    books: list[NoteBook] = []
    places: dict[tuple[str, str, str], Location] = {}
    for path in sorted((home / FOLDER).glob("*.tsv")):
        try:
            text = decode(_content(path, home))
        except Unreadable as error:
            place = Location(shown(path), error.line, error.column)
            problems.append(Finding(place, f"the table cannot be read: {error}", (), error.hint))
            continue
        found = read_table(text, shown(path), f"{FOLDER}/{path.name}")
        tables += found.tables
        problems += found.problems
        books += found.books
        places |= found.places
    return Local(tuple(tables), tuple(problems), tuple(books), places)


def _content(path: Path, home: Path) -> bytes:
    """The bytes of a table. Raises Unreadable for links and sizes."""
    data = read_inside(path, home) if path.is_symlink() or path.stat().st_size <= _MOST_BYTES else None
    if data is None:
        told = f"the file is larger than {_MOST_BYTES >> 20} MiB"
        raise Unreadable(told, hint="A table holds the codes of a bank; import whole code sets.")
    return data


def read_table(text: str, file: str, source: str) -> Local:
    """The tables in a text, one a system; lines with mistakes are left out and told."""
    reader = _Reader(file)
    reader.read(text)
    tables = []
    for system, rows in sorted(reader.rows.items()):
        spans = reader.spans.get(system, [])
        if not spans and rows:
            spans = [Span(min(one.valid_from for one in rows), max(one.valid_to for one in rows))]
        head = Head(system=system, spans=tuple(sorted(spans)), source=source)
        tables.append(Table(pack(head, rows)))
    return Local(tuple(tables), tuple(reader.problems), tuple(_books(reader, source)), reader.places)


def _books(reader: _Reader, source: str) -> Iterator[NoteBook]:
    """The notes of a text, those of the same days together."""
    days: dict[tuple[str, str, str], dict[str, tuple[tuple[NoteKind, str], ...]]] = defaultdict(dict)
    for system, row, notes in reader.notes:
        days[system, row.valid_from, row.valid_to][row.code] = notes
    for (system, first, last), found in sorted(days.items()):
        yield NoteBook(system=system, valid_from=first, valid_to=last, source=source, notes=found)


class _Reader:
    """What was read of a table so far."""

    def __init__(self, file: str) -> None:
        self.problems: list[Finding] = []
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.spans: dict[str, list[Span]] = defaultdict(list)
        self.notes: list[tuple[str, Row, tuple[tuple[NoteKind, str], ...]]] = []
        self.places: dict[tuple[str, str, str], Location] = {}
        self._file = file
        self._columns: list[str] = []
        self._lines: dict[tuple[str, str], list[tuple[Row, int]]] = defaultdict(list)

    def read(self, text: str) -> None:
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            if line.startswith("#"):
                self._comment(number, line)
        for number, line in enumerate(lines, 1):
            if line.startswith("#") or not line.strip():
                continue
            if not self._columns:
                if not self._header(number, line):
                    return
            else:
                self._row(number, line)
        if not self._columns:
            self._say(1, 1, "the table is empty", _ADVICE)

    def _say(self, line: int, column: int, message: str, hint: str = "") -> None:
        self.problems.append(Finding(Location(self._file, line, column), message, (), hint))

    def _comment(self, number: int, line: str) -> None:
        found = _DIRECTIVE.fullmatch(line)
        if found is None:
            return
        word, system, first, last = found.groups()
        if word not in _WORDS:
            self._say(number, found.start(1) + 1, f"{word!r} says nothing here", did_you_mean(word, _WORDS))
        elif system not in SYSTEMS:
            hint = did_you_mean(system, SYSTEMS)
            self._say(number, found.start(2) + 1, f"there is no system {system!r}", hint)
        elif not (is_day(first) and is_day(last) and first <= last):
            told = "this is no stretch of days"
            self._say(number, found.start(3) + 1, told, "Write it as 2026-10-01..2027-09-30.")
        else:
            self.rows[system]  # a table that says of a system that it has no codes at all
            self.spans[system].append(Span(first, last, word == "complete"))

    def _header(self, number: int, line: str) -> bool:
        names = [one.strip() for one in line.split("\t")]
        missing = [one for one in COLUMNS if one not in names]
        if missing:
            self._say(number, 1, f"the columns lack {', '.join(missing)}", _ADVICE)
            return False
        self._columns = names
        return True

    def _row(self, number: int, line: str) -> None:
        cells = line.split("\t")
        if len(cells) > len(self._columns) or len(cells) <= max(map(self._columns.index, COLUMNS[:3])):
            told = f"{len(cells)} cells where there are {len(self._columns)} columns"
            self._say(number, 1, told, "Cells are parted by tabs.")
            return
        starts = [1 + sum(len(one) + 1 for one in cells[:at]) for at in range(len(cells))]
        values = {
            name: (value.strip(), start)
            for name, value, start in zip(self._columns, cells, starts, strict=False)
        }
        mistake = next(self._mistakes(values), None)
        if mistake is not None:
            self._say(number, *mistake)
            return
        cell = {name: value for name, (value, _) in values.items()}
        system, first, last = cell["system"], *self._bounds(values)
        code = clean(cell["code"], system)
        row = Row(code, _kind(cell["kind"]), first, last, cell.get("title", ""))
        if self._add(system, row, number, values["code"][1]) and cell.get("notes"):
            self.notes.append((system, row, tuple(_noted(cell["notes"]))))

    def _mistakes(self, values: dict[str, tuple[str, int]]) -> Iterator[tuple[int, str, str]]:
        """What is wrong with the cells of a line: column, message, hint."""
        system, at = values["system"]
        if system not in SYSTEMS:
            yield at, f"there is no system {system!r}", did_you_mean(system, SYSTEMS)
            return
        code, at = values["code"]
        if not is_code(clean(code, system)):
            yield at, f"{code!r} is no code" if code else "the code is missing", ""
        kind, at = values["kind"]
        if kind not in get_args(Kind):
            yield at, f"{kind!r} is no kind of code", did_you_mean(kind, get_args(Kind))
        for name in ("valid_from", "valid_to"):
            day, at = values.get(name, _NO_CELL)
            if day and not is_day(day):
                yield at, f"{day!r} is no day", "Write a day as 2026-10-01."
        first, last = self._bounds(values)
        if not first or not last:
            told = "a day is missing, and no line says of which days the table speaks"
            yield values["code"][1], told, f"Write it, or a line: # covers: {system} FROM..TO"
        elif first > last:
            yield values["code"][1], f"the first day, {first}, is after the last, {last}", ""
        title, at = values.get("title", _NO_CELL)
        if title and SYSTEMS[system].is_licensed:
            told = f"a title of {SYSTEMS[system].title}, whose texts have an owner"
            yield at, told, "Leave the title out: a bank is passed on."
        notes, at = values.get("notes", _NO_CELL)
        for part in filter(None, notes.split(_BETWEEN)):
            kind, colon, text = part.partition(":")
            if not colon or not text.strip() or kind.strip() not in _NOTE_KINDS:
                yield at, f"{part!r} is no note", _NOTE_ADVICE

    def _bounds(self, values: dict[str, tuple[str, int]]) -> tuple[str, str]:
        """The first and last day of a line; "" for one that is not said anywhere."""
        spans = self.spans.get(values["system"][0], [])
        first = values.get("valid_from", _NO_CELL)[0] or min((one.valid_from for one in spans), default="")
        last = values.get("valid_to", _NO_CELL)[0] or max((one.valid_to for one in spans), default="")
        return first, last

    def _add(self, system: str, row: Row, number: int, column: int) -> bool:
        """A sound row; one that says something of days of which another did is a mistake."""
        for other, line in self._lines[system, row.code]:
            if row.valid_from <= other.valid_to and other.valid_from <= row.valid_to:
                self._say(number, column, f"line {line} speaks of {row.code} on the same days")
                return False
        self._lines[system, row.code].append((row, number))
        self.places[system, row.code, row.valid_from] = Location(self._file, number, column)
        self.rows[system].append(row)
        return True


def _noted(text: str) -> Iterator[tuple[NoteKind, str]]:
    for part in filter(None, text.split(_BETWEEN)):
        kind, _, told = part.partition(":")
        yield NoteKind(kind.strip()), told.strip()


def _kind(text: str) -> Kind:
    return next(one for one in get_args(Kind) if one == text)


_ADVICE = f"The first line names the columns: {', '.join(COLUMNS)}, title; docs/codes.md tells more."
_NOTE_ADVICE = f"Write KIND: TEXT | KIND: TEXT; kinds are {', '.join(sorted(_NOTE_KINDS))}."
