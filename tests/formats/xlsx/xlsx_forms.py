"""Small forms for the tests of the workbook: all item types, a case set, both audiences."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook, load_workbook

from qbank.formats.contract import Audience, Check, Export, ExportInput
from qbank.formats.xlsx import FORMAT
from qbank.model.bank import Attribute, Bank, BankRecord, ContentArea
from qbank.model.blueprint import Blueprint, CutScore, Fact, Objective
from qbank.model.form import BankReference, BlueprintReference, Form, Placement, Section, SolverFacts
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
from qbank.model.stimulus import Media, Stimulus


class Random(Objective, frozen=True, kw_only=True, tag="random"):
    pass


STAFF_ONLY = "ZZSECRET"
"""Stands in every text that no candidate may see."""

COMMON: dict[str, Any] = {
    "content_area": f"anatomy/{STAFF_ONLY}area",
    "cognitive_level": f"{STAFF_ONLY}level",
    "rationale": f"{STAFF_ONLY} because",
    "references": (f"{STAFF_ONLY} reference",),
    "tags": (f"{STAFF_ONLY}tag",),
    "author": f"{STAFF_ONLY} author",
}

ALL_TYPES: tuple[Item, ...] = (
    MultipleChoice(
        **{
            **COMMON,
            "rationale": {"a": f"{STAFF_ONLY} a", "b": f"{STAFF_ONLY} b", "other": f"{STAFF_ONLY} o"},
        },
        id="mc-1",
        stem="Which *bone*?",
        options={"a": "Tibia", "b": "Fibula", "c": "Talus"},
        key="b",
        attributes={"seconds": 60, "origin": f"{STAFF_ONLY}origin"},
        enemies=("mr-1",),
    ),
    MultipleResponse(
        **COMMON,
        id="mr-1",
        stem="Which two?",
        options={"A": "One", "B": "Two", "C": "Three", "D": "Four", "E": "Five"},
        key=("A", "D"),
        choose=2,
        stimulus="case-1",
    ),
    TrueFalse(**COMMON, id="tf-1", stem="It is so.", key=False, stimulus="case-1"),
    Matching(
        **COMMON,
        id="ma-1",
        stem="Match.",
        prompts={"P1": "Knee", "P2": "Elbow"},
        options={"A": "Arm", "B": "Leg", "C": "Head"},
        key={"P1": "B", "P2": "A"},
    ),
    Ordering(
        **COMMON,
        id="or-1",
        stem="Order.",
        options={"x": "first", "y": "second", "z": "third"},
        key=("x", "y", "z"),
    ),
    Numeric(
        **COMMON,
        id="nu-1",
        stem="How much?",
        key=NumericKey(value=86753.5, tolerance=0.25, unit=f"{STAFF_ONLY}mg"),
        points=1.5,
    ),
    ShortAnswer(
        **COMMON,
        id="sa-1",
        stem="Name it.",
        key=(f"{STAFF_ONLY}femur", "thigh bone"),
        case_sensitive=True,
    ),
    Essay(**COMMON, id="es-1", stem="Discuss.", rubric=f"{STAFF_ONLY} one point each"),
)
ORDERS = {"mc-1": ("c", "b", "a"), "mr-1": ("E", "D", "C", "B", "A"), "or-1": ("z", "x", "y")}
CASE = Stimulus(
    id="case-1",
    title="A fall",
    text="She **fell**.\n\nIt hurt.",
    media=(Media(file="x.png", alt="An ankle"),),
)
CHECKS = (
    Check("length", "length", "8 items", 8, 8, 8),
    Check("recall", "content", "cognitive_level: recall", 3, 5, 1),
    Check("words", "attribute_sum", "", None, 100, 120.5),
    Check("apart", "enemies"),
    Check("share", "key_balance", "", 0.3, None, 0.1 + 0.2),
)


def export_input(
    items: Iterable[Item] = ALL_TYPES,
    audience: Audience = "staff",
    orders: dict[str, tuple[str, ...]] = ORDERS,
    stimuli: tuple[Stimulus, ...] = (CASE,),
    title: str = "Form A & co",
    notice: str = "Practice material.",
) -> ExportInput:
    """All there is to know about a form of these items; every third is pretest."""
    items = tuple(items)
    placements = tuple(
        Placement(
            position=position,
            item=item.id,
            content_hash=f"c{position}",
            record_hash=f"r{position}",
            role="pretest" if position % 3 == 0 else "operational",
            option_order=orders.get(item.id, ()),
        )
        for position, item in enumerate(items, 1)
    )
    info = BankRecord(
        id="demo",
        title="Demo bank",
        licence="CC-BY-4.0",
        as_of="2026-11-22",
        notice=notice,
        content_areas=(ContentArea("anatomy", "Anatomy", (ContentArea(f"{STAFF_ONLY}area", "Skeleton"),)),),
        attributes={"seconds": Attribute("integer"), "origin": Attribute()},
    )
    return ExportInput(
        form=Form(
            id="demo-a",
            title=title,
            blueprint=BlueprintReference("demo", f"{STAFF_ONLY}blueprint", "demo.yaml"),
            bank=BankReference("demo", f"{STAFF_ONLY}bank"),
            seed=987654321,
            solver=SolverFacts(f"{STAFF_ONLY}solver", "optimal", 1.5, 1.5, 0.0),
            sections=(Section("one", "Part one", placements[:2]), Section("two", "", placements[2:])),
            time_limit_minutes=90,
            cut_score=CutScore(5, 8),
        ),
        blueprint=Blueprint(
            id="demo",
            length=len(items),
            objective=Random(),
            edition="2026",
            facts=(Fact("length", f"{STAFF_ONLY} source", "low", "inferred"),),
        ),
        bank=Bank(info=info, items=items, stimuli=stimuli, declared=True),
        items={item.id: item for item in items},
        stimuli={one.id: one for one in stimuli},
        audience=audience,
        checks=CHECKS,
        version="0.1.0",
    )


def exported(input: ExportInput) -> bytes:
    """The workbook's bytes."""
    result = FORMAT.write(input)
    assert isinstance(result, Export), result
    ((name, content),) = result.files
    assert name == f"{input.form.id}-{input.audience}.xlsx"
    return content


def opened(content: bytes) -> Workbook:
    """The workbook as openpyxl reads it, formulas as formulas."""
    return load_workbook(io.BytesIO(content))


def members(content: bytes) -> dict[str, str]:
    """The text of every member of the archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def records(book: Workbook, sheet: str, id_title: str = "Item id") -> dict[str, dict[str, Any]]:
    """Item id → column title → value; rows without a position (case texts) left out."""
    titles, *rows = book[sheet].iter_rows(values_only=True)
    names = [str(title) for title in titles]
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return {str(row[id_title]): row for row in found if row.get("Position") is not None}
