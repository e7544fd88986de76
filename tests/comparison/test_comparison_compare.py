"""What differs between two banks: nothing between equal ones, and each change under its own kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qbank.api import diff
from qbank.comparison.changes import Comparison, ItemChange
from qbank.comparison.words import MOST_PAIRS, words
from qbank.model.hashing import content_hash, record_hash
from qbank.model.item import (
    ITEM_TYPES,
    Calculation,
    Code,
    Item,
    NumericKey,
    Review,
    Scoring,
    Suppression,
)
from qbank.model.statistics import Irt, Statistics
from qbank.model.stimulus import Media, Stimulus
from tests.comparison.comparison_banks import APPROVAL, BY_TYPE, OPTIONS, bank, changed, new_bank, old_bank

CHOICE = BY_TYPE[0]
Mutation = tuple[str, Callable[[Item], Item]]


def kinds(old: Item, new: Item) -> list[str]:
    """The kinds of change of one item, sorted."""
    comparison = diff(bank(old), bank(new))
    return sorted(change.kind for one in comparison.items for change in one.changes)


def only(comparison: Comparison) -> ItemChange:
    (one,) = comparison.items
    return one


# --- properties -----------------------------------------------------------------------------------------

words_ = st.lists(
    st.sampled_from(["the", "a", "bone", "is", "not", "broken", "5", "mg", "S82.61XA", "left", "right", "é"]),
    max_size=12,
)
texts = words_.map(" ".join)
option_sets = st.lists(texts, min_size=2, max_size=6).map(
    lambda some: dict(zip("ABCDEF", some, strict=False))
)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Items of any type with drawn texts; keys and texts need not make sense."""
    item = draw(st.sampled_from(BY_TYPE))
    fields: dict[str, Any] = {
        "stem": draw(texts),
        "status": draw(st.sampled_from(["draft", "active", "retired"])),
        "tags": tuple(draw(st.lists(st.sampled_from("xyz"), max_size=3))),
        "attributes": draw(st.dictionaries(st.sampled_from("pq"), st.sampled_from([1, 1.0, True, "1"]))),
        "rationale": draw(st.one_of(texts, option_sets)),
        "approval": draw(st.sampled_from([None, APPROVAL])),
    }
    if item.option_texts:
        fields["options"] = draw(st.permutations(list(draw(option_sets).items())).map(dict))
        fields["fixed"] = tuple(draw(st.lists(st.sampled_from("ABCD"), max_size=2)))
    if item.type == "multiple-choice":
        fields["key"] = draw(st.sampled_from([None, "A", "B", ("A", "B")]))
    return changed(item, **fields)


banks = st.lists(items(), max_size=5).map(lambda some: bank(*some))


@given(banks)
def test_a_bank_does_not_differ_from_itself(one: Any) -> None:
    again = msgspec.json.decode(msgspec.json.encode(one), type=type(one))
    assert diff(one, again).is_empty


def test_the_banks_of_these_tests_do_not_differ_from_themselves() -> None:
    assert diff(old_bank(), old_bank()).is_empty
    assert diff(new_bank(), new_bank()).is_empty


@given(items(), items())
def test_items_differ_where_their_records_do(old: Item, new: Item) -> None:
    new = changed(new, id=old.id)
    assert bool(kinds(old, new)) == (record_hash(old) != record_hash(new))


@given(banks, banks)
def test_the_order_of_items_does_not_count_and_the_result_is_sorted(old: Any, new: Any) -> None:
    assume(len({one.id for one in (*old.items, *new.items)}) == len(old.items) + len(new.items))
    one = diff(old, new)
    other = diff(
        msgspec.structs.replace(old, items=old.items[::-1]),
        msgspec.structs.replace(new, items=new.items[::-1]),
    )
    assert one == other
    assert [item.id for item in one.items] == sorted(item.id for item in one.items)


@given(items(), st.sampled_from(["id-changed", "added", "removed"]))
def test_fates(item: Item, fate: str) -> None:
    if fate == "id-changed":
        one = only(diff(bank(item), bank(changed(item, id="another"))))
        assert (one.id, one.old_id, one.fate, one.changes) == ("another", item.id, "renamed", ())
        return
    sides = (bank(), bank(item)) if fate == "added" else (bank(item), bank())
    assert (only(diff(*sides)).fate, only(diff(*sides)).id) == (fate, item.id)


