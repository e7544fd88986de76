"""Which column of a table holds which field: as said with --map, or guessed from titles and contents."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

import msgspec

from qbank.tables import keys
from qbank.tables.grid import folded

TITLES: dict[str, tuple[str, ...]] = {
    "id": ("id", "item id", "question id", "item", "no", "no.", "nr", "nr.", "number", "#",
        "question number", "identifier"),
    "type": ("type", "item type", "question type", "format"),
    "stem": ("stem", "question", "question text", "questions", "text", "question stem", "prompt",
        "item stem", "item text"),
    "key": ("key", "answer", "correct answer", "correct", "right answer", "correct option",
        "correct choice", "solution",
        "answer key", "correct answers", "answers", "answer letter", "correct response"),
    "rationale": ("rationale", "explanation", "feedback", "justification", "reason", "comment",
        "general feedback"),
    "points": ("points", "score", "marks", "mark", "weight", "max score"),
    "content_area": ("content area", "topic", "category", "subject", "area", "domain", "chapter", "module",
        "unit of study"),
    "cognitive_level": ("cognitive level", "level", "bloom", "bloom level", "blooms level", "taxonomy"),
    "references": ("references", "reference", "source", "sources"),
    "tags": ("tags", "tag", "keywords"),
    "author": ("author", "written by", "writer"),
    "status": ("status", "state"),
    "unit": ("unit", "units"),
    "tolerance": ("tolerance",),
    "stimulus": ("stimulus", "case", "passage id"),
}  # fmt: skip
"""Field → the titles under which tables have it, as they are compared."""

SETTINGS = ("keys", "sheet")
"""What --map takes besides fields: how keys are written, and which sheet of a workbook is read."""
_OPTION = re.compile(
    r"(?:(?:option|choice|answer|alternative|response|distractor|opt) ?)([a-j]|[1-9]|10)|([a-j])"
)
_ATTRIBUTE = re.compile(r"attributes\.[A-Za-z][A-Za-z0-9_]{0,63}")


_KNOWN = frozenset(title for titles in TITLES.values() for title in titles)


class MapError(ValueError):
    """A map that does not fit the table; the message says what to do."""


class Map(msgspec.Struct, frozen=True, kw_only=True):
    """Column numbers from 0: of options, and of every other field. `guessed` are fields nobody named."""

    options: tuple[int, ...] = ()
    fields: Mapping[str, int] = {}
    keys: keys.Kind | None = None
    guessed: frozenset[str] = frozenset()

    @property
    def used(self) -> frozenset[int]:
        """The columns that are read."""
        return frozenset((*self.options, *self.fields.values()))


def names_a_stem(row: Sequence[str]) -> bool:
    """Whether a row holds a title under which tables have stems."""
    return not {folded(one) for one in row}.isdisjoint(TITLES["stem"])


def are_titles(row: Sequence[str]) -> bool:
    """Whether a row looks like titles: one of stems, and two others of fields or options."""
    names = [name for one in row if (name := folded(one))]
    return names_a_stem(row) and sum(name in _KNOWN or bool(_OPTION.fullmatch(name)) for name in names) >= 3


def make(header: Sequence[str], rows: Sequence[Sequence[str]], columns: Mapping[str, str]) -> Map:
    """The map of a table: what `columns` says, and for the rest of stem, options and key what looks like it.

    Raises MapError when a column does not exist, a field is none, or no stem is found.
    """
    fields: dict[str, int] = {}
    options: tuple[int, ...] = ()
    kind: keys.Kind | None = None
    for field, title in columns.items():
        if field == "sheet":
            continue
        if field == "keys":
            kind = _kind(title)
        elif field == "options":
            options = tuple(_column(one, header, "Option ") for one in _titles(title, header))
        elif field in TITLES or _ATTRIBUTE.fullmatch(field):
            fields[field] = _column(title, header)
        else:
            known = ", ".join(("options", *TITLES, "attributes.NAME", *SETTINGS))
            raise MapError(f"--map {field}: there is no such field. There are {known}.")
    guessed = Map(options=options, fields=fields, keys=kind)
    return _guessed(guessed, header, rows)


def _kind(word: str) -> keys.Kind:
    for kind in keys.KINDS:
        if word == kind:
            return kind
    raise MapError(f"--map keys={word}: keys are {', '.join(keys.KINDS)}.")


def _titles(text: str, header: Sequence[str]) -> list[str]:
    if any(folded(title) == folded(text) for title in header):
        return [text]
    return [one.strip() for one in next(csv.reader(io.StringIO(text), skipinitialspace=True))]


def _column(title: str, header: Sequence[str], prefix: str = "") -> int:
    """The number of the column with a title, capitals and spaces aside. Raises MapError."""
    for wanted in (title, prefix + title):
        found = [number for number, one in enumerate(header) if folded(one) == folded(wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            raise MapError(f"{len(found)} columns are called {title!r}. Give each a title of its own.")
    known = ", ".join(repr(one) for one in header if one)
    raise MapError(f"there is no column {title!r}. The columns are {known or 'without titles'}.")


def _guessed(given: Map, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Map:
    fields, free = dict(given.fields), [n for n in range(len(header)) if n not in given.used]
    names = [folded(title) for title in header]
    options = given.options or _option_columns(names, free)
    free = [number for number in free if number not in options]
    for field, titles in TITLES.items():
        if field in fields:
            continue
        for title in titles:
            number = next((one for one in free if names[one] == title), None)
            if number is not None:
                fields[field] = number
                free.remove(number)
                break
    if "stem" not in fields:
        number = _longest(free, rows)
        if number is None:
            known = ", ".join(repr(one) for one in header if one)
            raise MapError(
                f"no column looks like a stem. Say which with --map stem=COLUMN; there are {known}."
            )
        fields["stem"] = number
        free.remove(number)
    if "key" not in fields and options:
        number = _key_column(free, options, rows)
        if number is not None:
            fields["key"] = number
    guessed = frozenset(fields) - frozenset(given.fields)
    guessed |= {"options"} if options and not given.options else set()
    return Map(options=options, fields=fields, keys=given.keys, guessed=guessed)


def _option_columns(names: Sequence[str], free: Sequence[int]) -> tuple[int, ...]:
    """Columns called Option A, Choice 1, A … in a run from the first; one called Options or Choices else."""
    for wanted in ("abcdefghij", [str(n) for n in range(1, 11)]):
        found: list[int] = []
        for name in wanted:
            number = next(
                (n for n in free if (hit := _OPTION.fullmatch(names[n])) and name in hit.groups()), None
            )
            if number is None:
                break
            found.append(number)
        if len(found) >= 2:
            return tuple(found)
    run = _numbered(names, free)
    if run:
        return run
    number = next(
        (n for n in free if names[n] in ("options", "choices", "alternatives", "answer options")), None
    )
    return () if number is None else (number,)


def _numbered(names: Sequence[str], free: Sequence[int]) -> tuple[int, ...]:
    """Three columns or more with one word of any language and A, B, C or 1, 2, 3 behind it."""
    runs: dict[str, list[int]] = {}
    for number in free:
        word, _, last = names[number].rpartition(" ")
        run = runs.setdefault(word, [])
        if word and last in (str(len(run) + 1), "abcdefghij"[len(run) : len(run) + 1]):
            run.append(number)
    longest = max(runs.values(), key=len, default=[])
    return tuple(longest) if len(longest) >= 3 else ()


def _longest(free: Sequence[int], rows: Sequence[Sequence[str]]) -> int | None:
    """The column with the longest texts on average, if they are sentences at all."""
    sizes = {n: sum(len(_at(row, n)) for row in rows) / max(1, len(rows)) for n in free}
    best = max(sizes, key=lambda n: sizes[n], default=None)
    return best if best is not None and sizes[best] >= 10 else None


def _key_column(free: Sequence[int], options: Sequence[int], rows: Sequence[Sequence[str]]) -> int | None:
    """The column whose cells name options in nearly every row."""
    for number in free:
        pairs = [(_at(row, number), options_of(row, options)) for row in rows if _at(row, number)]
        if len(pairs) >= max(1, 0.9 * len(rows)) and keys.best(pairs)[1] >= 0.9 * len(pairs):
            return number
    return None


def options_of(row: Sequence[str], columns: Sequence[int]) -> list[str]:
    """The options of a row; of a single cell, its lines or what stands between | or ;"""
    if len(columns) != 1:
        texts = [_at(row, number) for number in columns]
        while texts and not texts[-1]:
            texts.pop()
        return texts
    text = _at(row, columns[0])
    separator = next((one for one in ("\n", "|", ";") if one in text), "\n")
    parts = [part.strip() for part in text.split(separator) if part.strip()]
    labels = [re.match(r"\(?([A-Za-z]|[0-9]{1,2})[).:]\s+", part) for part in parts]
    if parts and all(labels):
        return [part[label.end() :] for part, label in zip(parts, labels, strict=True) if label]
    return parts


def _at(row: Sequence[str], number: int) -> str:
    return row[number].strip() if number < len(row) else ""
