"""What a format writes it reads back equal, in everything that it says it carries."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qbank import api, importing
from qbank.formats import formats
from qbank.formats.contract import Format, Source
from qbank.formats.features import of_item, wrong_share
from qbank.markup import from_plain, to_plain
from qbank.markup.from_html import shape
from qbank.markup.xhtml import to_xhtml
from qbank.model.bank import Bank
from qbank.model.item import (
    ITEM_TYPES,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    Ordering,
    Scoring,
    TrueFalse,
)
from tests.formats.qti_items import items

BOTH_WAYS = ("aiken", "blackboard-tsv", "gift", "jsonl", "moodle-xml")
"""Tables and packages have round trips of their own."""

_TEXT = {"paragraphs", "formatting", "tables", "maths", "images"}


def test_every_format_that_reads_what_it_writes_has_a_round_trip() -> None:
    both = {name for name, one in formats().items() if one.reads is not None and one.writes is not None}
    assert both == {*BOTH_WAYS, "csv", "xlsx", "qti12", "qti21", "qti22", "qti30"}


@pytest.mark.parametrize("name", BOTH_WAYS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_items_come_back(name: str, data: st.DataObject) -> None:
    format = formats()[name]
    drawn = data.draw(st.lists(items(), min_size=1, max_size=4, unique_by=lambda one: one.id.lower()))
    carried = [one for item in drawn if (one := _carried(item, format)) is not None]
    assume(carried)
    bank = Bank(items=tuple(carried))
    try:
        files = api.export_bank(bank, name).files
    except api.ExportRefused:
        assume(False)
    back = importing.read(Source(name=files[0][0], data=files[0][1]), name)
    assert back.imported.unread == ()
    records = {one["id"]: one for one in back.imported.items}
    if not any(one.id in records for one in carried):  # the format has no place for ids
        records = dict(zip([one.id for one in carried], back.imported.items, strict=True))
    for item in carried:
        again = msgspec.convert(
            {**records[item.id], "id": item.id}, ITEM_TYPES[records[item.id]["type"]], strict=False
        )
        assert _canonical(again, format) == _canonical(item, format)  # type: ignore[arg-type]
    assert importing.recognise(Source(name="file", data=files[0][1])).slug == name


def _carried(item: Item, format: Format) -> Item | None:
    """An item without what a format does not carry; None when it does not carry the type."""
    if item.type not in format.item_types:
        return None
    item = _made_plain(_explained(item), format)
    for _ in range(
        3
    ):  # without partial credit, some items are all or nothing, which may not be carried either
        for use in of_item(item):
            if use.feature not in format.carries:
                item = _without(item, use.feature)
    if any(use.feature not in format.carries for use in of_item(item)):
        return None
    if isinstance(item, Matching) and len({_shown(one) for one in item.options.values()}) < len(item.options):
        return None  # options that look alike are one to a format that has no names for them
    return item


def _explained(item: Item) -> Item:
    """An item with rationales of its own options only; types without options have one for the item."""
    rationale = item.rationale
    if isinstance(rationale, str):
        return item
    ids = ("true", "false") if isinstance(item, TrueFalse) else tuple(item.option_texts)
    if not isinstance(item, MultipleChoice | MultipleResponse | TrueFalse):
        return msgspec.structs.replace(item, rationale=next(iter(rationale.values()), ""))
    own = {id: text for id, text in rationale.items() if id in ids}
    return msgspec.structs.replace(item, rationale=own)


def _made_plain(item: Item, format: Format) -> Item:
    if format.carries >= _TEXT:
        return item

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            line = " ".join(to_plain(value).split())
            return from_plain(line) if line else "x"
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        return value

    names = ("stem", "options", "prompts", "rationale")
    changed = {one: plain(getattr(item, one)) for one in names if getattr(item, one, None)}
    return msgspec.structs.replace(item, **changed)


def _without(item: Item, feature: str) -> Item:
    fields: dict[str, dict[str, Any]] = {
        "rationale": {"rationale": ""},
        "option-rationale": {"rationale": ""},
        "references": {"references": ()},
        "content-area": {"content_area": ""},
        "cognitive-level": {"cognitive_level": ""},
        "points": {"points": 1},
        "fixed": {"fixed": ()},
        "no-shuffle": {"shuffle": True},
        "choose": {"choose": None},
        "case-sensitive": {"case_sensitive": False},
        "rubric": {"rubric": ""},
        "partial-credit": {"scoring": Scoring()},
        "penalty": {"scoring": Scoring(item.scoring.method)},
    }
    if feature == "all-or-nothing":
        method = "per_pair" if isinstance(item, Matching) else "per_option"
        return msgspec.structs.replace(item, scoring=Scoring(method))  # type: ignore[arg-type]
    if feature == "unit" and isinstance(item, Numeric) and item.key is not None:
        return msgspec.structs.replace(item, key=msgspec.structs.replace(item.key, unit=""))
    if feature == "accepted-texts":
        return msgspec.structs.replace(item, key=item.key[:1])  # type: ignore[union-attr,index]
    if feature == "spare-options" and isinstance(item, Matching):
        kept = {id: text for id, text in item.options.items() if id in item.key_ids}
        return msgspec.structs.replace(item, options=kept)
    return msgspec.structs.replace(item, **fields[feature]) if feature in fields else item


def _canonical(item: Item, format: Format) -> dict[str, Any]:
    """What must be equal: texts as they are shown, options by their place."""
    record: dict[str, Any] = msgspec.to_builtins(item)
    keep_ids = "option-ids" in format.notes or format.slug == "jsonl"
    for name in ("record", "enemies", "fixed" if not keep_ids else "record", "id"):
        record.pop(name, None)
    names: dict[str, str] = {}
    for part in ("options", "prompts"):
        if part in record:
            new = {id: f"{part}{place}" for place, id in enumerate(record[part])}
            names.update({id: one for id, one in new.items() if part == "options" or id not in names})
            record[part] = [_shown(text) for text in record[part].values()]
    if isinstance(item, Matching):
        options = {id: f"options{place}" for place, id in enumerate(item.options)}
        record["key"] = [options[one] for one in (item.key or {}).values()]
        record["prompts"] = [_shown(item.prompts[id]) for id in item.key or {}]
        shown = {options[id]: _shown(text) for id, text in item.options.items()}
        record["key"] = [shown[one] for one in record["key"]]
        record["options"] = sorted(shown.values())
        if "reuse" in format.notes:  # the target always lets an option be used again
            record["reuse"] = len(set(item.key_ids)) < len(item.key_ids)
    elif names and not isinstance(item, Numeric):
        key = item.key_ids
        record["key"] = (
            sorted(names[id] for id in key)
            if isinstance(item, MultipleResponse)
            else [names[id] for id in key]
        )
    if isinstance(item, Ordering) and "order" in format.notes:  # the target keeps the right order only
        record["options"] = [_shown(item.options[id]) for id in item.key_ids]
        record["key"] = []
    for name in ("rubric", "references"):
        if name in record:
            told = record[name]
            record[name] = _shown(told) if isinstance(told, str) else [_shown(one) for one in told]
    record["stem"] = _shown(item.stem)
    rationale = item.rationale
    if isinstance(rationale, dict):
        record["rationale"] = {names.get(id, id): _shown(text) for id, text in rationale.items() if text}
    elif rationale:
        record["rationale"] = _shown(rationale)
    if isinstance(item, MultipleChoice | TrueFalse):
        record["scoring"] = wrong_share(item)
    elif isinstance(item, MultipleResponse | Matching):
        scoring = (item.scoring.method, item.scoring.penalty, item.scoring.minimum)
        one_key = isinstance(item, MultipleResponse) and len(item.key_ids) == 1
        same = one_key and scoring == ("per_option", 1, 0)  # with one right option, all or nothing
        record["scoring"] = ("all_or_nothing", 0, 0) if same else scoring
    else:
        record["scoring"] = None
    for name in ("rationale", "scoring"):
        if not record.get(name):
            record.pop(name, None)
    if isinstance(item, Numeric) and item.key is not None:
        given = {name: value for name, value in record["key"].items() if value not in (None, "", 0.0)}
        if "minimum" in given and "maximum" in given and "range" in format.notes.get("tolerance", ""):
            low, high = Decimal(str(given["minimum"])), Decimal(str(given["maximum"]))
            given = {"value": (low + high) / 2, **({"tolerance": (high - low) / 2} if high > low else {})}
        record["key"] = {name: one if name == "unit" else float(one) for name, one in given.items()}
    return record


def _shown(text: str) -> str:
    return re.sub(r"\s+", " ", shape(to_xhtml(text)))
