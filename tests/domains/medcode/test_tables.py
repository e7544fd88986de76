"""Tables of codes: packed and searched; what a bank brings along; what is answered from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.diagnostics import Location
from qbank.domains.medcode.answers import TableCodes
from qbank.domains.medcode.codeset import CodeSet, Status
from qbank.domains.medcode.local import read_local, read_table
from qbank.domains.medcode.provider import code_set
from qbank.domains.medcode.systems import clean, day_after, day_before, usual
from qbank.domains.medcode.table import BrokenTable, Head, Row, Span, Table, pack
from qbank.model.bank import Bank

HEADER = "system\tcode\tkind\tvalid_from\tvalid_to\ttitle\n"
YEARS = "# covers: icd10cm 2024-10-01..2027-09-30\n"
BANK = f"""{YEARS}{HEADER}\
icd10cm\tM72\theader\t\t\tFibroblastic disorders
icd10cm\tM72.2\tbillable\t\t2026-09-30\tPlantar fascial fibromatosis
icd10cm\tM72.2\theader\t2026-10-01\t\tPlantar fascial fibromatosis
icd10cm\tM72.21\tbillable\t2026-10-01\t\tof right foot
icd10cm\tM72.22\tbillable\t2026-10-01\t\tof left foot
icd10cm\tM72.4\tbillable
icd10cm\tM72.210\tabsent
icd10cm\tS23.420A\tbillable\t\t2026-09-30\tSprain
"""


def codes(text: str = BANK) -> CodeSet:
    found = read_table(text, "codes/x.tsv", "codes/x.tsv")
    assert found.problems == ()
    return TableCodes(lambda: found.tables)


def packed(rows: Sequence[Row], *spans: Span) -> Table:
    return Table(pack(Head(system="icd10cm", spans=spans, source="test"), rows))


# --- how codes are written ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "system", "held", "shown"),
    [
        ("E11.65", "icd10cm", "E1165", "E11.65"),
        (" e1165 ", "icd10cm", "E1165", "E11.65"),
        ("E11", "icd10cm", "E11", "E11"),
        ("E1.165", "icd10cm", "E1.165", "E1.165"),
        ("j1885", "hcpcs", "J1885", "J1885"),
        ("0DTJ4ZZ", "icd10pcs", "0DTJ4ZZ", "0DTJ4ZZ"),
    ],
)
def test_codes_are_taken_as_people_write_them(written: str, system: str, held: str, shown: str) -> None:
    assert clean(written, system) == held
    assert usual(held, system) == shown


def test_days_end_where_the_calendar_ends() -> None:
    assert day_after("9999-12-31") == ""
    assert day_before("0001-01-01") == ""
    assert day_after("2028-02-28") == "2028-02-29"


# --- packed tables --------------------------------------------------------------------------------------

_CODES = st.text("ABM0123X", min_size=1, max_size=5)
_DAYS = st.dates().map(lambda day: day.isoformat())
_ROWS = st.builds(
    Row,
    _CODES,
    st.sampled_from(["billable", "header", "absent"]),
    st.one_of(st.just(""), _DAYS),
    st.one_of(st.just(""), _DAYS),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
)


@given(st.lists(_ROWS, max_size=30), _CODES, st.dates().map(str))
def test_a_packed_table_answers_as_a_list_does(rows: list[Row], code: str, on: str) -> None:
    table = packed(rows)
    assert sorted(table, key=repr) == sorted(rows, key=repr)
    assert sorted(table.rows(code), key=repr) == sorted((one for one in rows if one.code == code), key=repr)
    holding = [one for one in rows if one.holds(on) and one.kind != "absent" and one.code != code]
    below = [one for one in holding if one.code.startswith(code)]
    assert sorted(table.below(code, on), key=repr) == sorted(below, key=repr)
    found = {one.code for one in below}
    nearest = {one for one in found if not any(one != other and one.startswith(other) for other in found)}
    assert [one.code for one in table.children(code, on)] == sorted(nearest)


@given(st.lists(_ROWS, max_size=10), st.data())
def test_a_packed_table_that_was_cut_off_is_refused(rows: list[Row], data: st.DataObject) -> None:
    whole = pack(Head(system="icd10cm", spans=(), source="test"), rows)
    with pytest.raises(BrokenTable):
        Table(whole[: data.draw(st.integers(0, len(whole) - 1))])


def test_a_code_that_is_none_is_not_packed() -> None:
    for code in ("", "A B", "Ä", "A" * 17):
        with pytest.raises(ValueError, match="is no code"):
            packed([Row(code)])


# --- answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "on", "status", "first", "last"),
    [
        ("M72.2", "2026-09-30", Status.BILLABLE, "", "2026-09-30"),
        ("m722", "2026-10-01", Status.HEADER, "2026-10-01", ""),
        ("M72.21", "2026-10-01", Status.BILLABLE, "2026-10-01", ""),
        ("M72.21", "2026-09-30", Status.FUTURE, "2026-10-01", ""),
        ("M72.210", "2026-10-01", Status.ABSENT, "", ""),
        ("S23.420A", "2026-10-01", Status.RETIRED, "", "2026-09-30"),
        ("M72.4", "2026-10-01", Status.BILLABLE, "", ""),
        ("M72.4", "2027-10-01", Status.UNKNOWN, "", ""),
        ("M72.4", "2024-09-30", Status.UNKNOWN, "", ""),
        ("M72.5", "2026-10-01", Status.UNKNOWN, "", ""),
    ],
)
def test_what_a_code_is_on_a_day(code: str, on: str, status: Status, first: str, last: str) -> None:
    found = codes().lookup(code, on)
    assert (found.status, found.valid_from, found.valid_to) == (status, first, last)


def test_what_is_around_a_code() -> None:
    found = codes()
    assert found.parents("M72.21", "2026-10-01") == ["M72.2", "M72"]
    assert found.parents("M72.2", "2026-09-30") == ["M72"]
    assert found.children("M72", "2026-10-01") == ["M72.2", "M72.4"]
    assert found.children("M72.2", "2026-09-30") == ()
    assert found.siblings("M72.21", "2026-10-01") == ["M72.22"]
    assert found.successors("M72.2", "2026-10-01") == ["M72.21", "M72.22"]
    assert found.successors("M72.21", "2026-09-30") == ["M72.2"]
    assert found.successors("M72.210", "2026-10-01") == ["M72.21"]
    assert found.successors("Q99", "2026-10-01") == ()


def test_a_table_that_is_not_complete_knows_of_no_missing_code() -> None:
    partial = codes()
    assert partial.covers("icd10cm", "2026-10-01")
    assert not partial.is_complete("icd10cm", "2026-10-01")
    whole = codes(BANK.replace("covers", "complete"))
    assert whole.is_complete("icd10cm", "2026-10-01")
    assert not whole.is_complete("icd10cm", "2027-10-01")
    assert whole.lookup("M72.5", "2026-10-01").status is Status.ABSENT
    assert whole.lookup("M72.5", "2027-10-01").status is Status.UNKNOWN
    assert whole.lookup("J1885", "2026-10-01", "hcpcs").status is Status.UNKNOWN
    assert whole.systems() == ["icd10cm"]


def test_a_table_without_a_stretch_of_days_speaks_from_its_first_day_to_its_last() -> None:
    rows = "hcpcs\tJ1885\tbillable\t2000-01-01\t9999-12-31\nhcpcs\tG0008\tbillable\t2001-01-01\t2026-06-30\n"
    found = codes(HEADER + rows)
    assert found.lookup("J1885", "9999-12-31", "hcpcs").status is Status.BILLABLE
    assert found.lookup("J1885", "1999-12-31", "hcpcs").status is Status.UNKNOWN
    assert found.lookup("G0008", "2026-07-01", "hcpcs").status is Status.RETIRED


@given(st.lists(st.tuples(_CODES, st.sampled_from(["billable", "header"])), max_size=20), _CODES, _DAYS)
def test_beyond_its_days_a_table_never_says_more_than_unknown(
    rows: list[tuple[str, str]], code: str, on: str
) -> None:
    lines = (f"icd10cm\t{one}\t{kind}\n" for one, kind in dict(rows).items())
    found = read_table(YEARS + HEADER + "".join(lines), "x", "x")
    answer = TableCodes(lambda: found.tables).lookup(code, on)
    if not "2024-10-01" <= on <= "2027-09-30" or code not in dict(rows):
        assert answer.status is Status.UNKNOWN
    else:
        assert answer.status == dict(rows)[code]


NOTES = f"""{YEARS}{HEADER.strip()}\tnotes
icd10cm\tE11\theader\t\t\t\texcludes1: gestational diabetes (O24.4-) | use_additional: code for control
icd10cm\tE11.2\theader\t\t\t\tseventh_character: A=first
icd10cm\tE11.22\tbillable\t\t2026-09-30\t\tuse_additional: code for the stage (N18.1-N18.6)
icd10cm\tE11.22\tbillable\t2026-10-01\t\t\tseventh_character: B=other | seventh_character: C=third
"""


def test_notes_hold_for_what_is_below_them() -> None:
    found = read_table(NOTES, "x", "x")
    assert found.problems == ()
    noted = TableCodes(lambda: found.tables, lambda: found.books).notes
    assert [(one.kind.value, one.at) for one in noted("E11.22", "2026-09-30")] == [
        ("use_additional", "E11.22"),
        ("seventh_character", "E11.2"),
        ("excludes1", "E11"),
        ("use_additional", "E11"),
    ]
    assert [one.text for one in noted("e1122", "2026-10-01")][:2] == ["B=other", "C=third"]
    assert [one.at for one in noted("E11.22", "2026-10-01")] == ["E11.22", "E11.22", "E11", "E11"]
    assert noted("E10", "2026-10-01") == []


def test_notes_of_an_edition_before_say_so() -> None:
    found = read_table(NOTES, "x", "x")
    noted = TableCodes(lambda: found.tables, lambda: found.books).notes
    assert {one.edition for one in noted("E11", "2028-01-01")} == {"2024-10-01"}
    assert noted("E11", "2024-09-30") == []


@pytest.mark.parametrize("notes", ["excludes: x", "excludes1", "excludes1: ", "x | y"])
def test_notes_of_no_kind_are_told(notes: str) -> None:
    found = read_table(f"{YEARS}{HEADER.strip()}\tnotes\nicd10cm\tE11\theader\t\t\t\t{notes}", "x", "x")
    assert "is no note" in found.problems[0].message


# --- tables of a bank -----------------------------------------------------------------------------------


def test_a_bank_brings_its_tables_along_and_nothing_is_read_before_a_question(tmp_path: Path) -> None:
    (tmp_path / "bank.yaml").write_text("id: demo\n", encoding="utf-8")
    (tmp_path / "items").mkdir()
    found = code_set(Bank(root=str(tmp_path / "items")))  # a single file of the bank is linted
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "icd10cm.tsv").write_text(BANK, encoding="utf-8")
    assert found.lookup("M72.4", "2026-10-01").source == "codes/icd10cm.tsv"
    assert code_set(Bank()).lookup("M72.4", "2026-10-01").status is Status.UNKNOWN


def test_a_table_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "bank.yaml").write_text("id: demo\n", encoding="utf-8")
    (tmp_path / "codes").mkdir()
    (tmp_path / "elsewhere.tsv").write_text(BANK, encoding="utf-8")
    (tmp_path / "codes" / "x.tsv").symlink_to(tmp_path / "elsewhere.tsv")
    found = read_local(str(tmp_path))
    assert found.tables == ()
    assert "this is a link" in found.problems[0].message


def test_a_table_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bank.yaml").write_text("id: demo\n", encoding="utf-8")
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "x.tsv").write_text(BANK, encoding="utf-8")
    monkeypatch.setattr("qbank.domains.medcode.local._MOST_BYTES", 100)
    found = read_local(str(tmp_path))
    assert (found.tables, len(found.problems)) == ((), 1)
    assert "larger than" in found.problems[0].message


@given(st.binary(max_size=200))
def test_any_bytes_at_all_give_findings(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    for start in ("# ", HEADER, YEARS + HEADER + "icd10cm\t", YEARS + HEADER + "icd10cm\tM72\theader\t"):
        lines = (start + text).split("\n")
        found = read_table(start + text, "x", "x")
        told = sum(map(len, found.tables)) + len(found.problems)
        assert told >= sum(bool(line.strip()) and line[0] != "#" for line in lines) - 1 or found.problems
        places = [one.where for one in found.problems]
        assert all(isinstance(one, Location) and 1 <= one.line <= len(lines) for one in places)
