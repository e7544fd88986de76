"""A bank with something of everything that Moodle XML carries."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from qbank.model.bank import Bank, BankRecord, ContentArea
from qbank.model.item import (
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    NumericKey,
    Ordering,
    Scoring,
    ShortAnswer,
    TrueFalse,
)
from qbank.model.stimulus import Media, Stimulus

THREE = {"A": "one", "B": "two", "C": "three"}

ITEMS: tuple[Item, ...] = (
    MultipleChoice(
        id="mc",
        status="pretest",
        content_area="anatomy/skeletal",
        cognitive_level="recall",
        stem="Which bone? ![a bone](media/bone%201.png) ]]> & <5 mg, costs $$5, $$6, \\\\(x\\\\)",
        options={"A": "**Tibia**", "B": "$x^2 < 3$", "C": "<u>Talus</u>"},
        key="B",
        rationale={"A": "The shin bone.", "B": "![this](media/bone%201.png)"},
        references=("Anatomy, *chapter 3*", "- a list\n- of two"),
        points=2.5,
        scoring=Scoring("per_option", 0.25, -1),
        stimulus="case",
        tags=("bones", "über alles"),
    ),
    MultipleChoice(id="plain", stem="x", options=THREE, key="A", shuffle=False, rationale="So.\n\nIt is."),
    MultipleResponse(
        id="mr",
        stem="Two?",
        options=THREE,
        key=("A", "C"),
        choose=2,
        scoring=Scoring("per_option", 0.5),
        stimulus="case",
    ),
    MultipleResponse(id="one", stem="One?", options=THREE, key=("B",), content_area="other"),
    TrueFalse(id="tf", stem="Is it?", key=False, rationale={"true": "No.", "false": "Yes."}),
    Matching(
        id="match",
        stem="Match.",
        prompts={"P1": "**a** -> b", "P2": "two"},
        options={"A": "x < y", "B": "y & z", "C": "spare"},
        key={"P1": "B", "P2": "A"},
        scoring=Scoring("per_pair"),
        shuffle=False,
        rationale="Because.",
    ),
    Ordering(id="order", stem="Order.", options=THREE, key=("C", "A", "B"), rationale="So."),
    Numeric(id="number", stem="How much?", key=NumericKey(value=0.3, tolerance=0.05, unit="mg & more")),
    Numeric(id="range", stem="How much?", key=NumericKey(minimum=0.1, maximum=0.4)),
    ShortAnswer(id="short", stem="Say.", key=("2*3", "tibia"), case_sensitive=True),
    Essay(id="essay", stem="Write.", rubric="**Full** points for all.", references=("A book",)),
)

STIMULI = (
    Stimulus(
        id="case",
        title="Case & <record>",
        text="A *patient*.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        media=(
            Media(file="media/bone 1.png", alt='A "bone"', licence="CC-BY-4.0, someone"),
            Media(file="media/heart.mp3", alt="Heart sounds"),
        ),
    ),
)


def png() -> bytes:
    """A picture of one pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def bank(root: Path, items: tuple[Item, ...] = ITEMS) -> Bank:
    """The bank in a folder, with its files."""
    (root / "media").mkdir(exist_ok=True)
    (root / "media" / "bone 1.png").write_bytes(png())
    (root / "media" / "heart.mp3").write_bytes(b"ID3 heart")
    areas = (ContentArea("anatomy", "Anatomy", (ContentArea("skeletal", "The skeleton"),)),)
    info = BankRecord(id="sample", title="Sample", content_areas=(*areas, ContentArea("other", "Other")))
    return Bank(info=info, items=items, stimuli=STIMULI, declared=True, root=str(root))
