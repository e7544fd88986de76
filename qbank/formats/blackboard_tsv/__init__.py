"""Blackboard's upload of questions: a line an item, fields parted by tabs; plain words and right answers."""

from __future__ import annotations

from qbank.formats.contract import Export, ExportInput, Format, Imported, Refused, Source, unsupported

TITLE = "Blackboard TSV"
MOST_LINES = 250
"""More lines in one upload may run out of time, says Blackboard's help."""

_TYPES = frozenset(
    {
        "multiple-choice",
        "multiple-response",
        "true-false",
        "matching",
        "ordering",
        "numeric",
        "short-answer",
        "essay",
    }
)


def write(input: ExportInput) -> Export | Refused:
    """Lines of questions, a further file for every 250."""
    from qbank.formats.blackboard_tsv.writer import line, refusals

    wrong = (*unsupported(input, _TYPES, TITLE), *refusals(input))
    if wrong:
        return Refused(wrong)
    lines = [line(one) for one in input.placed()]
    name = FORMAT.file_name(input)
    files = []
    for number, start in enumerate(range(0, len(lines), MOST_LINES), 1):
        part = name if number == 1 else name.replace(f".{FORMAT.extension}", f"-{number}.{FORMAT.extension}")
        files.append((part, "\r\n".join(lines[start : start + MOST_LINES]).encode("utf-8")))
    return Export(tuple(files))


def read(source: Source) -> Imported:
    """The questions of a file. Raises Unreadable when there is none."""
    from qbank.formats.blackboard_tsv.reader import imported

    return imported(source)


def recognises(source: Source) -> int:
    """Whether lines begin with a type of Blackboard and a tab."""
    from qbank.formats.blackboard_tsv.reader import likely

    return likely(source)


FORMAT = Format(
    slug="blackboard-tsv",
    title=TITLE,
    extension="blackboard.txt",
    item_types=_TYPES,
    writes=write,
    reads=read,
    recognises=recognises,
    carries=frozenset({"tolerance", "accepted-texts"}),
    notes={
        "tolerance": "a range is its middle and a tolerance",
        "order": "answers in the right order; Blackboard shuffles them, in its original course view only",
        "points": "those that the upload is told to give",
        "partial-credit": "set for each question after the upload",
    },
    audiences=("staff",),
)
