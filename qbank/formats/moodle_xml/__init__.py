"""Moodle XML: questions with feedback, files, tags and categories, the richest of Moodle's formats."""

from __future__ import annotations

from qbank.formats.contract import Export, ExportInput, Format, Imported, Refused, Source, unsupported
from qbank.formats.features import ALL
from qbank.model.item import ITEM_TYPES

TITLE = "Moodle XML"


def write(input: ExportInput) -> Export | Refused:
    """A question bank in one file: a question after another, under its content area as category."""
    from qbank.formats.moodle_faults import found as found_in
    from qbank.formats.moodle_xml.faults import faults, of_form, of_stimuli
    from qbank.formats.moodle_xml.writer import quiz

    found = found_in(input, lambda one: faults(one, input))
    wrong = (*unsupported(input, FORMAT.item_types, TITLE), *of_stimuli(input), *found.refused)
    if wrong:
        return Refused(wrong)
    content = quiz(input).encode("utf-8")
    return Export(((FORMAT.file_name(input), content),), (*found.losses, *of_form(input)), found.lost)


def read(source: Source) -> Imported:
    """The questions of a file that Moodle or qbank exported. Raises Unreadable when there is none."""
    from qbank.formats.moodle_xml.reader import imported

    return imported(source)


def recognises(source: Source) -> int:
    """Whether a file is a quiz of questions with a type."""
    from qbank.formats.moodle_xml.reader import likely

    return likely(source)


FORMAT = Format(
    slug="moodle-xml",
    title=TITLE,
    extension="moodle.xml",
    item_types=frozenset(ITEM_TYPES),
    writes=write,
    reads=read,
    recognises=recognises,
    carries=ALL - {"attributes", "codes", "fixed"},
    notes={
        "maths": "as LaTeX between \\( and \\), which Moodle's MathJax filter shows",
        "images": "embedded; a file at the top of the bank comes back in media/",
        "all-or-nothing": "orders, or one right option; several with --for multichoiceset; no pairs",
        "partial-credit": "shares of points that Moodle knows; orders count as a whole",
        "penalty": "shares of points that Moodle knows, never below nothing; not of pairs and judgements",
        "tolerance": "a range is its middle and a tolerance",
        "unit": "candidates may type it; Moodle does not show it",
        "choose": "as a tag; refused where choosing more would gain points",
        "rubric": "as information for graders",
        "reuse": "Moodle always lets an option be used again; read back where two prompts take one",
        "no-shuffle": "of pairs, Moodle keeps the order of the prompts only",
        "stimulus": "a description before its first question; Moodle does not hold them together, a tag does",
        "media": "embedded in the description",
        "rationale": "as general feedback",
        "option-rationale": "as feedback of each answer; of other types as general feedback",
        "references": "after the general feedback",
        "content-area": "as category",
        "cognitive-level": "as a tag",
        "order": "answers in the right order; Moodle shuffles them",
    },
    dialects={
        "multichoiceset": "for a Moodle with that plugin: several right options that only count together"
    },
    audiences=("staff",),
)
