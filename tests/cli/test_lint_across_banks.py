"""`qbank lint a b`: what is asked in two banks, each bank otherwise linted by itself."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.cli_help import Qbank

BONES = {"A": "Tibia", "B": "Fibula", "C": "Talus", "D": "Calcaneus"}
STEM = "A note describes a break of the lateral malleolus. Which bone is broken?"
REWORDED = "A report describes a break of the lateral malleolus. What bone is broken?"


def item(id: str, stem: str = STEM, key: str = "B", **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "multiple-choice", "stem": stem, "options": BONES, "key": key, **more}


def bank(name: str, *records: dict[str, Any]) -> Path:
    """A bank of one file, an item a line."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path


def folder(name: str, *records: dict[str, Any], stimulus: str = "") -> Path:
    """A bank in a folder, with a stimulus `case` when it has a text."""
    Path(name).mkdir()
    declared = f"id: {name}\nitems: [items.jsonl]\nstimuli: [stimuli.yaml]\n"
    (Path(name) / "bank.yaml").write_text(declared, encoding="utf-8")
    stimuli = [{"id": "case", "text": stimulus}] if stimulus else []
    (Path(name) / "stimuli.yaml").write_text(json.dumps(stimuli), encoding="utf-8")
    bank(f"{name}/items.jsonl", *records)
    return Path(name)


def across(qbank: Qbank, *arguments: str, select: str = "duplicates,key-conflict") -> list[dict[str, Any]]:
    """The diagnostics of a run, as JSON has them."""
    ran = qbank("lint", *arguments, "--select", select, "--format", "json")
    assert ran.code in (0, 1), ran.err
    found: list[dict[str, Any]] = json.loads(ran.out)["diagnostics"]
    return found


def test_a_question_in_other_words_is_found_with_both_places(qbank: Qbank) -> None:
    bank("a.jsonl", item("one"))
    bank("b.jsonl", item("first", "Which bone is the heel bone of an adult?", "D"), item("other", REWORDED))
    ran = qbank("lint", "a.jsonl", "b.jsonl", "--select", "duplicates")
    assert (ran.code, ran.err) == (0, "")
    assert "b.jsonl:2:" in ran.out
    assert "other of b.jsonl asks the same as one of a.jsonl in other words" in ran.out
    assert ran.out.endswith("1 warning in 3 items of 2 files\n")
    assert qbank("lint", "a.jsonl", "b.jsonl", "--select", "duplicates", "--fail-on", "warning").code == 1


def test_json_names_item_and_place_in_both_banks(qbank: Qbank) -> None:
    bank("a.jsonl", item("one"))
    bank("b.jsonl", item("other", REWORDED))
    (found,) = across(qbank, "a.jsonl", "b.jsonl")
    assert (found["rule"], found["severity"]) == ("near-duplicate-item", "warning")
    assert (found["file"], found["line"], found["item"]) == ("b.jsonl", 1, "other")
    assert found["pointer"] == "/stem"
    assert found["hint"] == "Keep one of them; enemies cannot be written across banks."
    assert not found["fixable"]
    (related,) = found["related"]
    assert (related["file"], related["line"], related["item"]) == ("a.jsonl", 1, "one")


def test_a_copied_item_is_an_error_whatever_its_id(qbank: Qbank) -> None:
    bank("a.jsonl", item("one"), item("two", "Which bone is the heel bone?", "D"))
    bank("b.jsonl", item("one"), item("zwei", "Which bone is the heel bone?", "D"))
    found = across(qbank, "a.jsonl", "b.jsonl")
    assert [(one["rule"], one["item"], one["related"][0]["item"]) for one in found] == [
        ("duplicate-item", "one", "one"),
        ("duplicate-item", "zwei", "two"),
    ]
    assert found[0]["message"] == "one of b.jsonl is the same item as one of a.jsonl"
    assert qbank("lint", "a.jsonl", "b.jsonl", "--select", "duplicates").code == 1


def test_one_id_for_two_questions_is_no_finding(qbank: Qbank) -> None:
    bank("a.jsonl", item("one"))
    bank("b.jsonl", item("one", "Which bone is the heel bone?", "D"))
    assert across(qbank, "a.jsonl", "b.jsonl", select="duplicates,identity") == []


def test_keys_that_disagree_are_an_error(qbank: Qbank) -> None:
    bank("a.jsonl", item("one"))
    bank("b.jsonl", item("one", key="C"))
    bank("c.jsonl", item("other", STEM.replace("Which", "What"), key="C"))
    assert [one["rule"] for one in across(qbank, "a.jsonl", "b.jsonl")] == ["key-conflict"]
    assert [one["rule"] for one in across(qbank, "a.jsonl", "c.jsonl")] == ["contradicting-near-duplicate"]


def test_three_banks_each_name_the_first(qbank: Qbank) -> None:
    for name in ("a", "b", "c"):
        bank(f"{name}.jsonl", item(name))
    found = across(qbank, "a.jsonl", "b.jsonl", "c.jsonl")
    assert [(one["file"], one["related"][0]["file"]) for one in found] == [
        ("b.jsonl", "a.jsonl"),
        ("c.jsonl", "a.jsonl"),
    ]


