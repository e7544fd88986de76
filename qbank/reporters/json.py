"""json: the report as data; its shape is `schemas/report.schema.json`."""

from __future__ import annotations

import msgspec

from qbank.diagnostics import Severity
from qbank.reporters.contract import Rendering, Reported

SCHEMA_VERSION = 1


def render(report: Reported, rendering: Rendering) -> str:
    """JSON with an indent of two."""
    del rendering
    counts = {
        severity.value: sum(one.severity is severity for one in report.diagnostics)
        for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
    }
    tree = {
        "schema_version": SCHEMA_VERSION,
        "diagnostics": report.diagnostics,
        "summary": {**counts, "items": report.items, "files": report.files},
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"
