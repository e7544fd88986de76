"""Importing official files: recognised by content, idempotent, whole or not at all; what a year changes."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from qbank.domains.medcode import importers, store
from qbank.domains.medcode.answers import TableCodes
from qbank.domains.medcode.codeset import NoteKind, Status
from qbank.domains.medcode.importers import Outcome
from qbank.domains.medcode.importers.contract import Given, ImportRefused
from qbank.domains.medcode.importers.days import day, named_begin, release_end, year_begin
from qbank.domains.medcode.provider import code_set, licensed_titles
from qbank.domains.medcode.table import BrokenTable
from qbank.model.bank import Bank
from tests.domains.medcode import official

YEAR = "".join(
    official.order_line(number, *one)
    for number, one in enumerate(
        (
            ("M72", "0", "Fibroblastic disorders"),
            ("M722", "1", "Plantar fascial fibromatosis"),
            ("M724", "1", "Pseudosarcomatous fibromatosis"),
            ("S23420A", "1", "Sprain, initial encounter"),
        ),
        1,
    )
).encode()
ADDENDA = "".join(
    f"{action:<13}{flag} {code:<7} {title:<60} {title}\n"
    for action, flag, code, title in (
        ("Delete:", 1, "M722", "Plantar fascial fibromatosis"),
        ("Add:", 0, "M722", "Plantar fascial fibromatosis"),
        ("Add:", 1, "M7221", "Of right foot"),
        ("Revise from:", 1, "M724", "Pseudosarcomatous fibromatosis"),
        ("Revise to:", 1, "M724", "Nodular fasciitis"),
        ("Delete:", 1, "S23420A", "Sprain, initial encounter"),
    )
).encode()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store."""
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "store"))
    return tmp_path / "store"


def taken(folder: Path, name: str, content: bytes, **told: object) -> list[Outcome]:
    """Write a file and import it."""
    path = folder / name
    path.write_bytes(content)
    one = importers.given_file(path, **told)  # type: ignore[arg-type]
    return importers.keep(one.name, one.data, importers.read_file(one))


def files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(home.glob("*"))}


def asked() -> TableCodes:
    found = code_set(Bank())
    assert isinstance(found, TableCodes)
    return found


# --- days -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("20260701", "2026-07-01"),
        ("2026-07-01", "2026-07-01"),
        ("7/1/2026", "2026-07-01"),
        ("", ""),
        ("0", ""),
        ("*", ""),
    ],
)
def test_days_of_other_people(text: str, iso: str) -> None:
    assert day(text) == iso


@pytest.mark.parametrize("text", ["20261301", "tomorrow", "1/2", "2026"])
def test_what_is_no_day_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no day"):
        day(text)


def test_years_begin_when_their_system_says() -> None:
    assert year_begin("FY2027", "icd10cm") == "2026-10-01"
    assert year_begin("2027", "cpt") == "2027-01-01"
    assert year_begin("2026Q4", "hcpcs") == "2026-10-01"
    assert named_begin("icd10cm_order_2027.txt") == "2026-10-01"
    assert named_begin("icd10cm-order-addenda-2027.txt") == "2026-10-01"
    assert named_begin("HCPC2026_OCT_ANWEB.xlsx") == "2026-10-01"
    assert named_begin("codes.txt") == ""


def test_a_release_speaks_until_the_end_of_its_year_or_quarter() -> None:
    assert release_end("icd10cm", "2026-10-01") == "2027-09-30"
    assert release_end("icd10cm", "2027-04-01") == "2027-09-30"
    assert release_end("hcpcs", "2026-10-01") == "2026-12-31"
    assert release_end("hcpcs", "2026-07-01") == "2026-09-30"
    assert release_end("cpt", "2026-01-01") == "2026-12-31"


# --- ICD-10-CM ------------------------------------------------------------------------------------------


