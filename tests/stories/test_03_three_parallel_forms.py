"""Psychometrician: three parallel forms of 90 items that share none, every cell of the outline filled.

The outline is written down here a second time, and the items of each form are counted from the files of the
bank, so that neither the blueprint nor the solver is its own judge.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from qbank import api
from qbank.cli.run import run
from qbank.model.item import Item
from tests.cli.cli_help import Qbank
from tests.stories.story import BANK, within

OUTLINE = {
    # domain: scored, pretest, recall, application, analysis
    "terminology": (8, 2, 6, 3, 1),
    "anatomy": (8, 2, 5, 4, 1),
    "icd10cm": (20, 4, 4, 14, 6),
    "cpt": (13, 2, 4, 8, 3),
    "hcpcs": (7, 1, 2, 5, 1),
    "claims": (11, 2, 3, 7, 3),
    "fraud": (4, 1, 2, 2, 1),
    "compliance": (4, 1, 1, 2, 2),
}
SUBDOMAINS = {
    "terminology": {"word-parts": 4, "abbreviations": 2, "direction-position": 2, "procedure-words": 2},
    "anatomy": {
        "musculoskeletal-skin": 3,
        "heart-lung": 2,
        "digestive-urinary-reproductive": 2,
        "nerve-sense-endocrine": 2,
        "disease-drugs": 1,
    },
    "icd10cm": {
        "conventions": 5,
        "outpatient-z": 4,
        "endocrine-circulatory-respiratory": 5,
        "injury-poisoning-external": 4,
        "infection-neoplasm": 3,
        "pregnancy-newborn-mental": 3,
    },
    "cpt": {"structure": 3, "em-logic": 4, "surgical-package": 3, "modifiers": 4, "ncci": 1},
    "hcpcs": {"letter-families": 2, "units": 3, "modifiers": 2, "dme-ambulance": 1},
    "claims": {
        "payers-medicare": 3,
        "forms-transactions": 4,
        "remittance-appeals": 4,
        "payment-systems": 2,
    },
    "fraud": {"statutes": 3, "patterns": 1, "oversight": 1},
    "compliance": {"hipaa": 3, "documentation-programme": 2},
}
TYPES = {"multiple-choice": 72, "multiple-response": 6, "matching": 3}
LEVELS = ("recall", "application", "analysis")
PLAN = str(BANK / "blueprints" / "practice.yaml")
THREE = ("assemble", "--blueprint", PLAN, "--forms", "3")


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Item, str]]]:
    """Of each form its items, each with its role."""
    out = tmp_path_factory.mktemp("forms")
    assert run([*THREE, "--out", str(out), "--quiet"]) == 0
    items = {item.id: item for item in api.load_bank(str(BANK))[0].items}
    found = {}
    for path in sorted(out.rglob("*.form.json")):
        sections = json.loads(path.read_text(encoding="utf-8"))["sections"]
        placed = [one for section in sections for one in section["placements"]]
        found[path.parent.name] = [(items[one["item"]], one.get("role", "operational")) for one in placed]
    assert len(found) == 3
    return found


def test_every_cell_of_the_outline_is_filled_in_each_form(forms: dict[str, list[tuple[Item, str]]]) -> None:
    for placed in forms.values():
        roles = Counter(role for _, role in placed)
        assert roles == {"operational": 75, "pretest": 15}
        cells = Counter((item.content_area.partition("/")[0], role) for item, role in placed)
        levels = Counter((item.content_area.partition("/")[0], item.cognitive_level) for item, _ in placed)
        for domain, (scored, pretest, *by_level) in OUTLINE.items():
            assert (cells[domain, "operational"], cells[domain, "pretest"]) == (scored, pretest)
            assert [levels[domain, level] for level in LEVELS] == by_level
        areas = Counter(item.content_area for item, _ in placed)
        assert areas == {
            f"{domain}/{one}": count for domain, ones in SUBDOMAINS.items() for one, count in ones.items()
        }
        assert Counter(item.type for item, _ in placed if not item.stimulus) == TYPES
        cases = Counter(item.stimulus for item, _ in placed if item.stimulus)
        assert list(cases.values()) == [3, 3, 3]


def test_the_forms_share_no_item_and_no_enemies_meet(forms: dict[str, list[tuple[Item, str]]]) -> None:
    ids = [{item.id for item, _ in placed} for placed in forms.values()]
    assert len(set().union(*ids)) == 270
    for placed, inside in zip(forms.values(), ids, strict=True):
        assert not any(enemy in inside for item, _ in placed for enemy in item.enemies)
        assert {item.attributes["code_year"] for item, _ in placed} == {"FY2027"}


def test_the_same_seed_gives_the_same_bytes(qbank: Qbank) -> None:
    for name in ("first", "second"):
        assert qbank(*THREE, "--out", name, "--to", "xlsx", "--to", "qti30", "--seed", "7").code == 0
    first, second = (list(within(Path(name))) for name in ("first", "second"))
    assert len({name for name, _ in first if name.count("/") == 1}) == 9
    assert first == second


def test_when_short_the_report_names_the_cell_and_the_gap(qbank: Qbank, shipped: Path) -> None:
    _retire_all_but(1, shipped / "items" / "cpt" / "ncci.yaml")
    plan = str(shipped / "blueprints" / "practice.yaml")
    ran = qbank("coverage", "--blueprint", plan, "--forms", "3", "--format", "json")
    assert ran.code == 1
    tree = json.loads(ran.out)
    short = {row["label"]: (row["supply"], row["needed"], row["gap"]) for row in tree["rows"] if row["gap"]}
    assert short == {"CPT: ncci": (2, 3, 1)}
    assert tree["inventory"]["write"][0]["count"] == 1
    ran = qbank("assemble", "--blueprint", plan, "--forms", "3")
    assert ran.code == 4
    assert '"CPT: ncci" needs 1 in each of 3 forms, 3 in all; ' in ran.err
    assert "Write 1 item" in ran.err
    assert not Path("exports").exists()


def _retire_all_but(count: int, file: Path) -> None:
    """Take items out of use, all but the first ones of a file."""
    head, *rest = file.read_text(encoding="utf-8").split("\n- id: ")
    texts = [head, *rest]
    for number in range(count, len(texts)):
        for status in ("active", "pretest"):
            texts[number] = texts[number].replace(f"\n  status: {status}\n", "\n  status: retired\n")
    file.write_text("\n- id: ".join(texts), encoding="utf-8")
