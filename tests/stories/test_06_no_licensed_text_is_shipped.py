"""Licence officer: prove that the bundled bank holds no CPT text, and that a copied title would be found.

The titles are made up: a real list has an owner.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qbank.reporters import reporters
from tests.cli.cli_help import Qbank
from tests.stories.story import BANK, holds, within

TITLES = {
    "99990": "Polishing of a zinctoothed gryphon, each additional talon",
    "99991": "Retuning of the zinctoothed bagpipe by an unlicensed quokka",
}
LIST = "code,from,to,description\n" + "".join(f'{one},2020-01-01,,"{TITLES[one]}"\n' for one in TITLES)
COPIED = {
    "id": "copied-001",
    "type": "true-false",
    "stem": f"The code for '{TITLES['99990'].lower()}' is reported once a day.",
    "key": True,
}
OFFICER = ("lint", "--select", "licensed-text", "--format", "json")


@pytest.fixture
def licensed(empty_store: Path, qbank: Qbank) -> Path:
    """A store that knows the titles of a licensed list, whose texts its owner keeps on this machine."""
    Path("cpt.csv").write_text(LIST, encoding="utf-8")
    ran = qbank("codes", "import", "cpt.csv", "--year", "2026", "--keep-licensed-text")
    assert ran.code == 0, ran.err
    assert any(holds(data, "zinctoothed") for _, data in within(empty_store))
    return empty_store


def test_the_bundled_bank_holds_none(licensed: Path, qbank: Qbank) -> None:
    ran = qbank(*OFFICER, str(BANK))
    assert (ran.code, json.loads(ran.out)["diagnostics"]) == (0, [])


def test_a_copied_title_is_found_and_not_repeated(licensed: Path, shipped: Path, qbank: Qbank) -> None:
    (shipped / "items" / "copied.yaml").write_text(f"- {json.dumps(COPIED)}\n", encoding="utf-8")
    ran = qbank(*OFFICER, str(shipped))
    assert ran.code == 1
    (one,) = json.loads(ran.out)["diagnostics"]
    assert (one["rule"], one["item"]) == ("licensed-text", "copied-001")
    assert "CPT 99990" in one["message"]
    assert not holds(ran.out.encode(), "zinctoothed")
    for name in reporters():
        ran = qbank("lint", "--select", "licensed-text", "--format", name, str(shipped))
        assert (ran.code, "zinctoothed" in ran.out) == (1, False), name


def test_what_is_passed_on_has_no_licensed_column(licensed: Path, shipped: Path, qbank: Qbank) -> None:
    """The store keeps the titles; the tables and the exports of a bank that names the codes do not."""
    named = {
        "id": "named-001",
        "type": "true-false",
        "stem": "CPT 99990 is reported once a day.",
        "key": True,
        "codes": [{"system": "cpt", "code": "99990", "role": "stimulus", "expect": "any"}],
    }
    (shipped / "items" / "named.yaml").write_text(f"- {json.dumps(named)}\n", encoding="utf-8")
    assert qbank("codes", "table", str(shipped)).code == 0
    assert not (shipped / "codes" / "cpt.tsv").exists()
    for kind in ("csv", "jsonl", "xlsx", "html"):
        ran = qbank("export", str(shipped), "--to", kind, "--out", "out", "--lossy")
        assert ran.code == 0, ran.err
    assert [name for name, data in within(Path("out")) if holds(data, "99990")]
    for folder in (Path("out"), shipped):
        assert [name for name, data in within(folder) if holds(data, "zinctoothed")] == []
