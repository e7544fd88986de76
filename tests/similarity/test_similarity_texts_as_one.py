"""Many texts as one, and apart again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qbank.similarity.renewed import as_text, texts_of

TEXTS = st.lists(st.text(st.characters(exclude_characters="\0"), max_size=3), max_size=5)


@given(TEXTS, TEXTS)
def test_texts_come_apart_as_they_were(one: list[str], other: list[str]) -> None:
    assert texts_of(as_text(one)) == one
    assert texts_of(as_text(one) + as_text(other)) == [*one, *other]
