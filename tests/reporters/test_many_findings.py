"""The reporters for CI servers and for people with many findings."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import jsonschema
import pytest
from lxml import etree

from qbank.checking import Report
from qbank.diagnostics import Diagnostic, RelatedPlace, Severity
from qbank.reading.schemas import schema
from qbank.reporters import gitlab, html, jsonl, junit, markdown, text
from qbank.reporters.contract import Rendering
from qbank.reporters.fingerprint import fingerprint
from qbank.reporters.grouped import by_rule
from qbank.rule import all_rules

EVIL = (
    "<script>alert('x')</script> & \"q\" ]]> `code` *b* [a](http://e.org) @team | $x$ "
    "\x1b[2J\ufffe\u202e\n# h"
)
FIRST = Diagnostic(
    "key-not-an-option", "key", Severity.ERROR, "the key names E", "Use A.", "a.yaml", 3, 8, "a-1", "/key"
)
TOLD = Diagnostic("told", "text", Severity.INFO, "only so you know", "", "", 1, 1)
REPORT = Report((FIRST, TOLD), 14, 3)
CLEAN = Report((), 2, 1)
HOSTILE = Report(
    (
        Diagnostic(
            "r",
            "f",
            Severity.WARNING,
            EVIL,
            EVIL,
            EVIL,
            1,
            1,
            EVIL,
            EVIL,
            (RelatedPlace(EVIL, 1, 1, EVIL, EVIL),),
        ),
    ),
    1,
    1,
)
RENDERING = Rendering(line=lambda file, number: "  key: E", rules=all_rules(), version="1.2.3")
EVIL_LINE = Rendering(line=lambda file, number: EVIL)


def many(count: int) -> Report:
    """So many findings of three rules."""
    levels = (Severity.WARNING, Severity.INFO, Severity.ERROR)
    rules = ("key-longest", "told", "key-not-an-option")
    return Report(
        tuple(
            Diagnostic(rules[n % 3], "f", levels[n % 3], f"number {n}", "", "a.yaml", n + 1, 1, f"i-{n}")
            for n in range(count)
        ),
        count,
        1,
    )


def test_groups_are_worst_first_then_largest() -> None:
    report = many(23)
    assert [(one.rule, len(one.diagnostics)) for one in by_rule(report.diagnostics)] == [
        ("key-not-an-option", 7),
        ("key-longest", 8),
        ("told", 8),
    ]


def test_text_counts_many_findings_by_rule_below_them() -> None:
    few = text.render(many(text.FEW), Rendering())
    assert re.search(r"^\s*\d+ error ", few, re.M) is None
    lines = text.render(many(text.FEW + 1), RENDERING).splitlines()
    doc = {slug: rule.doc.partition("\n")[0] for slug, rule in all_rules().items()}
    assert lines[-5:] == [
        f"7 error   key-not-an-option  {doc['key-not-an-option']}",
        f"7 warning key-longest        {doc['key-longest']}",
        "7 info    told",
        "",
        "7 errors, 7 warnings, 7 info in 21 items of 1 file",
    ]
    assert sum(line.startswith("a.yaml:") for line in lines) == 21


def test_jsonl() -> None:
    lines = [json.loads(line) for line in jsonl.render(REPORT, RENDERING).splitlines()]
    assert [one["rule"] for one in lines[:-1]] == ["key-not-an-option", "told"]
    whole = {
        "schema_version": lines[-1]["schema_version"],
        "diagnostics": lines[:-1],
        "summary": lines[-1]["summary"],
    }
    jsonschema.validate(whole, schema("report"))
    assert jsonl.render(CLEAN, RENDERING).count("\n") == 1
    assert jsonl.render(HOSTILE, RENDERING).count("\n") == 2


def test_gitlab() -> None:
    first, told = json.loads(gitlab.render(REPORT, RENDERING))
    assert first == {
        "description": "the key names E. Use A.",
        "check_name": "key-not-an-option",
        "fingerprint": fingerprint(FIRST),
        "severity": "major",
        "location": {"path": "a.yaml", "lines": {"begin": 3}},
    }
    assert (told["severity"], told["location"]["path"]) == ("info", ".")
    assert json.loads(gitlab.render(CLEAN, RENDERING)) == []


def test_gitlab_gives_no_fingerprint_twice() -> None:
    again = Report((FIRST, FIRST, FIRST), 1, 1)
    marks = [one["fingerprint"] for one in json.loads(gitlab.render(again, RENDERING))]
    assert len(set(marks)) == 3
    assert marks[0] == fingerprint(FIRST)


def test_junit() -> None:
    root = etree.fromstring(junit.render(REPORT, RENDERING).encode())
    assert {str(name): value for name, value in root.attrib.items()} == {
        "name": "qbank lint",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
    }
    (failure,) = root.findall("testsuite[@name='a.yaml']/testcase[@classname='key-not-an-option']/failure")
    assert failure.get("message") == "the key names E"
    assert failure.text == "a.yaml:3:8 error key-not-an-option the key names E\nUse A."
    assert root.find("testsuite[@name='(no file)']/testcase/system-out") is not None
    clean = etree.fromstring(junit.render(CLEAN, RENDERING).encode())
    assert [clean.get("tests"), clean.get("failures")] == ["1", "0"]
    assert len(clean.findall("testsuite/testcase")) == 1


def test_junit_is_xml_whatever_the_bank_says() -> None:
    root = etree.fromstring(junit.render(HOSTILE, RENDERING).encode())
    (failure,) = root.iter("failure")
    assert "<script>" in (failure.get("message") or "")


def test_markdown() -> None:
    page = markdown.render(many(40), RENDERING)
    assert page.startswith("## qbank lint\n\n13 errors, 14 warnings, 13 info in 40 items of 1 file\n")
    assert "| `key-longest` | ⚠️ warning | 14 | " in page
    assert page.count("\n- `a.yaml:") == 3 * markdown.MOST_OF_A_RULE
    assert page.count("- … and 3 more") == 2
    assert markdown.render(CLEAN, RENDERING) == "## qbank lint\n\n✅ no findings in 2 items of 1 file\n"


def test_markdown_holds_nothing_active() -> None:
    whole = markdown.render(HOSTILE, RENDERING)
    page = re.sub(r"`[^`\n]*`", "`code`", whole)
    for active in ("<script", " [a]", "://", " @team", " *b*", " $x$", "\x1b", "\u202e", "\n# h"):
        assert active not in page
    row = next(line for line in whole.splitlines() if line.startswith("| `r`"))
    assert row.count("|") == 5


def test_markdown_cuts_a_long_message() -> None:
    long = Report((Diagnostic("r", "f", Severity.ERROR, "x" * 9000, "", "", 1, 1),), 1, 1)
    assert len(markdown.render(long, RENDERING)) < 1000


class _Page(HTMLParser):
    """The elements of a page, their text, and whether they are closed in order."""

    VOID = frozenset({"meta", "input"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("report", [REPORT, CLEAN, HOSTILE, many(80)])
def test_html_is_closed_in_order_and_loads_nothing(report: Report) -> None:
    page = _Page(html.render(report, EVIL_LINE if report is HOSTILE else RENDERING))
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.found:
        assert not {"src", "action"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert sum(tag == "script" for tag, _ in page.found) == (1 if report.diagnostics else 0)
    assert "url(" not in html.render(report, RENDERING)
    policy = next(a for tag, a in page.found if tag == "meta" and "http-equiv" in a)
    assert "default-src 'none'" in (policy["content"] or "")


def test_html_groups_by_rule_with_counts() -> None:
    page = html.render(many(80), RENDERING)
    assert '<html lang="en">' in page
    assert '<h2>key-longest</h2>\n<span class="count">(27)</span>' in page
    assert '<a href="#rule-key-longest">key-longest</a>' in page
    assert page.count("<li ") == 80
    assert page.count("<details") == 3
    assert " open>" not in page
    assert '<details class="rule" id="rule-told" open>' in html.render(REPORT, RENDERING)
    assert "  key: <mark>E</mark>" in html.render(REPORT, RENDERING)


def test_html_explains_a_rule_in_paragraphs() -> None:
    report = Report((FIRST,), 1, 1)
    about = html.render(report, RENDERING).partition('<div class="about">')[2].partition("</div>")[0]
    assert about.count("<p>") == RENDERING.rules[FIRST.rule].doc.count("\n\n") + 1
    assert "\n" not in about  # the page breaks lines where it is narrow


def test_html_labels_every_input() -> None:
    page = html.render(REPORT, RENDERING)
    assert page.count("<input ") == len(re.findall(r"<label>[^/]*<input ", page)) == 4


def test_html_escapes_everything() -> None:
    page = html.render(HOSTILE, EVIL_LINE)
    assert "alert('x')" not in page
    assert "&lt;script&gt;alert(&#x27;x&#x27;)" in page
    assert "\x1b" not in page
    assert "\u202e" not in page
