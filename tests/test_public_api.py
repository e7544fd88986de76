"""The public names: sorted, all there, and doing in Python what the commands do."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import msgspec
import pytest

import qbank
from qbank.cli.run import run

PAGE = Path(__file__).parent.parent / "docs" / "python.md"


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The bank that `qbank init` writes."""
    folder = tmp_path / "demo"
    assert run(["init", str(folder), "--quiet"]) == 0
    return folder


def test_names_are_sorted_and_there() -> None:
    assert qbank.__all__ == sorted(qbank.__all__)
    for name in qbank.__all__:
        assert getattr(qbank, name) is not None
    assert set(qbank.__all__) <= set(dir(qbank))
    with pytest.raises(AttributeError, match="nothing"):
        qbank.nothing  # noqa: B018


def test_every_function_of_the_api_is_documented_and_there() -> None:
    api = importlib.import_module("qbank.api")
    assert api.__all__ == sorted(api.__all__)
    for name in api.__all__:
        assert getattr(api, name).__doc__
    assert set(qbank.__all__) - {"__version__"} <= {*api.__all__, *qbank._HOMES}


def test_the_main_job_in_ten_lines(demo: Path, tmp_path: Path) -> None:
    from qbank import assemble, audit, export, lint, load_bank, load_blueprint, save_form, write

    bank, problems = load_bank(demo)
    blueprint = load_blueprint(demo / "blueprints" / "practice.yaml")
    assert not lint(bank, problems, blueprint=blueprint).diagnostics
    made = assemble(bank, blueprint, seed=3)
    assert made.status is qbank.Status.DONE
    for form in made.forms:
        assert not audit(form, bank, blueprint)
        path = save_form(form, blueprint, tmp_path / "out" / form.id)
        assert [one.name for one in write(export(form, bank, blueprint, "xlsx"), path.parent)] == [
            "demo-practice-a-staff.xlsx"
        ]
        again = qbank.load_form(path)
        assert again.placements == form.placements
        assert not audit([again], bank, load_blueprint(path.parent / again.blueprint.path))


def test_a_report_can_be_rendered(demo: Path) -> None:
    riding = demo / "items" / "riding.yaml"
    riding.write_text(riding.read_text(encoding="utf-8").replace("key: D", "key: E"), encoding="utf-8")
    report = qbank.lint(*qbank.load_bank(demo))
    assert report.count(qbank.Severity.ERROR) == 1
    assert "key-not-an-option" in qbank.render(report)
    assert '"schema_version": 1' in qbank.render(report, "json")
    with pytest.raises(qbank.UnknownName, match="Did you mean json"):
        qbank.render(report, "jsn")


def test_a_blueprint_of_the_wrong_shape(demo: Path) -> None:
    plan = demo / "blueprints" / "practice.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("kind: enemies", "kind: enmies"), encoding="utf-8")
    with pytest.raises(qbank.BlueprintError, match=r"practice\.yaml:16:32: .*Did you mean enemies") as caught:
        qbank.load_blueprint(plan)
    assert [one.rule for one in caught.value.problems] == ["schema-violation"]
    with pytest.raises(qbank.PathError):
        qbank.load_blueprint(demo / "nowhere.yaml")


def test_an_export_that_is_refused(demo: Path) -> None:
    bank, _ = qbank.load_bank(demo)
    blueprint = qbank.load_blueprint(demo / "blueprints" / "practice.yaml")
    (form,) = qbank.assemble(bank, blueprint).forms
    with pytest.raises(qbank.ExportRefused, match="is not in the bank") as caught:
        qbank.export(form, qbank.Bank(), blueprint)
    assert len(caught.value.findings) == 9
    with pytest.raises(qbank.UnknownName, match="Did you mean xlsx"):
        qbank.export(form, bank, blueprint, "xslx")


def test_settings_with_unknown_names(demo: Path) -> None:
    bank, problems = qbank.load_bank(demo)
    with pytest.raises(qbank.ConfigError, match="Did you mean key-missing"):
        qbank.lint(bank, problems, settings=qbank.Settings(ignore=("key-mising",)))


def test_coverage(demo: Path) -> None:
    bank, _ = qbank.load_bank(demo)
    blueprint = qbank.load_blueprint(demo / "blueprints" / "practice.yaml")
    assert all(row.ok for row in qbank.coverage(bank, blueprint))
    assert not all(row.ok for row in qbank.coverage(bank, blueprint, forms=2))


def test_every_row_of_the_blueprint_stands_beside_the_form(demo: Path) -> None:
    from qbank.api import form_checks

    bank, _ = qbank.load_bank(demo)
    blueprint = qbank.load_blueprint(demo / "blueprints" / "practice.yaml")
    (form,) = qbank.assemble(bank, blueprint).forms
    rows = form_checks(form, bank, blueprint)
    checks = {one.label: one for one in reversed(rows)}  # a row may have several numbers; the first counts
    assert checks["operational"].actual == 8
    assert checks["one case"].actual == 1
    assert checks["maintenance scored"].minimum == 4
    assert 0 < (checks["reading"].actual or 0) <= 400
    assert checks["enemies apart"].actual == 0
    for one in rows:
        assert one.actual is not None
        assert (one.minimum or 0) <= one.actual
        assert one.maximum is None or one.actual <= one.maximum


def test_two_banks_are_compared(demo: Path) -> None:
    old, _ = qbank.load_bank(demo)
    riding = demo / "items" / "riding.yaml"
    riding.write_text(riding.read_text(encoding="utf-8").replace("key: D", "key: C"), encoding="utf-8")
    new, _ = qbank.load_bank(demo)
    comparison = qbank.diff(old, new, "old", "new")
    assert isinstance(comparison, qbank.Comparison)
    assert isinstance(comparison.old, qbank.Side)
    (item,) = comparison.items
    assert isinstance(item, qbank.ItemChange)
    assert (item.id, item.fate) == ("bike-ride-003", "changed")
    (change,) = item.changes
    assert isinstance(change, qbank.Change)
    assert (change.kind, change.old_text, change.new_text) == ("key", "D Dan's", "C Cleo's")
    assert not comparison.hits, "the item was not approved"


def test_the_values_of_a_comparison_are_public() -> None:
    from qbank.comparison import changes

    values = {
        name
        for name, value in vars(changes).items()
        if isinstance(value, type)
        and issubclass(value, msgspec.Struct)
        and value.__module__ == changes.__name__
    }
    assert values <= set(qbank.__all__)


def test_every_public_name_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    named = {
        name for line in re.findall(r"^(?:\| |`).*$", page, re.M) for name in re.findall(r"`(\w+)`", line)
    }
    assert set(qbank.__all__) <= named


def test_the_examples_of_the_page_run_as_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(PAGE.parent.parent)
    examples = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(examples) == 2
    for example in examples:
        exec(example, {})
    assert "findings in" in capsys.readouterr().out
