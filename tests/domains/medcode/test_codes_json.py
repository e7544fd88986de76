"""What the commands under `qbank codes` print as JSON is what their schemas say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from qbank.domains.medcode import store
from qbank.domains.medcode.cli.schema import names
from qbank.reading import reference, schemas
from tests.cli.cli_help import Qbank
from tests.domains.medcode import official
from tests.domains.medcode.test_imports import ADDENDA, HCPCS, LIST, TABULAR, YEAR

ITEM = """\
- id: foot-001
  type: multiple-choice
  stem: Plantar fascial fibromatosis, first visit. Which code is reported?
  options: {A: M72.2, B: M72.4}
  key: A
  codes:
  - {system: icd10cm, code: M72.2, role: key}
  - {system: icd10cm, code: M72.4, role: distractor}
  - {system: cpt-modifier, code: "25", role: rationale, expect: any}
"""


@pytest.fixture
def work(qbank: Qbank, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a bank and official files, and an empty store."""
    monkeypatch.setenv(store.VARIABLE, "store")
    Path("icd10cm_order_2026.txt").write_bytes(YEAR)
    Path("icd10cm_order_addenda_2027.txt").write_bytes(ADDENDA)
    Path("tabular.xml").write_bytes(TABULAR)
    Path("HCPC2026_JUL_ANWEB.txt").write_bytes(official.hcpcs_file(HCPCS))
    Path("cpt.csv").write_bytes(LIST)
    Path("bank.yaml").write_text("{id: demo, as_of: 2026-09-01, items: [items.yaml]}", encoding="utf-8")
    Path("items.yaml").write_text(ITEM, encoding="utf-8")
    return Path()


def _held(qbank: Qbank, name: str, *arguments: str, code: int = 0) -> dict[str, Any]:
    """What a command prints, which both validators find to be what its schema says."""
    ran = qbank("codes", name, *arguments, "--format", "json")
    assert ran.code == code, ran.err
    tree: dict[str, Any] = json.loads(ran.out)
    said = json.loads(qbank("codes", "schema", name).out)
    assert reference.violations(said, tree) == []
    assert schemas.problems(schemas.compile_schema(said), tree) == []
    return tree


def _imported(qbank: Qbank) -> list[dict[str, Any]]:
    files = (
        "icd10cm_order_2026.txt",
        "icd10cm_order_addenda_2027.txt",
        "tabular.xml",
        "HCPC2026_JUL_ANWEB.txt",
    )
    found: list[dict[str, Any]] = _held(qbank, "import", *files)["imported"]
    return found


def test_import(work: Path, qbank: Qbank) -> None:
    first, second, *_ = _imported(qbank)
    assert (first["changes"], second["changes"]["added"]) == (None, ["M7221"])
    assert not any(one["written"] for one in _imported(qbank))
    assert _held(qbank, "import", "cpt.csv", "--year", "2026")["imported"][0]["system"] == "cpt"


def test_list(work: Path, qbank: Qbank) -> None:
    assert _held(qbank, "list")["tables"] == []
    _imported(qbank)
    tree = _held(qbank, "list")
    assert (len(tree["tables"]), len(tree["notes"])) == (4, 1)


@pytest.mark.parametrize("code", ["M72.2", "M72.21", "S23.420A", "S52.5", "J1885", "GA", "Z99.9", "nothing"])
@pytest.mark.parametrize("day", ["2026-09-30", "2026-10-01", "2031-01-01"])
def test_lookup(code: str, day: str, work: Path, qbank: Qbank) -> None:
    _imported(qbank)
    assert _held(qbank, "lookup", code, "--on", day)["answers"]


def test_impact(work: Path, qbank: Qbank) -> None:
    _imported(qbank)
    tree = _held(qbank, "impact", "--from", "FY2026", "--to", "FY2027", "bank.yaml", code=1)
    (one,) = tree["items"]
    assert [effect["reason"] for effect in one["effects"]] == ["now-header", "title-revised"]
    assert tree["unchecked"] == {"cpt-modifier": 1}
    assert _held(qbank, "impact", "--from", "2026-06-01", "--to", "2026-06-02", "bank.yaml")["items"] == []


def test_suggest(work: Path, qbank: Qbank) -> None:
    _imported(qbank)
    (one,) = _held(qbank, "suggest", "foot-001", "bank.yaml")["suggestions"]
    assert one["key"] == "M72.2"


def test_every_schema_is_one_and_describes_its_fields(qbank: Qbank) -> None:
    listed = qbank("codes", "schema").out.split()
    assert listed == [*names()] == ["impact", "import", "list", "lookup", "suggest"]
    for name in listed:
        tree = json.loads(qbank("codes", "schema", name).out)
        jsonschema.Draft202012Validator.check_schema(tree)
        assert tree["$id"] == f"urn:qbank:schema:codes-{name}"
        assert _silent(tree) == []
    ran = qbank("codes", "schema", "impct")
    assert (ran.code, "Did you mean impact?" in ran.err) == (2, True)


def _silent(node: Any) -> list[str]:
    """The fields of a schema that say nothing of themselves."""
    if isinstance(node, list):
        return [name for part in node for name in _silent(part)]
    if not isinstance(node, dict):
        return []
    here = [name for name, part in node.get("properties", {}).items() if "description" not in part]
    return here + [name for part in node.values() for name in _silent(part)]
