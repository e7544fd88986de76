"""What differs decides: questions that are reworded, siblings that differ on purpose."""

from __future__ import annotations

import msgspec
import pytest

from qbank.model.bank import Bank
from qbank.model.item import (
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    NumericKey,
    Ordering,
    ShortAnswer,
    TrueFalse,
)
from qbank.similarity.decide import Verdict, decide
from qbank.similarity.kinds import Kind
from qbank.similarity.pairs import SimilarItems
from qbank.similarity.sketch import key_texts, sketch
from qbank.similarity.vocabulary import Vocabulary

BONES = {"A": "Tibia", "B": "Fibula", "C": "Talus", "D": "Calcaneus"}
LATE = {
    "A": "A note that is signed but not dated",
    "B": "A late entry with the current date and the author's signature",
    "C": "A new page",
}


def choice(id: str, stem: str, options: dict[str, str] | None = None, key: str = "B") -> MultipleChoice:
    return MultipleChoice(id=id, stem=stem, options=options or BONES, key=key)


def verdicts(*items: Item) -> list[Verdict]:
    return [pair.decision.verdict for pair in SimilarItems(Bank(items=items)).pairs]


@pytest.mark.parametrize(
    ("one", "other", "options"),
    [
        (
            "A note describes a break of the lateral malleolus. Which bone is broken?",
            "A report describes a break of the lateral malleolus. What bone is broken?",
            BONES,
        ),
        (
            "What is the speed of light in vacuum?",
            "Approximately what is the speed of light in vacuum?",
            BONES,
        ),
        (
            "Which is the largest planet in the Solar System?",
            "What is the biggest planet in our solar system?",
            BONES,
        ),
        (
            "How is a correction in a handwritten progress note made?",
            "How should corrections to a handwritten progress note be made?",
            LATE,
        ),
        (
            "A claim was denied because the signature is missing. What should the coder add?",
            "A claim is denied since it lacks a signature. What should the coder add?",
            LATE,
        ),
        (
            "A woman has trouble concentrating at work.",
            "A woman has trouble with concentration at work.",
            BONES,
        ),
    ],
)
def test_reworded(one: str, other: str, options: dict[str, str]) -> None:
    assert verdicts(choice("a", one, options), choice("b", other, options)) == [Verdict.REWORDED]


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (
            "He receives 60 mg of the drug. What hurts?",
            "He receives 30 mg of the drug. What hurts?",
            Kind.NUMBER,
        ),
        ("He came two days late. What happens?", "He came three days late. What happens?", Kind.NUMBER),
        ("What does code E11.65 describe?", "What does code E11.9 describe?", Kind.CODE),
        ("What is a dose of 5 mg in the elderly?", "What is a dose of 5 ml in the elderly?", Kind.UNIT),
        (
            "What breaks in the left lower leg of a man?",
            "What breaks in the right lower leg of a man?",
            Kind.SIDE,
        ),
        ("What breaks in the lower leg of a man?", "What breaks in the left lower leg of a man?", Kind.SIDE),
        ("Which bone ran from left to right once?", "Which bone ran from right to left once?", Kind.SIDE),
        ("Which is a bone of the leg?", "Which is not a bone of the leg?", Kind.NEGATION),
        ("Which artery supplies the upper body?", "Which artery supplies the lower body?", None),
        ("Which code is for the initial visit here?", "Which code is for the subsequent visit here?", None),
        ("To which class does metformin belong?", "To which class does glipizide belong?", Kind.NAME),
        ("What is the capital of France?", "What is the capital of Italy?", Kind.NAME),
    ],
)
def test_siblings(one: str, other: str, kind: Kind | None) -> None:
    left, right = choice("a", one), choice("b", other)
    decision = decide(sketch(left, 0), sketch(right, 1), Vocabulary())
    assert decision.verdict is Verdict.SIBLINGS
    assert kind is None or decision.decided_by is kind
    assert verdicts(left, right) == []


def test_another_key_makes_another_question() -> None:
    one = choice("a", "Which is the largest planet in the Solar System?")
    other = choice("b", "What is the largest planet in the Solar System?", key="C")
    assert verdicts(one, other) == []


def test_a_long_stem_over_other_options_was_pasted() -> None:
    stem = "Which modifier is appended when the same physician repeats a procedure?"
    one = choice("a", stem, {"A": "25", "B": "76"})
    other = choice("b", stem, {"A": "50", "B": "51"})
    assert verdicts(one, other) == [Verdict.PASTED_STEM]
    hanging = [msgspec.structs.replace(item, stimulus="case") for item in (one, other)]
    assert verdicts(*hanging) == []
    assert verdicts(one, hanging[1]) == [Verdict.PASTED_STEM]
    short = [msgspec.structs.replace(item, stem="Which modifier is appended?") for item in (one, other)]
    assert verdicts(*short) == []


