"""The lead-in that is told at once is the one that a look at all sentences finds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.rules.stem import _lead_in
from qbank.rules.stem._lead_in import lead_in, plain_question

PIECES = (
    *(
        "Which drug is best?",
        "What does he have?",
        "He is 40 years old.",
        "Dr. No is not ill.",
        "No.",
        "e.g. aspirin",
    ),
    *(
        "Select two.",
        "Mark the one?",
        "It reads “rest.”",
        'It reads "rest."',
        "2.5 mg",
        "What now",
        "(see above)",
    ),
    *(
        "?",
        ".",
        "!",
        "\n",
        "  ",
        "\u00a0",
        "3",
        "a",
        "The",
        "*",
        "**",
        "__",
        "<b>",
        "</b>",
        ")",
        "”",
        "word " * 40,
    ),
)
stems = st.builds(
    lambda gap, pieces: str(gap).join(pieces),
    st.sampled_from((" ", "", "  ")),
    st.lists(st.sampled_from(PIECES), max_size=9),
)


@given(stems)
@settings(max_examples=500)
def test_a_plain_question_is_the_lead_in(stem: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_lead_in, "plain_question", lambda text: "")
        slowly = lead_in.__wrapped__(stem)
    assert lead_in.__wrapped__(stem) == slowly


def test_a_question_behind_a_place_is_told_only_there() -> None:
    stem = "He does not smoke. Which drug is the best one?"
    place = stem.index("not")
    assert plain_question(stem, place) == "Which drug is the best one?"
    assert plain_question(stem, stem.index("best")) == ""


@pytest.mark.parametrize(
    "stem",
    [
        "He is ill. Which one?",
        "He sees Dr. No. Select the best drug of all?",
        "One. Is it 2.5 or 3.5 mg a day?",
    ],
)
def test_what_may_not_be_the_whole_question_is_looked_at_closely(stem: str) -> None:
    assert plain_question(stem) == ""
