"""A licensed list of CPT codes that the user brings: codes, perhaps with days, as CSV or TSV.

The columns are found by their titles: code, from, to. Other columns are texts: they are dropped, and only
their fingerprints stay (enough to find a text in an item), unless the user wants to keep them here. No
message quotes a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.domains.medcode.fingerprints import fingerprint
from qbank.domains.medcode.importers.contract import (
    Given,
    ImportRefused,
    Read,
    Release,
    begin,
    cells_of,
    refuse,
)
from qbank.domains.medcode.importers.days import day
from qbank.domains.medcode.systems import SYSTEMS
from qbank.domains.medcode.table import Row

_CODE = re.compile(r"[0-9]{5}|[0-9]{4}[FTUM]")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_FROM = {"from", "valid_from", "effective", "effective_date", "start", "begin"}
_TO = {"to", "valid_to", "termination", "termination_date", "end", "terminated"}
_CODES = {"code", "cpt", "cpt_code", "cpt code", "modifier"}
Rows = list[tuple[int, list[str]]]


def recognises(given: Given, text: str) -> bool:
    """Whether a CPT code stands in the first or second line, where the column of codes is."""
    if given.system not in ("", "cpt", "cpt-modifier") or given.data.startswith(b"PK"):
        return False
    try:
        rows = list(_rows("\n".join(text.split("\n", 2)[:2]), strict=False))
    except ImportRefused:
        return False
    at = _columns(rows)["code"] if rows else None
    return bool(rows) and (given.system != "" or any(_CODE.fullmatch(_cell(cells, at)) for _, cells in rows))


def read(given: Given, text: str) -> Read:
    """Codes, or modifiers. Raises ImportRefused, whose message never holds what a cell says."""
    system = given.system or "cpt"
    rows = list(_rows(text))
    at = _columns(rows)
    first = begin(given, "codes", "--year 2026")
    mistakes: list[tuple[int, str]] = []
    found: dict[str, Row] = {}
    titles: list[tuple[str, str]] = []
    for number, cells in rows[_is_titled(rows) :]:
        texts = [
            cell.strip() for place, cell in enumerate(cells) if place not in at.values() and cell.strip()
        ]
        code = _cell(cells, at["code"]).upper()
        told = _fault(code, cells, at, system) or (f"{code} is there already" if code in found else "")
        if told:
            mistakes.append((number, told))
            continue
        kept = max(texts, key=len, default="") if given.keep_text else ""
        days = (day(_cell(cells, at["from"])), day(_cell(cells, at["to"])))
        found[code] = Row(code, "billable", *days, kept)
        titles += [(code, mark) for mark in map(fingerprint, texts) if mark]
    if not (found or mistakes):
        raise ImportRefused(f"{given.name}: no codes were found. Nothing of it was imported.")
    refuse(given.name, mistakes, "Columns are found by their titles: code, from, to.")
    release = Release(
        system=system,
        valid_from=first,
        rows=tuple(found.values()),
        complete=given.complete,
        titles=tuple(sorted(set(titles))),
    )
    told = (
        "texts are kept on this machine only"
        if given.keep_text
        else "texts were dropped, only fingerprints stay"
    )
    return Read(
        kind="licensed CPT list", releases=(release,), remarks=(told,) if titles or given.keep_text else ()
    )


_KNOWN = {"code": _CODES, "from": _FROM, "to": _TO}


def _columns(rows: Rows) -> dict[str, int | None]:
    """Where code, first and last day stand: by their titles, else in this order, as far as there are days."""
    if _is_titled(rows):
        header = [cell.strip().lower() for cell in rows[0][1]]
        return {
            name: next((n for n, one in enumerate(header) if one in known), None)
            for name, known in _KNOWN.items()
        }
    days = [place for place in (1, 2) if all(_is_day(_cell(cells, place)) for _, cells in rows)]
    return {"code": 0, "from": 1 if 1 in days else None, "to": 2 if days == [1, 2] else None}


def _is_titled(rows: Rows) -> bool:
    return bool(_CODES & {cell.strip().lower() for cell in rows[0][1]})


def _fault(code: str, cells: list[str], at: dict[str, int | None], system: str) -> str:
    """What is wrong with a line, in words that quote nothing: a cell may hold a licensed text."""
    if not (_CODE if system == "cpt" else _MODIFIER).fullmatch(code):
        return f"the column of codes holds no code of {SYSTEMS[system].title}"
    wrong = [name for name in ("from", "to") if not _is_day(_cell(cells, at[name]))]
    return f"the column {wrong[0]!r} holds no day" if wrong else ""


def _is_day(text: str) -> bool:
    try:
        day(text)
    except ValueError:
        return False
    return True


def _rows(text: str, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, with their numbers."""
    first = text.partition("\n")[0]
    separator = max(",\t;|", key=first.count)
    return cells_of(text, separator, strict)


def _cell(cells: list[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""
