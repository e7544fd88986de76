"""CSV: one row an item, safe to open in a spreadsheet, and tables of other people by a map of columns.

Texts that a spreadsheet would run as a formula get an apostrophe in front, which reading takes away.
"""

from __future__ import annotations

import csv
import io
import itertools
import threading
from collections.abc import Iterator

from qbank.formats import tabular
from qbank.formats.contract import (
    Export,
    ExportInput,
    Format,
    Imported,
    Refused,
    Source,
    Unread,
    Unreadable,
    unsupported,
)
from qbank.model.item import ITEM_TYPES
from qbank.tables.grid import Grid
from qbank.tables.safe_cells import as_typed, neutral

TITLE = "CSV table"
DELIMITERS = ",;\t|"
_BOM = b"\xef\xbb\xbf"
_LONGEST_CELL = 2**24
_LOCK = threading.Lock()


def write(input: ExportInput) -> Export | Refused:
    """The table, UTF-8, lines ending with CR LF as RFC 4180 has it; for Excel with a byte order mark."""
    wrong = unsupported(input, ITEM_TYPES, TITLE)
    if wrong:
        return Refused(wrong)
    table = tabular.rows(input, stimuli=True)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table:
        writer.writerow([neutral(row.get(column, "")) for column in table.columns])
    data = out.getvalue().encode("utf-8")
    return Export(((FORMAT.file_name(input), _BOM + data if input.dialect == "excel" else data),))


def read(source: Source) -> Imported:
    """The items of a table, of our layout or of another. Raises Unreadable."""
    text, told = decoded(source.data, source.name)
    lines = _records(text, source.name)
    header = next(lines, None)
    if header is None:
        raise Unreadable(f"{source.name} is empty")
    grid = Grid(source.name, tuple(as_typed(title).strip() for title in header[1]), lines)
    found = tabular.imported(source, grid)
    return found if not told else _with(found, told)


def _with(found: Imported, told: str) -> Imported:
    import msgspec

    return msgspec.structs.replace(found, unread=(Unread(message=told), *found.unread))


def decoded(data: bytes, name: str) -> tuple[str, str]:
    """The text of a file, and what was assumed of it, "" for UTF-8. Raises Unreadable for no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ""
        except UnicodeDecodeError:
            raise Unreadable(f"{name} begins as UTF-16 but is not") from None
    try:
        return data.removeprefix(_BOM).decode("utf-8"), ""
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise Unreadable(f"{name} is no text") from None
        line = data.count(b"\n", 0, error.start) + 1
        told = f"line {line} is not UTF-8; the file was read as Windows-1252, so look at letters beyond ASCII"
        return data.decode("cp1252", "replace"), told


def delimiter(text: str) -> str:
    """What stands between the cells of the first line: the most frequent of , ; tab | outside quotes."""
    first = _first_record(text)
    counts = {one: first.count(one) for one in DELIMITERS}
    return max(DELIMITERS, key=lambda one: counts[one])


def _first_record(text: str) -> str:
    """The first line without what stands in quotes."""
    plain: list[str] = []
    quoted = False
    for character in text[:100_000]:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "\r\n" and plain:
            break
        elif not quoted:
            plain.append(character)
    return "".join(plain)


def _records(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with the line each begins in, cells as they were meant. Raises Unreadable."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
    while True:
        line = reader.line_num + 1
        with _LOCK:  # the limit belongs to the module, so it is put back at once
            before = csv.field_size_limit(_LONGEST_CELL)
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise Unreadable(f"{name}, line {line}: {error}") from None
            finally:
                csv.field_size_limit(before)
        if row is None:
            return
        if any(row):
            yield line, [as_typed(cell) for cell in row]


def recognises(source: Source) -> int:
    """Whether the file is text whose first line has several cells, and how much it looks like items."""
    head = source.data[:100_000]
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return 0
    if head.lstrip(_BOM).lstrip()[:1] in (b"{", b"[", b"<"):
        return 0
    try:
        text, _ = decoded(head, source.name)
        (_, header), *lines = itertools.islice(_records(text, source.name), 3)
    except (Unreadable, ValueError):  # a cell may go on beyond what was looked at
        return 0
    if len(header) < 2:
        return 0
    sure = tabular.is_plausible(tuple(title.strip() for title in header), source.columns)
    even = lines and all(len(line) == len(header) for _, line in lines)
    return sure if sure >= tabular.LIKELY or even else 0


FORMAT = Format(
    slug="csv",
    title=TITLE,
    extension="csv",
    item_types=frozenset(ITEM_TYPES),
    writes=write,
    reads=read,
    recognises=recognises,
    notes={
        "media": "by path in the column stimulus_more; the files are not copied",
        "stimulus": "beside the first of its items",
    },
    dialects={"excel": "with a byte order mark, so that Excel reads letters beyond ASCII"},
)
