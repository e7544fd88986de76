"""jsonl: a diagnostic on each line, then one line with the summary; for streams and large banks."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from qbank.reporters.contract import Rendering, Reported
from qbank.reporters.json import SCHEMA_VERSION, counts, named


def render(report: Reported, rendering: Rendering) -> str:
    """The diagnostics of `json`, each on a line of its own; the summary is the last line."""
    del rendering
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Reported) -> Iterator[str]:
    for one in report.diagnostics:
        yield msgspec.json.encode(named(one)).decode("utf-8")
    last = {"schema_version": SCHEMA_VERSION, "summary": counts(report)}
    yield msgspec.json.encode(last).decode("utf-8")
