"""A content editor's week: a form to all targets, stems changed in Excel, a colleague's Canvas and Moodle."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from qbank.cli.run import run
from qbank.formats import formats
from tests import consumers
from tests.formats import qti_xsd
from tests.formats.qti12 import foreign

ROOT = Path(__file__).parents[2]
EDITED = ("cmcs-term-parts-013", "cmcs-anat-msk-008", "cmcs-icd-conv-002")
FORM = "exports/cmcs-practice-a/cmcs-practice-a.form.json"
MOODLE = ROOT / "tests" / "formats" / "moodle" / "files" / "core-types.xml"

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bank and its practice form, copied to the editor's own folder."""
    shutil.copytree(ROOT / "banks" / "cmcs", tmp_path / "banks" / "cmcs")
    name = "cmcs-practice-a"
    (tmp_path / "exports" / name).mkdir(parents=True)
    shutil.copy(ROOT / "exports" / name / f"{name}.form.json", tmp_path / "exports" / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_practice_form_goes_to_all_targets(desk: Path, capsys: Captured) -> None:
    arguments = ["export", FORM, "--to", "all", "--lossy", "--losses", "losses.json", "--out", "out"]
    assert run(arguments) == 0
    made = {Path(line).name for line in capsys.readouterr().out.splitlines()}
    written = {slug: one for slug, one in formats().items() if one.writes is not None}
    assert {f"cmcs-practice-a-staff.{one.extension}" for one in written.values()} <= made
    told = json.loads((desk / "losses.json").read_text("utf-8"))
    assert [one["format"] for one in told["formats"]] == sorted(written)
    assert told["refused"] == []
    whole = {one["format"] for one in told["formats"] if not one["losses"]}
    assert {"jsonl", "csv", "xlsx", "qti30", "html", "pdf", "docx"} <= whole
    left_out = {
        loss["record"] for one in told["formats"] for loss in one["losses"] if loss["feature"] == "item"
    }
    assert all(id.startswith("cmcs-") for id in left_out)
    assert "89" in _pages(desk / "out" / "cmcs-practice-a-staff.pdf")
    book = openpyxl.load_workbook(desk / "out" / "cmcs-practice-a-staff.xlsx", read_only=True)
    assert book.sheetnames[0] == "Form"
    opened = consumers.libreoffice(desk / "out" / "cmcs-practice-a-staff.xlsx", "pdf", desk / "opened")
    assert opened.stat().st_size > 10_000
    assert run(["import", "--merge", "out/cmcs-practice-a-staff.xlsx", "--out", "banks/cmcs"]) == 3
    assert "workbook of a form" in capsys.readouterr().err


def _pages(pdf: Path) -> str:
    command = [consumers.program("pdftotext"), "-layout", str(pdf), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def test_three_stems_changed_in_excel_come_back(desk: Path, capsys: Captured) -> None:
    assert run(["export", FORM, "--to", "xlsx", "--for", "editing", "--out", "out", "--quiet"]) == 0
    book = openpyxl.load_workbook(desk / "out" / "cmcs-practice-a-editing-staff.xlsx")
    sheet = book["Items"]
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if row[header.index("id")].value in EDITED:
            stem = row[header.index("stem")]
            stem.value = f"{stem.value} (Choose with care.)"
    book.save(desk / "edited.xlsx")
    before = _texts(desk / "banks" / "cmcs")
    capsys.readouterr()
    assert run(["import", "--merge", "edited.xlsx", "--out", "banks/cmcs"]) == 0
    assert capsys.readouterr().err.startswith("3 records changed, 0 new, 90 unchanged, 0 changed in the bank")
    after = _texts(desk / "banks" / "cmcs")
    changed = {name for name in before if before[name] != after[name]}
    assert len(changed) == 3
    assert sum(text.count("(Choose with care.)") for text in after.values()) == 3
    for name in changed:
        lines = before[name].splitlines()
        assert len(set(lines) - set(after[name].splitlines())) <= 4
    assert run(["import", "--merge", "edited.xlsx", "--out", "banks/cmcs"]) == 0
    assert capsys.readouterr().err.startswith("0 records changed")
    assert _texts(desk / "banks" / "cmcs") == after


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(folder.rglob("*.yaml"))}


def test_what_colleagues_sent_becomes_a_bank_and_a_package(desk: Path, capsys: Captured) -> None:
    (desk / "quiz.zip").write_bytes(foreign.canvas_quiz())
    shutil.copy(MOODLE, desk / "category.xml")
    for source in ("quiz.zip", "category.xml"):
        report = f"{source}.json"
        assert run(["import", source, "--out", "banks/mine", "--report", report]) == 0
        told = json.loads((desk / report).read_text("utf-8"))
        assert told["new"]
        assert all(one["message"] for one in told["not_understood"])
        state = _texts(desk / "banks" / "mine")
        assert run(["import", source, "--out", "banks/mine", "--report", report]) == 0
        again = json.loads((desk / report).read_text("utf-8"))
        assert (again["new"], again["different"]) == ([], [])
        assert _texts(desk / "banks" / "mine") == state
    capsys.readouterr()
    assert run(["lint", "banks/mine", "--select", "schema"]) == 0
    capsys.readouterr()
    assert run(["export", "banks/mine", "--to", "qti30", "--lossy", "--out", "out"]) == 0
    (name,) = capsys.readouterr().out.splitlines()
    with zipfile.ZipFile(io.BytesIO(Path(name).read_bytes())) as package:
        members = {one: package.read(one) for one in package.namelist()}
    assert sum(one.startswith("items/") for one in members) > 5
    if os.environ.get("QBANK_TEST_DATA"):
        assert qti_xsd.package_errors(members) == []
