"""What is kept by name is what was written, or nothing; what did not change is not written again."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

from qbank.parts import Parts, delete_parts, in_pieces

NAMES = ("similar-items", "Similar-Items", "", "a/b", "..", "ein Täil", "\udc80")


def parts(folder: Path) -> Parts:
    return Parts(folder / "bank-signature.msgpack")


@hypothesis.given(kept=st.dictionaries(st.text(max_size=8), st.binary(max_size=64), max_size=5))
def test_each_name_gives_its_bytes(tmp_path_factory: pytest.TempPathFactory, kept: dict[str, bytes]) -> None:
    folder = tmp_path_factory.mktemp("parts")
    parts(folder).write({name: lambda data=data: (data[:3], data[3:]) for name, data in kept.items()})  # type: ignore[misc]
    assert {name: parts(folder).get(name) for name in kept} == kept
    assert parts(folder).get("not-there") is None
    assert len(list(folder.iterdir())) == len(kept)


def test_any_name_will_do(tmp_path: Path) -> None:
    parts(tmp_path).write({name: lambda name=name: [repr(name).encode()] for name in NAMES})  # type: ignore[misc]
    assert [parts(tmp_path).get(name) for name in NAMES] == [repr(name).encode() for name in NAMES]


@pytest.mark.parametrize("data", [b"", b"x", b"something that was worked out"])
def test_a_damaged_part_is_not_there(tmp_path: Path, data: bytes) -> None:
    parts(tmp_path).write({"one": lambda: [data], "other": lambda: [b"whole"]})
    file = next(one for one in tmp_path.iterdir() if one.read_bytes()[:-4] == data)
    whole = file.read_bytes()
    for broken in (b"", whole[:-1], whole + b"\0", whole[:-1] + bytes([whole[-1] ^ 1]), b"\1" + whole[1:]):
        file.write_bytes(broken)
        assert parts(tmp_path).get("one") is None
        assert parts(tmp_path).get("other") == b"whole"
    parts(tmp_path).write({"one": lambda: [data]})
    assert parts(tmp_path).get("one") == data


def test_a_part_under_the_name_of_another_is_not_there(tmp_path: Path) -> None:
    parts(tmp_path).write({"one": lambda: [b"first"], "other": lambda: [b"whole"]})
    one, other = sorted(tmp_path.iterdir())
    one.rename(tmp_path / "aside")
    other.rename(one)
    (tmp_path / "aside").rename(other)
    assert [parts(tmp_path).get(name) for name in ("one", "other")] == [None, None]


def test_what_is_the_same_is_not_written_and_what_is_left_out_stays(tmp_path: Path) -> None:
    parts(tmp_path).write({"one": lambda: [b"first"], "other": lambda: [b"whole"], "third": lambda: [b"3"]})
    before = {one.name: one.stat().st_ino for one in tmp_path.iterdir()}
    parts(tmp_path).write({"one": lambda: [b"later"], "other": lambda: [b"whole"]})
    after = {one.name: one.stat().st_ino for one in tmp_path.iterdir()}
    assert [parts(tmp_path).get(name) for name in ("one", "other", "third")] == [b"later", b"whole", b"3"]
    assert sum(before[name] != after[name] for name in before) == 1
    assert before.keys() == after.keys()


def test_what_was_read_stays_when_it_is_replaced_or_deleted(tmp_path: Path) -> None:
    parts(tmp_path).write({"one": lambda: [b"first"]})
    found = parts(tmp_path).get("one")
    parts(tmp_path).write({"one": lambda: [b"later, and longer"]})
    later = parts(tmp_path).get("one")
    delete_parts(tmp_path / "bank-signature.msgpack")
    assert (found, later, parts(tmp_path).get("one")) == (b"first", b"later, and longer", None)


@pytest.mark.parametrize("is_mapped", [True, False])
def test_files_are_looked_at_or_read(
    tmp_path: Path, is_mapped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qbank.parts._IS_MAPPED", is_mapped)
    parts(tmp_path).write({"one": lambda: [b"first"], "none": list})
    assert [parts(tmp_path).get(name) for name in ("one", "none", "other")] == [b"first", b"", None]


def test_only_the_parts_of_one_file_are_deleted(tmp_path: Path) -> None:
    other = Parts(tmp_path / "bank-another.msgpack")
    for one in (parts(tmp_path), other):
        one.write({"a": lambda: [b"a"], "b": lambda: [b"b"]})
    delete_parts(tmp_path / "bank-signature.msgpack")
    assert parts(tmp_path).get("a") is None
    assert other.get("b") == b"b"
    assert len(list(tmp_path.iterdir())) == 2


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        parts(tmp_path / "file").write({"one": lambda: [b"1"]})


class Held(msgspec.Struct, array_like=True):
    """Something as it is kept: plain values, bytes, and more of its kind."""

    text: str
    many: list[memoryview]
    by_name: dict[str, Held]
    pair: tuple[memoryview, memoryview] | None = None


LARGE = bytes(70_000)
SIZES = st.integers(0, 40) | st.sampled_from([65_535, 65_536, 70_000])
VIEWS = SIZES.map(lambda size: memoryview(LARGE)[:size])
HELD: st.SearchStrategy[Held] = st.deferred(
    lambda: st.builds(
        Held,
        st.text(max_size=3),
        st.lists(VIEWS, max_size=20),
        st.dictionaries(st.text(max_size=2), HELD, max_size=2),
        st.none() | st.tuples(VIEWS, VIEWS),
    )
)


@hypothesis.settings(max_examples=50)
@hypothesis.given(held=HELD)
def test_pieces_are_together_what_msgspec_writes(held: Held) -> None:
    pieces = in_pieces(held)
    assert b"".join(pieces) == msgspec.msgpack.encode(held)
    assert all(len(one) < 2 * 65_536 for one in pieces)


@pytest.mark.parametrize("size", [1, 15, 16, 65_535, 65_536])
def test_long_lists_and_mappings_are_begun_as_msgspec_begins_them(size: int) -> None:
    many = [memoryview(b"1")] * size
    assert b"".join(in_pieces(many)) == msgspec.msgpack.encode(many)
    held = {str(number): Held("", [], {}) for number in range(size)}
    assert b"".join(in_pieces(held)) == msgspec.msgpack.encode(held)


def test_large_bytes_are_not_copied() -> None:
    large = memoryview(bytes(100_000))
    assert any(one is large for one in in_pieces(Held("", [large], {})))
