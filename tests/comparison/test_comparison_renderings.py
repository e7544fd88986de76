"""How a comparison is told: golden files, and texts of a bank that try to be more than text.

`QBANK_WRITE_GOLDEN=1 pytest tests/comparison` writes the golden files anew; read what changed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qbank.api import diff
from qbank.comparison import RENDERERS
from qbank.comparison.changes import Comparison
from qbank.comparison.markdown import MOST, code
from qbank.model.item import Review
from qbank.reporters.contract import Rendering
from tests.comparison.comparison_banks import BY_TYPE, bank, changed, new_bank, old_bank

GOLDEN = Path(__file__).parent / "golden"
SUFFIXES = {"text": "txt", "json": "json", "markdown": "md"}
PLAIN = Rendering()


def compared() -> Comparison:
    return diff(old_bank(), new_bank(), "HEAD~1:bones", "bones")


@pytest.mark.parametrize("format", sorted(RENDERERS))
def test_golden(format: str) -> None:
    told = RENDERERS[format](compared(), PLAIN)
    path = GOLDEN / f"changes.{SUFFIXES[format]}"
    if os.environ.get("QBANK_WRITE_GOLDEN") == "1":
        path.write_bytes(told.encode("utf-8"))
    assert told.encode("utf-8") == path.read_bytes()


def test_nothing_differs() -> None:
    same = diff(old_bank(), old_bank(), "a", "b")
    assert RENDERERS["text"](same, PLAIN) == "a → b (8 → 8 items): no differences\n"
    assert RENDERERS["markdown"](same, PLAIN).endswith("\n\nno differences.\n")
    tree = json.loads(RENDERERS["json"](same, PLAIN))
    assert tree["summary"] == {"differences": 0, "hits": 0, "items": {}, "kinds": {}}


def test_a_bank_that_could_not_be_read_whole_is_said() -> None:
    one = diff(bank(), bank(complete=False), "a", "b")
    assert "NEW could not be read whole" in RENDERERS["text"](one, PLAIN)
    assert "**NEW could not be read whole**" in RENDERERS["markdown"](one, PLAIN)
    assert json.loads(RENDERERS["json"](one, PLAIN))["new"]["complete"] is False


def test_text_uses_the_styles_it_is_given() -> None:
    told = RENDERERS["text"](compared(), Rendering(style=lambda text, role: f"<{role}>{text}</{role}>"))
    assert "<error>B Fibula</error> → <good>C Talus</good>" in told
    assert "<error>Key or its text changed, no new approval (1)</error>" in told


PIECES = ("www.", "http://a.b", "```", "~~~", "<b>", "![x](y)", "&amp;", "\r\n", "- ", "# ", "    ", "@you")
evil = st.lists(
    st.sampled_from([*"`~<>[]()!*_#@|\\&;:/-+.= \n\r\t\x1b\u202e\u2028\x85ab1", *PIECES]), max_size=30
).map("".join)


@given(evil, evil, evil)
def test_texts_of_a_bank_stay_texts(one: str, two: str, three: str) -> None:
    old = changed(
        BY_TYPE[0], stem=one, options={"A": two, "B": three}, approval=Review(by=one, date=two), tags=(one,)
    )
    new = changed(old, stem=two, options={"A": three, "B": one}, approval=None, tags=(three,), author=two)
    comparison = diff(
        bank(old, changed(old, id="x")), bank(new, changed(new, id="y", stem=three)), one or "a", two
    )
    text = RENDERERS["text"](comparison, PLAIN)
    assert all(line.isprintable() for line in text.split("\n"))
    markdown = RENDERERS["markdown"](comparison, PLAIN)
    assert all(line.isprintable() for line in markdown.split("\n"))
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    assert {token.type for token in tokens} <= {
        "heading_open",
        "heading_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
        "fence",
    }
    inside = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inside} <= {"text", "code_inline", "strong_open", "strong_close"}
    said = "".join(child.content for child in inside if child.type == "text")
    assert set(said) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,.;()→·")


@given(evil)
def test_a_code_span_is_one(text: str) -> None:
    (inline,) = (token for token in MarkdownIt().parse(f"a {code(text)} b") if token.type == "inline")
    assert [child.type for child in inline.children or ()] == ["text", "code_inline", "text"]


def test_markdown_fits_into_a_comment_and_says_what_it_leaves_out() -> None:
    items = [
        changed(BY_TYPE[0], id=f"item-{number}", stem=f"{number} " + "word " * 200) for number in range(999)
    ]
    edited = [changed(one, stem="x" * 9000) for one in items]
    told = RENDERERS["markdown"](diff(bank(*items), bank(*edited)), PLAIN)
    assert MOST / 2 < len(told) < MOST + 100
    shown = told.count("**`item-")
    assert told.endswith(f"\n\n{999 - shown} more are not shown here; `qbank diff` has all.\n")


def test_white_space_only() -> None:
    old = changed(BY_TYPE[0], stem="Which  bone?")
    assert "stem  (white space only)" in RENDERERS["text"](
        diff(bank(old), bank(changed(old, stem="Which bone?"))), PLAIN
    )
