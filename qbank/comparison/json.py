"""json: the comparison as data."""

from __future__ import annotations

from typing import Any

import msgspec

from qbank.comparison.changes import Comparison, Side
from qbank.reporters.contract import Rendering
from qbank.reporters.safe import file_name

SCHEMA_VERSION = 1


def render(comparison: Comparison, rendering: Rendering) -> str:
    """JSON with an indent of two."""
    del rendering
    items = tuple(msgspec.structs.replace(one, file=file_name(one.file)) for one in comparison.items)
    tree = {
        "schema_version": SCHEMA_VERSION,
        "old": _side(comparison.old),
        "new": _side(comparison.new),
        "bank": comparison.bank,
        "items": items,
        "stimuli": comparison.stimuli,
        "summary": {
            "differences": len(comparison.items) + len(comparison.stimuli) + len(comparison.bank),
            "hits": len(comparison.hits),
            "items": dict(sorted(comparison.fates().items())),
            "kinds": dict(sorted(comparison.kinds().items())),
        },
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _side(side: Side) -> dict[str, Any]:
    return {**msgspec.structs.asdict(side), "name": file_name(side.name)}
