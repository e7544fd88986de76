"""QTI 3.0 package: manifest, test, one file per item and stimulus, media."""

from __future__ import annotations

from qbank.formats.contract import Export, ExportInput, Format, Imported, Refused, Source, Streamed
from qbank.formats.qti_common.words import NOTES
from qbank.model.item import ITEM_TYPES


def streams(input: ExportInput) -> Streamed | Refused:
    """The form as `<form id>-<audience>.qti30.zip`, or why it cannot be one."""
    from qbank.formats.qti_common.package import stream
    from qbank.formats.qti_common.versions import V30

    return stream(input, FORMAT, V30)


def writes(input: ExportInput) -> Export | Refused:
    """The same, made at once."""
    made = streams(input)
    return made if isinstance(made, Refused) else made.whole()


def reads(source: Source) -> Imported:
    """The items of a package or of one file. Raises Unreadable."""
    from qbank.formats.qti_common.reading import read

    return read(source)


def recognises(source: Source) -> int:
    """Whether a file is a package or a document of QTI 3.0."""
    from qbank.formats.qti_common.recognition import recognised

    return 95 if recognised(source) == "3.0" else 0


FORMAT = Format(
    slug="qti30",
    title="QTI 3.0 package",
    extension="qti30.zip",
    item_types=frozenset(ITEM_TYPES),
    writes=writes,
    streams=streams,
    reads=reads,
    recognises=recognises,
    notes=NOTES,
)
