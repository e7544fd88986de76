"""What must hold of every lint report, whatever the bank: places that exist, reports that can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

from lxml import etree

from qbank.checking import Report
from qbank.config import Settings
from qbank.diagnostics import Diagnostic, RelatedPlace
from qbank.reporters.contract import Render, Rendering
from qbank.reporters.sarif import MOST_RESULTS
from qbank.rule import Rule


def every_rule(rules: Mapping[str, Rule]) -> Settings:
    """The settings with which every rule runs, also those that are off by default."""
    return Settings(select=tuple(rules))


def assert_places_exist(report: Report, rules: Mapping[str, Rule]) -> None:
    """Every diagnostic is a known rule's, says something, and points into its file."""
    lines: dict[str, tuple[list[str], list[str]]] = {}
    for one in report.diagnostics:
        assert one.rule in rules, one
        assert one.message, one
        _assert_place(one, lines)
        for place in one.related:
            _assert_place(place, lines)


def _assert_place(place: Diagnostic | RelatedPlace, lines: dict[str, tuple[list[str], list[str]]]) -> None:
    assert place.line >= 1, place
    assert place.column >= 1, place
    if not place.file:  # what concerns a bank without a bank record stands nowhere
        assert (place.line, place.column) == (1, 1), place
        return
    if place.file not in lines:
        lines[place.file] = _lines(Path(place.file).read_bytes())
    assert any(
        place.line <= len(known) and place.column <= len(known[place.line - 1]) + 1
        for known in lines[place.file]
    ), place


def _lines(data: bytes) -> tuple[list[str], list[str]]:
    """The lines of a file: by every kind of line end, as in YAML, and by line feeds alone, as in JSON."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), text.split("\n")


def assert_renders(report: Report, rules: Mapping[str, Rule], reporters: Mapping[str, Render]) -> None:
    """Every reporter renders the report as what it says it writes, and as UTF-8."""
    rendering = Rendering(rules=rules, version="0")
    for name, render in reporters.items():
        text = render(report, rendering)
        text.encode("utf-8")
        _CHECKS.get(name, _assert_shown)(text, report)


def _assert_shown(text: str, report: Report) -> None:
    assert text or not report.diagnostics


def _assert_json(text: str, report: Report) -> None:
    assert len(json.loads(text)["diagnostics"]) == len(report.diagnostics)


def _assert_json_lines(text: str, report: Report) -> None:
    assert len([json.loads(line) for line in text.split("\n") if line]) == len(report.diagnostics) + 1


def _assert_sarif(text: str, report: Report) -> None:
    (run,) = json.loads(text)["runs"]
    known = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) == min(len(report.diagnostics), MOST_RESULTS)
    assert all(known[one["ruleIndex"]] == one["ruleId"] for one in run["results"])


def _assert_gitlab(text: str, report: Report) -> None:
    marks = {one["fingerprint"] for one in json.loads(text)}
    assert len(marks) == len(report.diagnostics)


def _assert_xml(text: str, report: Report) -> None:
    root = etree.fromstring(text.encode())
    assert len(root.findall(".//testcase")) == max(1, len(report.diagnostics))


def _assert_html(text: str, report: Report) -> None:
    page = _Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert page.findings == len(report.diagnostics)


def _assert_github(text: str, report: Report) -> None:
    assert all(line.startswith("::") for line in text.split("\n")[:-1])
    assert text.count("\n") == len(report.diagnostics)


class _Page(HTMLParser):
    """The elements of a page: all closed in order, one `li` with a level for each finding."""

    VOID = frozenset({"meta", "input", "link", "br", "hr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.findings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.findings += tag == "li" and "data-level" in dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


_CHECKS = {
    "json": _assert_json,
    "jsonl": _assert_json_lines,
    "sarif": _assert_sarif,
    "gitlab": _assert_gitlab,
    "junit": _assert_xml,
    "html": _assert_html,
    "github": _assert_github,
}
