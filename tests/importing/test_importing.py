"""Files of other systems become a bank: ids fit and stable, twice is once, nothing is overwritten."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank import api
from qbank.cli.run import run
from qbank.editing.records import entries, entry
from qbank.formats import safe_xml
from qbank.formats.contract import Source, Unreadable
from qbank.formats.safe_zip import Members
from qbank.importing import BankBroken, UnknownFormat, import_file, read, recognise
from qbank.reading.yaml_text import parse

ROOT = Path(__file__).parents[2]


def _lines(*records: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


def _item(**more: Any) -> dict[str, Any]:
    return {
        "type": "multiple-choice",
        "stem": "Which bone is the longest?",
        "options": {"A": "Femur", "B": "Tibia"},
        "key": "A",
        **more,
    }


def test_a_bank_goes_out_and_comes_back(tmp_path: Path) -> None:
    bank, problems = api.load_bank(ROOT / "banks" / "cmcs")
    assert not problems
    ((name, data),) = api.export_bank(bank, "jsonl").files
    (tmp_path / name).write_bytes(data)
    made = import_file(tmp_path / name, tmp_path / "again")
    assert len(made.new) == len(bank.items) + len(bank.stimuli)
    assert made.unread == ()
    again, problems = api.load_bank(tmp_path / "again")
    assert not problems

    def by_id(items: Any) -> dict[str, Any]:
        import msgspec

        return {one.id: msgspec.structs.replace(one, record=-1) for one in items}

    assert by_id(again.items) == by_id(bank.items)
    assert by_id(again.stimuli) == by_id(bank.stimuli)
    twice = import_file(tmp_path / name, tmp_path / "again")
    assert (twice.files, twice.new, twice.different) == ({}, (), ())
    assert len(twice.unchanged) == len(made.new)


def test_ids_are_made_fit_and_stay(tmp_path: Path) -> None:
    file = tmp_path / "Quiz 1.jsonl"
    file.write_bytes(
        _lines(
            _item(id="1 a/b"), _item(id="ok-1"), _item(), _item(id="OK-1", stem="Another?", enemies=["1 a/b"])
        )
    )
    made = import_file(file, tmp_path / "bank")
    assert made.renamed == {"1 a/b": "i-1-a-b", "OK-1": "OK-1-2"}
    assert made.new[:2] == ("i-1-a-b", "ok-1")
    assert made.new[2].startswith("quiz-1-")
    bank, problems = api.load_bank(tmp_path / "bank")
    assert not problems
    assert {one.id: one.enemies for one in bank.items}["OK-1-2"] == ("i-1-a-b",)
    assert import_file(file, tmp_path / "bank").new == ()


def test_what_the_bank_has_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(_lines(_item(id="one"), _item(id="two", stem="And the shortest?")))
    import_file(file, tmp_path / "bank")
    before = (tmp_path / "bank" / "items" / "a.yaml").read_bytes()
    file.write_bytes(_lines(_item(id="one", key="B"), _item(id="three", stem="And the widest?")))
    made = import_file(file, tmp_path / "bank")
    assert [(one.id, one.fields) for one in made.different] == [("one", ("key",))]
    assert made.new == ("three",)
    assert list(made.files) == ["items/a-2.yaml"]
    assert (tmp_path / "bank" / "items" / "a.yaml").read_bytes() == before


def test_a_broken_record_stays_and_others_still_come(tmp_path: Path) -> None:
    """What breaks the item schema is kept, to be mended; until then the bank takes other files."""
    file = tmp_path / "a.jsonl"
    file.write_bytes(_lines(_item(id="one"), _item(id="hollow", stem="")))
    first = import_file(file, tmp_path / "bank")
    assert [one.item for one in first.unread] == ["hollow"]
    again = import_file(file, tmp_path / "bank")
    assert (again.new, again.unchanged, again.files) == ((), ("one",), {})
    assert [(one.item, "stays" in one.message) for one in again.unread] == [("hollow", True)]
    file.write_bytes(_lines(_item(id="more", stem="And the widest?")))
    assert import_file(file, tmp_path / "bank").new == ("more",)


def test_attributes_of_a_second_file_are_declared_in_place(tmp_path: Path) -> None:
    file, record = tmp_path / "a.jsonl", tmp_path / "bank" / "bank.yaml"
    file.write_bytes(_lines(_item(id="one", attributes={"year": "2026"})))
    import_file(file, tmp_path / "bank")
    record.write_text("# ours\n" + record.read_text("utf-8") + "# the end\n", "utf-8")
    file.write_bytes(_lines(_item(id="two", stem="And the widest?", attributes={"name": "W", "seconds": 5})))
    made = import_file(file, tmp_path / "bank")
    assert made.told == ("bank.yaml declares now: name, seconds",)
    text = record.read_text("utf-8")
    assert text.startswith("# ours\n")
    assert text.endswith("# the end\n")
    bank, problems = api.load_bank(tmp_path / "bank")
    assert not problems
    assert {name: one.type for name, one in bank.info.attributes.items()} == {
        "year": "string",
        "name": "string",
        "seconds": "integer",
    }
    assert import_file(file, tmp_path / "bank").files == {}


def test_documents_are_not_taken_for_texts(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is a PDF"):
        recognise(Source(name="a.pdf", data=b"%PDF-1.7\n{=a} {~b}\n"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w>What? {=a ~b}</w>")
    with pytest.raises(UnknownFormat, match="recognises"):
        recognise(Source(name="a.docx", data=out.getvalue()))


def test_braces_in_a_question_do_not_make_aiken_gift() -> None:
    data = b":: What is {=a ~b}?\nA. x\nB. y\nANSWER: A\n\nNext {T}?\nA. x\nB. y\nANSWER: B\n"
    assert recognise(Source(name="a.txt", data=data)).slug == "aiken"


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(_lines(_item(id="one")))
    assert import_file(file, tmp_path / "bank", dry_run=True).new == ("one",)
    assert not (tmp_path / "bank").exists()


def test_a_line_of_another_encoding_is_told(tmp_path: Path) -> None:
    good, bad = _lines(_item(id="one")), '{"type": "essay", "stem": "Ménière"}\n'.encode("latin-1")
    for data, line in ((good + bad, 2), (bad + good, 1)):
        made = read(Source(name="a.jsonl", data=data), "jsonl").imported
        assert ([one["id"] for one in made.items], [one.line for one in made.unread]) == (["one"], [line])
    with pytest.raises(UnknownFormat):
        recognise(Source(name="a.jsonl", data=bad))


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match="recognises"):
        recognise(Source(name="a.bin", data=b"\0\1\2"))
    with pytest.raises(UnknownFormat, match="jsonl"):
        read(Source(name="a", data=b"x"), "jsonll")
    with pytest.raises(Unreadable, match="no line"):
        read(Source(name="a.jsonl", data=b"x\n"), "jsonl")
    file = tmp_path / "a.jsonl"
    file.write_bytes(_lines(_item(id="one")) + b"{torn\n" + b'{"x": 1}\n')
    made = import_file(file, tmp_path / "bank")
    assert [one.line for one in made.unread] == [2, 3]
    (tmp_path / "bank" / "items" / "torn.yaml").write_text("- id: [\n", encoding="utf-8")
    with pytest.raises(BankBroken):
        import_file(file, tmp_path / "bank")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(_lines(_item(id="one")))
    out = tmp_path / "bank"
    assert run(["import", str(file), "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{out}/bank.yaml", f"{out}/items/a.yaml"]
    file.write_bytes(_lines(_item(id="one", key="B")))
    assert run(["import", str(file), "--out", str(out)]) == 1
    assert "one differs in key" in capsys.readouterr().err
    assert run(["import", str(file), "--out", str(out), "--from", "nope"]) == 2
    assert run(["import", str(file), "--out", str(out), "--map", "stem"]) == 2
    file.write_bytes(b"{}\n")
    assert run(["import", str(file), "--out", str(out), "--from", "jsonl"]) == 3
    (tmp_path / "plain").write_text("x", encoding="utf-8")
    file.write_bytes(_lines(_item(id="one")))
    assert run(["import", str(file), "--out", str(tmp_path / "plain")]) == 3


# --- archives and XML of other people -------------------------------------------------------------------


def _zip(*members: tuple[str, bytes], link: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
        if link:
            info = zipfile.ZipInfo(link)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def test_members_of_an_archive() -> None:
    members = Members(_zip(("a/b.xml", b"<x/>"), ("c.txt", b"")))
    assert dict(members) == {"a/b.xml": b"<x/>", "c.txt": b""}
    assert members.get_folded("./A/B.XML") == "a/b.xml"
    assert members.get_folded("nope") is None


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 nothing",
        b"",
        _zip(("../a", b"x")),
        _zip(("/a", b"x")),
        _zip(("C:\\a", b"x")),
        _zip(("a\\..\\..\\b", b"x")),
        _zip(link="a"),
        _zip(("/".join("d" * 40), b"x")),
        _zip(("bomb", b"\0" * (40 * 2**20))),
        _zip(*((f"{number}", b"") for number in range(50_001))),
    ],
)
def test_archives_that_are_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        Members(data)


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        b"<?xml version='1.0'?>\n<!-- c --><!DOCTYPE x SYSTEM 'http://example.org/x.dtd'><x/>",
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16"),
        b"<x>&nbsp;</x>",
        b"<x>",
        b"",
        b"<a>" * 10_000 + b"</a>" * 10_000,
    ],
)
def test_xml_that_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        safe_xml.parse(data, "a.xml")


def test_xml_that_is_read() -> None:
    root = safe_xml.parse(b"<?xml version='1.0'?><!-- hello --><x xmlns='urn:a'><b>1</b></x>", "a.xml")
    assert (safe_xml.local(root), safe_xml.namespace(root)) == ("x", "urn:a")
    assert safe_xml.raw(root).startswith("<x")


# --- records as YAML ------------------------------------------------------------------------------------

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=150) | st.sampled_from(
    [
        "no",
        "1.50",
        "0450",
        "1:30",
        "~",
        "a: b",
        "a # b",
        "- a",
        "a\n\nb",
        "x" * 200,
        "word " * 60,
        "'",
        '"',
        "é\t",
    ]
)


@given(st.dictionaries(st.sampled_from(["stem", "key", "text", "no"]), _TEXTS, min_size=1), st.lists(_TEXTS))
def test_texts_come_back_as_they_were(texts: dict[str, str], values: list[str]) -> None:
    record = {"id": "a", **texts, "options": texts, "references": values, "tags": values}
    assert parse(entries([record, record])) == [record, record]


def test_yaml_as_people_write_it() -> None:
    written = entry(
        {
            "id": "a-1",
            "type": "multiple-choice",
            "stem": "A long stem " * 12 + "ends.",
            "options": {"A": "One", "B": "no", "C": "Two: three"},
            "key": "A",
            "enemies": ["a-2"],
            "codes": [{"system": "icd10cm", "code": "A01", "role": "key"}],
        }
    )
    assert written.splitlines()[:4] == [
        "- id: a-1",
        "  type: multiple-choice",
        "  stem: >-",
        "    " + ("A long stem " * 8).strip(),
    ]
    assert written.splitlines()[-7:] == [
        "    A: One",
        '    B: "no"',
        '    C: "Two: three"',
        "  key: A",
        "  enemies: [a-2]",
        "  codes:",
        "  - {system: icd10cm, code: A01, role: key}",
    ]
