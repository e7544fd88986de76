"""gift-pegjs, a parser of other people, reads in our GIFT what the items say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, assert_never

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qbank import api
from qbank.formats import moodle_text as texts
from qbank.formats.features import wrong_share
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
    Scoring,
    ShortAnswer,
    TrueFalse,
)
from tests import consumers
from tests.formats.qti_items import items

BANKS = Path(__file__).parents[3] / "banks"
KINDS = {
    "multiple-choice": "MC",
    "multiple-response": "MC",
    "true-false": "TF",
    "matching": "Matching",
    "numeric": "Numerical",
    "short-answer": "Short",
    "essay": "Essay",
}


def parsed(bank: Bank, folder: Path) -> list[dict[str, Any]]:
    """The questions of the export of a bank, as gift-pegjs reads them; losses are allowed."""
    consumers.node_packages("gift-pegjs")
    ((name, data),) = api.export_bank(bank, "gift", lossy=True).files
    (folder / name).write_bytes(data)
    found = json.loads(consumers.node(Path(__file__).with_name("parse_gift.cjs"), str(folder / name)))
    return [one for one in found if one["type"] != "Category"]


def agrees(item: Item, question: dict[str, Any]) -> None:
    """Whether a question says what its item says."""
    html = question["stem"]["format"] == "html"
    assert question["id"] == question["title"] == item.id
    assert question["type"] == KINDS[item.type]
    assert words(question["stem"]) == written(item.stem, html)
    match item:
        case MultipleChoice() | MultipleResponse():
            _choices(item, question["choices"], html)
        case TrueFalse():
            assert question["isTrue"] is item.key
            told = [
                question["trueFeedback"],
                question["falseFeedback"],
            ]  # in its words: the first, the second
            said = item.rationale if isinstance(item.rationale, dict) else {}
            order = ("false", "true") if item.key else ("true", "false")
            for id, feedback in zip(order, told, strict=True):
                assert words(feedback) == written(said.get(id, ""), html)
        case Matching():
            _pairs(item, question["matchPairs"], html)
        case Numeric():
            _number(item, question["choices"])
        case ShortAnswer():
            accepted = [one["text"]["text"] for one in question["choices"]]
            wanted = [re.sub(r"\s+", " ", one.replace("*", "\\*")) for one in item.key or ()]
            assert [re.sub(r"\s+", " ", one) for one in accepted] == wanted
            assert all(one["isCorrect"] for one in question["choices"])
        case Essay() | Ordering():
            pass
        case _:
            assert_never(item)
    if isinstance(item.rationale, str):
        assert words(question["globalFeedback"]) == written(item.rationale, html)


def words(text: dict[str, str] | None) -> str:
    return " ".join((text or {"text": ""})["text"].split())


def written(text: str, html: bool) -> str:
    return " ".join((texts.to_html(text, inline=True) if html else texts.plain(text)).split())


def _choices(item: MultipleChoice | MultipleResponse, choices: list[dict[str, Any]], html: bool) -> None:
    said = item.rationale if isinstance(item.rationale, dict) else {}
    assert len(choices) == len(item.options)
    for (id, text), choice in zip(item.options.items(), choices, strict=True):
        assert words(choice["text"]) == written(text, html)
        assert words(choice["feedback"]) == written(said.get(id, ""), html)
        weight = choice["weight"]
        right = 100.0 if isinstance(item, MultipleChoice) else 100 / len(item.key_ids)
        if id in item.key_ids:
            assert weight == pytest.approx(right, abs=1e-4) or (choice["isCorrect"] and weight in (None, 100))
        elif isinstance(item, MultipleChoice):
            assert not choice["isCorrect"]
            assert (weight or 0) == pytest.approx(100 * wrong_share(item), abs=1e-4)
        else:
            whole = item.scoring.method == "all_or_nothing"
            off = 100.0 if whole else 100 * item.scoring.penalty / len(item.key_ids)
            assert (weight or 0) == pytest.approx(-off, abs=1e-4)


def _pairs(item: Matching, pairs: list[dict[str, Any]], html: bool) -> None:
    found = {(words(one["subquestion"]), _decoded(one["subanswer"])) for one in pairs}
    wanted = {
        (written(item.prompts[prompt], html), texts.in_list(item.options[option]))
        for prompt, option in (item.key or {}).items()
    }
    spare = {("", texts.in_list(text)) for id, text in item.options.items() if id not in item.key_ids}
    assert found == wanted | spare


def _decoded(text: str) -> str:
    """gift-pegjs leaves escaped characters of right sides in its own code: &&123; for a brace."""
    return re.sub(r"&&(\d+);", lambda found: chr(int(found[1])), text).strip()


def _number(item: Numeric, choice: dict[str, Any]) -> None:
    key = item.key or NumericKey()
    match choice["type"]:
        case "simple":
            assert (choice["number"], 0) == (key.value, key.tolerance)
        case "range":
            assert (choice["number"], choice["range"]) == (key.value, key.tolerance)
        case _:
            assert (choice["numberLow"], choice["numberHigh"]) == (key.minimum, key.maximum)


def test_it_reads_the_practice_bank(tmp_path: Path) -> None:
    bank = api.load_bank(BANKS / "cmcs").bank
    questions = {one["id"]: one for one in parsed(bank, tmp_path)}
    assert set(questions) == {item.id for item in bank.items}
    for item in bank.items:
        agrees(item, questions[item.id])


PARTIAL = Scoring("per_option", 0.25, -1)
THREE = {"A": "1", "B": "2", "C": "3"}
HARD: tuple[Item, ...] = (
    MultipleChoice(id="percent", stem="a: {b} = ~c # d\\e", options={"A": "%50% x", "B": "50 %"}, key="A"),
    MultipleChoice(
        id="penalty", stem="// no", options={"A": "x -> y", "B": "%25%"}, key="A", scoring=PARTIAL
    ),
    MultipleChoice(id="filters", stem="$$5, $$6, \\\\(x\\\\) <5 mg> & R&D", options=THREE, key="B"),
    MultipleResponse(
        id="several",
        stem="x",
        options=THREE,
        key=("A", "B"),
        scoring=Scoring("per_option", 0.5),
        rationale={"A": "because: {x}", "C": "no"},
    ),
    MultipleResponse(id="whole", stem="x", options=THREE, key=("A", "B")),
    Matching(
        id="pairs",
        stem="x",
        prompts={"P1": "a -> b", "P2": "1:2"},
        options={"A": "x -> 1", "B": "b=c", "C": "<3"},
        key={"P1": "A", "P2": "B"},
        scoring=Scoring("per_pair"),
    ),
    ShortAnswer(id="star", stem="x", key=("2*3", "%1% x", "{y}"), rationale="one: 1"),
    Numeric(id="small", stem="x", key=NumericKey(value=1e-7, tolerance=0.00001)),
    Numeric(id="long", stem="x", key=NumericKey(value=1234567890.125)),
    Numeric(id="range", stem="x", key=NumericKey(minimum=-4.5, maximum=2)),
    TrueFalse(id="true", stem="x", key=True, rationale={"true": "yes: so", "false": "no = not"}),
    TrueFalse(id="false", stem="x", key=False, rationale={"false": "so"}),
    Essay(id="essay", stem="Write: all {of} it\\\nhere", rationale="#1"),
)


def test_it_reads_what_looks_like_marks(tmp_path: Path) -> None:
    questions = parsed(Bank(items=HARD), tmp_path)
    for item, question in zip(HARD, questions, strict=True):
        agrees(item, question)


@settings(
    max_examples=6,
    phases=(Phase.explicit, Phase.generate),  # each look at a smaller example costs a process
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
@given(drawn=st.lists(items(), min_size=10, max_size=25, unique_by=lambda one: one.id.lower()))
def test_it_reads_any_items(tmp_path: Path, drawn: list[Item]) -> None:
    kept = [item for item in drawn if not isinstance(item, Ordering) and _is_written(item)]
    if kept:
        questions = parsed(Bank(items=tuple(kept)), tmp_path)
        for item, question in zip(kept, questions, strict=True):
            agrees(item, question)


def _is_written(item: Item) -> bool:
    try:
        api.export_bank(Bank(items=(item,)), "gift", lossy=True)
    except api.ExportRefused:
        return False
    return True
