"""text: for people, with the source line and a caret under the place; many findings are counted by rule."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters.contract import Rendering, Reported
from qbank.reporters.grouped import by_rule, explanation
from qbank.reporters.safe import safe, safe_character, width
from qbank.rule import is_quoted

WIDEST = 120
"""A longer source line is shown in part, around the caret."""

FEW = 20
"""More findings than these are counted by rule below."""

_LEAST = 20
"""Fewer columns than these show nothing that could be understood; what needs more is left to wrap."""


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
        room = rendering.columns - (digits + len("warning") + widest + 4)
        yield f"{count} {severity} {rule}  {_cut(explanation(group.rule, rendering), room)}".rstrip()


def _cut(text: str, room: int) -> str:
    """A text in so many columns, all of it where that is too few to say anything, or no terminal."""
    if room < _LEAST or width(text) <= room:
        return text
    return text[: _fitting([width(one) for one in text], room - 1)].rstrip() + "…"


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
        before, at, after = around(source, one.column, _room(rendering, margin))
        gutter = style("|", "gutter")
        yield f"{str(one.line).rjust(len(margin))} {gutter} {f'{before}{at}{after}'.rstrip()}"
        yield f"{margin} {gutter} {' ' * width(before)}{style('^', one.severity.value)}"
    if one.hint:
        yield f"{margin} {style('=', 'gutter')} {style('hint:', 'hint')} {safe(one.hint)}"
    for other in one.related:
        where = style(f"{safe(other.file)}:{other.line}:{other.column}", "place")
        about = " ".join(filter(None, (other.message, f"({other.item})" if other.item else "")))
        yield f"{margin} {style('=', 'gutter')} {where} {safe(about)}".rstrip()


def _room(rendering: Rendering, margin: str) -> int:
    """How many columns a source line may take: a wrapped one would leave its caret behind."""
    if not rendering.columns:
        return WIDEST
    return max(_LEAST, min(WIDEST, rendering.columns - len(f"{margin} |  ……")))


def around(source: str, column: int, room: int = WIDEST) -> tuple[str, str, str]:
    """The part of a source line to show: what stands before the place, the character there, the rest.

    `room` is how many columns of a terminal it may take, "…" at its ends aside.
    """
    at = min(column - 1, len(source))
    start = max(0, at - room)
    part, here = source[start : at + room], at - start
    shown: Sequence[str] = part
    if part.isascii() and part.isprintable():  # as nearly always: each is one column wide
        first = max(0, min(here - room // 2, len(part) - room))
        last = min(len(part), first + room)
    else:
        shown = [safe_character(one) for one in part]
        first, last = _window([width(one) for one in shown], here, room)
    before = ("…" if start + first else "") + "".join(shown[first:here])
    after = "".join(shown[here + 1 : last]) + ("…" if start + last < len(source) else "")
    return before, "".join(shown[here : min(here + 1, last)]), after


def _window(sizes: Sequence[int], here: int, room: int) -> tuple[int, int]:
    """The first character that is shown and the one after the last: half of the room is for those before."""
    first = _back(sizes, here, room // 2)
    last = here + _fitting(sizes[here:], room - sum(sizes[first:here]))
    return _back(sizes, here, room - sum(sizes[here:last])), last


def _back(sizes: Sequence[int], here: int, room: int) -> int:
    """From which character on all before a place fit."""
    return here - _fitting(sizes[:here][::-1], room)


def _fitting(sizes: Sequence[int], room: int) -> int:
    """How many of some characters fit."""
    return next((n - 1 for n, used in enumerate(itertools.accumulate(sizes), 1) if used > room), len(sizes))
