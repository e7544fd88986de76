"""The real code sets of the shared test data as a CodeSet: ICD-10-CM of three years with notes, HCPCS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from qbank.domains.medcode.answers import TableCodes
from qbank.domains.medcode.codeset import CodeSet, NoteKind
from qbank.domains.medcode.notes import NoteBook
from qbank.domains.medcode.table import Head, Kind, Row, Span, Table, pack
from tests.domains.medcode.official import codes, rows

YEARS = (
    ("fy2025", "2024-10-01", "2025-09-30"),
    ("fy2026", "2025-10-01", "2026-09-30"),
    ("fy2027", "2026-10-01", "2027-09-30"),
)
CHANGES = ("icd10cm_changes_fy2025_fy2026.tsv.gz", "icd10cm_changes_fy2026_fy2027.tsv.gz")
HCPCS = "hcpcs_level2_2025q4_2026q3.tsv.gz"
_KINDS: dict[str, Kind] = {"0": "header", "1": "billable"}
_QUARTERS = Span("2025-10-01", "2026-09-30", complete=True)


@lru_cache(maxsize=1)
def real(folder: Path) -> CodeSet:
    """The code sets of a folder of shared test data, read once."""
    tables = [*_icd10cm(folder), *_hcpcs(folder)]
    book = _notes(folder)
    return TableCodes(lambda: tables, lambda: [book])


def changes(folder: Path, *kinds: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The changes between years: (0 for FY2026, 1 for FY2027; the line of the table)."""
    for year, name in enumerate(CHANGES):
        for one in rows(folder, name):
            if one["change"] in kinds:
                yield year, one


def _icd10cm(folder: Path) -> Iterator[Table]:
    """A table a year; titles that were revised later are those of their year."""
    before: dict[int, dict[str, str]] = {0: {}, 1: {}, 2: {}}
    for place, one in changes(folder, "revised"):
        before[place][one["code"]] = one["old_description"]
    before[0] = {**before[1], **before[0]}
    table = codes(folder)
    for number, (year, first, last) in enumerate(YEARS):
        found = [
            Row(
                one["code"],
                _KINDS[one[year]],
                first,
                last,
                before[number].get(one["code"], one["long_description"]),
            )
            for one in table
            if one[year]
        ]
        yield Table(pack(Head(system="icd10cm", spans=(Span(first, last, True),), source=year), found))


def _hcpcs(folder: Path) -> Iterator[Table]:
    by_system: dict[str, list[Row]] = defaultdict(list)
    for one in rows(folder, HCPCS):
        system = "hcpcs" if one["kind"] == "code" else "hcpcs-modifier"
        first, last = _day(one["add_date"]), _day(one["term_date"])
        by_system[system].append(Row(one["code"], "billable", first, last, one["long_description"]))
    for system, found in by_system.items():
        yield Table(pack(Head(system=system, spans=(_QUARTERS,), source=HCPCS), found))


def _notes(folder: Path) -> NoteBook:
    notes: dict[str, list[tuple[NoteKind, str]]] = defaultdict(list)
    for one in rows(folder, "icd10cm_notes_fy2026.tsv.gz"):
        kind = "seventh_character" if one["note_type"] == "seven_chr_def" else one["note_type"]
        if kind != "seven_chr_note":
            notes[one["code"]].append((NoteKind(kind), one["text"]))
    blocks = [node for node in notes if "-" in node]
    categories = {one["code"][:3] for one in codes(folder)}
    above = {
        category: tuple(node for node in blocks if node[:3] <= category <= node[-3:])
        for category in categories
    }
    return NoteBook(
        system="icd10cm",
        valid_from="2025-10-01",
        valid_to="2026-09-30",
        notes={node: tuple(found) for node, found in notes.items()},
        above={category: nodes for category, nodes in above.items() if nodes},
    )


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text else ""
