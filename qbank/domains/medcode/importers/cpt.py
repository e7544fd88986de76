"""A licensed list of CPT codes that the user brings: codes, perhaps with days, as CSV or TSV.

The columns are found by their titles: code, from, to. Other columns are texts: they are dropped, and only
their fingerprints stay (enough to find a text in an item), unless the user wants to keep them here.
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
from qbank.domains.medcode.table import Row

_CODE = re.compile(r"[0-9]{5}|[0-9]{4}[FTUM]")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_FROM = {"from", "valid_from", "effective", "effective_date", "start", "begin"}
_TO = {"to", "valid_to", "termination", "termination_date", "end", "terminated"}
_CODES = {"code", "cpt", "cpt_code", "cpt code", "modifier"}


def recognises(given: Given, text: str) -> bool:
    """Whether the first cell of the first or second line is a CPT code."""
    if given.system not in ("", "cpt", "cpt-modifier") or given.data.startswith(b"PK"):
        return False
    try:
        rows = list(_rows("\n".join(text.split("\n", 2)[:2])))
    except ImportRefused:
        return False
    return bool(rows) and (given.system != "" or any(_CODE.fullmatch(cells[0].strip()) for _, cells in rows))


def read(given: Given, text: str) -> Read:
    """Codes, or modifiers. Raises ImportRefused."""
    system = given.system or "cpt"
    shape = _CODE if system == "cpt" else _MODIFIER
    rows = list(_rows(text))
    header = [cell.strip().lower() for cell in rows[0][1]]
    titled = bool(_CODES & set(header))
    columns = header if titled else ["code", "from", "to"]
    at = {
        name: next((n for n, one in enumerate(columns) if one in known), None)
        for name, known in _KNOWN.items()
    }
    first = begin(given, "codes", "--year 2026")
    mistakes: list[tuple[int, str]] = []
    found: dict[str, Row] = {}
    titles: list[tuple[str, str]] = []
    for number, cells in rows[titled:]:
        code = _cell(cells, at["code"]).upper()
        texts = [
            cell.strip() for place, cell in enumerate(cells) if place not in at.values() and cell.strip()
        ]
        try:
            row = Row(code, "billable", day(_cell(cells, at["from"])), day(_cell(cells, at["to"])))
        except ValueError as error:
            mistakes.append((number, str(error)))
            continue
        if not shape.fullmatch(code):
            mistakes.append((number, f"{code!r} is no code of {system}"))
        elif code in found:
            mistakes.append((number, f"{code} is there already"))
        kept = max(texts, key=len, default="") if given.keep_text else ""
        found[code] = Row(code, row.kind, row.valid_from, row.valid_to, kept)
        titles += [(code, mark) for mark in map(fingerprint, texts) if mark]
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


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, with their numbers."""
    first = text.partition("\n")[0]
    separator = max(",\t;|", key=first.count)
    return cells_of(text, separator)


def _cell(cells: list[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""
