"""PDF: a printed booklet with its answer sheet, and for staff the key as a file of its own.

Tagged, and PDF/UA-1 where every picture has a text alternative. Formulas speak their LaTeX.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.formats.booklet import NOTES
from qbank.formats.contract import Export, ExportInput, Format, Refused
from qbank.model.item import ITEM_TYPES

if TYPE_CHECKING:
    from qbank.diagnostics import Finding

TITLE = "PDF booklet"
KINDS = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp"})


def write(input: ExportInput) -> Export | Refused:
    """The booklet, for staff with the key beside it; refused without typst (extra `print`)."""
    from qbank.formats.booklet.writing import prepared, without
    from qbank.formats.pdf import typesetting

    if not typesetting.available():
        return without(input, FORMAT, "typst")
    ready = prepared(input, FORMAT, KINDS)
    if isinstance(ready, Refused):
        return ready
    try:
        files = typesetting.pdfs(ready.papers, ready.images, accessible=not ready.silent)
    except typesetting.NotSet as error:
        from qbank.formats.pdf.failing import failed

        return failed(input, FORMAT, ready, str(error))
    return Export(files, (*ready.losses, *_silent(input, ready.silent)), ready.lost)


def _silent(input: ExportInput, pictures: tuple[str, ...]) -> tuple[Finding, ...]:
    """That a PDF is no PDF/UA, and why."""
    from qbank.diagnostics import Finding, Location

    if not pictures:
        return ()
    shown = ", ".join(pictures[:3]) + (" and more" if len(pictures) > 3 else "")
    message = f"the PDF is tagged, but it is no PDF/UA: no text alternative for {shown}"
    here = Location(f"{input.form.id}.form.json")
    return (Finding(here, message, hint="Write what the picture shows as its `alt`."),)


FORMAT = Format(
    slug="pdf",
    title=TITLE,
    extension="pdf",
    item_types=frozenset(ITEM_TYPES),
    writes=write,
    notes={
        **NOTES,
        "maths": "with its LaTeX as text alternative",
        "images": "png, jpg, gif, svg and webp; without a text alternative the file is no PDF/UA",
    },
)
