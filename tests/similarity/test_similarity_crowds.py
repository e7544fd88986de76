"""What the outlines let go, and what is compared in a crowd of one template."""

from __future__ import annotations

import random
from difflib import SequenceMatcher
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.checking import lint
from qbank.config import Settings
from qbank.model.bank import Bank
from qbank.model.item import MultipleChoice
from qbank.similarity.columns import columns
from qbank.similarity.contradict import contradiction
from qbank.similarity.decide import Verdict, decide
from qbank.similarity.outlines import Outlines
from qbank.similarity.pairs import SimilarItems
from qbank.similarity.shingles import longest_run
from qbank.similarity.sketch import sketch
from qbank.similarity.template import slots
from qbank.similarity.vocabulary import Vocabulary

WORDS = [
    "which",
    "the",
    "a",
    "of",
    "drug",
    "drugs",
    "treats",
    "treated",
    "treatment",
    "pain",
    "left",
    "right",
    "5",
    "60",
    "mg",
    "ml",
    "E11.65",
    "metformin",
    "Aspirin",
    "doctor",
    "physician",
    "not",
    "upper",
    "lower",
    "approximately",
    "about",
    "approximation",
    "large",
    "big",
    "larger",
    "second",
    "seconds",
    "first",
    "concentrating",
    "concentration",
    "every",
    "day",
    "house",
    "houses",
    "vitamin",
    "K",
    "before",
    "there",
    "person",
    "patient",
    "because",
    "of",
    "due",
    "to",
    "which",
    "one",
    "can't",
    "large.",
]
KEYS = ("pain", "the pain", "Aspirin", "aspirin drug", "true", "all of these", "5", "60 mg", "left knee")

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12)


@st.composite
def items(draw: st.DrawFn) -> list[MultipleChoice]:
    """Some items, each with a stem near that of the first."""
    stem = draw(texts)
    result = []
    for number in range(draw(st.integers(2, 5))):
        words = list(stem)
        for _ in range(draw(st.integers(0, 3))):
            place = draw(st.integers(0, len(words)))
            words[place : place + draw(st.integers(0, 1))] = draw(
                st.lists(st.sampled_from(WORDS), max_size=1)
            )
        options = draw(st.lists(st.sampled_from(KEYS), min_size=2, max_size=3, unique=True))
        named = dict(zip("ABC", options, strict=False))
        key = draw(st.sampled_from([*named]))
        result.append(MultipleChoice(id=f"i{number}", stem=" ".join(words), options=named, key=key))
    return result


@given(items())
def test_outlines_let_no_pair_go_that_a_rule_would_name(found: list[MultipleChoice]) -> None:
    sketches = [sketch(item, number) for number, item in enumerate(found)]
    known = columns(found)
    outlines, vocabulary = Outlines(known), Vocabulary(sketches, known)
    for one, other in combinations(sketches, 2):
        pair = (np.array([one.number]), np.array([other.number]))
        if slots(one, other):
            assert outlines.may_be_siblings(*pair).all()
        if contradiction(one, other) is not None:
            assert outlines.may_contradict(*pair).all()
        if decide(one, other, vocabulary).verdict in (Verdict.REWORDED, Verdict.PASTED_STEM):
            assert outlines.may_agree(*pair).all()


@given(*[st.lists(st.integers(0, 3), max_size=30)] * 2, st.integers(1, 4))
def test_the_longest_run_is_that_of_difflib(one: list[int], other: list[int], least: int) -> None:
    found = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    expected = (found.a, found.size) if found.size >= least else (0, 0)
    assert longest_run(np.array(one, dtype=np.int32), np.array(other, dtype=np.int32), least) == expected


def names(count: int) -> list[str]:
    """Made-up names, none of them twice."""
    draw = random.Random(4)
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(draw.choice("bdfgklmnprtvz") + draw.choice("aiou") for _ in range(4)).capitalize()] = (
            None
        )
    return list(made)


def explorers(count: int) -> list[MultipleChoice]:
    """Items of one template with a name and an island in its gaps, each with a key of its own."""
    made = names(3 * count)
    return [
        MultipleChoice(
            id=f"e{number}",
            stem=f"In which year did {made[number]} reach the far island of {made[count + number]} by ship?",
            options={"A": f"with {made[2 * count + number]}", "B": "never"},
            key="A",
        )
        for number in range(count)
    ]


def test_the_members_of_a_crowd_are_told_of_in_one_finding_that_counts_them_all() -> None:
    report = lint(Bank(items=tuple(explorers(1200))), settings=Settings(select=("sibling-items",)))
    (found,) = report.diagnostics
    assert "one of 1200 items" in found.message


def test_a_small_template_is_told_of_pair_by_pair() -> None:
    alike = SimilarItems(Bank(items=tuple(explorers(12))))
    assert alike.templates == []
    assert len(alike.siblings) == 66


EVERYDAY = [
    "house",
    "water",
    "light",
    "people",
    "table",
    "chair",
    "river",
    "street",
    "window",
    "garden",
    "school",
    "paper",
    "music",
    "story",
]


def everyday(count: int) -> list[MultipleChoice]:
    """Items of one template with everyday words in its gaps, which make no siblings."""
    draw = random.Random(7)
    made = names(count)
    result = []
    for number in range(count):
        one, two, three, four, five = draw.sample(EVERYDAY, 5)
        stem = (
            f"Why must the {one} by the {two} move to the {three} before winter fills the {four} and {five}?"
        )
        options = {"A": f"because of {made[number]}", "B": "for no reason"}
        result.append(MultipleChoice(id=f"w{number}", stem=stem, options=options, key="A"))
    return result


@pytest.mark.parametrize(
    ("old", "new"), [("Why must", "For what reason must"), ("before winter", "before the winter")]
)
def test_in_a_crowd_a_reworded_copy_is_still_found(old: str, new: str) -> None:
    crowd = everyday(1500)
    copied = crowd[700]
    copy = MultipleChoice(
        id="copy", stem=copied.stem.replace(old, new), options=dict(copied.options), key=copied.key
    )
    alike = SimilarItems(Bank(items=(*crowd, copy)))
    assert alike._candidates._crowds.members.size >= 1500
    assert (copied.id, "copy") in {(pair.earlier.item.id, pair.later.item.id) for pair in alike.pairs}


def test_in_a_crowd_a_contradicting_copy_is_still_found() -> None:
    crowd = everyday(1500)
    copied = crowd[700]
    copy = MultipleChoice(
        id="copy",
        stem=copied.stem.replace("before winter", "before the winter"),
        options=dict(copied.options),
        key="B",
    )
    alike = SimilarItems(Bank(items=(*crowd, copy)))
    assert (copied.id, "copy") in {
        (pair.earlier.item.id, pair.later.item.id) for pair in alike.contradictions
    }


@pytest.mark.parametrize("text", ["never x ", "one word after another never x "])
def test_a_very_long_stem_of_few_words_is_compared_in_no_time(text: str) -> None:
    stem = text * 15_000
    options = {"A": "one", "B": "two"}
    stems = (f"Give 5 mg {stem}daily", f"Give 8 mg {stem}daily")
    made = tuple(
        MultipleChoice(id=f"long{number}", stem=one, options=options, key="A")
        for number, one in enumerate(stems)
    )
    (pair,) = SimilarItems(Bank(items=made)).siblings
    assert [slot[1:] for slot in pair.slots] == [("5", "8")]
    ((_, _, words),) = SimilarItems(Bank(items=made)).passages(30)
    assert words > 15_000
