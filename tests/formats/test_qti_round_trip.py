"""What goes out as QTI comes back: every item in every version, and the versions agree."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbank.formats import formats
from qbank.formats.contract import Export, ExportInput, Imported, Source
from qbank.markup import from_html, to_xhtml
from qbank.model.item import ITEM_TYPES, Code, Item, Numeric, ShortAnswer
from tests.formats import qti_items
from tests.formats.samples import export_input

VERSIONS = ("qti21", "qti22", "qti30")
ROOT = Path(__file__).parents[2]
slow = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def described(draw: st.DrawFn) -> Item:
    """An item with metadata of every kind."""
    item = draw(qti_items.items())
    more: dict[str, Any] = {
        "tags": draw(st.lists(st.sampled_from(["one", "two words", "é&<"]), unique=True).map(tuple)),
        "codes": draw(
            st.sampled_from([(), (Code("icd10cm", "S82.61XA", "rationale", "billable"), Code("cpt", "1"))])
        ),
        "attributes": draw(
            st.sampled_from([{}, {"seconds": 60, "share": 0.5, "open": True, "objective": "LO2"}])
        ),
    }
    if item.type in ("multiple-choice", "multiple-response", "matching"):
        more["shuffle"] = draw(st.booleans())
    return msgspec.structs.replace(item, **more)


def exported(input: ExportInput, slug: str, dialect: str = "") -> Source:
    result = formats()[slug].write(msgspec.structs.replace(input, dialect=dialect))
    assert isinstance(result, Export), result
    name, data = result.files[0]
    return Source(name=name, data=data)


def back(input: ExportInput, slug: str, dialect: str = "") -> Imported:
    reads = formats()[slug].reads
    assert reads is not None
    return reads(exported(input, slug, dialect))


def model(record: dict[str, Any]) -> Item:
    """A record as the item it describes."""
    kind = ITEM_TYPES[record["type"]]
    return msgspec.convert(record, kind)  # type: ignore[return-value]


def shown(text: str) -> str:
    """What a text shows, in one way of writing."""
    html = to_xhtml(text)
    for _ in range(3):
        html = to_xhtml(from_html(html.replace("<div>", "").replace("</div>", "")).text)
    return html


def comparable(item: Item) -> dict[str, Any]:
    """An item's fields, texts as they show, numbers as decimals."""
    plain: dict[str, Any] = msgspec.to_builtins(item)
    plain["stem"] = shown(item.stem)
    for name in ("options", "prompts"):
        if name in plain:
            plain[name] = [(id, shown(text)) for id, text in plain[name].items()]
    if isinstance(item.rationale, str):
        plain["rationale"] = shown(item.rationale)
    else:
        plain["rationale"] = {id: shown(text) for id, text in item.rationale.items()} or shown("")
    plain["references"] = [shown(text) for text in item.references]
    plain["rubric"] = shown(plain.get("rubric", ""))
    plain["scoring"] = (item.scoring.method, item.scoring.penalty, item.scoring.minimum)
    plain["points"] = Decimal(repr(float(item.points)))
    if isinstance(item, Numeric) and item.key is not None:
        key = item.key
        numbers = (key.value, key.tolerance, key.minimum, key.maximum)
        plain["key"] = [None if one is None else Decimal(repr(float(one))) for one in numbers]
        plain["key"].append(shown(key.unit))
    if isinstance(item, ShortAnswer):
        plain["key"] = [" ".join(text.split()) for text in item.key or ()]
    return plain


@pytest.mark.parametrize("slug", VERSIONS)
@slow
@given(items=st.lists(described(), min_size=1, max_size=3, unique_by=lambda item: item.id.lower()))
def test_items_come_back(slug: str, items: list[Item]) -> None:
    imported = back(msgspec.structs.replace(export_input(items), is_bank=True), slug)
    assert [comparable(model(one)) for one in imported.items] == [comparable(one) for one in items]
    assert imported.unread == ()
