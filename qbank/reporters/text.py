"""text: for people, with the source line and a caret under the place."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters.contract import Rendering, Reported
from qbank.reporters.safe import safe, safe_character, width

WIDEST = 120
"""A longer source line is shown in part, around the caret."""

_BEFORE = 60


def render(report: Reported, rendering: Rendering) -> str:
    """Every diagnostic with its source line, then one line that sums up."""
    blocks = ["\n".join((*_lines(one, rendering), "")) for one in report.diagnostics]
    return "\n".join((*blocks, _summary(report, rendering), ""))


def summary(report: Reported) -> str:
    """One line: "2 errors, 1 warning in 14 items of 3 files"."""
    counts = [
        counted(sum(one.severity is severity for one in report.diagnostics), severity.value)
        for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
    ]
    told = ", ".join(filter(None, counts)) or "no findings"
    over = " of ".join(filter(None, (counted(report.items, "item"), counted(report.files, "file"))))
    return f"{told} in {over}" if over else told


def counted(count: int, unit: str) -> str:
    """A count with its unit, "" for none: "1 error", "2 errors"."""
    plural = unit if count == 1 or unit == "info" else f"{unit}s"
    return f"{count} {plural}" if count else ""


def _summary(report: Reported, rendering: Rendering) -> str:
    worst = max((one.severity for one in report.diagnostics), key=lambda one: one.rank, default=None)
    return rendering.style(summary(report), worst.value if worst else "good")


def _lines(one: Diagnostic, rendering: Rendering) -> Iterator[str]:
    style = rendering.style
    place = style(f"{safe(one.file) or '(no file)'}:{one.line}:{one.column}", "place")
    severity = style(one.severity.value, one.severity.value)
    yield f"{place} {severity} {style(one.rule, 'rule')} {safe(one.message)}"
    margin = " " * max(5, len(str(one.line)) + 1)
    source = rendering.line(one.file, one.line) if one.file else ""
    if source.strip():
        shown, blanks = _around(source, one.column)
        gutter = style("|", "gutter")
        yield f"{str(one.line).rjust(len(margin))} {gutter} {shown}"
        yield f"{margin} {gutter} {' ' * blanks}{style('^', one.severity.value)}"
    if one.hint:
        yield f"{margin} {style('=', 'gutter')} {style('hint:', 'hint')} {safe(one.hint)}"
    for other in one.related:
        where = style(f"{safe(other.file)}:{other.line}:{other.column}", "place")
        about = " ".join(filter(None, (other.message, f"({other.item})" if other.item else "")))
        yield f"{margin} {style('=', 'gutter')} {where} {safe(about)}".rstrip()


def _around(source: str, column: int) -> tuple[str, int]:
    """The part of a source line to show, and how many blanks stand before the caret."""
    at = min(column - 1, len(source))
    first = max(0, min(at - _BEFORE, len(source) - WIDEST)) if len(source) > WIDEST else 0
    last = min(len(source), first + WIDEST)
    before = "…" if first else ""
    after = "…" if last < len(source) else ""
    characters = [safe_character(one) for one in source[first:last]]
    ahead = before + "".join(characters[: at - first])
    return f"{before}{''.join(characters)}{after}".rstrip(), width(ahead)
