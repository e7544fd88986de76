"""json: the report as data; its shape is `schemas/report.schema.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters.contract import Rendering, Reported
from qbank.reporters.safe import file_name

SCHEMA_VERSION = 1


def render(report: Reported, rendering: Rendering) -> str:
    """JSON with an indent of two."""
    del rendering
    tree = {
        "schema_version": SCHEMA_VERSION,
        "diagnostics": all_named(report.diagnostics),
        "summary": counts(report),
    }
    return (msgspec.json.format(msgspec.json.encode(tree), indent=2) + b"\n").decode("utf-8")


def counts(report: Reported) -> dict[str, int]:
    """How many diagnostics of each severity, in how many items and files."""
    severities = (Severity.ERROR, Severity.WARNING, Severity.INFO)
    found = Counter([one.severity for one in report.diagnostics])
    return {
        **{level.value: found[level] for level in severities},
        "items": report.items,
        "files": report.files,
    }


def all_named(diagnostics: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """Diagnostics whose file names can be written as UTF-8."""
    files = {one.file for one in diagnostics}
    files |= {other.file for one in diagnostics if one.related for other in one.related}
    return diagnostics if all(map(str.isascii, files)) else [named(one) for one in diagnostics]


def named(one: Diagnostic) -> Diagnostic:
    """A diagnostic whose file names can be written as UTF-8."""
    files = (one.file, *(other.file for other in one.related))
    if all(file.isascii() for file in files):
        return one
    related = tuple(msgspec.structs.replace(other, file=file_name(other.file)) for other in one.related)
    return msgspec.structs.replace(one, file=file_name(one.file), related=related)
