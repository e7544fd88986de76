"""The tables that a bank brings along, made from the user's store: facts about the codes that its items use.

Listed are the declared codes with what is above and beside them, on any day of which the store speaks. Titles
are left out: a bank needs none.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from qbank.domains.medcode.local import COLUMNS
from qbank.domains.medcode.systems import SYSTEMS, clean, day_after, usual
from qbank.domains.medcode.table import Kind, Row, Span, Table
from qbank.model.bank import Bank

_FROM = "# From: "
_NOTICE = (
    "# Facts about codes: what they are on which days. Written by `qbank codes table`; do not edit.",
    "# From: {sources}.",
)


def bank_tables(bank: Bank, tables: Sequence[Table]) -> dict[str, str]:
    """The text of the table of each system that items use, where the store has data: system → text.

    Systems whose texts have an owner are left out.
    """
    found: dict[str, str] = {}
    for system, codes in sorted(_declared(bank).items()):
        own = [one for one in tables if one.head.system == system]
        if own and not SYSTEMS[system].is_licensed:
            found[system] = _text(system, own, sorted(_around(codes, own, SYSTEMS[system].is_tree)))
    return found


def spans(tables: Iterable[Table]) -> list[Span]:
    """The days of which tables speak, stretches that follow each other as one, in their order."""
    merged: list[Span] = []
    for one in sorted(span for table in tables for span in table.spans):
        if merged and one.valid_from <= day_after(merged[-1].valid_to):
            last = merged.pop()
            one = Span(last.valid_from, max(last.valid_to, one.valid_to), last.complete and one.complete)
        merged.append(one)
    return merged


def periods(code: str, tables: Iterable[Table]) -> list[Row]:
    """What a code is in the days of which tables speak, one row a stretch; one absent row if it never is."""
    merged: list[Row] = []
    for one in sorted(_pieces(code, tables), key=lambda row: row.valid_from):
        last = merged[-1] if merged else None
        if last is not None and last.kind == one.kind and one.valid_from <= day_after(last.valid_to):
            merged[-1] = Row(code, one.kind, last.valid_from, max(last.valid_to, one.valid_to))
        else:
            merged.append(one)
    return merged


def _pieces(code: str, tables: Iterable[Table]) -> Iterator[Row]:
    for table in tables:
        for span in table.spans:
            for row in table.rows(code):
                first = row.valid_from or span.valid_from
                last = min(row.valid_to or span.valid_to, span.valid_to)
                if first <= span.valid_to and row.kind != "absent":
                    yield Row(code, row.kind, first, last)


def _declared(bank: Bank) -> dict[str, set[str]]:
    """The codes that items declare, by system."""
    found: dict[str, set[str]] = {}
    for item in bank.items:
        for one in item.codes:
            if one.system in SYSTEMS:
                found.setdefault(one.system, set()).add(clean(one.code, one.system))
    return found


def _around(codes: Iterable[str], tables: Sequence[Table], is_tree: bool) -> set[str]:
    """Codes with those above them and those beside them, in any release."""
    found = set(codes)
    if not is_tree:
        return found
    for table in tables:
        on = table.spans[-1].valid_to
        for code in list(codes):
            above = [code[:length] for length in range(3, len(code)) if table.row(code[:length], on)]
            found.update(above)
            for parent in above[-1:]:
                found.update(row.code for row in table.children(parent, on))
            found.update(row.code for row in table.children(code, on))
    return found


def _text(system: str, tables: Sequence[Table], codes: Iterable[str]) -> str:
    covered = spans(tables)
    sources = sorted({table.head.source for table in tables})
    lines = [_NOTICE[0], _NOTICE[1].format(sources="; ".join(sources))]
    lines += [f"# covers: {system} {one.valid_from}..{one.valid_to}" for one in covered]
    lines.append("\t".join(COLUMNS))
    for code in codes:
        found = periods(code, tables)
        for row in found or [Row(code, "absent", covered[0].valid_from, covered[-1].valid_to)]:
            first = "" if row.valid_from == covered[0].valid_from else row.valid_from
            last = "" if row.valid_to == covered[-1].valid_to else row.valid_to
            lines.append("\t".join((system, usual(code, system), row.kind, first, last)).rstrip())
    return "\n".join(lines) + "\n"


def facts(text: str) -> list[str]:
    """The lines of a table without the one that names where they are from."""
    return [line for line in text.splitlines() if not line.startswith(_FROM)]


class Contradiction(NamedTuple):
    """A row of a bank's table, a day, and what the code is on it in a table of the store."""

    system: str
    row: Row
    day: str
    kind: Kind
    source: str


def contradictions(own: Iterable[Table], tables: Sequence[Table]) -> Iterator[Contradiction]:
    """What the store says otherwise than a bank's tables, once a row.

    Looked at are the first and the last day that a row and a release have in common.
    """
    for mine in own:
        others = [one for one in tables if one.head.system == mine.head.system]
        for row in mine:
            found = (one for other in others for one in _against(row, other))
            yield from itertools.islice(found, 1)


def _against(row: Row, other: Table) -> Iterator[Contradiction]:
    for span in other.spans:
        first, last = max(row.valid_from, span.valid_from), min(row.valid_to, span.valid_to)
        for day in dict.fromkeys((first, last)) if first <= last else ():
            found = other.row(row.code, day)
            kind = found.kind if found is not None else "absent" if span.complete else row.kind
            if kind != row.kind:
                yield Contradiction(other.head.system, row, day, kind, other.head.source)
