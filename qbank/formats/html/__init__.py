"""The practice test: one page that needs nothing but a browser, with timer, navigator, result and review."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Location
from qbank.formats.contract import Export, ExportInput, Format, Refused
from qbank.model.item import ITEM_TYPES


def write(input: ExportInput) -> Export | Refused:
    """The page of a form or bank, or all that keeps it from being one."""
    from qbank.formats.html.page import page
    from qbank.formats.qti_common.refusals import refusals

    found = refusals(input, FORMAT)
    if found:
        return Refused(found)
    return Export(((FORMAT.file_name(input), page(input)),), tuple(_losses(input)))


def _losses(input: ExportInput) -> Iterator[Finding]:
    cut = input.form.cut_score
    if cut is not None and cut.scale != "raw" and input.audience == "staff":
        yield Finding(
            Location(f"{input.form.id}.form.json"),
            f"the cut score is on the scale {cut.scale}, so the page says points and no verdict",
            hint="Give the cut score in raw points if the page is to say whether it was reached.",
        )


FORMAT = Format(
    slug="html",
    title="Practice test page",
    extension="html",
    item_types=frozenset(ITEM_TYPES),
    writes=write,
    notes={
        "images": "embedded in the page",
        "media": "images, sound and film embedded in the page",
        "unit": "text after the field",
        "choose": "no more options can be chosen",
        "rubric": "shown in the review; an essay is not scored by the page",
        "no-shuffle": "the page never shuffles: options stand in the form's order, in a bank as written",
        "fixed": "the same",
        "rationale": "shown in the review",
        "option-rationale": "shown in the review, under its option",
        "references": "shown in the review",
        "content-area": "the result has a row for each",
        "cognitive-level": "shown in the review, under the item's details",
        "attributes": "the same",
        "tags": "the same",
        "codes": "the same",
    },
)
