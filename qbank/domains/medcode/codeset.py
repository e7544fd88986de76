"""What a code set answers: is this code reportable on that day, and what is around it.

Beyond its data a code set answers "unknown", never "valid". Codes are asked for as people write them; the
systems are those of `systems.py`, as items name them in their `codes`.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Protocol

import msgspec


class Status(enum.StrEnum):
    """What a code is on a day."""

    BILLABLE = "billable"
    HEADER = "header"
    ABSENT = "absent"
    RETIRED = "retired"
    FUTURE = "future"
    UNKNOWN = "unknown"


class NoteKind(enum.StrEnum):
    """The kinds of instructional notes of the ICD-10-CM tabular list."""

    INCLUDES = "includes"
    INCLUSION_TERM = "inclusion_term"
    EXCLUDES1 = "excludes1"
    EXCLUDES2 = "excludes2"
    USE_ADDITIONAL = "use_additional"
    CODE_FIRST = "code_first"
    CODE_ALSO = "code_also"
    SEVENTH_CHARACTER = "seventh_character"


class Note(msgspec.Struct, frozen=True):
    """An instructional note; `at` is the node where it stands: the code asked for or a header above it.

    Of kind `seventh_character` there is one note a character, `text` being "A=initial encounter". `edition`
    is the first day of the edition that holds the note (ISO): where there are no notes for a day, those of
    the last edition before it are given.
    """

    kind: NoteKind
    text: str
    at: str
    edition: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a code on a day.

    `code` is the code in its usual writing (with the dot), `valid_from` and `valid_to` are ISO dates,
    inclusive, "" where the data has no bound; `source` names the data. A title is "" where none is known.
    A retired code was there before the day, a future one comes later.
    """

    system: str
    code: str
    status: Status
    title: str = ""
    valid_from: str = ""
    valid_to: str = ""
    source: str = ""


class CodeSet(Protocol):
    """Code sets as rules see them. All dates are ISO days; no method raises for a code it does not know."""

    def systems(self) -> Sequence[str]:
        """The systems of which there is any data, sorted."""
        ...

    def covers(self, system: str, on: str) -> bool:
        """Whether the data of a system speaks about a day."""
        ...

    def is_complete(self, system: str, on: str) -> bool:
        """Whether the data holds all codes of a system on a day: only then is a missing code absent."""
        ...

    def lookup(self, code: str, on: str, system: str = "icd10cm") -> Answer:
        """What a code is on a day."""
        ...

    def parents(self, code: str, on: str, system: str = "icd10cm") -> Sequence[str]:
        """The headers above a code on a day, nearest first."""
        ...

    def children(self, code: str, on: str, system: str = "icd10cm") -> Sequence[str]:
        """The codes directly under a header on a day, sorted; () for none."""
        ...

    def siblings(self, code: str, on: str, system: str = "icd10cm") -> Sequence[str]:
        """The other codes directly under the same header on a day, sorted."""
        ...

    def notes(self, code: str, on: str, system: str = "icd10cm") -> Sequence[Note]:
        """The instructional notes that hold for a code, inherited ones after its own; () when unknown."""
        ...

    def successors(self, code: str, on: str, system: str = "icd10cm") -> Sequence[str]:
        """Candidates for a code not reportable on a day: billable codes below it, else near it; sorted."""
        ...
