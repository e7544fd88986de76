"""GIFT: Moodle's text format. Formulas and mark-up go as HTML, ids and tags as Moodle's own comments."""

from __future__ import annotations

from qbank.formats.contract import Export, ExportInput, Format, Imported, Refused, Source, unsupported

TITLE = "GIFT"
TYPES = frozenset(
    {"multiple-choice", "multiple-response", "true-false", "matching", "numeric", "short-answer", "essay"}
)


def write(input: ExportInput) -> Export | Refused:
    """One question after another, under its content area as category."""
    from qbank.formats.gift.writer import faults, text
    from qbank.formats.moodle_faults import found as found_in

    found = found_in(input, faults)
    wrong = (*unsupported(input, TYPES, TITLE), *found.refused)
    if wrong:
        return Refused(wrong)
    content = text(input).encode("utf-8")
    return Export(((FORMAT.file_name(input), content),), found.losses, found.lost)


def read(source: Source) -> Imported:
    """Questions, with categories as content areas. Raises Unreadable when there is none."""
    from qbank.formats.gift.reader import imported

    return imported(source)


def recognises(source: Source) -> int:
    """Whether there are answers in braces, as GIFT writes them."""
    from qbank.formats.gift.reader import likely

    return likely(source)


FORMAT = Format(
    slug="gift",
    title=TITLE,
    extension="gift.txt",
    item_types=TYPES,
    writes=write,
    reads=read,
    recognises=recognises,
    carries=frozenset(
        {
            "paragraphs",
            "formatting",
            "tables",
            "maths",
            "partial-credit",
            "penalty",
            "tolerance",
            "accepted-texts",
            "reuse",
            "spare-options",
            "rationale",
            "option-rationale",
            "content-area",
            "cognitive-level",
            "tags",
        }
    ),
    notes={
        "penalty": "shares of points that Moodle knows, never below nothing",
        "maths": "as LaTeX between \\( and \\), which Moodle's MathJax filter shows",
        "content-area": "as category",
        "cognitive-level": "as a tag",
        "reuse": "Moodle always lets an option be used again; read back where two prompts take one",
        "spare-options": "as pairs without a prompt",
        "option-rationale": "as feedback; of matching, numeric and essay only one for the item",
    },
    audiences=("staff",),
)
