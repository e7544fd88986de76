"""text: for people, with the source line and a caret under the place; many findings are counted by rule."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters.contract import Rendering, Reported
from qbank.reporters.grouped import by_rule, explanation
from qbank.reporters.safe import safe, safe_character, width
from qbank.rule import is_quoted

WIDEST = 120
"""A longer source line is shown in part, around the caret."""

FEW = 20
"""More findings than these are counted by rule below."""

_BEFORE = 60


def render(report: Reported, rendering: Rendering) -> str:
    """Every diagnostic with its source line, a table by rule when there are many, one line that sums up."""
    blocks = ["\n".join((*_lines(one, rendering), "")) for one in report.diagnostics]
    if len(report.diagnostics) > FEW:
        blocks.append("\n".join((*statistics(report, rendering), "")))
    return "\n".join((*blocks, _summary(report, rendering), ""))


def statistics(report: Reported, rendering: Rendering) -> Iterator[str]:
    """A line for each rule: how many findings, how bad, and what the rule is about."""
    groups = by_rule(report.diagnostics)
    digits = max((len(str(len(group.diagnostics))) for group in groups), default=0)
    widest = max((len(group.rule) for group in groups), default=0)
    for group in groups:
        level = group.severity.value
        severity = rendering.style(level, level) + " " * (len("warning") - len(level))
        rule = rendering.style(group.rule, "rule") + " " * (widest - len(group.rule))
        count = str(len(group.diagnostics)).rjust(digits)
        yield f"{count} {severity} {rule}  {explanation(group.rule, rendering)}".rstrip()


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
    source = rendering.line(one.file, one.line) if one.file and is_quoted(one.rule) else ""
    if source.strip():
        before, at, after = around(source, one.column)
        gutter = style("|", "gutter")
        yield f"{str(one.line).rjust(len(margin))} {gutter} {f'{before}{at}{after}'.rstrip()}"
        yield f"{margin} {gutter} {' ' * width(before)}{style('^', one.severity.value)}"
    if one.hint:
        yield f"{margin} {style('=', 'gutter')} {style('hint:', 'hint')} {safe(one.hint)}"
    for other in one.related:
        where = style(f"{safe(other.file)}:{other.line}:{other.column}", "place")
        about = " ".join(filter(None, (other.message, f"({other.item})" if other.item else "")))
        yield f"{margin} {style('=', 'gutter')} {where} {safe(about)}".rstrip()


def around(source: str, column: int) -> tuple[str, str, str]:
    """The part of a source line to show: what stands before the place, the character there, the rest."""
    at = min(column - 1, len(source))
    first = max(0, min(at - _BEFORE, len(source) - WIDEST)) if len(source) > WIDEST else 0
    last = min(len(source), first + WIDEST)
    characters = [safe_character(one) for one in source[first:last]]
    before = ("…" if first else "") + "".join(characters[: at - first])
    after = "".join(characters[at - first + 1 :]) + ("…" if last < len(source) else "")
    return before, "".join(characters[at - first : at - first + 1]), after
