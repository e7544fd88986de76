"""The pairs of cue-between-items, found by columns of numbers, are those that a look at every pair finds."""

from __future__ import annotations

from copy import copy
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank import memory
from qbank.model.earlier import Earlier
from qbank.model.item import Item, MultipleChoice
from qbank.rules.bank import _targets
from qbank.rules.bank._met import met
from qbank.rules.bank._targets import Asking, given_away
from qbank.rules.cues._frequencies import StemWords

# words that tell, words too short to, everyday ones and function words; a mark inside a word, and a number
WORDS = (
    "humerus",
    "Femur",
    "o'hara",
    "st-elmo",
    "ischium",
    "tibia's",
    "vein",
    "the",
    "of",
    "which",
    "12",
    "Großhirn",
)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
keys = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
items = st.builds(
    MultipleChoice,
    id=st.just("i"),
    stem=texts,
    options=st.fixed_dictionaries({"A": keys, "B": keys}),
    key=st.sampled_from(["A", "B", "C"]),
    status=st.sampled_from(["active", "active", "active", "retired"]),
    stimulus=st.sampled_from(["", "", "s"]),
)

BONES = tuple(f"{one}{other}" for one in ("humer", "ischi", "tibio", "calca") for other in ("us", "um", "ar"))
about_bones = st.builds(
    MultipleChoice,
    id=st.just("i"),
    stem=st.lists(st.sampled_from(BONES), min_size=3, max_size=6, unique=True).map(" ".join),
    options=st.fixed_dictionaries({"A": st.sampled_from(BONES), "B": st.just("none")}),
    key=st.just("A"),
    status=st.sampled_from(["active", "active", "active", "retired"]),
)


def brute(bank: list[Item], asking: Asking) -> set[tuple[int, int]]:
    """All pairs, each looked at by itself."""
    live = [place for place, item in enumerate(bank) if item.status != "retired"]
    candidates = ((one, other) for one, other in permutations(range(len(bank)), 2) if other in live)
    return {*given_away(candidates, bank, asking)}


def found(bank: list[Item], asking: Asking, earlier: Earlier | None = None) -> set[tuple[int, int]]:
    """What the rule finds; items are told apart by what they are."""
    places = {id(item): place for place, item in enumerate(bank)}
    return {(places[id(one)], places[id(other)]) for one, other in met(bank, asking, earlier or Earlier())}


def told(bank: list[Item], share: float) -> Asking:
    return Asking(StemWords.of([item.stem for item in bank]), 2, share, 0.5, 50)


@settings(deadline=None)
@given(
    bank=st.lists(items, min_size=2, max_size=25),
    shared=st.integers(0, 3),
    part=st.sampled_from([0.0, 0.34, 0.5, 1.0]),
    share=st.sampled_from([0.01, 0.5, 1.0]),
    words=st.sampled_from([5, 50]),
)
def test_every_pair_is_found(bank: list[Item], shared: int, part: float, share: float, words: int) -> None:
    asking = Asking(StemWords.of([item.stem for item in bank]), shared, share, part, words)
    assert found(bank, asking) == brute(bank, asking)


@settings(deadline=None)
@given(
    bank=st.lists(about_bones, min_size=20, max_size=30),
    edits=st.lists(st.lists(st.tuples(st.integers(0, 30), about_bones), max_size=4), min_size=1, max_size=4),
    share=st.sampled_from([0.15, 0.3]),
)
def test_every_pair_is_found_after_any_edits(
    bank: list[Item], edits: list[list[tuple[int, Item]]], share: float
) -> None:
    """Items are replaced, put in, taken out; the bank grows and words become rare, or no longer are."""
    kept: dict[str, bytes] = {}
    for changes in ([], *edits):
        for place, item in changes:
            if place % 3:
                bank[place % len(bank) : (place + place % 2) % len(bank)] = [copy(item)]
            else:
                del bank[place % len(bank)]
        earlier = Earlier(memory.digests_of(bank), kept)
        assert found(bank, told(bank, share), earlier) == brute(bank, told(bank, share))
        kept = {name: b"".join(make()) for name, make in earlier.made.items()}


def test_there_are_pairs_to_be_found() -> None:
    """Else the property above would hold of nothing."""
    bank: list[Item] = [
        MultipleChoice(id="a", stem="which humerus ischium vein", options={"A": "Femur", "B": "no"}, key="A"),
        MultipleChoice(
            id="b", stem="the femur of humerus and ischium", options={"A": "x", "B": "y"}, key="A"
        ),
    ]
    asking = Asking(StemWords.of([item.stem for item in bank]), 2, 0.01, 0.5, 50)
    assert found(bank, asking) == brute(bank, asking) == {(0, 1)}


@pytest.mark.parametrize(
    "text", ["Which O'Hara-12 of St. Elmo's?", " a  b\tc\n", "straße.x 1.5-2 ‘q’", "x’y…z"]
)
def test_numbered_words_are_those_of_the_text(text: str) -> None:
    item = MultipleChoice(id="a", stem=text)
    words = _targets.words_of(item)
    numbers = {word: number for number, word in enumerate(words)}
    one = [numbers[word] for word in words]
    rows = _targets.Numbered(numbers).rows([text, "", f"\0 {text}\0{text}"])
    assert (rows.values.tolist(), rows.starts.tolist()) == (one * 3, [0, len(one), len(one), 3 * len(one)])
    assert _targets.Numbered(numbers).rows([text, text]).sizes.tolist() == [len(one)] * 2
    assert _targets.Numbered(numbers).rows([]).starts.tolist() == [0]
