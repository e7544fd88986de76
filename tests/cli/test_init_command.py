"""`qbank init`: a bank that works at once, and nothing overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from qbank.cli.init import bank_name
from tests.cli.cli_help import Qbank

pytest_plugins = ("tests.cli.cli_fixtures",)


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


def test_every_schema_comment_points_to_a_schema_that_holds(qbank: Qbank, demo: Path) -> None:
    told = 0
    for path in demo.rglob("*.yaml"):
        first, _, _ = path.read_text(encoding="utf-8").partition("\n")
        if first.startswith("# yaml-language-server: $schema="):
            told += 1
            schema = (path.parent / first.partition("=")[2]).resolve()
            tree = json.loads(schema.read_text(encoding="utf-8"))
            records = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
            assert records
            jsonschema.Draft202012Validator.check_schema(tree)
            for part in tree.get("items", {}).values() if "$id" not in tree else ():
                assert (schema.parent / part).is_file()
    assert told == 4
