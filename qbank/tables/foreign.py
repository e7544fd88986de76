"""Tables of any other layout → records, by a map of columns; every doubt names its row and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from qbank.tables import fields, keys, mapping
from qbank.tables.grid import Fault, Grid, cell_text, folded, looks_converted
from qbank.tables.mapping import Map, options_of

SAMPLES = 3
_TITLES_LOOKED_FOR = 20
"""Rows below the first among which titles are looked for."""
_LOOKED_AT = 1000
"""Rows that a guess looks at."""
_KEYS_LOOKED_AT = 5000
"""About as many rows, from all parts of a table, decide how its keys are written."""
_TYPES = {
    "multiple-choice": ("mc", "mcq", "multiple choice", "single choice", "single", "sc", "sba",
        "single best answer", "single select", "multichoice"),
    "multiple-response": ("ma", "mr", "multiple response", "multiple answer", "multiple answers",
        "multi select", "multiple select", "checkbox", "multi"),
    "true-false": ("tf", "t/f", "true false", "true/false", "truefalse"),
    "numeric": ("num", "numeric", "numerical", "number"),
    "short-answer": ("sa", "short answer", "fib", "fill in the blank", "shortanswer", "text"),
    "essay": ("ess", "essay", "open", "long answer", "written response", "wr"),
    "ordering": ("ord", "ordering", "order"),
}  # fmt: skip
_TYPE_OF = {word: type for type, words in _TYPES.items() for word in (*words, type.replace("-", " "))}
_STATUSES = ("draft", "review", "approved", "active", "pretest", "suspended", "retired")
_AREA = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,7}")
_TRUTHS = {"true": True, "t": True, "false": False, "f": False}


class Foreign(msgspec.Struct, frozen=True, kw_only=True):
    """What a table holds by its map, and what the map was in words, with some items as they were read."""

    items: tuple[dict[str, Any], ...] = ()
    faults: tuple[Fault, ...] = ()
    told: tuple[str, ...] = ()
    areas: Mapping[str, str] = {}


class _Read(msgspec.Struct, frozen=True):
    """A row as texts; `bad` are the columns that hold no text."""

    number: int
    cells: list[str]
    bad: Mapping[int, str]


def read(grid: Grid, columns: Mapping[str, str]) -> Foreign:
    """The items of a table. Raises mapping.MapError."""
    rows = list(_rows(grid.rows))
    above = _above_titles(grid.header, rows)
    header = _titled(rows[above - 1].cells if above else grid.header)
    first, rows = (rows[above - 1].number if above else 1), rows[above:]
    made = mapping.make(header, [row.cells for row in rows[:_LOOKED_AT]], columns)
    pairs = _keys(made, rows[:: len(rows) // _KEYS_LOOKED_AT + 1])
    kind = made.keys or (keys.best(pairs)[0] if pairs else "letters")
    doubtful = 0 if made.keys else sum(keys.is_doubtful(kind, *pair) for pair in pairs)
    reader = _Reader(header, made, kind)
    items = [record for row in rows if (record := reader.item(row)) is not None]
    faults = [*_unused(header, made, rows, first), *reader.faults]
    if above:
        faults.insert(0, Fault(row=first, message="the titles stand here; what is above them is not read"))
    return Foreign(
        items=tuple(items),
        faults=tuple(faults),
        told=tuple(_told(grid.name, header, made, kind, items, doubtful)),
        areas=reader.areas,
    )


def _above_titles(header: Sequence[str], rows: Sequence[_Read]) -> int:
    """How many rows belong to what stands above the titles, theirs included; 0 when they come first.

    A report's name, a date and an empty line are often above them. The titles are known by one for stems
    and two others.
    """
    if mapping.names_a_stem(header):
        return 0
    near = rows[:_TITLES_LOOKED_FOR]
    return next((number for number, row in enumerate(near, 1) if mapping.are_titles(row.cells)), 0)


def _rows(rows: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[_Read]:
    for number, cells in rows:
        texts, bad = [], {}
        for column, value in enumerate(cells):
            try:
                texts.append(cell_text(value))
            except ValueError as error:
                bad[column] = str(error)
                texts.append("")
        if any(text.strip() for text in texts) or bad:
            yield _Read(number, texts, bad)


def _titled(header: Sequence[str]) -> list[str]:
    """The titles without white space around; those of columns without one are their letters."""
    return [title.strip() or f"column {_letter(number)}" for number, title in enumerate(header)]


def _letter(number: int) -> str:
    before, here = divmod(number, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + here)


def _keys(made: Map, rows: Sequence[_Read]) -> list[tuple[str, list[str]]]:
    """The keys of the rows that have one, each with the options of its row."""
    column = made.fields.get("key")
    if column is None or not made.options:
        return []
    return [
        (row.cells[column].strip(), options)
        for row in rows
        if column < len(row.cells)
        and row.cells[column].strip()
        and (options := options_of(row.cells, made.options))
    ]


def _unused(header: Sequence[str], made: Map, rows: Sequence[_Read], titles: int) -> Iterator[Fault]:
    for number, title in enumerate(header):
        filled = any(number < len(row.cells) and row.cells[number].strip() for row in rows)
        if number not in made.used and filled:
            yield Fault(
                row=titles,
                column=title,
                message="the column is not read",
                hint=f"Give it a field: --map rationale={title!r}, say, or --map attributes.NAME={title!r}.",
            )


def _told(
    name: str,
    header: Sequence[str],
    made: Map,
    kind: keys.Kind,
    items: Sequence[Mapping[str, Any]],
    doubtful: int,
) -> Iterator[str]:
    def said(field: str) -> str:
        return " (guessed)" if field in made.guessed else ""

    yield f"columns of {name}:"
    for field in ("stem", "options", *sorted(set(made.fields) - {"stem"})):
        numbers = made.options if field == "options" else (made.fields[field],)
        if numbers:
            how = ""
            if field == "key" and made.options:
                how = f", as {keys.told(kind)}" + ("" if made.keys else " (guessed)")
            yield f"  {field} = {', '.join(header[n] for n in numbers)}{said(field)}{how}"
    if doubtful:
        yield (
            f"  in {doubtful} rows that were looked at the key could be read in another way too; "
            f"say --map keys={'|'.join(keys.KINDS)}"
        )
    for record in items[:SAMPLES]:
        yield f"  for example: {_brief(record)}"


def _brief(record: Mapping[str, Any]) -> str:
    def short(text: Any) -> str:
        line = " ".join(str(text).split())
        return line if len(line) <= 60 else line[:59] + "…"

    options = "; ".join(f"{id} {short(text)}" for id, text in record.get("options", {}).items())
    key = fields.key_text(str(record.get("type")), record.get("key"))
    return f"{short(record.get('stem', ''))} [{options}] key {short(key) or 'none'}"


class _Reader:
    """Rows → records, by a map; what cannot be taken as it stands is in `faults`."""

    def __init__(self, header: Sequence[str], made: Map, kind: keys.Kind) -> None:
        self._header = header
        self._map = made
        self._kind: keys.Kind = kind
        self.faults: list[Fault] = []
        self.areas: dict[str, str] = {}
        self._told_ids = False

    def item(self, row: _Read) -> dict[str, Any] | None:
        """The record of a row; None for a row that is left out."""
        for column, why in row.bad.items():
            if column in self._map.used:
                what, _, hint = why.partition("; ")
                self._fault(row, column, f"{what}; the row is left out", hint)
                return None
        stem = self._text(row, "stem")
        if not stem:
            self._fault(
                row, self._map.fields["stem"], "there is no stem; the row is left out", "Write the stem."
            )
            return None
        options = options_of(row.cells, self._map.options) if self._map.options else []
        record: dict[str, Any] = {"id": self._id(row), "type": "", "stem": stem}
        self._options(row, record, options)
        self._about(row, record)
        return {name: value for name, value in record.items() if value not in ("", [], None)}

    def _fault(self, row: _Read, column: int, message: str, hint: str = "", raw: str = "") -> None:
        title = self._header[column] if column < len(self._header) else ""
        self.faults.append(Fault(row=row.number, column=title, message=message, hint=hint, raw=raw[:200]))

    def _text(self, row: _Read, field: str) -> str:
        column = self._map.fields.get(field)
        return "" if column is None or column >= len(row.cells) else row.cells[column].strip()

    def _id(self, row: _Read) -> str:
        id = self._text(row, "id")
        if id and looks_converted(id):
            self._fault(
                row,
                self._map.fields["id"],
                f"{id!r} looks like a date or number of a spreadsheet; the item is named by its content",
                "Format the column as text and type the id again.",
                id,
            )
            return ""
        return id

    def _options(self, row: _Read, record: dict[str, Any], options: list[str]) -> None:
        key = self._text(row, "key")
        record["type"] = self._type(row, key, options)
        if record["type"] in ("multiple-choice", "multiple-response", "ordering"):
            gap = next((n for n, text in enumerate(options) if not text), None)
            if gap is not None:
                self._fault(
                    row,
                    self._map.options[gap],
                    "the option is empty but a later one is not",
                    "Fill it or move the others up.",
                )
            for number, text in enumerate(options):
                if looks_converted(text):
                    column = self._map.options[min(number, len(self._map.options) - 1)]
                    self._fault(
                        row,
                        column,
                        f"{text!r} looks like a date that a spreadsheet made",
                        "Look at the option.",
                        text,
                    )
            named = {
                chr(ord("A") + n) if n < 26 else f"O{n + 1}": text for n, text in enumerate(options) if text
            }
            record["options"] = named
            record["key"] = self._chosen(row, record["type"], key, options) if key else None
        elif key and record["type"] == "essay":
            record["rubric"] = key
        elif key:
            record["key"] = self._typed(row, record["type"], key)

    def _type(self, row: _Read, key: str, options: list[str]) -> str:
        word = self._text(row, "type")
        if word and folded(word) in _TYPE_OF:
            return _TYPE_OF[folded(word)]
        if word:
            self._fault(
                row,
                self._map.fields["type"],
                f"{word[:40]!r} is no type that is known; the type is taken from options and key",
                f"Types are {', '.join(_TYPES)}.",
                word,
            )
        if len([one for one in options if one]) >= 2:
            if [one.casefold() for one in options] in (
                ["true", "false"],
                ["false", "true"],
            ) and not isinstance(self._truth(key, options), str):
                return "true-false"
            found = keys.positions(self._kind, key, options)
            return "multiple-response" if found and len(found) > 1 else "multiple-choice"
        if key.casefold() in _TRUTHS:
            return "true-false"
        if not key:
            return "essay"
        return "short-answer" if self._number(key) is None else "numeric"

    def _truth(self, key: str, options: Sequence[str]) -> bool | str:
        found = keys.positions(self._kind, key, options) if options else None
        word = options[found[0]] if found else key
        return _TRUTHS.get(word.casefold(), word)

    @staticmethod
    def _number(text: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = fields.key("numeric", text)
        except ValueError:
            return None
        return found

    def _chosen(self, row: _Read, type: str, key: str, options: list[str]) -> Any:
        found = keys.positions(self._kind, key, options)
        column = self._map.fields["key"]
        if (
            found is None
            or (type == "multiple-choice" and len(found) > 1)
            or any(not options[n] for n in found)
        ):
            last = chr(ord("A") + len(options) - 1) if 0 < len(options) <= 26 else str(len(options))
            names = f"this row has the options A to {last}" if options else "this row has no options"
            self._fault(
                row,
                column,
                f"the key {key[:60]!r} names no option; the item has no key",
                f"Keys are read as {keys.told(self._kind)}; {names}. Change it with --map keys=…",
                key,
            )
            return None
        ids = [chr(ord("A") + n) if n < 26 else f"O{n + 1}" for n in found]
        return ids[0] if type == "multiple-choice" else ids

    def _typed(self, row: _Read, type: str, key: str) -> Any:
        if type == "true-false":
            truth = self._truth(key, options_of(row.cells, self._map.options) if self._map.options else ())
            if isinstance(truth, bool):
                return truth
        elif type == "short-answer":
            return fields.lines(key.replace("|", "\n"))
        else:
            number = self._number(key)
            if number is not None:
                return {
                    **number,
                    **({"unit": unit} if (unit := self._text(row, "unit")) else {}),
                    **self._tolerance(row),
                }
        self._fault(
            row,
            self._map.fields["key"],
            f"{key[:60]!r} is no key of an item of type {type}; the item has no key",
            "",
            key,
        )
        return None

    def _tolerance(self, row: _Read) -> dict[str, Any]:
        text = self._text(row, "tolerance")
        return (
            {"tolerance": self._amount(row, "tolerance")} if text and self._amount(row, "tolerance") else {}
        )

    def _amount(self, row: _Read, field: str) -> int | float | None:
        text = self._text(row, field)
        try:
            return fields.number(text) if text else None
        except ValueError as error:
            self._fault(row, self._map.fields[field], str(error), "", text)
            return None

    def _about(self, row: _Read, record: dict[str, Any]) -> None:
        for field in ("rationale", "cognitive_level", "author", "stimulus"):
            record[field] = self._text(row, field)
        record["references"] = fields.lines(self._text(row, "references"))
        record["tags"] = list(dict.fromkeys(fields.words(self._text(row, "tags"))))
        record["points"] = self._amount(row, "points")
        status = self._text(row, "status").lower()
        if status and status not in _STATUSES:
            self._fault(
                row,
                self._map.fields["status"],
                f"{status[:40]!r} is no status",
                f"There are {', '.join(_STATUSES)}.",
                status,
            )
        record["status"] = status if status in _STATUSES else ""
        record["content_area"] = self._area(self._text(row, "content_area"))
        attributes = {
            name.removeprefix("attributes."): fields.scalar(text)
            for name in self._map.fields
            if name.startswith("attributes.") and (text := self._text(row, name))
        }
        if attributes:
            record["attributes"] = attributes

    def _area(self, text: str) -> str:
        """A topic as a path of the content outline; its words are kept as a title."""
        if not text or _AREA.fullmatch(text):
            return text
        parts = [re.sub(r"[^A-Za-z0-9._-]+", "-", part).strip("-._")[:64] for part in re.split(r"[/>]", text)]
        path = "/".join(part for part in parts if part)[:500] or "other"
        self.areas.setdefault(path, text)
        return path
