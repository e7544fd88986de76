"""Excel workbooks: of a form, what a content team reads, prints and files; of a bank, what it edits.

Every value is made first (`tables`), then judged (`limits`), then written (`workbook`): a text that
a cell cannot hold is refused before a byte is written, and nothing is ever cut.
"""

from __future__ import annotations

import msgspec

from qbank.formats.contract import Export, ExportInput, Format, Imported, Refused, Source, unsupported
from qbank.formats.selection import bank_input
from qbank.formats.tabular import EDITING
from qbank.formats.xlsx.about_sheet import about_sheet
from qbank.formats.xlsx.blueprint_sheet import blueprint_sheet
from qbank.formats.xlsx.form_sheet import form_sheet
from qbank.formats.xlsx.items_sheet import items_sheet
from qbank.formats.xlsx.key_sheet import key_sheet
from qbank.formats.xlsx.limits import misplaced, unwritable
from qbank.formats.xlsx.table import Table
from qbank.model.item import ITEM_TYPES

_TITLE = "Excel workbook"


def write(input: ExportInput) -> Export | Refused:
    """The workbook of a form or bank, or all that Excel cannot hold of it."""
    if input.is_bank:
        return _write_bank(input, FORMAT.file_name(input))
    if input.dialect == EDITING:
        name = f"{input.form.id}-{EDITING}-{input.audience}.{FORMAT.extension}"
        return _write_bank(_part_of_bank(input), name)
    wrong = (*unsupported(input, ITEM_TYPES, _TITLE), *misplaced(input))
    if wrong:
        return Refused(wrong)
    made = tables(input)
    wrong = unwritable(input, made)
    if wrong:
        return Refused(wrong)
    from qbank.formats.xlsx.workbook import workbook_bytes

    return Export(((FORMAT.file_name(input), workbook_bytes(input, made)),))


def _write_bank(input: ExportInput, name: str) -> Export | Refused:
    from qbank.formats.xlsx import bank_book

    wrong = unsupported(input, ITEM_TYPES, _TITLE)
    if wrong:
        return Refused(wrong)
    wrong, used = bank_book.judged(input)
    if wrong:
        return Refused(wrong)
    return Export(((name, bank_book.bank_bytes(input, used)),))


def _part_of_bank(input: ExportInput) -> ExportInput:
    """The items of a form as the bank has them: options in their own order, without role and position."""
    ids = [placement.item for placement in input.form.placements]
    part = bank_input(input.bank, where={"id": ids}, audience=input.audience, version=input.version)
    return msgspec.structs.replace(part, lossy=input.lossy, dialect=EDITING)


def read(source: Source) -> Imported:
    """The items of a workbook: of a bank, or of another table by a map of its columns. Raises Unreadable."""
    from qbank.formats.xlsx import reader

    return reader.read(source)


def recognises(source: Source) -> int:
    """Whether the file is a workbook of the kind .xlsx."""
    from qbank.formats.xlsx import reader

    return reader.recognises(source)


def tables(input: ExportInput) -> tuple[Table, ...]:
    """The sheets of the workbook in order; a candidate's has neither keys nor what was scored."""
    if input.audience == "candidate":
        return form_sheet(input), about_sheet(input)
    return (
        form_sheet(input),
        key_sheet(input),
        blueprint_sheet(input),
        items_sheet(input),
        about_sheet(input),
    )


FORMAT = Format(
    slug="xlsx",
    title=_TITLE,
    extension="xlsx",
    item_types=frozenset(ITEM_TYPES),
    writes=write,
    reads=read,
    recognises=recognises,
    dialects={
        EDITING: "the items of a form as a bank's workbook has them, to be edited and merged back "
        "(`qbank import --merge`); a bank's own is always made so"
    },
    notes={
        "media": "by path, in a bank's workbook; the files are not copied",
        "stimulus": "on a sheet of their own in a bank's workbook",
    },
)