def test_a_year_and_its_addenda(home: Path, tmp_path: Path) -> None:
    (first,) = taken(tmp_path, "icd10cm_order_2026.txt", YEAR)
    assert (first.codes, first.billable, first.valid_from, first.valid_to) == (
        4,
        3,
        "2025-10-01",
        "2026-09-30",
    )
    assert first.changes is None
    (second,) = taken(tmp_path, "icd10cm_order_addenda_2027.txt", ADDENDA)
    found = second.changes
    assert found is not None
    assert (found.added, found.retired) == (("M7221",), ("M722", "S23420A"))
    assert (found.now_header, found.revised) == (("M722",), ("M724",))
    codes = asked()
    assert codes.lookup("M72.2", "2026-09-30").status is Status.BILLABLE
    assert codes.lookup("M72.2", "2026-10-01").status is Status.HEADER
    assert codes.lookup("S23.420A", "2026-10-01").status is Status.RETIRED
    assert codes.lookup("M72.21", "2026-09-30").status is Status.FUTURE
    assert codes.lookup("M72.4", "2026-10-01").title == "Nodular fasciitis"
    assert codes.lookup("M72.5", "2026-10-01").status is Status.ABSENT
    assert codes.lookup("M72.4", "2027-10-01").status is Status.UNKNOWN
    assert list(codes.systems()) == ["icd10cm"]


def test_importing_twice_changes_nothing(home: Path, tmp_path: Path) -> None:
    taken(tmp_path, "icd10cm_order_2026.txt", YEAR)
    before = files(home)
    (again,) = taken(tmp_path, "icd10cm_order_2026.txt", YEAR)
    assert not again.written
    assert files(home) == before


def test_an_april_file_takes_over_from_its_day_on(home: Path, tmp_path: Path) -> None:
    taken(tmp_path, "icd10cm_order_2026.txt", YEAR)
    more = YEAR + official.order_line(5, "U099", "1", "Post-viral condition").encode()
    taken(tmp_path, "april.txt", more, valid_from="2026-04-01")
    codes = asked()
    assert codes.lookup("U09.9", "2026-03-31").status is Status.FUTURE
    found = codes.lookup("U09.9", "2026-04-01")
    assert (found.status, found.valid_from) == (Status.BILLABLE, "2026-04-01")
    assert codes.lookup("M72.4", "2026-09-30").valid_from == ""


