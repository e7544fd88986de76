"""HTML of other systems becomes item text that shows the same, and nothing vanishes without a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.markup import features, from_html, from_plain, to_plain, to_xhtml


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a <b>bold</b> word</p>", "a **bold** word"),
        ("2*3 and 4 * 5", "2*3 and 4 * 5"),
        ("H<sub>2</sub>O", "H<sub>2</sub>O"),
        ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "- a\n- b\n  1. c"),
        ("x<br/>y", "x\\\ny"),
        ("<p>1. not a list</p><p># no</p>", "1\\. not a list\n\n\\# no"),
        ("<p>costs $5 or $6</p>", "costs $5 or $6"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2|3</td></tr></table>",
            "| a | b |\n|---|---|\n| 1 | 2\\|3 |",
        ),
        (to_xhtml("$x^2$"), "$x^2$"),
        ("<img src='media/a.png' alt='An ankle'>", "![An ankle](media/a.png)"),
        ("", ""),
    ],
)
def test_what_is_written(html: str, text: str) -> None:
    assert from_html(html).text == text
    assert from_html(html).lost == ()


def test_what_cannot_be_carried_is_named() -> None:
    html = (
        "<script>alert(1)</script><p onclick='x()'>a</p><a href='https://example.org'>b</a>"
        "<img src='https://example.org/a.png' alt='c'><iframe src='x'></iframe>"
    )
    found = from_html(html)
    assert "alert" not in found.text
    assert "example.org" not in found.text
    named = " ".join(found.lost)
    for word in (
        "script",
        "onclick",
        "link to https://example.org",
        "image https://example.org/a.png",
        "iframe",
    ):
        assert word in named


@given(st.text(max_size=60))
def test_a_plain_text_is_shown_as_it_is(text: str) -> None:
    shown = " ".join(to_plain(from_plain(text)).split())
    wanted = " ".join(to_plain(to_xhtml_of_plain(text)).split())
    assert shown == wanted


def to_xhtml_of_plain(text: str) -> str:
    """The text with every mark escaped, as a second way to the same."""
    import re

    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


_WORDS = st.text(st.sampled_from("ab *_`$<>&[]1.#|\\-+"), max_size=12)


@st.composite
def _html(draw: st.DrawFn, depth: int = 2) -> str:
    from html import escape

    parts = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["text", "p", "b", "em", "ul", "code", "sub", "table", "br"]))
        if kind == "text" or not depth:
            parts.append(escape(draw(_WORDS)))
        elif kind == "br":
            parts.append("<br>")
        elif kind == "ul":
            parts.append(f"<ul><li>{draw(_html(depth - 1))}</li><li>{escape(draw(_WORDS))}</li></ul>")
        elif kind == "table":
            cells = [escape(draw(_WORDS)) for _ in range(4)]
            parts.append(
                "<table><tr><th>{}</th><th>{}</th></tr><tr><td>{}</td><td>{}</td></tr></table>".format(*cells)
            )
        else:
            parts.append(f"<{kind}>{draw(_html(depth - 1))}</{kind}>")
    return "".join(parts)


@given(_html())
def test_no_word_is_lost(html: str) -> None:
    found = from_html(html)
    assert "could not be written" not in " ".join(found.lost)
    assert _letters(to_xhtml(found.text)) == _letters(html)


def _letters(html: str) -> str:
    import re
    from html import unescape

    return re.sub(r"\s+", "", unescape(re.sub(r"<[a-z/][^>]*>", "", html)))


def test_features() -> None:
    assert features("Plain words, 2 x 3 = 6.\nThe same paragraph.") == frozenset()
    assert features("One.\n\nA second paragraph.") == {"paragraphs"}
    assert features("One  \nand a break") == {"formatting", "paragraphs"}
    assert features("a **b** $x$ ![a](b.png)\n\n|a|b|\n|-|-|\n|1|2|") == {
        "formatting",
        "paragraphs",
        "maths",
        "images",
        "tables",
    }
