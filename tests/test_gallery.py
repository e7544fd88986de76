"""The committed forms under exports/ still pass their audit, and give the committed files again."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
import yaml

from qbank.api import audit, export, load_bank, load_blueprint
from qbank.diagnostics import Severity
from qbank.formats.contract import Audience
from qbank.reading.form import load_form
from tests import oracle

ROOT = Path(__file__).parents[1]
FORMS = sorted((ROOT / "exports").glob("*/*.form.json"))


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_practice_form_is_there() -> None:
    assert "cmcs-practice-a" in {path.parent.name for path in FORMS}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.parent.name)
def test_exports_come_out_again_member_for_member(path: Path) -> None:
    form = load_form(path)
    blueprint_path = (path.parent / form.blueprint.path).resolve()
    blueprint = load_blueprint(blueprint_path)
    bank, problems = load_bank(blueprint_path.parent / blueprint.bank)
    assert problems == ()
    assert [one for one in audit(form, bank, blueprint) if one.severity is Severity.ERROR] == []
    committed = [other for other in sorted(path.parent.iterdir()) if other != path]
    assert {other.suffix for other in committed} == {".xlsx", ".zip"}
    for other in committed:
        to = "xlsx" if other.suffix == ".xlsx" else "qti30"
        audience: Audience = "candidate" if "-candidate." in other.name else "staff"
        again = dict(export(form, bank, blueprint, to=to, audience=audience))
        assert members(again[other.name]) == members(other.read_bytes())


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.parent.name)
def test_the_oracle_agrees(path: Path) -> None:
    form = json.loads(path.read_text(encoding="utf-8"))
    blueprint_path = (path.parent / form["blueprint"]["path"]).resolve()
    blueprint = yaml.safe_load(blueprint_path.read_text(encoding="utf-8"))
    folder = blueprint_path.parent / blueprint["bank"]
    files = sorted(folder.glob("items/**/*.yaml"))
    items = [item for file in files for item in yaml.safe_load(file.read_text(encoding="utf-8"))]
    assert oracle.judge(form, items, blueprint) == []