def _options(item: Item) -> dict[str, str]:
    return dict(item.option_texts)


GENERAL: tuple[Mutation, ...] = (
    ("stem", lambda one: changed(one, stem=f"{one.stem} Really?")),
    ("rationale", lambda one: changed(one, rationale="Because.")),
    ("references", lambda one: changed(one, references=("A book",))),
    ("codes", lambda one: changed(one, codes=(Code("icd10cm", "S82"),))),
    ("content-area", lambda one: changed(one, content_area="anatomy")),
    ("cognitive-level", lambda one: changed(one, cognitive_level="recall")),
    ("attribute", lambda one: changed(one, attributes={"seconds": 5})),
    ("scoring", lambda one: changed(one, scoring=Scoring("per_option", 1))),
    ("points", lambda one: changed(one, points=2)),
    ("shuffle", lambda one: changed(one, shuffle=False)),
    ("stimulus", lambda one: changed(one, stimulus="case")),
    ("enemies", lambda one: changed(one, enemies=("x",))),
    ("status", lambda one: changed(one, status="retired")),
    ("tags", lambda one: changed(one, tags=("t",))),
    ("author", lambda one: changed(one, author="me")),
    ("review", lambda one: changed(one, review=(APPROVAL,))),
    ("approval", lambda one: changed(one, approval=APPROVAL)),
    ("lint-ignore", lambda one: changed(one, lint_ignore=(Suppression("negative-stem", "so"),))),
    ("calculation", lambda one: changed(one, calculation=Calculation("1 + 1"))),
)
WITH_OPTIONS: tuple[Mutation, ...] = (
    ("option-text", lambda one: changed(one, options={**_options(one), "A": "Ulna"})),
    ("option-added", lambda one: changed(one, options={**_options(one), "E": "Ulna"})),
    ("option-order", lambda one: changed(one, options=dict(reversed(list(_options(one).items()))))),
    ("fixed", lambda one: changed(one, fixed=("D",))),
)
OWN: dict[str, tuple[Mutation, ...]] = {
    "multiple-choice": (
        ("key", lambda one: changed(one, key="C")),
        ("key", lambda one: changed(one, key=None)),
        ("key-written", lambda one: changed(one, key=("B",))),
        ("option-removed", lambda one: changed(one, options={"A": "Tibia", "B": "Fibula", "C": "Talus"})),
        (
            "option-renamed",
            lambda one: changed(one, options={**dict(list(OPTIONS.items())[:3]), "E": "Calcaneus"}),
        ),
    ),
    "multiple-response": (
        ("key", lambda one: changed(one, key=("A", "D"))),
        ("key-written", lambda one: changed(one, key=("D", "C"))),
        ("choose", lambda one: changed(one, choose=3)),
    ),
    "true-false": (("key", lambda one: changed(one, key=False)),),
    "matching": (
        ("key", lambda one: changed(one, key={"P": "A", "Q": "D"})),
        ("prompt-text", lambda one: changed(one, prompts={"P": "The heel", "Q": "Shin"})),
        ("prompt-added", lambda one: changed(one, prompts={"P": "Heel", "Q": "Shin", "R": "Knee"})),
        ("prompt-order", lambda one: changed(one, prompts={"Q": "Shin", "P": "Heel"})),
        ("reuse", lambda one: changed(one, reuse=True)),
    ),
    "ordering": (("key", lambda one: changed(one, key=("B", "A", "C", "D"))),),
    "numeric": (
        ("key", lambda one: changed(one, key=NumericKey(value=8, tolerance=0.5, unit="bones"))),
        ("key", lambda one: changed(one, key=NumericKey(value=7, tolerance=1, unit="bones"))),
    ),
    "short-answer": (
        ("key", lambda one: changed(one, key=("talus",))),
        ("key-written", lambda one: changed(one, key=("ankle bone", "talus"))),
        ("case-sensitive", lambda one: changed(one, case_sensitive=True)),
    ),
    "essay": (("rubric", lambda one: changed(one, rubric="One point")),),
}


