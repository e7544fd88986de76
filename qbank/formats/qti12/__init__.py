"""QTI 1.2 package: one file of items, a manifest, media; also as Canvas exports and imports it."""

from __future__ import annotations

from qbank.formats.contract import Export, ExportInput, Format, Imported, Refused, Source
from qbank.model.item import ITEM_TYPES

_NOTES = {
    "partial-credit": "conditions that add to SCORE",
    "penalty": "conditions that take from SCORE, and its `minvalue`",
    "tolerance": "both bounds written out in the response processing",
    "unit": "material after the field",
    "no-shuffle": "a whole bank says `shuffle`; in a form the options stand in the form's order",
    "fixed": '`rshuffle="No"`',
    "choose": "`maxnumber`",
    "rubric": "a rubric with the view Scorer",
    "stimulus": "the material of a section around its items; in Canvas an item of its own before them",
    "media": "matimage, mataudio, matvideo; in Canvas HTML",
    "rationale": "item feedback `general_fb`",
    "option-rationale": "item feedback of each option",
    "references": "metadata field qbank_references",
    "content-area": "metadata field qbank_content_area",
    "cognitive-level": "metadata field qbank_cognitive_level",
    "attributes": "metadata field qbank_attributes",
    "tags": "metadata field qbank_tags",
    "codes": "metadata field qbank_codes",
}


def writes(input: ExportInput) -> Export | Refused:
    """The form as `<form id>-<audience>.qti12.zip`, or why it cannot be one."""
    from qbank.formats.qti12.package import write

    return write(input, FORMAT)


def reads(source: Source) -> Imported:
    """The items of a package, a cartridge or one file. Raises Unreadable."""
    from qbank.formats.qti12.reading import read

    return read(source)


def recognises(source: Source) -> int:
    """Whether a file is a document or a package of QTI 1.x, an export of Canvas or a Common Cartridge."""
    from qbank.formats.qti12.recognition import recognised

    return 95 if recognised(source) else 0


FORMAT = Format(
    slug="qti12",
    title="QTI 1.2 package",
    extension="qti12.zip",
    item_types=frozenset(ITEM_TYPES),
    writes=writes,
    reads=reads,
    recognises=recognises,
    notes=_NOTES,
    dialects={
        "canvas": "assessment_meta.xml, the metadata fields and answer numbers of Canvas; what it passes "
        "over is told as losses"
    },
)
