"""Blackboard's upload: lines as its help describes them, losses told, files of other people read."""

from __future__ import annotations

import pytest

from qbank import api, importing
from qbank.formats import formats
from qbank.formats.contract import Source, Unreadable
from qbank.model.bank import Bank
from qbank.model.item import (
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    NumericKey,
    Ordering,
    ShortAnswer,
    TrueFalse,
)

THREE = {"A": "one", "B": "two", "C": "three"}
ITEMS: tuple[tuple[Item, str], ...] = (
    (
        MultipleChoice(id="a", stem="x\ty", options=THREE, key="B"),
        "MC|x y|one|incorrect|two|correct|three|incorrect",
    ),
    (
        MultipleResponse(id="b", stem="x", options=THREE, key=("A", "C")),
        "MA|x|one|correct|two|incorrect|three|correct",
    ),
    (TrueFalse(id="c", stem="x", key=False), "TF|x|false"),
    (
        Matching(
            id="d",
            stem="x",
            prompts={"P": "p", "Q": "q"},
            options={"A": "1", "B": "2"},
            key={"P": "B", "Q": "A"},
        ),
        "MAT|x|p|2|q|1",
    ),
    (Ordering(id="e", stem="x", options=THREE, key=("C", "A", "B")), "ORD|x|three|one|two"),
    (Numeric(id="f", stem="x", key=NumericKey(value=1e-7)), "NUM|x|0.00000010"),
    (Numeric(id="g", stem="x", key=NumericKey(minimum=0.1, maximum=0.4)), "NUM|x|0.25|0.15"),
    (ShortAnswer(id="h", stem="x", key=("tibia", "shin bone")), "FIB|x|tibia|shin bone"),
    (Essay(id="i", stem="x"), "ESS|x"),
)


def test_every_type_has_its_line() -> None:
    bank = Bank(items=tuple(item for item, _ in ITEMS))
    ((name, data),) = api.export_bank(bank, "blackboard-tsv", lossy=True).files
    assert name.endswith(".blackboard.txt")
    lines = data.decode().split("\r\n")
    for line, (_, wanted) in zip(lines, ITEMS, strict=True):
        fields, expected = line.split("\t"), wanted.split("|")
        assert fields[:2] == expected[:2]
        assert [_value(one) for one in fields[2:]] == [_value(one) for one in expected[2:]]


def _value(text: str) -> str | float:
    return float(text) if text.replace(".", "").isdecimal() else text


def test_it_reads_its_lines_back() -> None:
    bank = Bank(items=tuple(item for item, _ in ITEMS))
    ((_, data),) = api.export_bank(bank, "blackboard-tsv", lossy=True).files
    known = importing.read(Source(name="x.txt", data=data))
    assert known.format == "blackboard-tsv"
    assert known.imported.unread == ()
    assert [one["type"] for one in known.imported.items] == [item.type for item, _ in ITEMS]
    assert known.imported.items[1]["key"] == ["A", "C"]
    assert known.imported.items[3]["key"] == {"P1": "A", "P2": "B"}
    assert known.imported.items[6]["key"] == {"value": 0.25, "tolerance": 0.15}


def test_many_items_go_into_several_files() -> None:
    items = tuple(TrueFalse(id=f"i{number}", stem="x", key=True) for number in range(501))
    files = api.export_bank(Bank(items=items), "blackboard-tsv").files
    assert [len(data.decode().split("\r\n")) for _, data in files] == [250, 250, 1]
    assert files[1][0] == "bank-staff-2.blackboard.txt"


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (ITEMS[1][0], "only count together"),
        (MultipleChoice(id="a", stem="**x**", options=THREE, key="A"), "bold"),
        (MultipleChoice(id="a", stem="1 < 2", options=THREE, key="A"), "for mark-up"),
        (MultipleChoice(id="a", stem="x", options=THREE), "must be keyed"),
        (ShortAnswer(id="a", stem="x", key=("a\tb",)), "tabs"),
        (Numeric(id="a", stem="x", key=NumericKey(minimum=1)), "a minimum and a maximum"),
    ],
)
def test_what_a_line_cannot_say_is_refused(item: Item, message: str) -> None:
    with pytest.raises(api.ExportRefused, match=message):
        api.export_bank(Bank(items=(item,)), "blackboard-tsv")


def test_what_is_not_understood_is_told() -> None:
    text = "MC\ta\tb\tcorrect\tc\tincorrect\n\nFIB_PLUS\ta [x]\tx\t1\n"
    text += "MC\ta\tb\tright\nTF\ta\tmaybe\nNUM\ta\tmany\nQ\n"
    back = importing.read(Source(name="x.txt", data=text.encode("utf-16"))).imported
    assert len(back.items) == 1
    assert [one.line for one in back.unread] == [3, 4, 5, 6, 7]
    with pytest.raises(Unreadable):
        formats()["blackboard-tsv"].reads(Source(name="x.txt", data=b"nothing"))  # type: ignore[misc]
