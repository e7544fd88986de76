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


FORMATS = {".xlsx": "xlsx", ".zip": "qti30", ".html": "html"}


def members(data: bytes) -> dict[str, bytes]:
    if not data.startswith(b"PK"):
        return {"": data}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_three_practice_forms_are_there_and_share_no_item() -> None:
    practice = [load_form(path) for path in FORMS if path.parent.name.startswith("cmcs-practice-")]
    assert [form.id for form in practice] == [f"cmcs-practice-{letter}" for letter in "abc"]
    items = [{placement.item for placement in form.placements} for form in practice]
    assert [len(one) for one in items] == [90, 90, 90]
    assert len(set().union(*items)) == 270


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.parent.name)
def test_exports_come_out_again_member_for_member(path: Path) -> None:
    form = load_form(path)
    blueprint_path = (path.parent / form.blueprint.path).resolve()
    blueprint = load_blueprint(blueprint_path)
    bank, problems = load_bank(blueprint_path.parent / blueprint.bank)
    assert problems == ()
    assert [one for one in audit(form, bank, blueprint) if one.severity is Severity.ERROR] == []
    committed = [other for other in sorted(path.parent.iterdir()) if other != path]
    assert {other.suffix for other in committed} == {*FORMATS}
    for other in committed:
        audience: Audience = "candidate" if "-candidate." in other.name else "staff"
        again = dict(export(form, bank, blueprint, to=FORMATS[other.suffix], audience=audience))
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
