"""Distractors from the code set: one axis each, never a second right answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qbank.cli.run import run
from qbank.domains.medcode.answers import TableCodes
from qbank.domains.medcode.local import read_table
from qbank.domains.medcode.rules._declared import plain
from qbank.domains.medcode.suggest import Suggestion, suggest
from tests.domains.medcode.shared_sets import real
from tests.domains.medcode.test_impact import bank
from tests.domains.medcode.test_rules_synthetic import DAY, TABLE, choice, code

STEM = "On the first visit a fairy has a bruise of her right wing. Which code is reported?"


def keyed(stem: str, *codes: str) -> dict[str, Any]:
    """An item of which only the key declares codes."""
    text = ", ".join(codes)
    return choice(stem, text, "none of the codes", codes=[code(f"{one}:key") for one in codes])


def offers(folder: Path, stem: str, *codes: str) -> Suggestion:
    tables = read_table(TABLE, "synthetic.tsv", "synthetic").tables
    (item,) = bank(folder, keyed(stem, *codes)).items
    (found,) = suggest(item, TableCodes(lambda: tables), DAY)
    return found


def test_side_encounter_and_missing_character(tmp_path: Path) -> None:
    found = offers(tmp_path, STEM, "S90.01XA")
    assert {(one.axis, one.code, one.expect) for one in found.offers} == {
        ("side", "S90.02XA", "billable"),
        ("encounter", "S90.01XD", "billable"),
        ("encounter", "S90.01XS", "billable"),
    }
    assert found.left_open == ()


def test_what_the_stem_leaves_open_is_told_and_not_offered(tmp_path: Path) -> None:
    found = offers(tmp_path, "A fairy has a bruise of a wing. Which code is reported?", "S90.01XA")
    assert found.offers == ()
    assert found.left_open == ("side", "encounter")


def test_unspecified_codes_are_never_offered(tmp_path: Path) -> None:
    found = offers(tmp_path, "Both ears glow.", "H90.3")
    assert {one.code for one in found.offers} == {"H90", "H90.1", "H90.2"}


def test_what_the_stem_says_too_is_not_offered(tmp_path: Path) -> None:
    plain_stem = offers(tmp_path / "a", "He howls, and is lunar sick.", "Q10.0")
    assert "Q10.1" in {one.code for one in plain_stem.offers}
    said = offers(tmp_path / "b", "He is lunar sick, with howling at first and without it now.", "Q10.0")
    assert "Q10.1" not in {one.code for one in said.offers}


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank(tmp_path, keyed(STEM, "S90.01XA"))
    assert run(["codes", "suggest", "item-1", str(tmp_path), "--on", DAY]) == 0
    assert "S90.02XA  another side: Bruise of left wing, initial encounter" in capsys.readouterr().out
    assert run(["codes", "suggest", "item-1", str(tmp_path), "--on", DAY, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["suggestions"][0]["key"] == "S90.01XA"
    assert run(["codes", "suggest", "item-2", str(tmp_path)]) == 2
    assert "Did you mean item-1?" in capsys.readouterr().err
    assert run(["codes", "suggest", "item-1", str(tmp_path), "--on", "2031-01-01"]) == 3
    assert "no data speaks of ICD-10-CM on 2031-01-01" in capsys.readouterr().err


def test_an_item_without_codes_is_told_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank(tmp_path, choice("Which bone?", "tibia", "fibula", codes=[]))
    assert run(["codes", "suggest", "item-1", str(tmp_path)]) == 3
    assert "declares no keyed ICD-10-CM code" in capsys.readouterr().err


def test_a_torus_fracture_of_the_real_code_set(tmp_path: Path, test_data: Path) -> None:
    stem = "First visit, closed torus fracture, lower end of right radius. Which code is reported?"
    (item,) = bank(tmp_path, keyed(stem, "S52.521A")).items
    codes = real(test_data)
    (found,) = suggest(item, codes, DAY)
    by_axis = {
        axis: [o.code for o in found.offers if o.axis == axis] for axis in ("side", "encounter", "character")
    }
    assert by_axis == {
        "side": ["S52.522A"],
        "encounter": ["S52.521D", "S52.521S"],
        "character": ["S52.521"],
    }
    for one in found.offers:
        assert codes.lookup(one.code, DAY).status == one.expect
        assert plain(one.code) != "S52521A"
