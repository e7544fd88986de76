"""Two banks that differ in everything that `qbank diff` tells, and items of every type."""

from __future__ import annotations

from typing import Any

import msgspec

from qbank.model.bank import Bank, BankRecord, Source
from qbank.model.hashing import content_hash
from qbank.model.item import (
    Code,
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    NumericKey,
    Ordering,
    Review,
    ShortAnswer,
    TrueFalse,
)
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Media, Stimulus

OPTIONS = {"A": "Tibia", "B": "Fibula", "C": "Talus", "D": "Calcaneus"}
APPROVAL = Review(by="J. Doe", date="2026-01-02")

BY_TYPE: tuple[Item, ...] = (
    MultipleChoice(id="mc", stem="Which bone is broken?", options=OPTIONS, key="B"),
    MultipleResponse(id="mr", stem="Which TWO are tarsal bones?", options=OPTIONS, key=("C", "D"), choose=2),
    TrueFalse(id="tf", stem="The fibula is lateral.", key=True),
    Matching(
        id="ma", stem="Match.", options=OPTIONS, prompts={"P": "Heel", "Q": "Shin"}, key={"P": "D", "Q": "A"}
    ),
    Ordering(id="or", stem="From above.", options=OPTIONS, key=("A", "B", "C", "D")),
    Numeric(id="nu", stem="How many?", key=NumericKey(value=7, tolerance=0.5, unit="bones")),
    ShortAnswer(id="sa", stem="Name it.", key=("talus", "ankle bone")),
    Essay(id="es", stem="Explain.", rubric="Two points for each cause"),
)


def changed(item: Item, **fields: Any) -> Item:
    """An item with other fields."""
    return msgspec.structs.replace(item, **fields)


def bank(*items: Item, **fields: Any) -> Bank:
    """A bank of these items."""
    return Bank(items=items, **fields)


def old_bank() -> Bank:
    """The bank before."""
    choice = BY_TYPE[0]
    case = Stimulus(
        id="case", title="Case", text="Pain in the right ankle.", media=(Media("x.png", sha256="1"),)
    )
    stimuli = {"case": case}
    hung = changed(choice, id="hung", stimulus="case", approval=APPROVAL)
    return Bank(
        info=BankRecord(id="bones", as_of="2026-01-01"),
        items=(
            changed(choice, id="gone", stem="Where is the hip?"),
            changed(choice, id="hit", approval=APPROVAL, rationale={"B": "It is lateral."}),
            hung,
            changed(choice, id="letters", stem="Which is lateral?"),
            changed(choice, id="old-name", stem="Which is the heel bone?", key="D"),
            changed(choice, id="same", stem="Which is medial?", key="A"),
            changed(choice, id="status", stem="Which one?", enemies=("same", "hit"), tags=("x",)),
            changed(choice, id="texts", stem="Which code?", codes=(Code("icd10cm", "S82.61XA", "key"),)),
        ),
        stimuli=(case,),
        statistics=(
            Statistics(
                item="hung", content_hash=content_hash(hung, stimuli), as_of="2026-01-01", n=300, p=0.71
            ),
        ),
        declared=True,
        sources=tuple(Source(f"old/{n}.yaml", "", "yaml", "item", 0, 0) for n in range(8)),
    )


def new_bank() -> Bank:
    """The bank after; its texts are hostile."""
    items = {one.id: one for one in old_bank().items}
    relettered = {"A": "Fibula", "B": "Tibia", "C": "Talus", "D": "Calcaneus"}
    hostile = "Which bone ```is``` <b>broken</b> @octocat #1 [x](javascript:1)\x1b[31m\u202e?\n- no list"
    return Bank(
        info=BankRecord(id="bones", as_of="2026-06-01"),
        items=(
            changed(items["hit"], key="C", stem=hostile, rationale={"C": "It is lateral."}),
            items["hung"],
            changed(items["letters"], options=relettered, key="A"),
            changed(items["old-name"], id="new-name"),
            changed(items["same"], id="another", stem="Which **is** new?", status="draft"),
            items["same"],
            changed(items["status"], status="retired", enemies=("hit", "same"), tags=("y",), points=2),
            changed(
                items["texts"],
                options={**OPTIONS, "B": "The fibula", "E": "Ulna"},
                codes=(Code("icd10cm", "S82.62XA", "key"),),
                attributes={"seconds": 60},
            ),
        ),
        stimuli=(
            Stimulus(
                id="case", title="Case", text="Pain in the left ankle.", media=(Media("x.png", sha256="2"),)
            ),
        ),
        statistics=old_bank().statistics,
        declared=True,
        complete=True,
    )
