"""Versions of a form: the same items, every audit passes, and the map leads back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank import api
from qbank.assembly import assemble, audit
from qbank.assembly.problems import errors
from qbank.assembly.scrambling import scramble
from qbank.assembly.version_map import VersionMap, version_map
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.form import Form, letter
from qbank.reading import reference, schemas
from tests import oracle
from tests.assembly import test_properties, test_sections
from tests.assembly.test_properties import FEW
from tests.cli.cli_help import Qbank


def _held(form: Form) -> list[tuple[str, str, str]]:
    return sorted((part.id, one.item, one.role) for part in form.sections for one in part.placements)


@FEW
@given(test_properties.problems() | test_sections.problems(), st.integers(0, 5))
def test_versions_hold_the_same_and_pass_every_audit(problem: tuple[Bank, Blueprint], seed: int) -> None:
    bank, blueprint = problem
    items = [msgspec.to_builtins(item) for item in bank.items]
    stimuli = [msgspec.to_builtins(one) for one in bank.stimuli]
    stats = {one.item: msgspec.to_builtins(one) for one in bank.statistics}
    for form in assemble(bank, blueprint).forms:
        versions = scramble(form, bank, blueprint, 3, seed)
        assert [one.id for one in versions] == [f"{form.id}-v{number}" for number in (1, 2, 3)]
        assert errors(audit([form, *versions], bank, blueprint)) == ()
        for one in versions:
            assert _held(one) == _held(form)
            tree = msgspec.to_builtins(blueprint)
            assert oracle.judge(msgspec.to_builtins(one), items, tree, (), stats, stimuli) == []
        assert scramble(form, bank, blueprint, 3, seed) == versions
        _leads_back(form, version_map(form, versions, bank), bank)


def _leads_back(form: Form, mapped: VersionMap, bank: Bank) -> None:
    """The map, read back: positions and letters of the form, and keys that name the same options."""
    items = {item.id: item for item in bank.items}
    by_position = {one.position: one for one in form.placements}
    for version in mapped.versions:
        assert sorted(one.base_position for one in version.items) == sorted(by_position)
        for one in version.items:
            base, item = by_position[one.base_position], items[one.item]
            assert base.item == one.item
            order = base.option_order or tuple(item.option_texts)
            assert [option.id for option in one.options] == [
                order[ord(option.base_letter) - ord("A")] for option in one.options
            ]
            assert not isinstance(one.key, msgspec.UnsetType)
            assert not isinstance(one.base_key, msgspec.UnsetType)
            there = {option.letter: option.id for option in one.options}
            before = {option.base_letter: option.id for option in one.options}
            keyed = {there[name] for name in one.key}
            assert keyed == {before[name] for name in one.base_key} == set(item.key_ids)


@pytest.fixture
def form(qbank: Qbank, demo: Path) -> Path:
    """A form of the demo bank in which everything may change places."""
    plan = demo / "blueprints" / "practice.yaml"
    plan.write_text(plan.read_text(encoding="utf-8") + "\norder: [seed]\n", encoding="utf-8")
    assert qbank("assemble", "--blueprint", str(plan)).code == 0
    return Path("exports/demo-practice-a/demo-practice-a.form.json")


def _tree(path: Path) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return tree


def test_scramble_writes_versions_and_a_map(qbank: Qbank, form: Path) -> None:
    ran = qbank("scramble", str(form), "--versions", "3", "--to", "xlsx")
    assert (ran.code, ran.err) == (0, "")
    names = [Path(line).name for line in ran.out.splitlines()]
    assert names == [
        *(f"demo-practice-a-v{number}{end}" for number in (1, 2, 3) for end in (".form.json", "-staff.xlsx")),
        "demo-practice-a-versions-staff.json",
        "demo-practice-a-versions-staff.csv",
    ]
    files = [str(form.parent / name) for name in names if name.endswith(".form.json")]
    assert qbank("audit", str(form), *files).code == 0
    made = _tree(form.parent / names[0])
    assert made["version"] == {"of": "demo-practice-a", "number": 1, "seed": 1}
    assert schemas.problems(schemas.check("form"), made) == []
    orders = {
        tuple(one["item"] for one in _tree(Path(name))["sections"][0]["placements"])
        for name in (str(form), *files)
    }
    assert len(orders) == 4
    assert qbank("export", files[0], "--to", "qti30").code == 0


def test_the_map_is_what_its_schema_says(qbank: Qbank, form: Path) -> None:
    assert qbank("scramble", str(form), "--audience", "candidate", "--out", "v").code == 0
    assert qbank("scramble", str(form), "--out", "v").code == 0
    for audience in ("staff", "candidate"):
        path = Path("v", f"demo-practice-a-versions-{audience}.json")
        tree = _tree(path)
        assert schemas.problems(schemas.check("version-map"), tree) == []
        assert reference.violations(schemas.schema("version-map"), tree) == []
        lines = list(csv.DictReader(io.StringIO(path.with_suffix(".csv").read_text(encoding="utf-8"))))
        assert len(lines) == sum(len(version["items"]) for version in tree["versions"]) == 18
        assert ("key" in lines[0]) == (audience == "staff")
        assert ("key" in path.read_text(encoding="utf-8")) == (audience == "staff")
    assert not Path("v/demo-practice-a.form.json").exists()


def test_the_same_seed_gives_the_same_bytes(qbank: Qbank, form: Path) -> None:
    for out, seed in (("one", "1"), ("two", "1"), ("three", "2")):
        assert qbank("scramble", str(form), "--seed", seed, "--out", out, "--quiet").code == 0
    one, two, three = (
        {path.name: path.read_bytes() for path in Path(name).iterdir()} for name in ("one", "two", "three")
    )
    assert one == two
    assert one.keys() == three.keys()
    assert one != three


def test_an_order_that_leaves_nothing_open_is_told(qbank: Qbank, demo: Path, form: Path) -> None:
    plan = demo / "blueprints" / "practice.yaml"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace("order: [seed]", "order: [id]"), encoding="utf-8"
    )
    assert qbank("assemble", "--blueprint", str(plan)).code == 0
    ran = qbank("scramble", str(form))
    assert ran.code == 0
    assert "the items keep their order" in ran.err


def test_what_cannot_be_scrambled(qbank: Qbank, demo: Path, form: Path) -> None:
    assert qbank("scramble", str(form), "--versions", "0").code == 2
    assert qbank("scramble", "nowhere.form.json").code == 3
    assert qbank("scramble", str(form), "--versions", "1").code == 0
    again = qbank("scramble", str(form.with_name("demo-practice-a-v1.form.json")))
    assert again.code == 2
    assert "is a version of demo-practice-a" in again.err
    tree = _tree(form)
    del tree["sections"][0]["placements"][-1]
    form.write_text(json.dumps(tree), encoding="utf-8")
    ran = qbank("scramble", str(form))
    assert (ran.code, ran.out) == (1, "")
    assert "nothing was scrambled" in ran.err


def test_an_audit_sees_a_version_with_another_item(demo: Path, form: Path) -> None:
    blueprint = api.load_blueprint(demo / "blueprints" / "practice.yaml")
    bank, _ = api.load_bank(demo)
    base = api.load_form(form)
    (version,) = api.scramble(base, bank, blueprint, versions=1)
    (section,) = version.sections
    changed = msgspec.structs.replace(section.placements[0], role="external-anchor")
    torn = msgspec.structs.replace(section, placements=(changed, *section.placements[1:]))
    found = audit([base, msgspec.structs.replace(version, sections=(torn,))], bank, blueprint)
    assert any(one.kind == "version" and changed.item in one.message for one in found)
    with pytest.raises(ValueError, match="is no version of"):
        version_map(base, [base], bank)


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (52, "BA")])
def test_letters(place: int, name: str) -> None:
    assert letter(place) == name
