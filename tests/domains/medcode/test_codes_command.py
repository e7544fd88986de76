"""`qbank codes`: list, import, lookup, table; exit codes, what is printed, what is left on disk."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

from qbank.cli.run import run as main
from qbank.domains.medcode import store
from tests.domains.medcode.test_imports import ADDENDA, LIST, YEAR

BANK = """\
id: demo
as_of: 2026-11-22
items: [items.yaml]
"""
ITEMS = """\
- id: one
  type: multiple-choice
  stem: Which code can be reported?
  options:
    A: M72.21
    B: M72.2
  key: A
  codes:
  - {system: icd10cm, code: M72.21, role: key, expect: billable}
  - {system: icd10cm, code: M72.210, role: distractor, expect: absent}
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with official files and a bank, and an empty store beside it."""
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "icd10cm_order_2026.txt").write_bytes(YEAR)
    (tmp_path / "icd10cm_order_addenda_2027.txt").write_bytes(ADDENDA)
    (tmp_path / "cpt.csv").write_bytes(LIST)
    (tmp_path / "ptp.txt").write_text("Column 1\tColumn 2\n", encoding="utf-8")
    (tmp_path / "order.zip").write_bytes(b"PK\3\4 and so on")
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "bank.yaml").write_text(BANK, encoding="utf-8")
    (tmp_path / "bank" / "items.yaml").write_text(ITEMS, encoding="utf-8")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error of `qbank codes …`."""
    code = main(["codes", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def two_years(capsys: pytest.CaptureFixture[str]) -> str:
    code, out, _ = run(
        capsys, "import", "icd10cm_order_2026.txt", "icd10cm_order_addenda_2027.txt", "--changes"
    )
    assert code == 0
    return out


def test_an_empty_store_says_what_to_do(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ((), ("list",)):
        code, out, _ = run(capsys, *arguments)
        assert code == 0
        assert "There are no code sets in" in out
        assert "qbank codes import FILE" in out


def test_an_import_tells_what_the_new_year_changes(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert two_years(capsys).splitlines() == [
        "ICD-10-CM order file, icd10cm_order_2026.txt",
        "  ICD-10-CM, 2025-10-01 to 2026-09-30: 4 codes, 3 billable",
        "ICD-10-CM order addenda, icd10cm_order_addenda_2027.txt",
        "  ICD-10-CM, 2026-10-01 to 2027-09-30: 4 codes, 2 billable",
        "  against 2026-09-30: 1 new, 2 retired (1 of them now headers), 1 titles revised",
        "    new M72.21",
        "    retired M72.2 (now a header)",
        "    retired S23.420A",
        "    revised M72.4",
    ]
    assert "unchanged: it was imported before" in two_years(capsys)
    _, out, _ = run(capsys, "list")
    assert out.splitlines()[1].split()[:5] == ["ICD-10-CM", "2025-10-01", "2026-09-30", "4", "all"]
    _, out, _ = run(capsys, "list", "--format", "json")
    assert [one["valid_from"] for one in json.loads(out)["tables"]] == ["2025-10-01", "2026-10-01"]


def test_a_lookup_tells_what_a_code_is(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two_years(capsys)
    code, out, _ = run(capsys, "lookup", "m722", "--on", "2026-11-22")
    assert code == 0
    assert out.splitlines()[0] == "M72.2 (ICD-10-CM) on 2026-11-22: header"
    assert "instead    M72.21" in out
    _, out, _ = run(capsys, "lookup", "M72.2", "--on", "2026-09-30", "--format", "json")
    (answer,) = json.loads(out)["answers"]
    assert (answer["status"], answer["valid_to"], answer["siblings"]) == ("billable", "2026-09-30", ["M72.4"])
    _, out, _ = run(capsys, "lookup", "M72.2", "--on", "2027-10-01")
    assert out.splitlines() == ["M72.2 (ICD-10-CM) on 2027-10-01: unknown"]


def test_a_bank_gets_its_table_and_is_checked_without_a_store(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    two_years(capsys)
    assert run(capsys, "table", "bank", "--check")[0] == 1
    assert run(capsys, "table", "bank")[0] == 0
    assert (work / "bank" / "codes" / "icd10cm.tsv").read_text(encoding="utf-8").splitlines()[2:] == [
        "# covers: icd10cm 2025-10-01..2027-09-30",
        "system\tcode\tkind\tvalid_from\tvalid_to",
        "icd10cm\tM72\theader",
        "icd10cm\tM72.2\tbillable\t\t2026-09-30",
        "icd10cm\tM72.2\theader\t2026-10-01",
        "icd10cm\tM72.21\tbillable\t2026-10-01",
        "icd10cm\tM72.210\tabsent",
    ]
    assert run(capsys, "table", "bank", "--check")[0] == 0
    monkeypatch.setenv(store.VARIABLE, str(work / "nothing"))
    _, out, _ = run(capsys, "lookup", "M72.210", "--on", "2026-11-22", "--bank", "bank")
    assert out.splitlines()[0] == "M72.210 (ICD-10-CM) on 2026-11-22: absent"
    assert main(["lint", "bank", "--select", "codes", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["diagnostics"] == []


def test_a_table_that_contradicts_the_store_is_told(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two_years(capsys)
    run(capsys, "table", "bank")
    path = work / "bank" / "codes" / "icd10cm.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines.remove("icd10cm\tM72.2\theader\t2026-10-01")
    lines[lines.index("icd10cm\tM72.2\tbillable\t\t2026-09-30")] = "icd10cm\tM72.2\tbillable"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["lint", "bank", "--select", "code-table", "--format", "json"]) == 1
    (one,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert (one["file"], one["line"], one["column"]) == ("bank/codes/icd10cm.tsv", 6, 9)
    assert one["message"].startswith("M72.2 is header on 2026-10-01, not billable, says the store")


def test_a_licensed_text_is_printed_nowhere(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = [run(capsys, "import", "cpt.csv", "--year", "2026", "--keep-licensed-text")]
    said += [
        run(capsys, *one)
        for one in ((), ("list", "--format", "json"), ("lookup", "99999", "--on", "2026-11-22"))
    ]
    assert [code for code, _, _ in said] == [0, 0, 0, 0]
    assert not any("imaginary" in text for _, *texts in said for text in texts)
    assert "99999 (CPT) on 2026-11-22: billable" in said[-1][1]
    asked = ("lookup", "99999", "--on", "2026-11-22", "--licensed-text")
    assert "imaginary" in run(capsys, *asked)[1]
    assert "imaginary" not in run(capsys, *asked, "--format", "json")[1]


def test_what_was_imported_before_a_bad_file_is_told(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "import", "icd10cm_order_2026.txt", "bank/bank.yaml")
    assert code == 3
    assert out.splitlines()[0] == "ICD-10-CM order file, icd10cm_order_2026.txt"
    assert err.startswith("qbank: bank.yaml is none of the files")
    assert "Nothing of it was imported" in err
    assert len(list((work / "store").iterdir())) == 1


def test_without_the_extra_it_is_named(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    code, out, err = run(capsys, "import", "--installed")
    assert (code, out) == (3, "")
    assert "simple-icd-10-cm is not installed: pip install 'qbank[medcode]'" in err
    assert not (work / "store").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("import",), 2, "name a FILE"),
        (("import", "nowhere.txt"), 3, "no such file"),
        (("import", "bank/bank.yaml"), 3, "none of the files that can be imported"),
        (("import", "cpt.csv", "--year", "soon"), 2, "'soon' is no year"),
        (("import", "cpt.csv", "--system", "cpd"), 2, "Did you mean cpt?"),
        (("import", "ptp.txt", "--year", "2026"), 2, "names no quarter"),
        (("import", "order.zip"), 3, "is an archive: unpack it"),
        (("lookup", "M72", "--system", "icd10"), 2, "Did you mean icd10cm?"),
        (("lookup", "M72", "--on", "soon"), 2, "is no date"),
        (("table", "nowhere"), 3, "there is no such file"),
        (("improt",), 2, "Did you mean import?"),
    ],
)
def test_mistakes_are_answered(
    arguments: tuple[str, ...], code: int, said: str, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out, err = run(capsys, *arguments)
    assert (found, out) == (code, "")
    assert said in " ".join(err.split())