def test_icd_10_pcs_is_told_by_its_codes(home: Path, tmp_path: Path) -> None:
    lines = [
        ("001", "0", "Central Nervous System"),
        ("0016070", "1", "Bypass"),
        ("DB010ZZ", "1", "Radiation"),
    ]
    content = "".join(official.order_line(n, *one) for n, one in enumerate(lines, 1)).encode()
    (one,) = taken(tmp_path, "pcs.txt", content, valid_from="2026-10-01")
    assert one.system == "icd10pcs"
    assert asked().lookup("0016070", "2026-10-01", "icd10pcs").status is Status.BILLABLE


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("codes.txt", YEAR, "the file does not say from which day its codes hold"),
        ("icd10cm_order_2026.txt", YEAR + b"00005 M725\n", "icd10cm_order_2026.txt:5: this is no line"),
        ("icd10cm_order_2026.txt", YEAR + YEAR[:100] + b"\n", "M72 stands in line 1 already"),
        ("icd10cm_order_addenda_2027.txt", ADDENDA, "is not in the store. Import its order file first"),
        ("notes.txt", b"Dear all\n", "is none of the files that can be imported"),
        ("empty.txt", b"", "is none of the files that can be imported"),
        ("tabular.xml", b"<ICD10CM.tabular><version>2027</version>", "no well-formed XML"),
        ("tabular.xml", b"<ICD10CM.tabular><version>2027</version></ICD10CM.tabular>", "holds no categories"),
        ("tabular.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><ICD10CM.tabular/>", "document type"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why_and_leaves_nothing(
    name: str, content: bytes, said: str, home: Path, tmp_path: Path
) -> None:
    with pytest.raises(ImportRefused, match="(?s).*" + said.replace("(", r"\(")):
        taken(tmp_path, name, content)
    assert not home.exists()


def test_an_addenda_of_another_year_is_refused_whole(home: Path, tmp_path: Path) -> None:
    taken(tmp_path, "icd10cm_order_2026.txt", YEAR)
    taken(tmp_path, "icd10cm_order_addenda_2027.txt", ADDENDA)
    before = files(home)
    with pytest.raises(ImportRefused, match="M722 is to be deleted as billable, but is header"):
        taken(tmp_path, "icd10cm_order_addenda_2028.txt", ADDENDA)
    assert files(home) == before


TABULAR = b"""<ICD10CM.tabular><version>2027</version><chapter><name>19</name><desc>Injury</desc>
<excludes1><note>birth trauma (P10-P15)</note></excludes1>
<section id="S50-S59"><desc>Elbow</desc><diag><name>S52</name><desc>Fracture of forearm</desc>
<codeFirst><note>what  comes
 first</note></codeFirst><sevenChrDef><extension char="A">initial</extension></sevenChrDef>
<diag><name>S52.5</name><desc>Lower end</desc><inclusionTerm><note>wrist</note></inclusionTerm></diag>
</diag></section></chapter></ICD10CM.tabular>"""


def test_the_tabular_list_gives_notes_with_what_is_above(home: Path, tmp_path: Path) -> None:
    (one,) = taken(tmp_path, "tabular.xml", TABULAR)
    assert (one.notes, one.codes, one.valid_from) == (4, 0, "2026-10-01")
    found = asked().notes("S52.521A", "2026-11-22")
    assert [(note.kind, note.at, note.text) for note in found] == [
        (NoteKind.INCLUSION_TERM, "S52.5", "wrist"),
        (NoteKind.CODE_FIRST, "S52", "what comes first"),
        (NoteKind.SEVENTH_CHARACTER, "S52", "A=initial"),
        (NoteKind.EXCLUDES1, "19", "birth trauma (P10-P15)"),
    ]


@pytest.mark.parametrize("system", ["hcpcs", "cpt", "msdrg", "ncci-ptp"])
def test_a_file_is_not_taken_for_codes_of_another_system(system: str, home: Path, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="looks like: ICD-10-CM or ICD-10-PCS order file"):
        taken(tmp_path, "icd10cm_order_2026.txt", YEAR, system=system)
    assert not home.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_release_begins_at_the_end_of_time(day: str, home: Path, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=f"no release begins on {day}"):
        taken(tmp_path, "icd10cm_order_2026.txt", YEAR, valid_from=day)


def test_a_year_that_is_not_the_one_of_the_name_is_remarked(tmp_path: Path) -> None:
    path = tmp_path / "icd10cm_order_2026.txt"
    path.write_bytes(YEAR)

    def remarks(day: str) -> tuple[str, ...]:
        return importers.read_file(importers.given_file(path, valid_from=day)).remarks

    assert remarks("2026-10-01") == (
        "its name is that of 2025-10-01, it was taken for 2026-10-01, as you said",
    )
    assert remarks("2025-10-01") == remarks("2026-04-01") == ()  # April is of the same year


def test_text_of_excel_is_read(home: Path, tmp_path: Path) -> None:
    (one,) = taken(tmp_path, "icd10cm_order_2026.txt", YEAR.decode().encode("utf-16"))
    assert one.codes == 4


# --- HCPCS, NCCI ----------------------------------------------------------------------------------------

HCPCS = (
    {"kind": "code", "code": "J1885", "long_description": "Injection, ketorolac, per 15 mg " + "x" * 100,
     "add_date": "19930101", "effective_date": "20030101", "term_date": "", "action": "N"},
    {"kind": "code", "code": "G0008", "long_description": "Something that ended", "add_date": "19950101",
     "effective_date": "20260101", "term_date": "20251231", "action": "D"},
    {"kind": "code", "code": "Q9999", "long_description": "Something to come", "add_date": "20261001",
     "effective_date": "20261001", "term_date": "", "action": "A"},
    {"kind": "modifier", "code": "GA", "long_description": "Waiver of liability", "add_date": "20020101",
     "effective_date": "20110101", "term_date": "", "action": "N"},
    {"kind": "code", "code": "D0120", "long_description": "Somebody else's text", "add_date": "",
     "effective_date": "", "term_date": "", "action": "N"},
)  # fmt: skip


def _workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["A notice about copyright"])
    sheet.append(
        ["HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD"]
    )
    for one in HCPCS:
        days = [int(one[name]) if one[name] else None for name in ("add_date", "effective_date", "term_date")]
        sheet.append(
            [
                one["code"],
                100,
                3 if one["kind"] == "code" else 7,
                one["long_description"],
                *days,
                one["action"],
            ]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("name", ["HCPC2026_JUL_ANWEB.txt", "HCPC2026_JUL_ANWEB.xlsx"])
def test_hcpcs_as_text_and_as_a_workbook(name: str, home: Path, tmp_path: Path) -> None:
    content = official.hcpcs_file(HCPCS) if name.endswith("txt") else _workbook()
    codes, modifiers = taken(tmp_path, name, content)
    assert (codes.system, codes.codes, modifiers.system, modifiers.codes) == ("hcpcs", 3, "hcpcs-modifier", 1)
    found = asked()
    ketorolac = found.lookup("j1885", "2026-07-01", "hcpcs")
    assert (ketorolac.status, ketorolac.title) == (Status.BILLABLE, HCPCS[0]["long_description"])
    assert found.lookup("G0008", "2026-07-01", "hcpcs").status is Status.RETIRED
    assert found.lookup("G0008", "2026-07-01", "hcpcs").valid_to == "2025-12-31"
    assert found.lookup("Q9999", "2026-07-01", "hcpcs").status is Status.FUTURE
    assert found.lookup("D0120", "2026-07-01", "hcpcs").status is Status.ABSENT
    assert found.lookup("GA", "2026-07-01", "hcpcs-modifier").status is Status.BILLABLE
    assert found.lookup("J1885", "2026-10-01", "hcpcs").status is Status.UNKNOWN


def test_edits_of_ncci(home: Path, tmp_path: Path) -> None:
    pairs = (
        "A notice about copyright\nColumn 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\n"
        "11042\t97597\t\t20100401\t*\t1\n"
    )
    (one,) = taken(tmp_path, "ptp.txt", pairs.encode(), valid_from="2026-10-01")
    assert (one.system, one.codes) == ("ncci-ptp", 1)
    assert asked().lookup("11042+97597", "2026-10-01", "ncci-ptp").title == "modifier indicator 1"
    units = '"HCPCS/CPT Code","Practitioner Services MUE Values","Indicator"\nJ1885,8,3 Date of Service\n'
    (two,) = taken(tmp_path, "mue.csv", units.encode(), valid_from="2026-10-01")
    assert (two.system, two.codes) == ("ncci-mue", 1)
    assert asked().lookup("J1885", "2026-10-01", "ncci-mue").title == "8 units a day"


def test_the_parts_of_a_quarter_of_ncci_are_put_together(home: Path, tmp_path: Path) -> None:
    titles = "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\n"
    parts = {
        "ptp-1.txt": f"{titles}11042\t97597\t\t20100401\t*\t1\n",
        "ptp-2.txt": f"{titles}J3490\tJ2001\t\t20200101\t*\t0\n",
    }
    for name, text in parts.items():
        (one,) = taken(tmp_path, name, text.encode(), valid_from="2026-10-01")
        assert (one.codes, one.changes) == (1, None)
    found = asked()
    for pair in ("11042+97597", "J3490+J2001"):
        assert found.lookup(pair, "2026-10-01", "ncci-ptp").status is Status.BILLABLE
    before = files(home)
    (again,) = taken(tmp_path, "ptp-1.txt", parts["ptp-1.txt"].encode(), valid_from="2026-10-01")
    assert not again.written
    assert files(home) == before


# --- a licensed list ------------------------------------------------------------------------------------

SECRET = "Removal of an imaginary thing from an invented place"
LIST = f"code,from,to,description\n99999,2020-01-01,,{SECRET}\n0001T,,2026-06-30,{SECRET} again\n".encode()


def test_a_licensed_list_leaves_no_text_behind(home: Path, tmp_path: Path) -> None:
    (one,) = taken(tmp_path, "cpt.csv", LIST, valid_from="2026-01-01")
    assert (one.system, one.codes, one.valid_to) == ("cpt", 2, "2026-12-31")
    assert all(word not in data for data in files(home).values() for word in (b"imaginary", b"Removal"))
    found = asked()
    assert found.lookup("99999", "2026-11-22", "cpt").status is Status.BILLABLE
    assert found.lookup("0001T", "2026-11-22", "cpt").status is Status.RETIRED
    assert found.lookup("11111", "2026-11-22", "cpt").status is Status.UNKNOWN
    titles = licensed_titles(Bank())
    assert "99999" in titles.find(f"It says: {SECRET.lower()}.")
    assert titles.find("Removal of an imaginary thing") == ()


def test_a_licensed_text_that_is_kept_is_in_no_answer(home: Path, tmp_path: Path) -> None:
    taken(tmp_path, "cpt.csv", LIST, valid_from="2026-01-01", keep_text=True, complete=True)
    assert any(b"imaginary" in data for data in files(home).values())
    found = asked().lookup("99999", "2026-11-22", "cpt")
    assert (found.status, found.title) == (Status.BILLABLE, "")
    assert asked().lookup("11111", "2026-11-22", "cpt").status is Status.ABSENT


MARKED = "Zqx of an invented lantern"


@pytest.mark.parametrize("system", ["", "cpt"])
@pytest.mark.parametrize("keep_text", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        f"99999,{MARKED}\n99998,{MARKED} two\n{MARKED},99997\n",  # no titles; a line the wrong way round
        f"No,Text\n99999,{MARKED}\n",
        f"code,from,text\n99999,{MARKED},{MARKED}\n",
        f"text,code\n{MARKED},99999\n99998,{MARKED}\n",
    ],
)
def test_no_message_about_a_licensed_list_quotes_it(
    text: str, keep_text: bool, system: str, home: Path, tmp_path: Path
) -> None:
    with pytest.raises(ImportRefused) as told:
        taken(tmp_path, "cpt.csv", text.encode(), valid_from="2026-01-01", keep_text=keep_text, system=system)
    assert "column of codes" in str(told.value) or "column 'from'" in str(told.value)
    assert "zqx" not in str(told.value).casefold()
    assert not home.exists()


