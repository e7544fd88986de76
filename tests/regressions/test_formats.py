"""Mistakes that an attack on exports found."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import qbank
from qbank.api import ExportRefused, save_form
from qbank.cli.run import run
from qbank.model.blueprint import CutScore
from qbank.model.form import Form


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run(("init", "demo")) == 0
    return Path("demo")


def made(demo: Path) -> tuple[Form, qbank.Bank, qbank.Blueprint]:
    bank, _ = qbank.load_bank(demo)
    blueprint = qbank.load_blueprint(demo / "blueprints" / "practice.yaml")
    (form,) = qbank.assemble(bank, blueprint).forms
    return form, bank, blueprint


def test_what_a_format_has_no_place_for_is_told(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form, _, blueprint = made(demo)
    scaled = msgspec.structs.replace(form, cut_score=CutScore(points=500, scale="scaled"))
    path = save_form(scaled, blueprint, "forms")
    assert run(("export", str(path), "--no-audit", "--to", "qti30")) == 0
    assert (
        "the cut score is on the scale scaled, so the package has no PASSED outcome"
        in capsys.readouterr().err
    )


def test_a_control_character_outside_of_items_is_refused(demo: Path) -> None:
    form, bank, blueprint = made(demo)
    titled = msgspec.structs.replace(form, title="a\x07b")
    with pytest.raises(ExportRefused, match="the form's title holds a control character"):
        qbank.export(titled, bank, blueprint, "qti30")