def test_what_is_alike_within_a_bank_is_said_once(qbank: Qbank) -> None:
    bank("a.jsonl", item("one"), item("two", REWORDED))
    bank("b.jsonl", item("other", "Which bone is the heel bone?", "D"))
    alone = across(qbank, "a.jsonl")
    assert len(alone) == 1
    assert across(qbank, "a.jsonl", "b.jsonl") == alone


def test_a_bank_named_twice_or_by_one_of_its_files_is_not_compared_with_itself(qbank: Qbank) -> None:
    folder("a", item("one"))
    assert across(qbank, "a", "a/bank.yaml", "./a") == []
    assert across(qbank, "a", "a/items.jsonl") == []


def test_siblings_of_two_banks_are_no_finding(qbank: Qbank) -> None:
    stem = "A patient receives {} mg of ketorolac, billed in units of 15 mg. How many units are billed?"
    bank("a.jsonl", item("one", stem.format(60)))
    bank("b.jsonl", item("other", stem.format(30)))
    assert across(qbank, "a.jsonl", "b.jsonl") == []


def test_stimuli_are_compared_by_what_they_say(qbank: Qbank) -> None:
    ask = item("one", "Which diagnosis is sequenced first for the visit in the case?", stimulus="case")
    for name, text in (("a", "A man fell."), ("b", "A man fell."), ("c", "A woman has a cough.")):
        folder(name, ask, stimulus=text)
    assert [one["rule"] for one in across(qbank, "a", "b")] == ["duplicate-item"]
    assert across(qbank, "a", "c") == []


def test_retired_items_may_live_on_in_another_bank(qbank: Qbank) -> None:
    bank("a.jsonl", item("one", status="retired"))
    bank("b.jsonl", item("other", REWORDED))
    assert across(qbank, "a.jsonl", "b.jsonl") == []


def test_settings_and_suppressions_hold_across_banks(qbank: Qbank) -> None:
    entry = {"rule": "near-duplicate-item", "reason": "two exams that nobody takes both of"}
    bank("a.jsonl", item("one"))
    bank("b.jsonl", item("other", REWORDED, lint_ignore=[entry]))
    both = "duplicates,unused-suppression"
    assert across(qbank, "a.jsonl", "b.jsonl", select=both) == []
    assert [one["rule"] for one in across(qbank, "b.jsonl", select=both)] == ["unused-suppression"]
    bank("b.jsonl", item("other", REWORDED, lint_ignore=[{**entry, "until": "2020-01-01"}]))
    assert [one["rule"] for one in across(qbank, "a.jsonl", "b.jsonl")] == ["near-duplicate-item"]
    Path("qbank.toml").write_text('[severity]\nnear-duplicate-item = "error"\n', encoding="utf-8")
    assert [one["severity"] for one in across(qbank, "a.jsonl", "b.jsonl")] == ["error"]
    ran = qbank("lint", "a.jsonl", "b.jsonl", "--ignore", "duplicates", "--format", "json")
    assert not [one for one in json.loads(ran.out)["diagnostics"] if one["family"] == "duplicates"]


def test_standard_input_is_a_bank_like_any_other(qbank: Qbank, monkeypatch: pytest.MonkeyPatch) -> None:
    bank("a.jsonl", item("one"))
    data = json.dumps(item("other", REWORDED)).encode()

    def piped(*arguments: str) -> list[dict[str, Any]]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        return across(qbank, *arguments)

    (found,) = piped("a.jsonl", "-", "--stdin-filename", "new.jsonl")
    assert (found["file"], found["related"][0]["file"]) == ("new.jsonl", "a.jsonl")
    assert found["message"].startswith("other of new.jsonl asks the same as one of a.jsonl")
    # an editor that pipes what it has not saved yet: the saved file is no other bank
    assert piped("a.jsonl", "-", "--stdin-filename", "a.jsonl") == []


def test_a_fix_leaves_what_two_banks_share_alone(qbank: Qbank) -> None:
    paths = bank("a.jsonl", item("one")), bank("b.jsonl", item("other", REWORDED))
    before = [path.read_bytes() for path in paths]
    ran = qbank("lint", "a.jsonl", "b.jsonl", "--select", "duplicates", "--fix")
    assert ran.err == "qbank: fixed 0 in 0 files\n"
    assert "asks the same" in ran.out
    assert [path.read_bytes() for path in paths] == before


def test_a_baseline_knows_what_two_banks_share(qbank: Qbank) -> None:
    banks = str(bank("a.jsonl", item("a-1"))), str(bank("b.jsonl", item("b-1")))
    assert qbank("lint", *banks).code == 1
    assert qbank("baseline", *banks, "--baseline", "known.json").code == 0
    assert qbank("lint", *banks, "--baseline", "known.json").code == 0
    bank("b.jsonl", item("b-1"), item("b-2", STEM.replace("lateral", "medial")), item("b-3"))
    assert qbank("lint", *banks, "--baseline", "known.json").code == 1
