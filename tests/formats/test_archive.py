from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.formats.archive import Member, core_dates, rezip, unzip, write_zip, zip_bytes

NAMES = st.text("abcXYZ._-é", min_size=1, max_size=8).filter(lambda name: name.strip(".") != "")
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


@given(st.dictionaries(PATHS, st.binary(max_size=200), max_size=6))
def test_what_goes_in_comes_out_in_any_order_with_the_same_bytes(members: Mapping[str, bytes]) -> None:
    data = zip_bytes(members)
    assert unzip(data) == members
    assert zip_bytes(dict(reversed(list(members.items())))) == data


def test_nothing_of_clock_or_system_is_in_the_archive() -> None:
    with zipfile.ZipFile(io.BytesIO(zip_bytes({"z": b"1", "imsmanifest.xml": b"2", "a": b"3"}))) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == ["imsmanifest.xml", "a", "z"]
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {(entry.create_system, entry.external_attr >> 16, entry.extra) for entry in entries} == {
        (3, 0o100644, b"")
    }


@pytest.mark.parametrize("name", ["", "../a", "/a", "a//b", "a\\b", "a/./b", "a/"])
def test_a_name_that_leaves_the_folder_is_our_bug(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a member"):
        zip_bytes({name: b""})


CORE = (
    b'<cp:coreProperties><dcterms:created xsi:type="dcterms:W3CDTF">2031-01-01T10:11:12Z</dcterms:created>'
    b'<dcterms:modified xsi:type="dcterms:W3CDTF">2031-01-01T10:11:13Z</dcterms:modified></cp:coreProperties>'
)


def test_an_archive_of_a_library_is_normalised_and_its_dates_are_set() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", b"book")
        archive.writestr("docProps/core.xml", CORE)
        archive.writestr("[Content_Types].xml", b"types")
    data = rezip(out.getvalue(), {"docProps/core.xml": core_dates("2026-11-22T00:00:00Z")})
    members = unzip(data)
    assert list(members) == ["[Content_Types].xml", "docProps/core.xml", "xl/workbook.xml"]
    assert members["docProps/core.xml"].count(b">2026-11-22T00:00:00Z<") == 2
    assert b"2031" not in members["docProps/core.xml"]
    assert rezip(data) == data


def test_a_member_that_is_not_there_and_a_wrong_moment_are_our_bugs() -> None:
    with pytest.raises(KeyError):
        rezip(zip_bytes({"a": b""}), {"b": lambda content: content})
    with pytest.raises(ValueError, match="not written as"):
        core_dates("yesterday")


@given(st.binary(max_size=300_000), st.integers(1, 70_000))
def test_a_member_in_pieces_gives_the_bytes_of_the_whole(content: bytes, size: int) -> None:
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    out = io.BytesIO()
    write_zip(out, [Member("a", iter(pieces), 8 * size)])
    assert out.getvalue() == zip_bytes({"a": content})


def test_members_out_of_order_are_our_bug() -> None:
    members = [Member("b", ()), Member("imsmanifest.xml", ())]
    with pytest.raises(ValueError, match="stands after b"):
        write_zip(io.BytesIO(), members)