@pytest.mark.parametrize(
    "text", [f"99999,{SECRET}\n0001T,{SECRET} again\n", f"text,code\n{SECRET},99999\n{SECRET} again,0001T\n"]
)
def test_a_licensed_list_may_have_no_titles_or_the_code_behind(text: str, home: Path, tmp_path: Path) -> None:
    (one,) = taken(tmp_path, "cpt.csv", text.encode(), valid_from="2026-01-01")
    assert one.codes == 2
    assert "99999" in licensed_titles(Bank()).find(SECRET)
    assert all(b"imaginary" not in data for data in files(home).values())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"code,from\n99999,soon\n", "cpt.csv:2: the column 'from' holds no day"),
        (b"code,from\n99999,\n9999,\n", "cpt.csv:3: the column of codes holds no code of CPT"),
        (b"99999\n99999\n", "cpt.csv:2: 99999 is there already"),
        (b'99999,"An open quote\n99998,and all below it\n', "unexpected end of data"),
        (b"code,title\n", "no codes were found|is none of the files"),
    ],
)
def test_a_licensed_list_with_mistakes(content: bytes, said: str, home: Path, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=said):
        taken(tmp_path, "cpt.csv", content, valid_from="2026-01-01")


# --- anything at all ------------------------------------------------------------------------------------


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", YEAR[:200], ADDENDA[:200], b"PK\3\4", b"<ICD10CM.tabular>", b"99999,"]),
)
def test_any_bytes_are_read_or_refused(content: bytes, start: bytes) -> None:
    one = Given(name="x", data=start + content, before=lambda system, on: None, valid_from="2026-10-01")
    with contextlib.suppress(ImportRefused):
        read = importers.read_file(one)
        assert all(release.rows or release.notes for release in read.releases)