@given(st.data())
def test_a_single_mutation_is_reported_as_what_it_is(data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(BY_TYPE))
    known = (*GENERAL, *(WITH_OPTIONS if item.option_texts else ()), *OWN[item.type])
    kind, mutate = data.draw(st.sampled_from(known))
    assert kinds(item, mutate(item)) == [kind]


@pytest.mark.parametrize("item", BY_TYPE, ids=lambda one: one.type)
def test_every_mutation(item: Item) -> None:
    known = (*GENERAL, *(WITH_OPTIONS if item.option_texts else ()), *OWN[item.type])
    assert [kinds(item, mutate(item)) for _, mutate in known] == [[kind] for kind, _ in known]


def test_every_field_of_an_item_has_its_mutation() -> None:
    assert set(OWN) == set(ITEM_TYPES)
    named = {kind for kind, _ in (*GENERAL, *WITH_OPTIONS, *(one for some in OWN.values() for one in some))}
    fields = {name for one in ITEM_TYPES.values() for name in one.__struct_fields__}
    alike = {"attributes": "attribute", "options": "option-text", "prompts": "prompt-text"}
    for name in fields - {"id", "record"}:
        assert alike.get(name, name.replace("_", "-")) in named


# --- options and keys -----------------------------------------------------------------------------------


def test_letters_dealt_out_anew_are_no_changed_key() -> None:
    options = {"A": "Fibula", "B": "Tibia", "C": "Talus", "D": "Calcaneus"}
    item = changed(CHOICE, rationale={"A": "medial", "B": "lateral"}, fixed=("B",))
    new = changed(item, options=options, key="A", rationale={"A": "lateral", "B": "medial"}, fixed=("A",))
    assert kinds(item, new) == ["key-written", "option-order"]


def test_a_letter_that_stays_while_the_texts_change_places_is_a_changed_key() -> None:
    options = {"A": "Fibula", "B": "Tibia", "C": "Talus", "D": "Calcaneus"}
    change = only(diff(bank(CHOICE), bank(changed(CHOICE, options=options)))).changes[0]
    assert (change.kind, change.old_text, change.new_text) == ("key", "B Fibula", "B Tibia")


def test_letters_that_move_up_behind_a_removed_option() -> None:
    item = changed(CHOICE, key="D", rationale={"D": "It is the heel.", "B": "no"})
    options = {"A": "Tibia", "B": "Talus", "C": "Calcaneus"}
    new = changed(item, options=options, key="C", rationale={"C": "It is the heel."})
    assert kinds(item, new) == [
        "key-written",
        "option-removed",
        "option-renamed",
        "option-renamed",
        "rationale",
    ]


def test_a_key_whose_option_was_replaced() -> None:
    options = {"A": "Tibia", "C": "Talus", "D": "Calcaneus", "E": "Ulna"}
    assert kinds(CHOICE, changed(CHOICE, options=options, key="E")) == [
        "key",
        "option-added",
        "option-removed",
    ]


def test_another_type_with_the_same_answer() -> None:
    from qbank.model.item import MultipleResponse

    other = MultipleResponse(id="mc", stem=CHOICE.stem, options=OPTIONS, key=("B",))
    assert kinds(CHOICE, other) == ["key-written", "type"]
    assert "key" in kinds(CHOICE, changed(BY_TYPE[2], id="mc"))


def test_texts_that_differ_in_their_unicode_form_only_are_the_same() -> None:
    assert kinds(changed(CHOICE, stem="caf\u00e9"), changed(CHOICE, stem="cafe\u0301")) == []
    assert (
        kinds(
            changed(CHOICE, options={"A": "caf\u00e9", "B": "x"}),
            changed(CHOICE, options={"A": "cafe\u0301", "B": "x"}),
        )
        == []
    )


# --- approvals, statistics, stimuli ---------------------------------------------------------------------

APPROVED = changed(CHOICE, approval=APPROVAL)
KEYED_C = changed(APPROVED, key="C")


