"""Word: a booklet with its answer sheet that can still be edited, and for staff the key as a file of its own.

Formulas are Word's own, pictures have their text alternative, letters and page numbers are counted by Word.
"""

from __future__ import annotations

from qbank.formats.booklet import NOTES
from qbank.formats.contract import Export, ExportInput, Format, Refused
from qbank.model.item import ITEM_TYPES

TITLE = "Word booklet"
KINDS = frozenset({"png", "jpg", "jpeg", "gif"})


def write(input: ExportInput) -> Export | Refused:
    """The booklet, for staff with the key beside it; refused without python-docx (extra `print`)."""
    from qbank.formats.booklet.writing import prepared, without
    from qbank.formats.docx.document import Unshown, available
    from qbank.formats.docx.papers import docx

    if not available():
        return without(input, FORMAT, "python-docx")
    ready = prepared(input, FORMAT, KINDS)
    if isinstance(ready, Refused):
        return ready
    try:
        files = tuple((name, docx(paper, ready.images)) for name, paper in ready.papers.items())
    except Unshown as error:
        from qbank.diagnostics import Finding, Location

        hint = "Save the picture again with a graphics program."
        here = Location(f"{input.form.id}.form.json")
        return Refused((Finding(here, f"the picture {error} cannot be read", hint=hint),))
    return Export(files, ready.losses, ready.lost)


FORMAT = Format(
    slug="docx",
    title=TITLE,
    extension="docx",
    item_types=frozenset(ITEM_TYPES),
    writes=write,
    notes={
        **NOTES,
        "maths": "as Word's own formulas (Office Math)",
        "images": "png, jpg and gif, with their text alternative",
    },
)
