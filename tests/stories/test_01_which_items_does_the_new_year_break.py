"""Board staff: which items does FY2027 break, why, and in which forms are they?"""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.cli_help import Qbank
from tests.stories.story import WORKED, bank, coded

YEARS = ("codes", "impact", "--from", "FY2026", "--to", "FY2027")
FASCIA = coded("foot-001", "Plantar fascial fibromatosis. Which code?", "M72.2", "M72.4", "M72.6", "M72.8")


@pytest.fixture
def worked(tmp_path: Path, codes: Path) -> Path:
    """The twelve worked items, without the facts that they bring along, and a fixture keyed M72.2."""
    folder = Path(shutil.copytree(WORKED, tmp_path / "worked"))
    shutil.rmtree(folder / "codes")
    (folder / "foot.yaml").write_text(f"- {json.dumps(FASCIA)}\n", encoding="utf-8")
    info = folder / "bank.yaml"
    info.write_text(info.read_text("utf-8").replace("[items.yaml]", "[items.yaml, foot.yaml]"), "utf-8")
    return folder


def _reasons(tree: dict[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    return {
        one["item"]: [(effect["code"], effect["role"], effect["reason"]) for effect in one["effects"]]
        for one in tree["items"]
    }


def test_item_3_and_the_fixture_are_named_and_no_other(worked: Path, qbank: Qbank) -> None:
    ran = qbank(*YEARS, str(worked), "--format", "json")
    assert ran.code == 1
    assert _reasons(json.loads(ran.out)) == {
        "worked-03": [("M72.2", "distractor", "now-header"), ("M72.21", "key", "new-code")],
        "foot-001": [("M72.2", "key", "now-header")],
    }


def test_every_reason_is_told_with_what_to_put_in_its_place(
    tmp_path: Path, codes: Path, qbank: Qbank
) -> None:
    made = bank(
        tmp_path / "board",
        coded("retired", "Sprain of the sternoclavicular joint, first visit?", "S23.420A", "S23.41XA"),
        coded("header", "Dilated cardiomyopathy?", "I42.0", "I42.1"),
        coded("revised", "Carbuncle of the back?", "L02.232", "L02.231"),
        coded("distractor-now-right", "Fascial fibromatosis, right foot?", "M72.8", "M72.21:absent"),
        coded("new-beside-the-key", "Secondary malignant neoplasm of the pleura?", "C78.2", "C78.1"),
        coded("untouched", "Essential hypertension?", "I10", "I11.9"),
    )
    ran = qbank(*YEARS, str(made), "--format", "json")
    assert ran.code == 1
    tree = json.loads(ran.out)
    said = _reasons(tree)
    assert said["retired"] == [("S23.420A", "key", "retired")]
    assert said["header"] == [("I42.0", "key", "now-header")]
    assert said["revised"] == [("L02.232", "key", "title-revised")]
    assert said["distractor-now-right"] == [("M72.21", "distractor", "new-code")]
    assert set(said) == {"retired", "header", "revised", "distractor-now-right"}
    effects = {one["item"]: one["effects"][0] for one in tree["items"]}
    assert effects["header"]["successors"] == ["I42.00", "I42.01", "I42.09"]
    assert effects["distractor-now-right"]["hits_key"]


def test_a_new_sibling_of_the_key_is_told(tmp_path: Path, codes: Path, qbank: Qbank) -> None:
    stem = "Secondary malignant neoplasm of other respiratory organs?"
    made = bank(tmp_path / "board", coded("neoplasm", stem, "C78.39", "C78.2"))
    ran = qbank(*YEARS, str(made), "--format", "json")
    ((effect,),) = [one["effects"] for one in json.loads(ran.out)["items"]]
    assert (ran.code, effect["reason"]) == (1, "new-sibling")
    assert {"C78.31", "C78.32"} <= set(effect["successors"])


def test_only_a_distractor_that_stays_wrong_ends_with_0(tmp_path: Path, codes: Path, qbank: Qbank) -> None:
    made = bank(tmp_path / "board", coded("heart", "Obstructive hypertrophic?", "I42.1", "I42.0"))
    ran = qbank(*YEARS, str(made))
    assert ran.code == 0
    assert "I42.0 is now a header" in ran.out


def test_the_report_goes_to_a_meeting(worked: Path, qbank: Qbank) -> None:
    for kind in ("text", "markdown"):
        said = qbank(*YEARS, str(worked), "--format", kind).out
        assert all(word in said for word in ("worked-03", "foot-001", "M72.20, M72.21, M72.22"))
        assert "worked-04" not in said
    assert qbank(*YEARS, str(worked), "--format", "xlsx", "-o", "impact.xlsx").code == 1
    rows = list(openpyxl.load_workbook(io.BytesIO(Path("impact.xlsx").read_bytes()))["Impact"].values)
    assert [row[0] for row in rows[1:]] == ["worked-03", "worked-03", "foot-001"]


def test_the_forms_that_hold_a_hit_item_are_named(tmp_path: Path, codes: Path, qbank: Qbank) -> None:
    made = bank(tmp_path / "board", FASCIA, coded("sound", "Essential hypertension?", "I10", "I11.9"))
    (made / "plan.yaml").write_text(
        "{id: pair, bank: ., length: 1, forms: 2, objective: {kind: random},"
        " constraints: [{label: apart, kind: overlap, maximum: 0}]}",
        encoding="utf-8",
    )
    plan = str(made / "plan.yaml")
    assert qbank("assemble", "--blueprint", plan, "--out", "forms", "--no-lint").code == 0
    tree = json.loads(qbank(*YEARS, str(made), "--forms", "forms", "--format", "json").out)
    (form,) = tree["items"][0]["forms"]
    held = Path("forms") / form / f"{form}.form.json"
    assert "foot-001" in held.read_text(encoding="utf-8")