def test_a_broken_file_of_the_store_is_named(home: Path, tmp_path: Path) -> None:
    taken(tmp_path, "icd10cm_order_2026.txt", YEAR)
    (path,) = home.glob("*.codes")
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(store.StoreError, match=r"cut off.*import its code set again"):
        asked().lookup("M72", "2026-01-01")
    path.write_bytes(b"")
    with pytest.raises(store.StoreError, match="import its code set again"):
        asked().lookup("M72", "2026-01-01")


@pytest.mark.parametrize(
    ("part", "new", "said"),
    [
        (b"qbank-codes 1 ", b"qbank-codes 2 ", "another version of qbank"),
        (b'"icd10cm"', b'"icd99cm"', "there is no system 'icd99cm'"),
        (b'"2025-10-01"', b'"2025-1x-01"', "names no days"),
        (b'"ICD', b'"\x82CD', "its first line is wrong"),
        (b"hbbb", b"hqqq", "it is damaged"),
        (b"Plantar", b"\x82lantar", "it is damaged"),
    ],
)
def test_a_damaged_store_is_told_with_its_file(
    part: bytes, new: bytes, said: str, home: Path, tmp_path: Path
) -> None:
    taken(tmp_path, "icd10cm_order_2026.txt", YEAR)
    (path,) = home.glob("*.codes")
    data = path.read_bytes()
    assert part in data
    path.write_bytes(data.replace(part, new, 1))
    with pytest.raises((store.StoreError, BrokenTable), match=f"{path.name}.*{said}.*import its code set"):
        asked().lookup("M722", "2026-01-01")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "x.notes",
            b'{"system":"no","valid_from":"2025-10-01","valid_to":"2026-09-30","notes":{},"above":{}}',
        ),
        ("x.notes", b'{"system":"\x82"}'),
        ("x.titles", b'[["99999","no fingerprint"]]'),
        ("x.titles", b"\x82"),
    ],
)
def test_damaged_notes_and_titles_are_told(name: str, content: bytes, home: Path) -> None:
    home.mkdir()
    (home / name).write_bytes(content)
    with pytest.raises(store.StoreError, match=rf"{name}.*import its code set again"):
        _ = store.note_books(), store.licensed_titles()