@pytest.mark.parametrize(
    ("old", "new", "is_hit"),
    [
        (APPROVED, KEYED_C, True),
        (CHOICE, changed(CHOICE, key="C"), False),
        (changed(CHOICE, status="approved"), changed(CHOICE, status="approved", key="C"), True),
        (APPROVED, changed(KEYED_C, status="draft", approval=None), True),
        (APPROVED, changed(KEYED_C, approval=Review(by="J. Doe", date="2026-02-02")), False),
        (APPROVED, changed(KEYED_C, approval=Review(by="R. Roe", date="2026-01-02")), False),
        (APPROVED, changed(KEYED_C, approval=Review(by="J. Doe", date="2026-01-02", note="again")), True),
        (
            APPROVED,
            changed(KEYED_C, approval=Review("R. Roe", "2026-02-02", content_hash(KEYED_C, {}))),
            False,
        ),
        (APPROVED, changed(KEYED_C, approval=Review("R. Roe", "2026-02-02", content_hash(CHOICE, {}))), True),
        (APPROVED, changed(APPROVED, options={**OPTIONS, "B": "The fibula"}), True),
        (APPROVED, changed(APPROVED, options={**OPTIONS, "A": "The tibia"}), False),
        (APPROVED, changed(APPROVED, stem="Which?"), False),
        (APPROVED, changed(APPROVED, options=dict(reversed(OPTIONS.items()))), False),
    ],
)
def test_a_key_of_an_approved_item(old: Item, new: Item, is_hit: bool) -> None:
    comparison = diff(bank(old), bank(new))
    assert [one.id for one in comparison.hits] == (["mc"] if is_hit else [])


def test_an_approval_that_is_stale_now() -> None:
    assert kinds(APPROVED, changed(APPROVED, stem="Which?")) == ["approval-stale", "stem"]
    hashed = changed(APPROVED, approval=Review("J. Doe", "2026-01-02", content_hash(APPROVED, {})))
    assert kinds(hashed, changed(hashed, stem="Which?")) == ["approval-stale", "stem"]
    assert kinds(changed(hashed, stem="Which?"), changed(hashed, stem="Which?", tags=("x",))) == ["tags"]
    assert kinds(changed(hashed, stem="Which?"), hashed) == ["stem"]
    assert kinds(APPROVED, changed(APPROVED, tags=("x",))) == ["tags"]


def test_statistics() -> None:
    def at(item: Item, **fields: Any) -> Any:
        return bank(item, statistics=(Statistics(item="mc", **fields),))

    hash = content_hash(CHOICE, {})
    other = changed(CHOICE, stem="Which?")

    def told(old: Any, new: Any) -> list[str]:
        return sorted(change.kind for one in diff(old, new).items for change in one.changes)

    assert told(at(CHOICE, p=0.7, content_hash=hash), at(other, p=0.7, content_hash=hash)) == [
        "statistics-stale",
        "stem",
    ]
    assert told(at(CHOICE, p=0.7), at(other, p=0.7)) == ["statistics-stale", "stem"]
    assert told(at(CHOICE, p=0.7), at(other, p=0.6)) == ["statistics", "stem"]
    assert told(at(CHOICE, p=0.7), at(CHOICE, p=0.6)) == ["statistics"]
    assert told(at(CHOICE, p=0.7), bank(CHOICE)) == ["statistics"]
    assert told(bank(CHOICE), at(CHOICE, irt=Irt(model="1PL", b=0.5))) == ["statistics"]
    assert told(at(CHOICE, content_hash="x"), at(other, content_hash="x")) == ["stem"]
    assert told(at(CHOICE, content_hash="x"), at(CHOICE, content_hash="y")) == [
        "statistics",
        "statistics-stale",
    ]
    assert told(at(other, content_hash=hash), at(CHOICE, content_hash=hash)) == ["stem"]


