"""The shipped bank keeps its promises: supply, codes, rationales, honest review records."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qbank.assembly.registry import constraint_kinds, objective_kinds
from qbank.model.bank import Bank
from qbank.model.hashing import content_hash
from qbank.model.item import Item, Matching, MultipleChoice, MultipleResponse
from qbank.reading.bank import load_bank
from qbank.reading.blueprint import load_blueprint

FOLDER = Path(__file__).parents[2] / "banks" / "cmcs"
PRETEST_NEEDED = {
    "terminology": 5,
    "anatomy": 5,
    "icd10cm": 9,
    "cpt": 5,
    "hcpcs": 3,
    "claims": 5,
    "fraud": 3,
    "compliance": 3,
}
TERMINATED_BEFORE = "20261122"


@pytest.fixture(scope="module")
def bank() -> Bank:
    bank, problems = load_bank(FOLDER)
    assert problems == ()
    return bank


def domain(item: Item) -> str:
    return item.content_area.split("/")[0]


def test_size_and_types(bank: Bank) -> None:
    assert len(bank.items) >= 400
    discrete = [item for item in bank.items if not item.stimulus]
    assert sum(isinstance(item, MultipleResponse) for item in discrete) >= 13
    assert sum(isinstance(item, Matching) for item in discrete) >= 7
    pretest = Counter(domain(item) for item in bank.items if item.status == "pretest")
    assert all(pretest[name] >= needed for name, needed in PRETEST_NEEDED.items()), pretest


def test_case_sets(bank: Bank) -> None:
    sets: dict[str, list[Item]] = {}
    for item in bank.items:
        if item.stimulus:
            sets.setdefault(item.stimulus, []).append(item)
    within = [items for items in sets.values() if {domain(item) for item in items} == {"icd10cm"}]
    across = [
        items for items in sets.values() if {domain(item) for item in items} == {"icd10cm", "cpt", "claims"}
    ]
    assert (len(within) >= 5, len(across) >= 3) == (True, True)
    assert len(within) + len(across) == len(sets) == len(bank.stimuli)
    assert all(len(items) == 3 for items in sets.values())


def test_every_row_carries_three_forms_and_a_reserve(bank: Bank) -> None:
    blueprint = load_blueprint(
        FOLDER / "blueprints" / "practice.yaml", constraint_kinds(), objective_kinds()
    ).blueprint
    assert blueprint is not None
    assert blueprint.forms == 3
    rows = [
        row
        for row in blueprint.constraints
        if row.kind == "content" and getattr(row, "each", "") in ("", None)
    ]
    short = {
        row.label: (supply, need)
        for row in rows
        for need in [getattr(row, "minimum", None) or 0]
        for supply in [sum(meets(item, row.where) for item in bank.items)]  # type: ignore[attr-defined]
        if need and supply < 4 * need
    }
    assert not short
    assert len(rows) > 60


def meets(item: Item, where: dict[str, Any]) -> bool:
    """The tests that the practice blueprint uses, written apart from qbank's own selector."""
    role = {"active": "operational", "pretest": "pretest"}[item.status]
    for field, test in where.items():
        if field == "role":
            ok = test in ("any", role)
        elif field == "content_area":
            ok = item.content_area == test or item.content_area.startswith(test + "/")
        elif field == "stimulus":
            ok = bool(item.stimulus) == test["present"]
        elif field in ("type", "cognitive_level"):
            ok = getattr(item, field) == test
        else:
            ok = item.attributes.get(field) == test
        if not ok:
            return False
    return True


def test_rationale_and_reference(bank: Bank) -> None:
    for item in bank.items:
        assert item.references, item.id
        if isinstance(item, MultipleChoice | MultipleResponse):
            assert isinstance(item.rationale, dict), item.id
            assert set(item.rationale) == set(item.options), item.id
        else:
            assert isinstance(item.rationale, str), item.id
            assert len(item.rationale) > 80, item.id


def test_keys_are_spread(bank: Bank) -> None:
    keys = Counter(item.key for item in bank.items if isinstance(item, MultipleChoice))
    total = sum(keys.values())
    assert set(keys) == set("ABCD")
    assert all(0.20 <= count / total <= 0.30 for count in keys.values()), keys


def test_reviews_are_honest_and_current(bank: Bank) -> None:
    stimuli = {stimulus.id: stimulus for stimulus in bank.stimuli}
    for item in bank.items:
        assert item.review, item.id
        assert {review.by for review in item.review} == {"automated"}, item.id
        assert item.review[-1].content_hash == content_hash(item, stimuli), item.id
    assert "No certified coder has reviewed" in bank.info.notice
    assert "not official" in bank.info.notice
    assert bank.statistics == ()


def test_no_licensed_numbers(bank: Bank) -> None:
    cpt = re.compile(r"(?<![\d.,])\d{5}(?![\d,])|\b\d{4}[FTU]\b|\bD\d{4}\b")
    for item in bank.items:
        for pointer, text in item.texts():
            if pointer[0] != "references":
                assert not cpt.search(text), (item.id, text)


def test_every_code_is_what_the_item_says(bank: Bank, test_data: Path) -> None:
    icd = {row[0]: row[3] for row in table(test_data / "codesets" / "icd10cm_fy2025_2027.tsv.gz")}
    hcpcs = {row[0]: row for row in table(test_data / "codesets" / "hcpcs_level2_2025q4_2026q3.tsv.gz")}
    billable = {"1": "billable", "0": "header"}
    checked = 0
    for item in bank.items:
        for code in item.codes:
            if code.system == "icd10cm":
                state = billable.get(icd.get(code.code.replace(".", ""), ""), "absent")
            elif code.system.startswith("hcpcs"):
                row = hcpcs.get(code.code)
                here = row is not None and (row[1] == "modifier" or row[3] == "1")
                ended = row is not None and "" < row[6] < TERMINATED_BEFORE
                state = "billable" if here and not ended else "absent"
            else:
                assert code.system == "cpt-modifier", (item.id, code)
                assert re.fullmatch(r"[0-9A-Z]{2}", code.code), (item.id, code)
                continue
            checked += 1
            assert code.expect == state or (code.expect == "any" and state != "absent"), (
                item.id,
                code,
                state,
            )
    assert checked > 350


def test_every_code_in_a_text_is_declared(bank: Bank) -> None:
    shape = re.compile(r"\b[A-TV-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}\b")
    for item in bank.items:
        declared = {code.code for code in item.codes}
        for pointer, text in item.texts():
            for found in shape.findall("" if pointer[0] == "references" else text):
                assert found in declared, (item.id, pointer, found)


def table(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            yield line.rstrip("\n").split("\t")
