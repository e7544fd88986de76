"""`qbank schema`: every schema in every dialect, with what installed packages add to it."""

from __future__ import annotations

import importlib.metadata
import json
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from qbank.assembly import registry
from qbank.cli.init import YAML_FILES
from qbank.reading import reference, schemas
from tests.cli.cli_help import Qbank, edit


@pytest.mark.parametrize("dialect", ["draft-07", "editor"])
@pytest.mark.parametrize("name", schemas.NAMES)
def test_a_schema_in_draft_07(qbank: Qbank, name: str, dialect: str) -> None:
    tree = json.loads(qbank("schema", name, "--dialect", dialect).out)
    assert tree["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert tree["$id"] == f"urn:qbank:schema:{name}:{dialect}"
    jsonschema.Draft7Validator.check_schema(tree)


def test_the_files_of_init_are_those_of_the_command(qbank: Qbank, demo: Path) -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in (demo / ".qbank").iterdir()}
    assert sorted(written) == sorted(f"{name}.schema.json" for name in (*YAML_FILES, "config"))
    for name in (*YAML_FILES, "config"):
        assert qbank("schema", name, "--dialect", "editor").out == written[f"{name}.schema.json"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("itm", "there is no schema 'itm'. Did you mean item?"),
        ("items-file", "Did you mean item-file?"),
        ("reports", "Did you mean report?"),
        ("nme", "`qbank schema` lists them."),
    ],
)
def test_a_name_that_no_schema_has(qbank: Qbank, name: str, said: str) -> None:
    ran = qbank("schema", name)
    assert ran.code == 2
    assert said in ran.err


def test_a_dialect_that_there_is_not(qbank: Qbank) -> None:
    assert qbank("schema", "item", "--dialect", "draft-04").code == 2
    ran = qbank("schema", "item", "--dialect", "draft-07", "--check", "x.json")
    assert ran.code == 2
    assert "Leave --dialect out." in ran.err


def test_a_configuration_is_checked(qbank: Qbank, demo: Path) -> None:
    path = demo / "qbank.toml"
    assert qbank("schema", "config", "--check", str(path)).code == 0
    edit(path, 'fail_on = "error"', 'fail_on = "eror"')
    ran = qbank("schema", "config", "--check", str(path))
    assert (ran.code, ran.out.split(": ")[1:3]) == (1, ["/fail_on", "enum"])
    project = demo / "pyproject.toml"
    project.write_text('[project]\nname = "x"\n[tool.qbank]\nslect = ["key"]\n', encoding="utf-8")
    assert "additionalProperties" in qbank("schema", "config", "--check", str(project)).out
    project.write_text("[tool", encoding="utf-8")
    ran = qbank("schema", "config", "--check", str(project))
    assert ran.code == 3
    assert "this is not TOML" in ran.err


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package that adds a rule and a kind of constraint."""
    ours = (
        EntryPoint("shouting-stem", "tests.cli.added_kinds:shouting_stem", "qbank.rules"),
        EntryPoint("spread", "tests.cli.added_kinds:Spread", "qbank.constraints"),
    )

    def entry_points(**wanted: Any) -> EntryPoints:
        return EntryPoints(ours).select(**wanted)

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    monkeypatch.setattr("qbank.discovery.entry_points", entry_points)
    for kinds in (registry.constraint_kinds, registry.objective_kinds):
        kinds.cache_clear()
    yield
    for kinds in (registry.constraint_kinds, registry.objective_kinds):
        kinds.cache_clear()


def test_what_an_installed_package_adds_is_in_the_schemas(installed: None, qbank: Qbank) -> None:
    config = json.loads(qbank("schema", "config").out)
    text = 'select = ["shouting-stem"]\n[rules.shouting-stem]\nshare = 0.7\n'
    assert reference.violations(config, tomllib.loads(text)) == []
    assert reference.violations(schemas.schema("config"), tomllib.loads(text))
    row = {"label": "far", "kind": "spread", "distance": 3}
    blueprint = {"id": "b", "length": 2, "constraints": [row], "objective": {"kind": "random"}}
    tree = json.loads(qbank("schema", "blueprint").out)
    assert reference.violations(tree, blueprint) == []
    assert reference.violations(schemas.schema("blueprint"), blueprint)
    assert '"How far items of a kind stand apart."' in qbank("schema", "blueprint", "--dialect", "editor").out
