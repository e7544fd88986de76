"""The html report in a real browser: its looks, and its search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qbank.checking import Report
from qbank.diagnostics import Diagnostic, RelatedPlace, Severity
from qbank.reporters import html
from qbank.reporters.contract import Rendering
from qbank.rule import all_rules
from tests import consumers

HERE = Path(__file__).parent
LONG = "a-very-long-identifier-of-an-item-that-fills-all-sixty-four-char"
WIDE = "without-any-place-to-break" * 12
ARABIC, CHINESE = "ما هو الجواب الصحيح؟", "下列哪一项是正确的答案？"


def _report() -> Report:
    lengths = [
        Diagnostic("key-longest", "cues", Severity.WARNING, f"number {n}", "", "a.yaml", n, 1, f"item-{n}")
        for n in range(1, 61)
    ]
    odd = [
        Diagnostic(
            "key-not-an-option",
            "key",
            Severity.ERROR,
            text,
            text,
            f"{WIDE}.yaml",
            1,
            3,
            LONG,
            "/key",
            (RelatedPlace(f"{WIDE}.yaml", 1, 1, LONG, text),),
        )
        for text in (ARABIC, CHINESE, WIDE, "as `options` says")
    ]
    return Report((*odd, *lengths), 64, 2)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What report.js saw; one run of the browser for all tests."""
    consumers.node_packages("playwright-core", "axe-core")
    lines = dict(enumerate((ARABIC, CHINESE, WIDE)))
    rendering = Rendering(line=lambda file, number: lines[number % 3], rules=all_rules(), version="1.2.3")
    page = tmp_path_factory.mktemp("report") / "report.html"
    page.write_text(html.render(_report(), rendering), encoding="utf-8")
    found: dict[str, Any] = json.loads(consumers.node(HERE / "report.js", consumers.chromium(), str(page)))
    return found


def test_it_fits_and_can_be_read_by_everybody(seen: dict[str, Any]) -> None:
    assert seen["complaints"] == []
    for look in seen["looks"]:
        assert (look["beyond"], look["violations"]) == (0, []), look
    assert len(seen["looks"]) == 4


def test_what_is_searched_for_is_unfolded(seen: dict[str, Any]) -> None:
    assert seen["first"]["open"] == ["rule-key-not-an-option"]
    assert seen["first"]["counts"] == ["(4)", "(60)"]
    assert seen["found"] == {
        "told": "1 finding shown",
        "items": ["item-31"],
        "counts": ["(1 of 60)"],
        "open": ["rule-key-longest"],
    }
    assert seen["after"] == seen["first"]
    assert seen["filtered"]["told"] == "60 findings shown"
    assert seen["filtered"]["counts"] == ["(60)"]


def test_what_rules_quote_as_code_is_code() -> None:
    page = html.render(_report(), Rendering(line=lambda file, number: "", rules=all_rules()))
    assert "as it stands under <code>options</code>." in page
    assert "as `options` says" in page
