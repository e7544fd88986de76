"""Blueprints in the outline of other examinations: what they ask for and what the bank lacks is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qbank import api
from qbank.cli.run import run

BLUEPRINTS = Path(__file__).parents[2] / "banks" / "cmcs" / "blueprints"
SURGERY = {f"CPT {n}0000 series" for n in range(1, 7)}
LACKING = {
    "cpc-style": SURGERY | {"Anesthesia", "Radiology", "Pathology and laboratory", "Medicine"},
    "ccs-style": {"Provider queries", "Information technologies"},
    "cca-style": {"Health records and data content", "Information technology"},
    "cbcs-style": {"Insurance eligibility and payer requirements"},
}
"""The rows that the bank cannot fill, found by counting its items by hand."""

SIZES = {
    # length, scored, minutes, cut: the facts table of the examinations
    "cpc-style": (100, 100, 240, 70),
    "ccs-style": (107, 97, 240, 300),
    "cca-style": (105, 90, 120, 300),
    "cbcs-style": (125, 100, 180, 390),
}


def test_there_is_one_for_each_examination() -> None:
    assert {path.stem for path in BLUEPRINTS.glob("*-style.yaml")} == set(LACKING) == set(SIZES)


@pytest.mark.parametrize("name", sorted(LACKING))
def test_coverage_tells_what_the_bank_lacks(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["coverage", "--format", "json", "--blueprint", str(BLUEPRINTS / f"{name}.yaml")]
    assert run(arguments) == 1
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {row["label"] for row in rows if not row["ok"]} == LACKING[name]


@pytest.mark.parametrize("name", sorted(SIZES))
def test_the_facts_are_stated_with_their_certainty(name: str) -> None:
    blueprint = api.load_blueprint(BLUEPRINTS / f"{name}.yaml")
    assert blueprint.cut_score is not None
    size = (blueprint.length, blueprint.roles["operational"], blueprint.time_limit_minutes)
    assert (*size, blueprint.cut_score.points) == SIZES[name]
    assert {fact.certainty for fact in blueprint.facts} <= {"low", "medium", "high"}
    assert {"length", "time_limit_minutes", "cut_score", "constraints"} <= {f.field for f in blueprint.facts}
    text = (BLUEPRINTS / f"{name}.yaml").read_text(encoding="utf-8")
    assert "Not official." in text
    assert "style of the" in blueprint.title
