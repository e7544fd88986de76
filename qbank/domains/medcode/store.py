"""The user's store: a folder with the code sets that were imported, each release a file of its own.

`QBANK_CODES` names the folder; without it, it is `qbank/codes` in the user's folder for data. It holds packed
tables (`SYSTEM-FIRSTDAY.codes`), notes (`.notes`) and fingerprints of licensed titles (`.titles`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec

from qbank.domains.medcode.fingerprints import LicensedTitles
from qbank.domains.medcode.notes import NoteBook
from qbank.domains.medcode.systems import day_before
from qbank.domains.medcode.table import BrokenTable, Head, Span, Table, head_of

VARIABLE = "QBANK_CODES"


class StoreError(Exception):
    """A file of the store that cannot be used; the message names it and says what to do."""


def folder() -> Path | None:
    """The folder of the store, which need not exist; None where there is no home for it."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    home = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA")
    if home:
        return Path(home, "qbank", "codes")
    try:
        return Path.home() / ".local" / "share" / "qbank" / "codes"
    except RuntimeError:
        return None


def files(suffix: str) -> list[Path]:
    """The files of the store of one kind, by name."""
    home = folder()
    return [] if home is None else sorted(home.glob(f"*.{suffix}"))


def heads() -> Iterator[tuple[Path, Head]]:
    """The tables of the store with what they are, by name. Raises StoreError."""
    for path in files("codes"):
        try:
            with path.open("rb") as file:
                yield path, head_of(file.readline())
        except (BrokenTable, OSError) as error:
            raise _broken(path, error) from None


def tables() -> list[Table]:
    """All tables, the latest release of a system first: each speaks until the next one. Raises StoreError."""
    found = sorted(heads(), key=lambda one: (one[1].system, one[1].spans))
    spans = [head.spans for _, head in found]
    for at, ((_, head), (_, later)) in enumerate(pairwise(found)):
        if head.system == later.system:
            spans[at] = tuple(_until(head.spans, day_before(later.spans[0].valid_from)))
    read = [(path, one) for (path, _), one in zip(found, spans, strict=True) if one]
    return [load(path, one) for path, one in reversed(read)]


def load(path: Path, spans: tuple[Span, ...] | None = None) -> Table:
    """A table of the store. Raises StoreError."""
    try:
        return Table(path.read_bytes(), spans)
    except (BrokenTable, OSError) as error:
        raise _broken(path, error) from None


def note_books() -> list[NoteBook]:
    """All notes of the store. Raises StoreError."""
    found = []
    for path in files("notes"):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=NoteBook))
        except (msgspec.DecodeError, OSError) as error:
            raise _broken(path, error) from None
    return found


def licensed_titles() -> LicensedTitles:
    """The fingerprints of the titles of licensed lists that were imported. Raises StoreError."""
    entries: list[tuple[str, str]] = []
    for path in files("titles"):
        try:
            entries += msgspec.json.decode(path.read_bytes(), type=list[tuple[str, str]])
        except (msgspec.DecodeError, OSError) as error:
            raise _broken(path, error) from None
    return LicensedTitles(entries)


def _until(spans: tuple[Span, ...], last: str) -> Iterator[Span]:
    for one in spans:
        if one.valid_from <= last:
            yield Span(one.valid_from, min(one.valid_to, last), one.complete)


def _broken(path: Path, error: Exception) -> StoreError:
    return StoreError(f"{path}: {error}. Remove the file and import its code set again.")
