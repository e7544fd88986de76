"""What is known of a bank after any edits is what is found when all of it is new."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.model.earlier import Earlier
from qbank.model.item import Item, Matching, MultipleChoice
from qbank.similarity import candidates, known
from qbank.similarity.candidates import Candidates
from qbank.similarity.columns import Columns, columns
from qbank.similarity.known import Known
from qbank.similarity.sketch import Sketches

PIECES = (
    "Tibia",
    "tibia",
    "the tibia",
    "5 mg",
    "60",
    "mg/dl",
    "MG",
    "left",
    "iPhone",
    "école",
    "École",
    "E11.65",
    "* left",
    "tibia.",
    "(Metformin)",
    "metformin-free",
    "largest",
    "Which bone",
    "all of these",
)
texts = st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """An item of few words, some of them in lower case."""
    options = dict(zip("ABC", draw(st.lists(texts, min_size=2, max_size=3)), strict=False))
    stem = draw(texts)
    if draw(st.integers(0, 4)) == 0:
        return Matching(id="one", stem=stem, options=options, prompts={"P": draw(texts)}, key={"P": "A"})
    return MultipleChoice(id="one", stem=stem, options=options, key=draw(st.sampled_from("AB")))


def seen(found: Columns) -> dict[str, object]:
    """What a bank's columns tell, without the numbers of words."""
    names = found.words.names
    rows = {}
    for column in ("stems", "gists", "keys", "keyed", "whole"):
        values, starts = found.rows(column)
        ends = zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        rows[column] = [sorted(map(names.__getitem__, values[one:end].tolist())) for one, end in ends]
    several = Candidates(Sketches([]), found)
    numbers = {
        name: getattr(several, f"_{name}").tolist()
        for name in ("templates", "fact_templates", "has_facts", "keys", "gists", "templated")
    }
    outlines = several._outlines
    told = {"outlines": outlines.numbers.tolist(), "equal stems": outlines.stems.tolist()}
    offers = [found.offers.tolist().index(number) for number in found.offers.tolist()]
    return {**rows, **numbers, **told, "generic": found.is_generic.tolist(), "offers": offers}


@given(
    st.lists(st.lists(items(), max_size=6), min_size=1, max_size=4),
    st.lists(st.randoms(use_true_random=False), min_size=4, max_size=4),
)
def test_after_any_edits(rounds: list[list[Item]], draws: list[random.Random]) -> None:
    """Items stay, move, go and come; five of one template are a large one."""
    kept: dict[str, bytes] = {}
    bank: list[Item] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known, "_MOST_NEW", 0.9)
        patch.setattr(known, "_MOST_STALE", 9)
        patch.setattr(candidates, "TEMPLATE_ITEMS", 5)
        for fresh, draw in zip(rounds, draws, strict=False):
            bank = [item for item in bank if draw.random() < 0.7] + fresh
            draw.shuffle(bank)
            digests = [hashlib.blake2b(repr(one).encode(), digest_size=16).digest() for one in bank]
            earlier = Earlier(digests, kept)
            warm, cold = Known(Sketches(bank), earlier), columns(bank)
            assert seen(warm.columns) == seen(cold)
            assert warm.lower_case == cold.words.lower_case
            kept = {name: b"".join(make()) for name, make in earlier.made.items()}
