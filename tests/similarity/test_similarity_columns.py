"""Words are numbered by how common they are: what is rare has a large number, and is looked up fast."""

from __future__ import annotations

import itertools

from qbank.model.item import MultipleChoice
from qbank.similarity.columns import columns

STEMS = (
    "rare tibia",
    "ulna tibia",
    "tibia tibia femur",
    "ulna femur tibia",
    "femur bones",
    "bone femur",
    "ulna",
)


def test_the_commonest_words_have_the_smallest_numbers() -> None:
    items = [MultipleChoice(id=f"i{place}", stem=stem, options={}) for place, stem in enumerate(STEMS)]
    found = columns(items)
    words = ("tibia", "femur", "ulna", "bone", "rare")  # a meaning is as common as its words together
    assert sorted(words, key=found.words.numbers.__getitem__) == [*words]
    names = {number: word for word, number in found.words.numbers.items()}
    rows = itertools.pairwise(found.stems.starts.tolist())
    stems = [[names[number] for number in found.stems.values[one:end].tolist()] for one, end in rows]
    assert stems == [stem.split() for stem in STEMS]
