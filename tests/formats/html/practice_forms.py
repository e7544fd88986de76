"""Forms for the tests of the practice test: one with every type of item, and answers to it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import msgspec

from qbank.formats.contract import Audience, ExportInput
from qbank.model.blueprint import CutScore
from qbank.model.form import PRETEST
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
    Scoring,
    ShortAnswer,
    TrueFalse,
)
from qbank.model.stimulus import Media, Stimulus
from tests.formats.samples import export_input

SECRET = "rationalemarker"
"""Stands in every text that only staff may see."""

STIMULUS = Stimulus(
    id="case",
    title="A fall <at> home",
    text="**Setting:** clinic.\n\n| test | value |\n|---|---|\n| Hb | $12.5$ |\n\n![A wrist](wrist.png)",
    media=(Media("voice.wav", alt="The patient says what happened"), Media("arm.svg", alt="An arm")),
)

_ABOUT: dict[str, Any] = {
    "rationale": f"{SECRET} for the item",
    "references": (f"{SECRET} in a book, section 4",),
    "content_area": "anatomy/skeletal",
    "cognitive_level": f"{SECRET}-level",
}

ITEMS: tuple[Item, ...] = (
    MultipleChoice(
        id="choice",
        stem="Which bone is *broken*?",
        options={"A": "Tibia", "B": "Fibula", "C": "$x^2$ & `<talus>`"},
        key="B",
        **{**_ABOUT, "rationale": {"A": f"{SECRET} A", "B": f"{SECRET} B"}},
    ),
    MultipleResponse(
        id="responses",
        stem="Which two?\n\n1. first\n2. second",
        options={"A": "One", "B": "Two", "C": "Three", "D": "Four"},
        key=("A", "C"),
        choose=2,
        points=2,
        scoring=Scoring("per_option", 0.5),
        stimulus="case",
        codes=(Code("icd10cm", f"{SECRET}-code"),),
        **_ABOUT,
    ),
    TrueFalse(id="truth", stem="The talus is a bone.", key=True, stimulus="case", **_ABOUT),
    Matching(
        id="pairs",
        stem="Match.",
        prompts={"P1": "Cyanosis", "P2": "*Erythema*"},
        options={"A": "Blue", "B": "Red", "C": "Green"},
        key={"P1": "A", "P2": "B"},
        points=2,
        scoring=Scoring("per_pair"),
        **_ABOUT,
    ),
    Ordering(
        id="steps",
        stem="Order.",
        options={"A": "Look", "B": "Think", "C": "Code"},
        key=("A", "B", "C"),
        **_ABOUT,
    ),
    Numeric(id="dose", stem="How much?", key=NumericKey(value=0.3, tolerance=0.1, unit="mg"), **_ABOUT),
    ShortAnswer(id="word", stem="Name it.", key=("tibia", "Shin  bone"), **_ABOUT),
    MultipleChoice(
        id="trial", stem="Not scored.", options={"A": "Yes", "B": "No"}, key="A", points=5, **_ABOUT
    ),
    Essay(id="essay", stem="Discuss.", rubric=f"{SECRET} rubric", points=4, **_ABOUT),
)

POINTS = 9.0
"""What the items that the page scores give together: without the trial item and the essay."""

RIGHT: tuple[Any, ...] = (
    ["B"], ["A", "C"], ["true"], ["A", "B"], ["A", "B", "C"], "0.4", " TIBIA ", ["A"], "Words.",
)  # fmt: skip
WRONG: tuple[Any, ...] = (
    ["A"], ["B"], ["false"], ["B", "C"], ["C", "A", "B"], "0.41", "femur", ["A"], "",
)  # fmt: skip


def practice(
    root: Path, audience: Audience = "staff", minutes: float | None = 120, cut: float | None = 6
) -> ExportInput:
    """The form in two sections, its files written to `root`."""
    write_media(root)
    return export_input(
        ITEMS,
        audience=audience,
        roles={"trial": PRETEST},
        stimuli=[STIMULUS],
        media_root=str(root),
        cut=None if cut is None else CutScore(cut, 13),
        minutes=minutes,
        info={"notice": "Practice **material**, not official."},
        sections=2,
        version="1.2.3",
    )


def hostile(root: Path) -> ExportInput:
    """The form with texts that would like to be more than texts, everywhere."""
    bad = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1><!-- ]]> ' \" \\"
    bad += "x" * 400
    whole = practice(root)
    items = {id: _spoilt(item, bad) for id, item in whole.items.items()}
    stimulus = msgspec.structs.replace(STIMULUS, title=bad, text=bad, media=(Media("arm.svg", alt=bad),))
    info = msgspec.structs.replace(whole.bank.info, notice=bad, licence=bad)
    form = msgspec.structs.replace(
        whole.form,
        title=bad,
        sections=tuple(msgspec.structs.replace(one, title=bad) for one in whole.form.sections),
    )
    return msgspec.structs.replace(
        whole,
        form=form,
        items=items,
        stimuli={"case": stimulus},
        bank=msgspec.structs.replace(whole.bank, info=info, items=tuple(items.values())),
    )


def _spoilt(item: Item, bad: str) -> Item:
    changed: dict[str, Any] = {"stem": bad, "rationale": bad, "references": (bad,), "tags": (bad,)}
    changed |= {"content_area": bad, "attributes": {bad: bad}}
    if isinstance(item, MultipleChoice | MultipleResponse | Matching | Ordering):
        changed["options"] = dict.fromkeys(item.options, bad)
    if isinstance(item, Matching):
        changed["prompts"] = dict.fromkeys(item.prompts, bad)
    if isinstance(item, Numeric):
        changed["key"] = NumericKey(value=1, unit=bad)
    if isinstance(item, ShortAnswer):
        changed["key"] = (bad,)
    if isinstance(item, Essay):
        changed["rubric"] = bad
    return msgspec.structs.replace(item, **changed)


def write_media(root: Path) -> None:
    """A picture, a drawing that would run a script if it could, and half a second of silence."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "wrist.png").write_bytes(_png())
    (root / "arm.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40" onload="window.hacked=1">'
        '<script>window.hacked=1</script><image href="https://example.invalid/x.png"/>'
        '<rect width="90" height="40" fill="teal"/></svg>',
        encoding="utf-8",
    )
    samples = bytes(4000)
    head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVEfmt ", 16, 1, 1, 8000, 8000, 1, 8, b"data", len(samples))  # fmt: skip  # noqa: E501
    (root / "voice.wav").write_bytes(head + samples)


def _png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\x0a\x5c\x66" * 40 for _ in range(20))
    header = struct.pack(">IIBBBBB", 40, 20, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
