"""What the stories share: the command line, official files of code sets, and a store of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qbank.cli.run import run
from qbank.domains.medcode.store import VARIABLE
from tests.domains.medcode import official
from tests.stories.story import BANK

REVISED = "icd10cm_changes_fy2026_fy2027.tsv.gz"


@pytest.fixture(scope="session")
def official_files(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ICD-10-CM of FY2026 and FY2027 as CMS publishes them."""
    folder = tmp_path_factory.mktemp("official")
    table, changes = official.codes(test_data), list(official.rows(test_data, REVISED))
    before = {one["code"]: one["old_description"] for one in changes if one["change"] == "revised"}
    (folder / "icd10cm_order_2026.txt").write_bytes(official.order_file(table, "fy2026", before))
    (folder / "icd10cm_order_2027.txt").write_bytes(official.order_file(table, "fy2027"))
    (folder / "icd10cm_order_addenda_2027.txt").write_bytes(official.addenda(changes))
    return folder


@pytest.fixture(scope="session")
def imported(official_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store into which `qbank codes import` read both years."""
    home = tmp_path_factory.mktemp("imported") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(home))
        files = [str(official_files / f"icd10cm_order_{year}.txt") for year in (2026, 2027)]
        assert run(["codes", "import", *files, "--quiet", "-o", str(home.parent / "said.txt")]) == 0
    return home


@pytest.fixture
def codes(imported: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store of both years, asked by every command of the test."""
    monkeypatch.setenv(VARIABLE, str(imported))
    return imported


@pytest.fixture
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that does not exist yet."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the bank that comes with qbank."""
    return Path(shutil.copytree(BANK, tmp_path / "cmcs"))
