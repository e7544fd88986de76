"""What an importer of code sets is given and what it gives."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator

import msgspec

from qbank.domains.medcode.notes import NoteBook
from qbank.domains.medcode.table import Row, Table

_MOST_MISTAKES = 10


class ImportRefused(Exception):
    """A file that cannot be imported; each line of the message names a place, a fault, or what to do."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A file to import, with what the user says of it.

    `valid_from` is the first day of the release (ISO, "" when neither user nor file name tells), `system` the
    system that the user names, or "". `before` gives the table of a system that speaks of a day.
    """

    name: str
    data: bytes
    before: Callable[[str, str], Table | None]
    valid_from: str = ""
    system: str = ""
    complete: bool = False
    keep_text: bool = False


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of one system from a day on. `titles` are fingerprints: (code, fingerprint)."""

    system: str
    valid_from: str
    rows: tuple[Row, ...] = ()
    complete: bool = True
    notes: NoteBook | None = None
    titles: tuple[tuple[str, str], ...] = ()


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """All that a file says: its kind for people, releases, and remarks on what was left out."""

    kind: str
    releases: tuple[Release, ...]
    remarks: tuple[str, ...] = ()


class Importer(msgspec.Struct, frozen=True):
    """A kind of file: what it is called, the systems that it may be of, how it is recognised and read."""

    kind: str
    systems: tuple[str, ...]
    recognises: Callable[[Given, str], bool]
    read: Callable[[Given, str], Read]


def refuse(name: str, mistakes: Iterable[tuple[int, str]], advice: str = "") -> None:
    """Raise ImportRefused when there are mistakes: (number of a line or row, what is wrong)."""
    found = [f"{name}:{line}: {told}" for line, told in mistakes]
    if not found:
        return
    more = len(found) - _MOST_MISTAKES
    shown = found[:_MOST_MISTAKES] + ([f"… and {more} more"] if more > 0 else [])
    raise ImportRefused("\n".join([*shown, *([advice] if advice else []), "Nothing of it was imported."]))


def cells_of(text: str, separator: str, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """The lines of a separated file that hold something, with their numbers. Raises ImportRefused.

    Unless it is `strict`, a quote that nothing closes swallows all lines after it.
    """
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=strict)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise ImportRefused(f"line {reader.line_num}: {error}. Nothing of it was imported.") from None


def begin(given: Given, what: str, example: str) -> str:
    """The first day of a release. Raises ImportRefused when nothing tells it."""
    if given.valid_from:
        return given.valid_from
    raise ImportRefused(
        f"{given.name}: the file does not say from which day its {what} hold. "
        f"Name the year or the day: {example}, or --valid-from 2026-10-01."
    )