# --- the real sets --------------------------------------------------------------------------------------


def test_three_real_years_agree_for_every_code(home: Path, tmp_path: Path, test_data: Path) -> None:
    table = official.codes(test_data)
    changes = list(official.rows(test_data, "icd10cm_changes_fy2026_fy2027.tsv.gz"))
    old = {one["code"]: one["old_description"] for one in changes if one["change"] == "revised"}
    taken(tmp_path, "icd10cm_order_2025.txt", official.order_file(table, "fy2025"))
    taken(tmp_path, "icd10cm_order_2026.txt", official.order_file(table, "fy2026", old))
    (year,) = taken(tmp_path, "icd10cm_order_addenda_2027.txt", official.addenda(changes))
    found = year.changes
    assert found is not None
    counts = map(len, (found.added, found.retired, found.now_header, found.revised))
    assert list(counts) == [190, 30, 15, 4]
    assert (year.codes, year.billable) == (98_403, 74_879)
    tables = {one.spans[0].valid_from: one for one in store.tables("icd10cm")}
    flags = {"1": "billable", "0": "header", "": None}
    assert len(table) == 98_436
    for name, first in official.YEARS.items():
        kinds = {row.code: row.kind for row in tables[first]}
        assert kinds == {one["code"]: flags[one[name]] for one in table if one[name]}
    codes = asked()
    statuses = {"billable": Status.BILLABLE, "header": Status.HEADER}
    for one in table[::50]:  # through the whole way of an answer
        for name, first in official.YEARS.items():
            status = codes.lookup(one["code"], first).status
            told = flags[one[name]]
            assert (
                status is statuses[told] if told else status in (Status.RETIRED, Status.FUTURE, Status.ABSENT)
            )
    order = official.order_file(table, "fy2027")
    (again,) = taken(tmp_path, "icd10cm_order_2027.txt", order)
    assert (again.codes, again.billable) == (98_403, 74_879)


def test_the_store_lists_what_it_has(home: Path, tmp_path: Path) -> None:
    taken(tmp_path, "icd10cm_order_2026.txt", YEAR)
    ((path, head),) = store.heads()
    assert path.name == "icd10cm-2025-10-01.codes"
    assert head.source == "ICD-10-CM order file, icd10cm_order_2026.txt"
    assert len(head.origin) == 64
