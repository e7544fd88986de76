"""markdown: a summary by rule with counts, for a job summary or a comment on a pull request.

At most ten findings of a rule are listed, so that the page of a large bank stays small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from qbank.diagnostics import Diagnostic
from qbank.reporters.contract import Rendering, Reported
from qbank.reporters.grouped import Group, by_rule, explanation
from qbank.reporters.safe import safe
from qbank.reporters.text import summary

MOST_OF_A_RULE = 10
LONGEST = 300
"""A longer message is cut: the page is a summary."""

_MARKS = {"error": "❌", "warning": "⚠️", "info": "ℹ️"}
_ACTIVE = re.compile(r"[\\`*_{}\[\]#|~!$]|://|(?<=www)\.", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}


def render(report: Reported, rendering: Rendering) -> str:
    """A heading, a table of rules, and under each rule its first findings, folded."""
    groups = by_rule(report.diagnostics)
    lines = ["## qbank lint", "", f"{'' if groups else '✅ '}{summary(report)}", ""]
    if groups:
        lines += ["| rule | severity | findings | what |", "|---|---|---:|---|"]
        lines += [_row(group, rendering) for group in groups]
    for group in groups:
        lines += ["", *_folded(group)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(group: Group, rendering: Rendering) -> str:
    severity = group.severity.value
    what = inert(explanation(group.rule, rendering))
    return f"| {_code(group.rule)} | {_MARKS[severity]} {severity} | {len(group.diagnostics)} | {what} |"


def _folded(group: Group) -> Iterator[str]:
    count = len(group.diagnostics)
    yield f"<details><summary>{escape(safe(group.rule))}: {count}</summary>"
    yield ""
    for one in group.diagnostics[:MOST_OF_A_RULE]:
        yield f"- {_told(one)}"
    if count > MOST_OF_A_RULE:
        yield f"- … and {count - MOST_OF_A_RULE} more"
    yield ""
    yield "</details>"


def _told(one: Diagnostic) -> str:
    place = _code(f"{one.file or '(no file)'}:{one.line}:{one.column}")
    about = f" {_code(one.item)}" if one.item else ""
    message = one.message if len(one.message) <= LONGEST else f"{one.message[:LONGEST]}…"
    return f"{place}{about} {inert(message)}"


def _code(text: str) -> str:
    """A text between back quotes, inside a table too."""
    return f"`{safe(text).replace('`', chr(39)).replace('|', '/')}`"


def inert(text: str) -> str:
    """A text that Markdown shows as it is: no emphasis, link, mention, formula or element."""
    return "".join(_ENTITIES.get(one, one) for one in _ACTIVE.sub(_stopped, safe(text)))


def _stopped(found: re.Match[str]) -> str:
    return ":\\//" if found[0] == "://" else f"\\{found[0]}"
