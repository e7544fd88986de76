"""Official files as CMS publishes them, built at test time from the shared tables of codes."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path

YEARS = {"fy2025": "2024-10-01", "fy2026": "2025-10-01", "fy2027": "2026-10-01"}


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """The lines of a shared table."""
    with gzip.open(folder / "codesets" / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def codes(folder: Path) -> list[dict[str, str]]:
    """Every ICD-10-CM code of three years."""
    return list(rows(folder, "icd10cm_fy2025_2027.tsv.gz"))


def order_line(number: int, code: str, flag: str, title: str) -> str:
    """A line of an order file."""
    return f"{number:05} {code:<7} {flag} {title[:60]:<60} {title}\n"


def order_file(table: Iterable[dict[str, str]], year: str, before: dict[str, str] | None = None) -> bytes:
    """The order file of a year; `before` are titles that were revised later."""
    titles = before or {}
    lines = (
        order_line(number, one["code"], one[year], titles.get(one["code"], one["long_description"]))
        for number, one in enumerate((one for one in table if one[year]), 1)
    )
    return "".join(lines).encode()


def addenda(changes: Iterable[dict[str, str]]) -> bytes:
    """The order addenda of a year."""
    return "".join(line for one in changes for line in _changed(one)).encode()


def _changed(one: dict[str, str]) -> Iterator[str]:
    old = (one["old_billable"], one["code"], one["old_description"])
    new = (one["new_billable"], one["code"], one["new_description"])
    if one["change"] == "revised":
        yield from (_line("Revise from:", *old), _line("Revise to:", *new))
        return
    if one["old_billable"]:
        yield _line("Delete:", *old)
    if one["new_billable"]:
        yield _line("Add:", *new)


def _line(action: str, flag: str, code: str, title: str) -> str:
    return f"{action:<13}{flag} {code:<7} {title[:60]:<60} {title}\n"


def hcpcs_file(table: Iterable[dict[str, str]]) -> bytes:
    """The alpha-numeric file of a quarter, fixed width, long texts going on in further records."""
    return "".join(line for one in table for line in _records(one)).encode()


def _records(one: dict[str, str]) -> Iterator[str]:
    is_code = one["kind"] == "code"
    code = f"{one['code']:<5}" if is_code else f"   {one['code']}"
    text = one["long_description"]
    parts = [text[at : at + 80] for at in range(0, len(text), 80)] or [""]
    dates = "".join(f"{one[name]:<8}" for name in ("add_date", "effective_date", "term_date"))
    for number, part in enumerate(parts):
        kind = ("3" if is_code else "7") if number == 0 else ("4" if is_code else "8")
        head = f"{code}{100 * (number + 1):05}{kind}{part:<80}"
        yield (f"{head:<268}{dates}{one['action'] or ' '}" if number == 0 else head).ljust(320) + "\n"
