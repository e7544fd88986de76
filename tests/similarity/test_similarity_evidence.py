"""How much speaks for one question: what is shared, what differs, and how rare it is in the bank."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.model.bank import Bank
from qbank.model.item import MultipleChoice, TrueFalse
from qbank.similarity.decide import KeyRelation, Verdict, decide, key_relation
from qbank.similarity.evidence import difference, evidence, shared_weight
from qbank.similarity.pairs import SimilarItems
from qbank.similarity.sketch import Sketch, sketch
from qbank.similarity.vocabulary import COMMON_WEIGHT, Vocabulary, rounded

WORDS = [
    "Lutetia",
    "Paris",
    "Rome",
    "city",
    "river",
    "capital",
    "Roman",
    "occupation",
    "called",
    "name",
    "left",
    "right",
    "not",
    "upper",
    "lower",
    "1889",
    "1900",
    "E11.65",
    "mg",
    "ml",
    "first",
    "last",
    "metformin",
    "concentrating",
    "concentration",
    "the",
    "which",
    "of",
    "is",
    "was",
    "during",
]
STEMS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
KEYS = st.sampled_from(["Paris", "the Paris", "Rome", "Paris France", "All of these", "1889", "May 1889"])


def choice(stem: str, key: str = "Paris", id: str = "a", number: int = 0) -> Sketch:
    options = {"A": key, "B": "Madrid", "C": "London"}
    return sketch(MultipleChoice(id=id, stem=stem, options=options, key="A"), number)


def speaks(one: str, other: str, vocabulary: Vocabulary | None = None) -> float:
    return evidence(difference(choice(one), choice(other)), vocabulary or Vocabulary())


@given(STEMS, STEMS, KEYS, KEYS, st.lists(STEMS, max_size=5))
def test_it_does_not_matter_which_item_is_the_first(
    stem: str, other: str, key: str, other_key: str, bank: list[str]
) -> None:
    one, two = choice(stem, key), choice(other, other_key, "b", 1)
    vocabulary = Vocabulary([one, two, *map(choice, bank)])
    assert key_relation(one, two) is key_relation(two, one)
    assert evidence(difference(one, two), vocabulary) == pytest.approx(
        evidence(difference(two, one), vocabulary)
    )
    assert decide(one, two, vocabulary).verdict is decide(two, one, vocabulary).verdict


@given(STEMS, STEMS)
def test_evidence_has_bounds_and_equal_stems_have_the_most(stem: str, other: str) -> None:
    vocabulary = Vocabulary([choice(stem), choice(other)])
    assert -8 <= speaks(stem, other, vocabulary) <= 18
    assert speaks(stem, other, vocabulary) <= speaks(stem, stem, vocabulary) + 1e-9 or not shared_weight(
        difference(choice(stem), choice(stem)), vocabulary
    )


@given(STEMS, st.lists(STEMS, max_size=20))
def test_weights_lie_between_nought_and_one(stem: str, bank: list[str]) -> None:
    vocabulary = Vocabulary([choice(stem), *map(choice, bank)])
    for word in choice(stem).stem_tokens:
        assert 0 <= vocabulary.weight(word) <= 1


def test_a_rare_word_weighs_more_than_a_frequent_one_and_an_everyday_word_little() -> None:
    stems = [f"What is the capital of Land{number}?" for number in range(100)]
    vocabulary = Vocabulary([choice(stem) for stem in stems])
    assert vocabulary.weight("land1") > vocabulary.weight("capital") > vocabulary.weight("the") == 0
    assert vocabulary.weight("group") <= COMMON_WEIGHT


def test_what_both_stems_have_of_their_own_counts_against_them() -> None:
    stem = "Which city on the river was called {}?"
    same = speaks(stem.format("Lutetia"), "What was the city that they called Lutetia, on the river?")
    assert same > speaks(stem.format("Lutetia"), stem.format("Eboracum"))
    assert same > speaks(stem.format("Lutetia in 52"), stem.format("Lutetia in 360"))
    assert same > speaks(stem.format("Lutetia"), "Which city was never called Lutetia on the river?")


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("Mozart", "mozart", KeyRelation.SAME),
        ("Thames", "The Thames", KeyRelation.SAME),
        ("Four", "4", KeyRelation.SAME),
        ("Three finger", "Three fingers", KeyRelation.SAME),
        ("Mozart", "Wolfgang Amadeus Mozart", KeyRelation.LIKE),
        ("1962", "October 1962", KeyRelation.LIKE),
        ("Red, blue and white", "Blue, white and green", KeyRelation.LIKE),
        ("4", "4 days", KeyRelation.OTHER),
        ("Mozart", "Haydn", KeyRelation.OTHER),
        ("All of these", "All of these", KeyRelation.NEUTRAL),
        ("None of these", "None of these rivers", KeyRelation.OTHER),
    ],
)
def test_keys(one: str, other: str, relation: KeyRelation) -> None:
    assert key_relation(choice("?", one), choice("?", other)) is relation


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "Horses evolved in America but are extinct there.",
            "Wild horses evolved in America but are extinct there.",
            True,
        ),
        ("The Caspian tiger is extinct.", "The Caspian tiger was never extinct.", False),
        ("The Caspian tiger is extinct.", "The Siberian tiger is extinct.", False),
        ("The fibula is a bone of the leg.", "The fibula is a bone of the lower leg.", False),
    ],
)
def test_a_statement_may_only_say_more(one: str, other: str, same: bool) -> None:
    items = TrueFalse(id="a", stem=one, key=True), TrueFalse(id="b", stem=other, key=True)
    verdicts = [pair.decision.verdict for pair in SimilarItems(Bank(items=items)).pairs]
    assert verdicts == [Verdict.REWORDED] * same


def test_clues_to_one_answer_are_two_questions() -> None:
    items = (
        MultipleChoice(
            id="a",
            stem="Which band recorded Whole Lotta Love?",
            options={"A": "Led Zeppelin", "B": "Kiss"},
            key="A",
        ),
        MultipleChoice(
            id="b",
            stem="Which rock band released Hot Dog in 1979?",
            options={"A": "Led Zeppelin", "B": "Queen"},
            key="A",
        ),
    )
    assert SimilarItems(Bank(items=items)).pairs == []


def test_most_words_may_differ_when_the_rare_ones_are_shared() -> None:
    items = (
        MultipleChoice(
            id="a", stem="Which city used to be called Lutetia?", options={"A": "Paris", "B": "Rome"}, key="A"
        ),
        MultipleChoice(
            id="b",
            stem="During the Roman occupation this city, now the capital of France, was called Lutetia.",
            options={"A": "Lyon", "B": "Paris"},
            key="B",
        ),
    )
    assert [pair.decision.verdict for pair in SimilarItems(Bank(items=items)).pairs] == [Verdict.REWORDED]


@given(st.integers(0, 2**40))
def test_counts_are_rounded_by_less_than_an_eighth(count: int) -> None:
    found = int(rounded(count))
    assert found <= count < found * 9 / 8 + 1
    assert found == count or count >= 16
    assert rounded(np.array([count, found])).tolist() == [found, found]
