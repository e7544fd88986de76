"""Excel workbook of a form: what a content team reads, prints and files.

Every value is made first (`tables`), then judged (`limits`), then written (`workbook`): a text that
a cell cannot hold is refused before a byte is written, and nothing is ever cut.
"""

from __future__ import annotations

from qbank.formats.contract import Export, ExportInput, Format, Refused, unsupported
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
    """The workbook of a form, or all that Excel cannot hold of it."""
    wrong = (*unsupported(input, ITEM_TYPES, _TITLE), *misplaced(input))
    if wrong:
        return Refused(wrong)
    made = tables(input)
    wrong = unwritable(input, made)
    if wrong:
        return Refused(wrong)
    from qbank.formats.xlsx.workbook import workbook_bytes

    return Export(((FORMAT.file_name(input), workbook_bytes(input, made)),))


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
)
