"""QTI 3.0.0 package: manifest, test, one file per item and stimulus, media."""

from __future__ import annotations

from qbank.formats.contract import Export, ExportInput, Format, Refused
from qbank.model.item import ITEM_TYPES


def writes(input: ExportInput) -> Export | Refused:
    """The form as `<form id>-<audience>.qti30.zip`, or why it cannot be one."""
    from qbank.formats.qti30.package import write

    return write(input, FORMAT)


FORMAT = Format(
    slug="qti30",
    title="QTI 3.0 package",
    extension="qti30.zip",
    item_types=frozenset(ITEM_TYPES),
    writes=writes,
)