def test_items_of_one_stimulus_must_agree_in_every_content_word() -> None:
    one = choice("a", "Which bone of the lower leg is broken?")
    more = choice("b", "Which visible bone of the lower leg is broken?")
    same = choice("c", "What is the broken bone of the lower leg?")
    assert verdicts(one, more) == [Verdict.REWORDED]
    hanging = [msgspec.structs.replace(item, stimulus="case") for item in (one, more, same)]
    assert verdicts(hanging[0], hanging[1]) == []
    assert verdicts(hanging[0], hanging[2]) == [Verdict.REWORDED]


def test_items_of_two_stimuli_are_never_the_same() -> None:
    one = choice("a", "Which bone of the lower leg is broken?")
    other = choice("b", "What bone of the lower leg is broken?")
    assert verdicts(one, other) == [Verdict.REWORDED]
    hanging = [
        msgspec.structs.replace(one, stimulus="case-1"),
        msgspec.structs.replace(other, stimulus="case-2"),
    ]
    assert verdicts(*hanging) == []


def test_a_key_that_tells_nothing_asks_for_equal_content_words() -> None:
    one = TrueFalse(id="a", stem="The fibula is the lateral bone of the leg.", key=True)
    same = TrueFalse(id="b", stem="The fibula is a lateral bone of the leg.", key=True)
    other = TrueFalse(id="c", stem="The fibula is a lateral bone of the lower leg.", key=True)
    contrary = TrueFalse(id="d", stem="The fibula is a lateral bone of the leg.", key=False)
    assert verdicts(one, same) == [Verdict.REWORDED]
    assert verdicts(one, other) == []
    assert verdicts(one, contrary) == []


def test_another_item_type_may_ask_the_same() -> None:
    one = choice("a", "Which bone of the lower leg is broken?")
    other = ShortAnswer(id="b", stem="What bone of the lower leg is broken?", key=("Fibula",))
    assert verdicts(one, other) == [Verdict.REWORDED]


@pytest.mark.parametrize(
    ("item", "texts"),
    [
        (choice("a", "?"), ("Fibula",)),
        (MultipleChoice(id="a", options=BONES, key="Z"), ("Z",)),
        (MultipleChoice(id="a", options=BONES), ()),
        (MultipleResponse(id="a", options=BONES, key=("C", "A")), ("Talus", "Tibia")),
        (Ordering(id="a", options=BONES, key=("C", "A")), ("Talus", "Tibia")),
        (Ordering(id="a", options=BONES, key=("A", "C")), ("Tibia", "Talus")),
        (Matching(id="a", options=BONES, prompts={"P1": "shin"}, key={"P1": "A"}), ("shin = Tibia",)),
        (TrueFalse(id="a", key=False), ("false",)),
        (TrueFalse(id="a"), ()),
        (Numeric(id="a", key=NumericKey(value=2.50, unit="mg")), ("2.5 mg",)),
        (Numeric(id="a", key=NumericKey(minimum=1, maximum=3)), ("1 3",)),
        (Numeric(id="a"), ()),
        (ShortAnswer(id="a", key=("b", "a")), ("a", "b")),
        (Essay(id="a"), ()),
    ],
)
def test_key_texts(item: Item, texts: tuple[str, ...]) -> None:
    assert key_texts(item) == texts


def test_equal_items_are_grouped_and_only_the_first_is_compared() -> None:
    stem = "Which bone of the lower leg is broken?"
    items = (
        choice("a", stem),
        choice("b", stem.upper()),
        choice("c", "What bone of the lower leg is broken?"),
    )
    alike = SimilarItems(Bank(items=items))
    assert [[one.item.id for one in group] for group in alike.groups] == [["a", "b"]]
    assert [(pair.earlier.item.id, pair.later.item.id) for pair in alike.pairs] == [("a", "c")]


def test_items_without_any_text_are_not_equal_to_each_other() -> None:
    assert SimilarItems(Bank(items=(Essay(id="a"), Essay(id="b")))).groups == []


def test_a_large_bank_of_one_template_holds_its_real_duplicates_only() -> None:
    stem = "A patient receives {} mg of a drug that is billed in units of 10 mg. How many units are billed?"
    items = [choice(f"d{dose}", stem.format(dose)) for dose in range(1, 301)]
    copy = choice("copy", "The " + stem.format(70)[2:])
    more = choice("more", stem.format(80) + " Choose the best answer.")
    pairs = SimilarItems(Bank(items=(*items, copy, more))).pairs
    assert [(pair.earlier.item.id, pair.later.item.id) for pair in pairs] == [
        ("d70", "copy"),
        ("d80", "more"),
    ]
