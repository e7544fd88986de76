"""Keys that cannot both be right, and stems that ask the same beyond doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.model.bank import Bank
from qbank.model.item import (
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    NumericKey,
    Ordering,
    TrueFalse,
)
from qbank.similarity import words
from qbank.similarity.contradict import (
    Contradiction,
    asks_over_the_same_options,
    asks_the_same,
    keys_apart,
)
from qbank.similarity.kinds import is_of_phrase
from qbank.similarity.normalise import normalise
from qbank.similarity.pairs import SimilarItems
from qbank.similarity.sketch import _REPHRASED, sketch
from qbank.similarity.tokens import tokens

BONES = {"A": "Tibia", "B": "Fibula", "C": "Talus"}
OTHERS = {"A": "Fibula", "B": "Femur", "C": "Tibia"}
STEPS = {"A": "check", "B": "code", "C": "bill"}
SIDES = {"P1": "front", "P2": "back"}


def choice(key: str | None, options: dict[str, str] = BONES) -> MultipleChoice:
    return MultipleChoice(id="a", options=options, key=key)


def response(*key: str, options: dict[str, str] = BONES) -> MultipleResponse:
    return MultipleResponse(id="a", options=options, key=key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (choice("A"), choice("A", OTHERS)),
        (choice("B"), choice("C", OTHERS)),
        (response("A", "C"), response("A", "B", options=OTHERS)),
        (TrueFalse(id="a", key=True), TrueFalse(id="b", key=False)),
        (Numeric(id="a", key=NumericKey(value=4)), Numeric(id="b", key=NumericKey(value=8))),
        (Numeric(id="a", key=NumericKey(minimum=1, maximum=2)), Numeric(id="b", key=NumericKey(value=8))),
        (
            Ordering(id="a", options=STEPS, key=("A", "B", "C")),
            Ordering(id="b", options=STEPS, key=("B", "A", "C")),
        ),
        (
            Matching(id="a", prompts=SIDES, options=BONES, key={"P1": "A", "P2": "B"}),
            Matching(id="b", prompts=SIDES, options=BONES, key={"P1": "B", "P2": "A"}),
        ),
    ],
)
def test_keys_that_cannot_both_be_right(one: Item, other: Item) -> None:
    found = keys_apart(one, other)
    assert found is not None
    assert keys_apart(other, one) == Contradiction(found.other, found.one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (choice("A"), choice("C", OTHERS)),  # the same text
        (choice("A"), choice("B", OTHERS)),  # the first does not offer a femur
        (choice("C"), choice("A", OTHERS)),  # the second does not offer a talus
        (choice(None), choice("A", OTHERS)),
        (choice("Z"), choice("A", OTHERS)),
        (response("A"), response("A", "C", options=OTHERS)),
        (TrueFalse(id="a", key=True), TrueFalse(id="b", key=True)),
        (TrueFalse(id="a", key=True), TrueFalse(id="b")),
        (Numeric(id="a", key=NumericKey(value=2.5)), Numeric(id="b", key=NumericKey(value=2.54))),
        (Numeric(id="a", key=NumericKey(value=1, unit="g")), Numeric(id="b", key=NumericKey(value=9))),
        (Numeric(id="a", key=NumericKey(minimum=1)), Numeric(id="b", key=NumericKey(value=9))),
        (Numeric(id="a"), Numeric(id="b", key=NumericKey(value=9))),
        (
            Ordering(id="a", options=STEPS, key=("A", "B", "C")),
            Ordering(id="b", options={**STEPS, "D": "pay"}, key=("A", "B", "D", "C")),
        ),
        (
            Matching(id="a", prompts=SIDES, options=BONES, key={"P1": "A"}),
            Matching(id="b", prompts=SIDES, options={"A": "Femur"}, key={"P1": "A"}),
        ),
        (Ordering(id="a", options=STEPS, key=("A", "B", "C")), choice("A", STEPS)),
        (
            choice("C", {"A": "Red", "B": "Blue", "C": "All of the above"}),
            choice("A", {"A": "Red", "B": "Mud", "C": "All of the above"}),
        ),
    ],
)
def test_keys_that_may_both_be_right(one: Item, other: Item) -> None:
    assert keys_apart(one, other) is None
    assert keys_apart(other, one) is None


PLANET = "Which is the largest planet in the Solar System?"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (PLANET, "What is the biggest planet in our solar system?", True),
        (PLANET, "Which is the largest known planet of the Solar System?", True),
        (PLANET, "Which is the smallest planet in the Solar System?", False),
        (PLANET, "Which is the largest gas planet in the Solar System?", False),
        (PLANET, "Which is not the largest planet in the Solar System?", False),
        (PLANET, "Which is the second largest planet in the Solar System?", False),
        ("Which city lies north of the river Rhine?", "Which river lies north of the city Rhine?", False),
        ("What does the code print for a && b here?", "What does the code print for a || b here?", False),
        (
            "Which bone is shown in the picture of the leg?",
            "Which bone is shown in the picture of a leg?",
            False,
        ),
        ("Which is true?", "Which is true?", False),
    ],
)
def test_stems_that_ask_the_same(one: str, other: str, same: bool) -> None:
    items = [MultipleChoice(id="a", stem=stem, options=BONES, key="A") for stem in (one, other)]
    assert asks_the_same(sketch(items[0], 0), sketch(items[1], 1)) is same


def test_statements_must_be_the_same_but_for_articles() -> None:
    stems = ("The fibula is the lateral bone of the leg.", "The fibula is a lateral bone of the leg.")
    one, other, was = (
        TrueFalse(id=str(number), stem=stem, key=number == 0)
        for number, stem in enumerate((*stems, "The fibula was the lateral bone of the leg."))
    )
    assert [pair.later.item.id for pair in SimilarItems(Bank(items=(one, other, was))).contradictions] == [
        "1"
    ]


def test_a_later_item_is_compared_with_the_first_of_every_key() -> None:
    stems = (
        PLANET,
        "What is the largest planet in the Solar System?",
        "Which largest planet is in our Solar System?",
    )
    options = ({"A": "Mars", "B": "Jupiter"}, {"A": "Jupiter", "B": "Mars"}, {"A": "Mars", "B": "Jupiter"})
    items = tuple(
        MultipleChoice(id=f"p{number}", stem=stem, options=texts, key="B")
        for number, (stem, texts) in enumerate(zip(stems, options, strict=True))
    )
    pairs = SimilarItems(Bank(items=items)).contradictions
    assert [(pair.earlier.item.id, pair.later.item.id) for pair in pairs] == [("p0", "p1"), ("p1", "p2")]


CASE = (
    "A patient reports pain in the knee because of a fall. Which of the following bones is most likely hurt?"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("because of", "due to"),
        ("A patient reports", "Read carefully. A person states"),
        ("Which of the following bones is most likely", "Which one of these bones will most likely be"),
        ("reports pain", "does not report pain"),
        ("the knee", "the left knee"),
        ("the knee", "the elbow"),
        ("hurt", "removed"),
        ("a fall", "2 falls"),
        ("most likely", "least likely"),
    ],
)
def test_over_the_same_options_a_question_may_be_reworded(old: str, new: str) -> None:
    harmless = old in ("because of", "A patient reports", "Which of the following bones is most likely")
    one = MultipleChoice(id="a", stem=CASE, options=BONES, key="A")
    other = MultipleChoice(id="b", stem=CASE.replace(old, new), options=BONES, key="B")
    assert asks_over_the_same_options(sketch(one, 0), sketch(other, 1)) is harmless
    assert bool(SimilarItems(Bank(items=(one, other))).contradictions) is harmless


def test_over_other_options_it_may_not() -> None:
    one = MultipleChoice(id="a", stem=CASE, options=BONES, key="A")
    stem = CASE.replace("because of", "due to")
    other = MultipleChoice(id="b", stem=stem, options=OTHERS, key="A")
    assert not asks_over_the_same_options(sketch(one, 0), sketch(other, 1))


@given(st.lists(st.sampled_from([*words.REPHRASED, "the", "5", "x", "-", "_", ".", "'s", " ", " ", "("])))
def test_whoever_holds_a_phrase_has_a_word_that_tells_so(parts: list[str]) -> None:
    text = normalise("".join(parts))
    if _REPHRASED.search(text):
        assert any(map(is_of_phrase, tokens(text)))


def test_few_words_tell_of_a_phrase() -> None:
    assert not any(map(is_of_phrase, ("which", "the", "was", "in", "is", "a", "as", "x.y")))
    assert all(map(is_of_phrase, ("because", "person", "one", "person-y", "x.person")))
