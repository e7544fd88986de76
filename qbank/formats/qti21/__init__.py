"""QTI 2.1 package: manifest, test, one file per item, media."""

from __future__ import annotations

from qbank.formats.contract import Export, ExportInput, Format, Imported, Refused, Source, Streamed
from qbank.formats.qti_common.dialects import ABOUT
from qbank.formats.qti_common.words import NOTES_2
from qbank.model.item import ITEM_TYPES


def streams(input: ExportInput) -> Streamed | Refused:
    """The form as `<form id>-<audience>.qti21.zip`, or why it cannot be one."""
    from qbank.formats.qti_common.package import stream
    from qbank.formats.qti_common.versions import V21

    return stream(input, FORMAT, V21)


def writes(input: ExportInput) -> Export | Refused:
    """The same, made at once."""
    made = streams(input)
    return made if isinstance(made, Refused) else made.whole()


def reads(source: Source) -> Imported:
    """The items of a package or of one file. Raises Unreadable."""
    from qbank.formats.qti_common.reading import read

    return read(source)


def recognises(source: Source) -> int:
    """Whether a file is a package or a document of QTI 2.1 or 2.0."""
    from qbank.formats.qti_common.recognition import recognised

    return 95 if recognised(source) in ("2.0", "2.1") else 0


FORMAT = Format(
    slug="qti21",
    title="QTI 2.1 package",
    extension="qti21.zip",
    item_types=frozenset(ITEM_TYPES),
    writes=writes,
    streams=streams,
    reads=reads,
    recognises=recognises,
    notes=NOTES_2,
    dialects=ABOUT,
)
