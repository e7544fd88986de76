"""A version of QTI as a format: written as a package, read from a package or a single file."""

from __future__ import annotations

from collections.abc import Mapping

from qbank.formats.contract import Export, ExportInput, Format, Imported, Refused, Source, Streamed
from qbank.formats.qti_common.versions import Version
from qbank.model.item import ITEM_TYPES


def qti_format(
    version: Version,
    notes: Mapping[str, str],
    *,
    older: tuple[str, ...] = (),
    dialects: Mapping[str, str] | None = None,
) -> Format:
    """The format of a version; files of `older` versions are read as it too."""
    slug = f"qti{version.number.replace('.', '')}"

    def streams(input: ExportInput) -> Streamed | Refused:
        from qbank.formats.qti_common.package import stream

        return stream(input, of_version, version)

    def writes(input: ExportInput) -> Export | Refused:
        made = streams(input)
        return made if isinstance(made, Refused) else made.whole()

    def recognises(source: Source) -> int:
        from qbank.formats.qti_common.recognition import recognised

        return 95 if recognised(source) in (version.number, *older) else 0

    of_version = Format(
        slug=slug,
        title=f"QTI {version.number} package",
        extension=f"{slug}.zip",
        item_types=frozenset(ITEM_TYPES),
        writes=writes,
        streams=streams,
        reads=_reads,
        recognises=recognises,
        notes=notes,
        dialects=dialects or {},
    )
    return of_version


def _reads(source: Source) -> Imported:
    """The items of a package or of one file. Raises Unreadable."""
    from qbank.formats.qti_common.reading import read

    return read(source)
