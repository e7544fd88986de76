"""A rule that asked about the bank is asked again about an item when it would be answered something else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank import api, checking
from qbank.checking import lint
from qbank.memory.signature import hashed
from qbank.model.answering import Answering, Answers
from qbank.model.bank import Bank
from qbank.model.earlier import Earlier
from qbank.model.item import MultipleChoice
from qbank.rules.cues._frequencies import StemWords, stem_words
from qbank.rules.options._reorder import Measured

Entry = dict[str, Any]

ECHO: Entry = {
    "id": "echo",
    "type": "multiple-choice",
    "stem": "Which tendon is inflamed in epicondylitis of the elbow?",
    "options": {"A": "The epicondylar tendon", "B": "The patella", "C": "The biceps"},
    "key": "A",
}
NUMBERS: Entry = {
    "id": "numbers",
    "type": "multiple-choice",
    "stem": "How many bones has a hand?",
    "options": {"A": "27", "B": "19", "C": "26"},
    "key": "A",
}


def others(count: int, stem: str = "Which nerve is number {}?") -> list[Entry]:
    """Items about which nothing is asked."""
    return [
        {"id": f"o-{at}", "type": "true-false", "stem": stem.format(at), "key": True} for at in range(count)
    ]


class Sameness(Answering):
    """Answers with the number of letters."""

    def answer(self, question: str) -> int:
        return len(question)


def test_answers_are_noted_while_a_call_runs_and_not_else() -> None:
    asked = Sameness()
    assert asked.ask("before") == 6
    assert asked.noting(lambda: asked.ask("in") + asked.ask("it")) == (4, {"in": 2, "it": 2})
    assert asked.noting(lambda: asked.answer("unasked")) == (7, {})
    assert asked.ask("after") == 5


def test_an_error_ends_the_noting() -> None:
    asked = Sameness()
    with pytest.raises(ZeroDivisionError):
        asked.noting(lambda: 1 // asked.ask(""))
    assert asked._noted is None


def test_what_words_and_measured_items_answer() -> None:
    words = StemWords.of(["The bones", "a bone of skin", "skin"])
    assert (words.stems, words.count("bone"), words.count("ear")) == (3, 2, 0)
    assert [words.answer(one) for one in ("", "bone")] == [3, 2]
    assert [Measured(["a"]).answer(one) for one in ("a", "b")] == [1, 0]


@pytest.fixture(name="checked")
def _checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Iterable[Entry]], list[Answers]]:
    """Lints items with what was remembered and without, which say the same; gives the answers noted."""
    monkeypatch.setattr(checking, "_WORTH_REMEMBERING", 1)
    path = tmp_path / "items.jsonl"
    noted: list[Answers] = []
    true_noting = Answering.noting

    def noting(self: Answering, call: Callable[[], Any]) -> tuple[Any, Answers]:
        found = true_noting(self, call)
        noted.append(found[1])
        return found

    monkeypatch.setattr(Answering, "noting", noting)

    def run(items: Iterable[Entry]) -> list[Answers]:
        noted.clear()
        path.write_bytes(msgspec.json.Encoder().encode_lines(items))
        bank, problems = api.load_bank(path, cached=True)
        assert lint(bank, problems, cached=path) == lint(bank, problems)
        return list(noted)

    return run


def test_while_words_are_as_rare_as_they_were_nobody_is_asked_again(
    checked: Callable[[Iterable[Entry]], list[Answers]],
) -> None:
    first = checked([ECHO, *others(20)])
    assert [answers[""] for answers in first] == [21]
    assert checked([ECHO, *others(20)]) == []
    assert checked([ECHO, *others(20, "Which bone is number {}?")]) == []
    assert len(checked([ECHO, *others(20, "Which bone with a tendon is number {}?")])) == 1
    assert checked([ECHO, *others(20, "Which bone with a tendon is number {}?")]) == []
    assert [answers[""] for answers in checked([ECHO, *others(19)])] == [20]


def test_what_has_a_fix_is_asked_again_and_what_is_in_order_is_not(
    checked: Callable[[Iterable[Entry]], list[Answers]],
) -> None:
    ordered = {**NUMBERS, "id": "ordered", "options": {"A": "19", "B": "26", "C": "27"}}
    assert checked([NUMBERS, ordered]) == [{"numbers": 0}, {}]
    assert checked([NUMBERS, ordered]) == []


WORDS = st.sampled_from(["bone", "Bones", "skin", "naïve", "of", "x2", "°", "tendons", "ear"])
BANKS = st.lists(st.lists(st.lists(WORDS, max_size=4).map(" ".join), max_size=8), min_size=1, max_size=4)


@given(banks=BANKS)
def test_words_that_are_kept_are_those_that_are_counted(banks: list[list[str]]) -> None:
    kept: dict[str, bytes] = {}
    for stems in banks:
        items = tuple(MultipleChoice(id=f"a-{number}", stem=stem) for number, stem in enumerate(stems))
        earlier = Earlier([hashed(stem.encode()) for stem in stems], kept)
        found, plain = stem_words(Bank(items=items), earlier), StemWords.of(stems)
        assert found.stems == plain.stems
        assert +found.by_base == +plain.by_base
        for form in ("bone", "bones", "naïve", "x2", "ear"):
            assert found.writes(form) == plain.writes(form)
        kept = {name: b"".join(make()) for name, make in earlier.made.items()}


def test_of_a_large_bank_some_stems_are_looked_at_and_only_new_ones_again() -> None:
    items = tuple(MultipleChoice(id=f"a-{number}", stem=f"Bone {number % 7}?") for number in range(4100))
    first = Earlier([hashed(one.id.encode()) for one in items])
    assert (stem_words(Bank(items=items), first).stems, first.made == {}) == (2050, True)
    assert stem_words(Bank(items=items), first).by_base == {"bone": 2050}
    kept = {name: b"".join(make()) for name, make in first.made.items()}
    second = Earlier([*first.digests[:10], b"x" * 16, *first.digests[11:]], kept)
    other = (*items[:10], MultipleChoice(id="a-10", stem="Which skin?"), *(items[11],) * 4089)
    assert stem_words(Bank(items=other), second).by_base == {"bone": 2049, "which": 1, "skin": 1}
