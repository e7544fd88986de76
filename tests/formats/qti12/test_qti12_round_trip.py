"""What goes out as QTI 1.2 comes back, plain and for Canvas, and agrees with QTI 3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbank import api
from qbank.formats import formats
from qbank.formats.contract import Export, ExportInput, Imported, Source
from qbank.importing import import_file, recognise
from qbank.model.item import Item, Matching, MultipleChoice, Ordering
from tests.formats.samples import export_input
from tests.formats.test_qti_round_trip import comparable, described, model, with_stimulus

ROOT = Path(__file__).parents[3]
DIALECTS = ("", "canvas")
slow = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
items_of_every_kind = st.lists(described(), min_size=1, max_size=2, unique_by=lambda item: item.id.lower())


def exported(input: ExportInput, dialect: str = "", slug: str = "qti12") -> Source:
    result = formats()[slug].write(msgspec.structs.replace(input, dialect=dialect))
    assert isinstance(result, Export), result
    return Source(name=result.files[0][0], data=result.files[0][1])


def back(input: ExportInput, dialect: str = "", slug: str = "qti12") -> Imported:
    reads = formats()[slug].reads
    assert reads is not None
    return reads(exported(input, dialect, slug))


@pytest.mark.parametrize("dialect", DIALECTS)
@slow
@given(items=items_of_every_kind)
def test_items_of_a_bank_come_back(dialect: str, items: list[Item]) -> None:
    imported = back(msgspec.structs.replace(export_input(items), is_bank=True), dialect)
    assert [comparable(model(one)) for one in imported.items] == [comparable(one) for one in items]
    assert imported.unread == ()


@pytest.mark.parametrize("dialect", DIALECTS)
@slow
@given(items=items_of_every_kind, data=st.data())
def test_items_of_a_form_come_back_in_the_bank_s_order(
    dialect: str, items: list[Item], data: st.DataObject
) -> None:
    orders = {
        one.id: tuple(data.draw(st.permutations(sorted(one.options))))
        for one in items
        if isinstance(one, MultipleChoice | Matching | Ordering)
    }
    roles = {one.id: data.draw(st.sampled_from(["operational", "pretest"])) for one in items}
    imported = back(export_input(items, orders=orders, roles=roles), dialect)
    assert [comparable(model(one)) for one in imported.items] == [comparable(one) for one in items]
    assert [one.message[:24] for one in imported.unread] == ["a bank holds no tests: o"]


@slow
@given(items=items_of_every_kind)
def test_qti12_and_qti30_agree(items: list[Item]) -> None:
    bank = msgspec.structs.replace(export_input(items), is_bank=True)
    old, new = back(bank), back(bank, slug="qti30")
    assert [comparable(model(one)) for one in old.items] == [comparable(model(one)) for one in new.items]
    assert old.bank == new.bank


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("is_bank", [True, False])
def test_stimuli_and_media_come_back(dialect: str, is_bank: bool, tmp_path: Path) -> None:
    input = msgspec.structs.replace(with_stimulus(tmp_path), is_bank=is_bank)
    imported = back(input, dialect)
    assert len(imported.unread) == (0 if is_bank else 1)
    assert [one["stimulus"] for one in imported.items] == ["case-1", "case-1", "case-2"]
    wanted = [_plain(msgspec.to_builtins(one)) for one in input.stimuli.values()]
    assert [_plain(one) for one in imported.stimuli] == wanted
    names = {"figures/x ray.png", "figures/heart.svg", "voice.mp3", "walk.mp4", "inline.png"}
    assert {name: data.decode() for name, data in imported.media.items()} == {name: name for name in names}


def _plain(stimulus: dict[str, Any]) -> dict[str, Any]:
    """A stimulus without what is no content."""
    plain = {name: list(value) if name == "media" else value for name, value in stimulus.items()}
    return {name: value for name, value in plain.items() if name != "record" and value not in ("", [], {})}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_importing_twice_changes_nothing(dialect: str, tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    source = exported(msgspec.structs.replace(with_stimulus(tmp_path / "from"), is_bank=True), dialect)
    file, bank = tmp_path / "package.zip", tmp_path / "bank"
    file.write_bytes(source.data)
    assert recognise(source).slug == "qti12"
    assert import_file(file, bank).new
    again = import_file(file, bank)
    assert (again.files, again.new, again.different) == ({}, (), ())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_real_bank_comes_back_without_a_difference(dialect: str, tmp_path: Path) -> None:
    bank = api.load_bank(ROOT / "banks" / "cmcs").bank
    result = api.export_bank(bank, "qti12", dialect=dialect)
    file = tmp_path / "cmcs.zip"
    file.write_bytes(result.files[0][1])
    import_file(file, tmp_path / "bank")
    again = api.load_bank(tmp_path / "bank").bank
    mine, theirs = ({one.id: _said(one) for one in each.items} for each in (again, bank))
    assert set(mine) == set(theirs)
    assert [id for id, wanted in theirs.items() if mine[id] != wanted] == []
    stimuli = ({one.id: (one.title, one.text) for one in each.stimuli} for each in (again, bank))
    assert next(stimuli) == next(stimuli)


def _said(item: Item) -> dict[str, Any]:
    """What a format carries of an item, letter by letter."""
    work = {"record", "author", "review", "approval", "lint_ignore", "enemies", "calculation"}
    plain = {name: value for name, value in msgspec.to_builtins(item).items() if name not in work}
    return {**plain, "points": float(item.points), "scoring": msgspec.to_builtins(item.scoring)}