def test_a_stimulus_that_changed_names_the_items_it_touches() -> None:
    item = changed(CHOICE, stimulus="case", approval=APPROVAL)
    case = Stimulus(id="case", text="A man fell.", media=(Media("x.png", sha256="1"),))
    hung = (changed(item, id="b"), changed(item, id="a"))

    def told(old: Stimulus, new: Stimulus) -> Any:
        comparison = diff(bank(*hung, stimuli=(old,)), bank(*hung, stimuli=(new,)))
        stale = {change.kind for one in comparison.items for change in one.changes}
        (one,) = comparison.stimuli
        return one.fate, one.id, one.items, [change.kind for change in one.changes], stale

    edited = msgspec.structs.replace(case, text="A woman fell.")
    assert told(case, edited) == ("changed", "case", ("a", "b"), ["text"], {"approval-stale"})
    redrawn = msgspec.structs.replace(case, media=(Media("x.png", sha256="2"),))
    assert told(case, redrawn) == ("changed", "case", ("a", "b"), ["media"], {"approval-stale"})
    marked = msgspec.structs.replace(case, attributes={"n": 1}, enemies=("z",))
    assert told(case, marked) == ("changed", "case", ("a", "b"), ["enemies", "attribute"], set())


def test_stimuli_have_fates_too() -> None:
    case = Stimulus(id="case", text="A man fell.")
    other = Stimulus(id="other", text="A man fell.")
    third = Stimulus(id="third", text="A woman fell.")
    assert [
        (one.id, one.old_id, one.fate)
        for one in diff(bank(stimuli=(case,)), bank(stimuli=(other, third))).stimuli
    ] == [
        ("other", "case", "renamed"),
        ("third", "", "added"),
    ]
    assert [one.fate for one in diff(bank(stimuli=(case,)), bank()).stimuli] == ["removed"]


# --- banks that cannot be read whole, and ids that are there twice ----------------------------------------


def test_an_item_that_cannot_be_read_is_not_called_removed() -> None:
    for new in (bank(unreadable=frozenset({"mc"})), bank(complete=False)):
        comparison = diff(bank(APPROVED), new)
        assert (only(comparison).fate, only(comparison).hit) == ("unreadable", True)
        assert not diff(bank(CHOICE), new).hits
    assert only(diff(bank(unreadable=frozenset({"mc"})), bank(CHOICE))).fate == "unreadable-before"
    assert only(diff(bank(complete=False), bank(CHOICE))).fate == "added"


def test_an_id_that_is_there_twice() -> None:
    second = changed(CHOICE, stem="Another?")
    assert diff(bank(CHOICE, second), bank(CHOICE, second)).is_empty
    one = only(diff(bank(CHOICE), bank(CHOICE, second)))
    assert (one.fate, one.stem) == ("added", "Another?")


def test_content_that_is_there_twice_is_paired_in_order() -> None:
    old, new = (bank(*(changed(CHOICE, id=id) for id in ids)) for ids in (("a", "b", "c"), ("x", "y")))
    assert [(one.old_id, one.id, one.fate) for one in diff(old, new).items] == [
        ("", "c", "removed"),
        ("a", "x", "renamed"),
        ("b", "y", "renamed"),
    ]


def test_the_banks_own_record() -> None:
    told = [(one.kind, one.at, one.old, one.new) for one in diff(old_bank(), new_bank()).bank]
    assert told == [("as-of", "", "2026-01-01", "2026-06-01")]


# --- words ----------------------------------------------------------------------------------------------


@given(words_, words_)
def test_spans_hold_both_texts(old: list[str], new: list[str]) -> None:
    spans = words(" ".join(old), " ".join(new))
    for op, text in (("old", old), ("new", new)):
        assert " ".join(one.text for one in spans if one.op in ("same", op)).split() == text
    assert all(one.text for one in spans)
    assert all(one.op == "same" for one in spans) == (old == new)


def test_the_middle_of_very_long_texts_is_one_change() -> None:
    count = int(MOST_PAIRS**0.5) + 1
    old, new = " ".join(["a", *"xy" * count, "z"]), " ".join(["a", *"yx" * count, "z"])
    assert [one.op for one in words(old, new)] == ["same", "old", "new", "same"]


def test_single_words_that_are_the_same_by_chance_belong_to_the_change() -> None:
    spans = words("It is a b c the d e f.", "It is g h i the j k l.")
    assert [(one.op, one.text) for one in spans] == [
        ("same", "It is"),
        ("old", "a b c the d e f."),
        ("new", "g h i the j k l."),
    ]
