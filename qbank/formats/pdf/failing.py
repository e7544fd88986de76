"""Why typst could not set a paper, in the words of the bank: broken pictures, characters without a font."""

from __future__ import annotations

import msgspec

from qbank.diagnostics import Finding, Location
from qbank.formats.booklet.paper import Paper
from qbank.formats.booklet.writing import Prepared, holders
from qbank.formats.contract import Export, ExportInput, Format, Loss, Refused
from qbank.formats.pdf.typesetting import NotSet, pdfs, unset_characters, unset_images

_MOST = 20
_HINT = "Export to docx, which uses the fonts of the reader's machine, or with --lossy print boxes instead."


def failed(input: ExportInput, format: Format, ready: Prepared, said: str) -> Export | Refused:
    """Refused with what is wrong; with `--lossy`, characters that no font has become boxes, and are told."""
    here = Location(f"{input.form.id}.form.json")
    broken = unset_images(ready.images)
    if broken:
        hint = "Save the picture again with a graphics program."
        return Refused(
            tuple(Finding(here, f"the picture {one.path} cannot be read", hint=hint) for one in broken)
        )
    characters = unset_characters(_unusual(ready.papers), _MOST)
    if not characters:
        hint = "Rewrite the item that is unlike the others; `--to docx` may print it."
        return Refused((Finding(here, f"{format.title} cannot be set: {said}", hint=hint),))
    told, lost = _boxes(input, format, characters)
    if not input.lossy:
        return Refused(told)
    try:
        files = pdfs(ready.papers, ready.images, accessible=False)
    except NotSet as error:
        return Refused((*told, Finding(here, f"{format.title} cannot be set: {error}", hint=_HINT)))
    return Export(files, (*ready.losses, *told), (*ready.lost, *lost))


def _boxes(
    input: ExportInput, format: Format, characters: tuple[str, ...]
) -> tuple[tuple[Finding, ...], tuple[Loss, ...]]:
    held = holders(input, characters)
    if not held:
        shown = ", ".join(f"{one!r}" for one in characters)
        here = Location(f"{input.form.id}.form.json")
        return (Finding(here, f"no font of {format.title} has {shown}", hint=_HINT),), ()
    told = tuple(msgspec.structs.replace(finding, hint=_HINT) for _, _, finding in held)
    lost = tuple(
        Loss(record=record, field=field, feature="text", message=finding.message)
        for record, field, finding in held
    )
    return told, lost


def _unusual(papers: dict[str, Paper]) -> set[str]:
    """Characters of some papers beyond ASCII."""
    text = "".join(msgspec.json.encode(paper).decode("utf-8") for paper in papers.values())
    return {one for one in text if not one.isascii()}
