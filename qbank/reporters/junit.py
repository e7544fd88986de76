"""junit: XML as test runners write it; a finding is a failed test case of its file's suite.

An info is a passed test case that says something. A report without findings holds one passed case, since
several CI servers refuse an empty report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters.contract import Rendering, Reported
from qbank.reporters.safe import safe

_NO_XML = re.compile("[\ufffe\uffff]")


def render(report: Reported, rendering: Rendering) -> str:
    """One suite a file, one case a finding."""
    del rendering
    suites: dict[str, list[Diagnostic]] = {}
    for one in report.diagnostics:
        suites.setdefault(one.file or "(no file)", []).append(one)
    total = _counts(report.diagnostics)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="qbank lint"{total}>']
    for file, members in suites.items():
        lines += _suite(file, members)
    if not suites:
        lines += [
            f'  <testsuite name="qbank"{total}>',
            '    <testcase classname="qbank" name="lint"/>',
            "  </testsuite>",
        ]
    return "\n".join((*lines, "</testsuites>", ""))


def _counts(members: Sequence[Diagnostic]) -> str:
    failures = sum(one.severity is not Severity.INFO for one in members)
    return f' tests="{max(1, len(members))}" failures="{failures}" errors="0" skipped="0"'


def _suite(file: str, members: Sequence[Diagnostic]) -> Iterator[str]:
    yield f'  <testsuite name="{_xml(file)}"{_counts(members)}>'
    for one in members:
        yield from _case(one)
    yield "  </testsuite>"


def _case(one: Diagnostic) -> Iterator[str]:
    about = f"{one.item or one.file or 'bank'} {one.pointer}".rstrip()
    place = f'file="{_xml(one.file)}" line="{one.line}"'
    yield f'    <testcase classname="{_xml(one.rule)}" name="{_xml(about)}" {place}>'
    if one.severity is Severity.INFO:
        yield f"      <system-out>{_details(one)}</system-out>"
    else:
        stated = f'type="{one.severity.value}" message="{_xml(one.message)}"'
        yield f"      <failure {stated}>{_details(one)}</failure>"
    yield "    </testcase>"


def _details(one: Diagnostic) -> str:
    also = (f"{other.file}:{other.line}:{other.column} {other.message}".rstrip() for other in one.related)
    place = f"{one.file}:{one.line}:{one.column} {one.severity.value} {one.rule} {one.message}"
    return "\n".join(_xml(line) for line in (place, one.hint, *also) if line)


def _xml(text: str) -> str:
    """A text as XML 1.0 may hold it: control characters, lone surrogates and no-characters as escapes."""
    return escape(_NO_XML.sub(_escaped, safe(text)))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
