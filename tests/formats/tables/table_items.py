"""Records of every type, with texts that tables tend to spoil."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from qbank.formats.contract import ExportInput
from qbank.formats.selection import bank_input
from qbank.model.bank import Attribute, Bank, BankRecord, ContentArea
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus

HARMFUL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "'=1",
    "''=1",
    " =1",
    "＝1",
    "'",
    "=cmd|' /C calc'!A0",
]
ODD = [
    *HARMFUL,
    "1-2",
    "00123",
    "1e5",
    "true",
    "TRUE",
    "0.10",
    "a,b",
    "a;b",
    'a"b',
    "a\nb",
    "_x0041_",
    "ä €",
    " a",
    "a ",
    "#N/A",
    "{}",
    "5 ± 1",
]


def texts(hard: bool) -> st.SearchStrategy[str]:
    """Texts of an item; `hard` ones have any character, others what an Excel file can hold."""
    characters = (
        st.characters(exclude_categories=["Cs"])
        if hard
        else st.characters(
            exclude_categories=["Cs", "Cc", "Cn"],
            include_characters="\n\t",
            exclude_characters="\ufffe\uffff",
        )
    )
    return st.sampled_from(ODD) | st.text(characters, min_size=1, max_size=20)


def _ids(draw: st.DrawFn, least: int, most: int, plain: str) -> list[str]:
    number = draw(st.integers(least, most))
    if draw(st.booleans()):
        return [f"{plain}{n + 1}" if plain else chr(ord("A") + n) for n in range(number)]
    return draw(
        st.lists(
            st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,3}", fullmatch=True),
            min_size=number,
            max_size=number,
            unique=True,
        )
    )


@st.composite
def records(draw: st.DrawFn, text: st.SearchStrategy[str], number: int) -> dict[str, Any]:
    """A record of an item of any type."""
    kind = draw(
        st.sampled_from(
            [
                "multiple-choice",
                "multiple-response",
                "true-false",
                "matching",
                "ordering",
                "numeric",
                "short-answer",
                "essay",
            ]
        )
    )
    record: dict[str, Any] = {"id": f"i-{number}", "type": kind, "stem": draw(text)}
    if kind in ("multiple-choice", "multiple-response", "matching", "ordering"):
        ids = _ids(draw, 2, 6, "")
        record["options"] = {id: draw(text) for id in ids}
        some = st.lists(st.sampled_from(ids), unique=True)
        if draw(st.booleans()):
            record["fixed"] = draw(some)
        record["shuffle"] = draw(st.booleans())
        if draw(st.booleans()):
            record["rationale"] = {id: draw(text) for id in draw(some)}
        if kind == "multiple-choice":
            record["key"] = draw(st.sampled_from(ids) | some | st.none())
        elif kind == "multiple-response":
            record |= {"key": draw(some), "choose": draw(st.none() | st.integers(1, 3))}
            record["scoring"] = {
                "method": draw(st.sampled_from(["all_or_nothing", "per_option"])),
                "penalty": 0.5,
            }
        elif kind == "matching":
            prompts = _ids(draw, 1, 4, "P")
            record["prompts"] = {id: draw(text) for id in prompts}
            record |= {
                "key": {id: draw(st.sampled_from(ids)) for id in prompts},
                "reuse": draw(st.booleans()),
            }
        else:
            record["key"] = draw(st.permutations(ids))
    elif kind == "true-false":
        record["key"] = draw(st.none() | st.booleans())
    elif kind == "numeric":
        number_ = st.floats(-1e9, 1e9) | st.integers(-(10**6), 10**6).map(float)
        record["key"] = draw(
            st.fixed_dictionaries({"value": number_}, optional={"tolerance": st.floats(0, 10), "unit": text})
            | st.fixed_dictionaries({"minimum": number_, "maximum": number_})
        )
    elif kind == "short-answer":
        record |= {"key": draw(st.lists(text, min_size=1, max_size=3)), "case_sensitive": draw(st.booleans())}
    else:
        record["rubric"] = draw(text)
    record.setdefault("rationale", draw(st.just("") | text))
    record |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "status": st.sampled_from(["draft", "active", "retired"]),
                "content_area": st.sampled_from(["anatomy", "anatomy/skeletal"]),
                "cognitive_level": text,
                "references": st.lists(text, max_size=3),
                "tags": st.lists(text, max_size=3, unique=True),
                "enemies": st.just([f"i-{number + 1}"]),
                "points": st.sampled_from([0, 0.5, 1, 2]),
                "codes": st.lists(
                    st.fixed_dictionaries(
                        {"system": text, "code": text}, optional={"expect": st.just("any")}
                    ),
                    max_size=2,
                ),
                "attributes": st.dictionaries(
                    st.sampled_from(["seconds", "year", "new"]),
                    text | st.integers(-9, 99) | st.booleans() | st.sampled_from([0.5, 60.0]),
                    max_size=3,
                ),
                "author": text,
                "review": st.just([{"by": "somebody", "date": "2026-11-22"}]),
                "stimulus": st.just("case-1"),
            },
        )
    )
    return {name: value for name, value in record.items() if value is not None}


@st.composite
def banks(draw: st.DrawFn, hard: bool = False) -> Bank:
    """A bank of some items and a stimulus."""
    text = texts(hard)
    items = [msgspec.convert(draw(records(text, number)), Item) for number in range(draw(st.integers(1, 4)))]
    return bank_of(items, Stimulus(id="case-1", title=draw(text), text=draw(text), attributes={"n": 1}))


def bank_of(items: list[Any], *stimuli: Stimulus) -> Bank:
    """A bank of some items."""
    info = BankRecord(
        id="small",
        title="Small bank",
        content_areas=(ContentArea("anatomy", "Anatomy", (ContentArea("skeletal", "Skeleton"),)),),
        cognitive_levels=("recall", "application"),
        attributes={"seconds": Attribute("integer"), "year": Attribute("string", ("FY2026", "FY2027"))},
    )
    return Bank(info=info, items=tuple(items), stimuli=stimuli, declared=True)


def small() -> ExportInput:
    """An export of a bank with one item of two options, for tests of a format's manners."""
    item = msgspec.convert(
        {
            "id": "one",
            "type": "multiple-choice",
            "stem": "=1+1",
            "options": {"A": "-2", "B": "@two"},
            "key": "B",
            "tags": ["+x"],
        },
        Item,
    )
    return bank_input(bank_of([item]))
