"""github: workflow commands, which GitHub shows as annotations on the changed lines."""

from __future__ import annotations

from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters.contract import Rendering, Reported

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Reported, rendering: Rendering) -> str:
    """One workflow command a diagnostic; nothing at all when there is none."""
    del rendering
    return "".join(f"{_command(one)}\n" for one in report.diagnostics)


def _command(one: Diagnostic) -> str:
    properties = {"file": one.file, "line": str(one.line), "col": str(one.column), "title": one.rule}
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    also = [f"{other.file}:{other.line}:{other.column} {other.message}".rstrip() for other in one.related]
    message = "\n".join(filter(None, (one.message, one.hint, *also)))
    return f"::{_COMMANDS[one.severity]} {told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
