"""gitlab: a Code Quality report (JSON), which GitLab shows beside the changed lines of a merge request."""

from __future__ import annotations

from typing import Any

import msgspec

from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters.contract import Rendering, Reported
from qbank.reporters.fingerprint import unlike
from qbank.reporters.safe import file_name

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Reported, rendering: Rendering) -> str:
    """A list with one entry a diagnostic; the fingerprints outlive a change of line."""
    del rendering
    marks = unlike(report.diagnostics)
    tree = [_entry(one, mark) for one, mark in zip(report.diagnostics, marks, strict=True)]
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _entry(one: Diagnostic, mark: str) -> dict[str, Any]:
    return {
        "description": f"{one.message}. {one.hint}" if one.hint else one.message,
        "check_name": one.rule,
        "fingerprint": mark,
        "severity": _SEVERITIES[one.severity],
        "location": {"path": file_name(one.file) or ".", "lines": {"begin": one.line}},
    }
