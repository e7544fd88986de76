"""What goes out as a table comes back as it was: every item type, every field, texts of every kind."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbank import exporting
from qbank.formats import formats
from qbank.formats.contract import Export, Imported, Refused, Source
from qbank.formats.selection import bank_input
from qbank.formats.tabular import plain
from qbank.importing import _comparable
from qbank.model.bank import Bank
from qbank.model.item import Item
from qbank.tables import rows
from qbank.tables.layout import layout_of
from qbank.tables.safe_cells import as_typed, neutral
from tests.formats.tables.table_items import bank_of, banks, records, small, texts


def _there_and_back(bank: Bank, format: str, **more: Any) -> Imported:
    made = formats()[format].write(bank_input(bank, **more))
    assert isinstance(made, Export)
    ((name, data),) = made.files
    reads = formats()[format].reads
    assert reads is not None
    return reads(Source(name=name, data=data))


def _plainly(values: Any) -> list[dict[str, Any]]:
    return [_comparable(one if isinstance(one, dict) else plain(one)) for one in values]


def _of(bank: Bank) -> Bank:
    """The bank without enemies that it has not, as an export of it."""
    ids = {one.id for one in bank.items}
    items = tuple(
        msgspec.structs.replace(one, enemies=tuple(id for id in one.enemies if id in ids))
        for one in bank.items
    )
    return msgspec.structs.replace(bank, items=items)


def _same(bank: Bank, found: Imported) -> None:
    bank = _of(bank)
    assert found.unread == ()
    assert _plainly(found.items) == _plainly(bank.items)
    used = {one.stimulus for one in bank.items} - {""}
    assert _plainly(found.stimuli) == _plainly(one for one in bank.stimuli if one.id in used)


@given(banks(hard=True), st.sampled_from(["", "excel"]))
def test_csv(bank: Bank, dialect: str) -> None:
    _same(bank, _there_and_back(bank, "csv", dialect=dialect))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(banks())
def test_xlsx(bank: Bank) -> None:
    found = _there_and_back(bank, "xlsx")
    _same(bank, found)
    assert found.bank["id"] == "small"


@given(st.data())
def test_rows(data: st.DataObject) -> None:
    record = data.draw(records(texts(hard=True), 0))
    native = plain(msgspec.convert(record, Item))
    layout = layout_of([native])
    back, faults = rows.to_record(rows.to_row(native, layout), layout)
    assert faults == []
    assert _comparable(back) == _comparable(native)


@given(texts(hard=True))
def test_no_cell_of_a_csv_begins_as_a_formula(text: str) -> None:
    assert as_typed(neutral(text)) == text
    assert neutral(text).lstrip(" \u00a0")[:1] not in set("=+-@\t\r\n＝＋－＠")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_same_bank_gives_the_same_bytes(format: str) -> None:
    made = [formats()[format].write(small()) for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_candidate_gets_no_key(format: str) -> None:
    item = msgspec.convert(
        {
            "id": "a",
            "type": "multiple-choice",
            "stem": "What?",
            "options": {"A": "x", "B": "y"},
            "key": "A",
            "rationale": "SECRET",
            "tags": ["SECRET"],
        },
        Item,
    )
    found = _there_and_back(bank_of([item]), format, audience="candidate")
    assert found.items == (
        {"id": "a", "type": "multiple-choice", "stem": "What?", "options": {"A": "x", "B": "y"}},
    )
    assert found.bank == {}


def test_a_form_has_places_and_presented_options() -> None:
    from tests.formats.samples import export_input

    item = msgspec.convert(
        {"id": "a", "type": "multiple-choice", "stem": "What?", "options": {"A": "x", "B": "y"}, "key": "A"},
        Item,
    )
    made = formats()["csv"].write(export_input([item], orders={"a": ("B", "A")}))
    assert isinstance(made, Export)
    header, row = made.files[0][1].decode().splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=False))
    assert (cells["position"], cells["section"], cells["option_A"]) == ("1", "Section 1", "y")
    reads = formats()["csv"].reads
    assert reads is not None
    assert list(reads(Source(name="a.csv", data=made.files[0][1])).items[0]["options"]) == ["B", "A"]


def test_what_a_cell_of_excel_cannot_hold_is_refused_by_name() -> None:
    items = [
        msgspec.convert({"id": "a", "type": "essay", "stem": "bell \a"}, Item),
        msgspec.convert({"id": "b", "type": "essay", "stem": "x" * 32_768}, Item),
    ]
    made = formats()["xlsx"].write(bank_input(bank_of(items)))
    assert isinstance(made, Refused)
    assert [one.message for one in made.findings] == [
        "item a, stem: the character U+0007 cannot stand in an Excel file",
        "item b, stem: 32,768 characters, but a cell of Excel holds 32,767",
    ]
    with pytest.raises(exporting.ExportRefused):
        exporting.export_bank(bank_of(items), "xlsx")
