"""Normalising texts and splitting them into words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.similarity.kinds import Kind, canonical, is_common, kind_of
from qbank.similarity.normalise import normalise
from qbank.similarity.tokens import tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Which  bone\n is it?", "which bone is it?"),
        ("the patient’s “left” knee", 'the patient\'s "left" knee'),
        ("10–20", "10-20"),
        ("ﬁbula", "fibula"),
        ("STRASSE", "Straße"),
        ("so\u00adle", "sole"),
        ("cafe\u0301", "café"),
        ("5 µg", "5 μg"),
    ],
)
def test_what_does_not_count(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"), [("10²", "102"), ("1½", "11/2"), ("H₂O", "H2O"), ("x⁻¹", "x-1"), ("a - b", "a + b")]
)
def test_what_does_count(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text())
def test_any_text_has_words_of_some_kind(text: str) -> None:
    for token in tokens(normalise(text)):
        assert token
        assert isinstance(kind_of(token), Kind)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the patient's left knee", ["the", "patient", "left", "knee"]),
        ("a 45-year-old man", ["a", "45", "year", "old", "man"]),
        ("take 5mg or 2.5 ml at 120/80", ["take", "5", "mg", "or", "2.5", "ml", "at", "120/80"]),
        ("code e11.65, j1885 and 99213-25", ["code", "e11.65", "j1885", "and", "99213", "25"]),
        ("is -5 < 3?", ["is", "-5", "<", "3"]),
        ("c++ and c# are not c", ["c++", "and", "c#", "are", "not", "c"]),
        ("**not** this, ____ that", ["not", "this", "that"]),
        ("10^2", ["10", "^", "2"]),
        ("心臓病", ["心", "臓", "病"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert tokens(text) == words


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("not", Kind.NEGATION),
        ("5", Kind.NUMBER),
        ("three", Kind.NUMBER),
        ("3rd", Kind.NUMBER),
        ("120/80", Kind.NUMBER),
        ("e11.65", Kind.CODE),
        ("k", Kind.CODE),
        ("mg", Kind.UNIT),
        ("bilateral", Kind.SIDE),
        ("a", Kind.FUNCTION),
        ("fibula", Kind.WORD),
    ],
)
def test_kinds(token: str, kind: Kind) -> None:
    assert kind_of(token) is kind


def test_words_of_one_meaning_and_inflections_are_one() -> None:
    assert canonical("biggest") == canonical("largest")
    assert canonical("doctors") == canonical("physician")
    assert canonical("observes") == canonical("observed") == canonical("observing")
    assert canonical("diagnosis") != canonical("diagnose")


def test_a_word_with_an_opposite_is_never_mere_wording() -> None:
    assert is_common("reported")
    assert not is_common("largest")
    assert not is_common("fibula")
