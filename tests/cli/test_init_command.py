"""`qbank init`: a bank that works at once, and nothing overwritten."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from qbank.cli.init import bank_name
from tests.cli.cli_help import Qbank


def test_the_new_bank_is_clean(qbank: Qbank, demo: Path, plan: Path) -> None:
    ran = qbank("lint", "demo", "--fail-on", "info")
    assert (ran.code, ran.out) == (0, "no findings in 14 items of 4 files\n")
    ran = qbank("lint", "demo", "--blueprint", str(plan), "--fail-on", "info")
    assert (ran.code, ran.out) == (0, "no findings in 14 items of 4 files\n")


def test_the_bank_is_called_after_its_folder(qbank: Qbank, demo: Path, plan: Path) -> None:
    assert yaml.safe_load((demo / "bank.yaml").read_text(encoding="utf-8"))["id"] == "demo"
    assert yaml.safe_load(plan.read_text(encoding="utf-8"))["id"] == "demo-practice"


@pytest.mark.parametrize(
    ("folder", "name"), [("My bank!", "My-bank"), ("2027", "my-bank"), ("ä", "my-bank"), ("a.b_c", "a.b_c")]
)
def test_any_folder_gives_an_id(folder: str, name: str) -> None:
    assert bank_name(Path(folder)) == name


def test_what_comes_next_can_be_pasted(qbank: Qbank) -> None:
    assert "Next: qbank lint 'a new bank'\n" in qbank("init", "a new bank").err


def test_nothing_is_overwritten(qbank: Qbank, demo: Path) -> None:
    (demo / "bank.yaml").write_text("mine")
    ran = qbank("init", "demo")
    assert ran.code == 2
    assert "exists already" in ran.err
    assert (demo / "bank.yaml").read_text() == "mine"


def test_a_file_in_the_way_is_named(qbank: Qbank) -> None:
    Path("taken").write_text("")
    ran = qbank("init", "taken")
    assert ran.code == 3
    assert "taken" in ran.err


def test_every_yaml_file_names_a_schema_that_accepts_it(qbank: Qbank, demo: Path) -> None:
    files = sorted(demo.rglob("*.yaml"))
    assert len(files) == 5
    for path in files:
        first, _, _ = path.read_text(encoding="utf-8").partition("\n")
        before, _, way = first.partition("=")
        assert before == "# yaml-language-server: $schema"
        _accepted(_read((path.parent / way).resolve()), yaml.safe_load(path.read_text(encoding="utf-8")))


def test_the_configuration_names_its_schema(qbank: Qbank, demo: Path) -> None:
    text = (demo / "qbank.toml").read_text(encoding="utf-8")
    before, _, way = text.partition("\n")[0].partition(" ")
    assert before == "#:schema"
    _accepted(_read(demo / way), tomllib.loads(text))


def test_the_setting_of_vs_code_fits_every_yaml_file(qbank: Qbank, demo: Path) -> None:
    settings = _read(demo / ".vscode" / "settings.json")
    assert list(settings) == ["yaml.schemas"]
    fitting = dict.fromkeys(demo.rglob("*.yaml"), 0)
    for schema, pattern in settings["yaml.schemas"].items():
        tree = _read(demo / schema)
        found = list(demo.glob(pattern))
        assert found
        for path in found:
            fitting[path] += 1
            _accepted(tree, yaml.safe_load(path.read_text(encoding="utf-8")))
    assert set(fitting.values()) == {1}


def test_a_setting_that_is_there_already_stays(qbank: Qbank) -> None:
    own = Path("mine/.vscode/settings.json")
    own.parent.mkdir(parents=True)
    own.write_text('{"editor.rulers": [110]} // mine\n', encoding="utf-8")
    ran = qbank("init", "mine")
    assert ran.code == 0
    assert own.read_text(encoding="utf-8") == '{"editor.rulers": [110]} // mine\n'
    assert "settings.json" not in ran.out
    assert "mine/.vscode/settings.json is yours and stays as it is. Add to it:\n{" in ran.err
    assert '"./.qbank/bank.schema.json": "bank.yaml"' in ran.err
    assert qbank("lint", "mine").code == 0


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _accepted(tree: dict[str, Any], value: Any) -> None:
    """Held against a schema by an editor that knows only draft-07; PyYAML's dates are no JSON."""
    jsonschema.Draft7Validator.check_schema(tree)
    jsonschema.Draft7Validator(tree).validate(json.loads(json.dumps(value, default=str)))
