"""Siblings: what makes two stems one template, and what does not."""

from __future__ import annotations

import msgspec
import pytest

from qbank.model.bank import Bank
from qbank.model.item import MultipleChoice, TrueFalse
from qbank.similarity.kinds import Kind
from qbank.similarity.pairs import SimilarItems
from qbank.similarity.sketch import sketch
from qbank.similarity.template import Slot, slots

DRUGS = {"A": "Statins", "B": "Diuretics", "C": "Opioids"}


def choice(id: str, stem: str, options: dict[str, str] | None = None, key: str = "A") -> MultipleChoice:
    return MultipleChoice(id=id, stem=stem, options=options or {"A": f"{id} 1", "B": f"{id} 2"}, key=key)


def found(one: str, other: str, options: dict[str, str] | None = None) -> tuple[Slot, ...]:
    return slots(sketch(choice("a", one, options), 0), sketch(choice("b", other, options), 1))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            "A clinic gives 60 mg of ketorolac. How many units are billed?",
            "A clinic gives 30 mg of ketorolac. How many units are billed?",
            Slot(Kind.NUMBER, "60", "30"),
        ),
        (
            "A clinic gives 60 mg of ketorolac. How many units are billed?",
            "A clinic gives 2 g of ketorolac. How many units are billed?",
            Slot(Kind.NUMBER, "60 mg", "2 g"),
        ),
        (
            "A clinic gives 60 mg of ketorolac. How many units are billed?",
            "A clinic gives 60 ml of ketorolac. How many units are billed?",
            Slot(Kind.UNIT, "mg", "ml"),
        ),
        (
            "Which bone breaks in a fall on the left wrist?",
            "Which bone breaks in a fall on the right wrist?",
            Slot(Kind.SIDE, "left", "right"),
        ),
        (
            "Which code is reported for diabetes during the initial encounter?",
            "Which code is reported for diabetes during the subsequent encounter?",
            Slot(Kind.CONTRAST, "initial", "subsequent"),
        ),
        (
            "In what century did the philosopher Socrates live in Athens?",
            "In what century did the philosopher Aristotle live in Athens?",
            Slot(Kind.NAME, "socrates", "aristotle"),
        ),
        (
            "Which chapter of the code book holds the code E11.65 today?",
            "Which chapter of the code book holds the code J45.20 today?",
            Slot(Kind.CODE, "e11.65", "j45.20"),
        ),
    ],
)
def test_one_template_another_fact(one: str, other: str, expected: Slot) -> None:
    assert [slot[1:] for slot in found(one, other)] == [expected[1:]]
    assert found(one, other)[0].kind in (expected.kind, Kind.NUMBER)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Which is a bone of the lower leg here?", "Which is not a bone of the lower leg here?"),
        ("Who wrote the play Hamlet?", "Who painted the ceiling of the chapel?"),
        ("Jupiter has the largest atmosphere of all.", "Venus has the densest atmosphere of all."),
        ("What is the capital of France?", "What is the capital of Italy?"),
        ("The heart has 4 chambers and pumps blood.", "The blood is pumped by 3 chambers of a heart."),
    ],
)
def test_no_template(one: str, other: str) -> None:
    assert found(one, other) == ()


def test_a_short_template_needs_the_same_options() -> None:
    one, other = "To which class does atorvastatin belong?", "To which class does simvastatin belong?"
    assert found(one, other) == ()
    assert found(one, other, DRUGS) == (Slot(Kind.NAME, "atorvastatin", "simvastatin"),)


def test_items_on_a_stimulus_and_of_two_types_have_none() -> None:
    one = choice("a", "In what century did the philosopher Socrates live in Athens?")
    other = choice("b", "In what century did the philosopher Aristotle live in Athens?")
    hanging = msgspec.structs.replace(other, stimulus="case")
    judged = TrueFalse(id="c", stem=other.stem, key=True)
    assert slots(sketch(one, 0), sketch(other, 1))
    assert not slots(sketch(one, 0), sketch(hanging, 1))
    assert not slots(sketch(one, 0), sketch(judged, 1))


def test_siblings_with_other_keys_and_other_options_are_found() -> None:
    items = (
        choice("a", "In what century did the philosopher Socrates live?", {"A": "5th", "B": "2nd"}),
        choice("b", "In what century did the philosopher Aristotle live?", {"A": "4th", "B": "1st"}),
    )
    (pair,) = SimilarItems(Bank(items=items)).siblings
    assert (pair.earlier.item.id, pair.later.item.id) == ("a", "b")


def test_a_large_template_is_one_group_and_no_pairs() -> None:
    stem = "A patient receives {} mg of a drug that is billed in units of 10 mg. How many units are billed?"
    items = tuple(choice(f"d{dose}", stem.format(dose)) for dose in range(11, 61))
    alike = SimilarItems(Bank(items=items))
    assert alike.siblings == []
    assert [len(group) for group in alike.templates] == [50]


UNITS = ("mm", "cm", "km", "mg", "kg", "ml")


def conversions(verb: str, count: int) -> list[MultipleChoice]:
    """Items of one template in which a number and two units differ; each keys a number of its own."""
    stems = [f"{verb} {n} {UNITS[n % 6]} to {UNITS[(n + n // 6) % 6]} and round it" for n in range(count)]
    return [
        choice(f"{verb}{n}", stem, {"A": str(3 * n + 1), "B": str(3 * n + 2)}) for n, stem in enumerate(stems)
    ]


def test_a_large_template_may_differ_in_units_and_names_too() -> None:
    alike = SimilarItems(Bank(items=tuple(conversions("Convert", 120))))
    assert alike.siblings == []
    assert [len(group) for group in alike.templates] == [120]
    assert alike.loose_templates == {0}


def test_between_large_templates_what_has_the_same_facts_and_key_is_found() -> None:
    one = conversions("Convert", 60)
    other = [choice(f"again{n}", f"{item.stem} today", dict(item.options)) for n, item in enumerate(one)]
    alike = SimilarItems(Bank(items=(*one, *other)))
    assert len(alike.templates) == 2
    assert [(pair.earlier.item.id, pair.later.item.id) for pair in alike.pairs] == [
        (a.id, b.id) for a, b in zip(one, other, strict=True)
    ]


def test_an_item_is_compared_with_that_of_a_large_template_which_has_its_facts_and_key() -> None:
    items = conversions("Convert", 60)
    alone = choice("alone", f"{items[25].stem} today", dict(items[25].options))
    (pair,) = SimilarItems(Bank(items=(*items, alone))).pairs
    assert (pair.earlier.item.id, pair.later.item.id) == ("Convert25", "alone")


def test_templates_cost_no_pairs_however_many_items_they_have() -> None:
    items = tuple(conversions("Convert", 1500))
    assert len(SimilarItems(Bank(items=items))._candidates.keyed_pairs[0]) < 60
