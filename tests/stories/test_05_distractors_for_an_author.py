"""Author: what to put beside S52.521A? Codes that misread one thing each, and never a second right answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.cli_help import Qbank
from tests.stories.story import BANK, bank, coded

STEM = "First visit for a closed torus fracture of the lower end of the right radius. Which code is reported?"
DAY = "2026-11-22"


def _asked(qbank: Qbank, folder: Path, stem: str) -> dict[str, Any]:
    """What is offered for an item of which only the key is written yet."""
    draft = coded(
        "wrist-001", stem, "S52.521A", codes=[{"system": "icd10cm", "code": "S52.521A", "role": "key"}]
    )
    draft["options"]["B"] = "to be written"
    ran = qbank("codes", "suggest", "wrist-001", str(bank(folder, draft, as_of=DAY)), "--format", "json")
    assert ran.code == 0, ran.err
    (found,) = json.loads(ran.out)["suggestions"]
    assert found["key"] == "S52.521A"
    return dict(found)


def test_each_offer_misreads_one_thing(tmp_path: Path, codes: Path, qbank: Qbank) -> None:
    found = _asked(qbank, tmp_path / "wrist", STEM)
    offered = [(one["axis"], one["code"], one["expect"]) for one in found["offers"]]
    assert offered[:4] == [
        ("side", "S52.522A", "billable"),
        ("encounter", "S52.521D", "billable"),
        ("encounter", "S52.521S", "billable"),
        ("character", "S52.521", "header"),
    ]
    assert "S52.521A" not in {code for _, code, _ in offered}


def test_every_offer_is_what_it_says_in_the_code_year(tmp_path: Path, codes: Path, qbank: Qbank) -> None:
    for one in _asked(qbank, tmp_path / "wrist", STEM)["offers"]:
        ran = qbank("codes", "lookup", one["code"], "--on", DAY, "--system", "icd10cm", "--format", "json")
        (answer,) = json.loads(ran.out)["answers"]
        assert (answer["status"], answer["title"]) == (one["expect"], one["title"])


def test_what_the_stem_leaves_open_is_no_distractor(tmp_path: Path, codes: Path, qbank: Qbank) -> None:
    """Without a side in the stem the left wrist would be as right as the right one."""
    found = _asked(qbank, tmp_path / "wrist", STEM.replace("right ", ""))
    assert "side" in found["left_open"]
    assert "S52.522A" not in {one["code"] for one in found["offers"]}


def test_an_item_made_of_the_offers_is_clean(tmp_path: Path, codes: Path, qbank: Qbank) -> None:
    offers = _asked(qbank, tmp_path / "wrist", STEM)["offers"]
    distractors = [f"{one['code']}:{one['expect']}" for one in offers[:4]]
    made = bank(tmp_path / "made", coded("wrist-001", STEM, "S52.521A", *distractors), as_of=DAY)
    ran = qbank("lint", str(made), "--select", "codes", "--format", "json")
    assert (ran.code, json.loads(ran.out)["diagnostics"]) == (0, [])


def test_an_item_of_the_shipped_bank_gets_offers(codes: Path, qbank: Qbank) -> None:
    """Its own distractors are not offered again; nor is its key."""
    ran = qbank("codes", "suggest", "cmcs-icd-inj-004", str(BANK), "--format", "json")
    assert ran.code == 0, ran.err
    tree = json.loads(ran.out)
    assert tree["on"] == DAY
    for found in tree["suggestions"]:
        assert found["key"] not in {one["code"] for one in found["offers"]}
