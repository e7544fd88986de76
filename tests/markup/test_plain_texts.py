"""Texts that are known to hold no markup are rendered at once: as the parser would."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qbank.markup import features, to_inline_xhtml, to_xhtml, uses, xhtml
from qbank.markup.characters import legal, plain
from qbank.markup.tree import Node

PIECES = (
    *"*_`<>&[]$#|~\\!(){}+-=:;,.'\"/@%^?",
    *("1.", "12)", "word", "naïve", "5 mg", "\n", "\n\n", "  ", "\t", "\xa0", "\u200b", "\u2028", "\x01"),
    *("&amp;", "<b>", "http://x.org", "www.x.org", "---", "===", "    x", "\\*", "漢字", "\ufffe", "\ud800"),
)
texts = st.lists(st.sampled_from(PIECES) | st.characters() | st.text("ab 1"), max_size=8).map("".join)


@settings(max_examples=3000)
@given(texts)
@example("1. one")
@example("1.5 mg")
@example("(a) b")
@example("a\u0085")
def test_a_plain_text_is_rendered_as_the_parser_renders_it(text: str) -> None:
    if plain(text):
        (paragraph,) = xhtml._render.__wrapped__(text)
        assert isinstance(paragraph, Node)
        assert to_xhtml(text) == xhtml.serialise([paragraph])
        assert to_inline_xhtml(text) == xhtml.serialise(paragraph.kids) == text
        assert features(text) == _parsed_features(text) == frozenset()


def _parsed_features(text: str) -> frozenset[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uses, "plain", lambda _: False)
        return features(text)


@pytest.mark.parametrize(
    "text", ["Tibia", "Which bone is broken?", "1.5 mg/kg", "S82.61XA", "(a) naïve", "2019: 5 % (n = 3)"]
)
def test_what_most_texts_look_like_is_plain(text: str) -> None:
    assert plain(text)


@given(st.text() | st.lists(st.characters(), max_size=4).map("".join))
def test_printable_characters_are_legal(text: str) -> None:
    kept = "\t\n\r"
    assert legal(text) == "".join(
        one
        if one in kept
        or (one >= " " and not 0xD800 <= ord(one) <= 0xDFFF and ord(one) not in (0xFFFE, 0xFFFF))
        else "\N{REPLACEMENT CHARACTER}"
        for one in text
    )
