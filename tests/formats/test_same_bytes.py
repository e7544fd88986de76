"""Every format that is written gives the same bytes on any day, in any time zone and locale, in any process.

Formats, their audiences and dialects are taken from the registry, so that a new one is covered as soon as it
is there. The time zones are 26 hours apart: the local date always differs.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qbank import exporting
from qbank.formats import formats
from qbank.formats.contract import ExportInput, Format
from qbank.model.bank import Attribute
from qbank.model.blueprint import CutScore
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

ROOT = Path(__file__).parents[2]
PLACES = (
    {"TZ": "AAA-14", "LC_ALL": "C", "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "0", "LANG": "C"},
    {"TZ": "BBB+12", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "4102444800"},
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "3", "PYTHONUTF8": "1", "LANGUAGE": "de"},
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6350"
    "70480000014400c10b8d96420000000049454e44ae426082"
)
BONES = {"A": "Tibia", "B": "Fibula, *the thin one*", "C": "Talus ß", "D": "$x^2$ mm"}
ABOUT: dict[str, Any] = {
    "content_area": "anatomy/skeletal",
    "cognitive_level": "recall",
    "references": ("A book", "Another"),
    "tags": ("b", "a", "İı"),
    "codes": (Code("icd10cm", "S82.61XA", "rationale", "billable"),),
    "attributes": {"seconds": 60, "year": "FY2027", "share": 0.1},
}
REASONS = {"A": "Not it.", "B": "It is.", "D": "Nor this."}
ITEMS: tuple[Item, ...] = (
    MultipleChoice(
        id="choice", stem="Which?\n\nOne.", options=BONES, key="B", rationale=REASONS, fixed=("D",), **ABOUT
    ),
    MultipleChoice(id="hung-1", stem="Which is **it**?", options=BONES, key="A", stimulus="case", **ABOUT),
    MultipleResponse(
        id="hung-2",
        stem="Which two?",
        options=BONES,
        key=("A", "B"),
        choose=2,
        stimulus="case",
        scoring=Scoring("per_option", 0.5),
    ),
    TrueFalse(id="judge", stem="True?", key=False, rationale="No."),
    Matching(
        id="match", stem="Match.", prompts={"P1": "x", "P2": "y"}, options=BONES, key={"P1": "C", "P2": "A"}
    ),
    Ordering(id="order", stem="Order.", options=BONES, key=("A", "B", "C", "D")),
    Numeric(id="number", stem="How many?", key=NumericKey(value=1234.5, tolerance=0.5, unit="mg"), points=2),
    ShortAnswer(id="short", stem="Name it.", key=("tibia", "shin bone")),
    Essay(id="essay", stem="Explain.", rubric="One point each.", points=5),
)
CASE = Stimulus(id="case", title="A case", text="A note.", media=(Media("foot.png", "A foot"),))


def inputs(root: Path) -> dict[str, ExportInput]:
    """A form and a whole bank of all item types, with media."""
    (root / "foot.png").write_bytes(PIXEL)
    form = export_input(
        [msgspec.structs.replace(item, record=number) for number, item in enumerate(ITEMS)],
        stimuli=[CASE],
        media_root=str(root),
        roles={"judge": "pretest"},
        cut=CutScore(4),
        sections=2,
        version="0.1.0",
        info={
            "notice": "Practice.",
            "language": "en",
            "cognitive_levels": ("recall",),
            "attributes": {
                "seconds": Attribute("integer"),
                "year": Attribute(),
                "share": Attribute("number"),
            },
        },
    )
    form = msgspec.structs.replace(form, lossy=True)
    return {"form": form, "bank": msgspec.structs.replace(form, is_bank=True)}


def digests(root: Path) -> dict[str, str]:
    """What is exported → SHA-256 of the bytes, or why there are none."""
    return {
        f"{kind} {slug} {audience} {dialect}".rstrip(): digest(
            msgspec.structs.replace(input, audience=audience, dialect=dialect), format
        )
        for kind, input in inputs(root).items()
        for slug, format in sorted(formats().items())
        if format.writes is not None and (format.banks or kind == "form")
        for audience in format.audiences
        for dialect in ("", *sorted(format.dialects))
    }


def digest(input: ExportInput, format: Format) -> str:
    """SHA-256 of the files of an export, with their names."""
    try:
        made = exporting._exported(input, format)
    except exporting.ExportRefused as error:
        return str(error)
    return hashlib.sha256(repr(made.files).encode()).hexdigest()


def elsewhere(place: dict[str, str], root: Path) -> dict[str, str]:
    """The same in a process of its own, in another place."""
    code = "import json, sys; from pathlib import Path; from tests.formats.test_same_bytes import digests;"
    code += "print(json.dumps(digests(Path(sys.argv[1]))))"
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **place}
    command = [sys.executable, "-c", code, str(root)]
    ran = subprocess.run(command, check=True, capture_output=True, env=surroundings)
    found: dict[str, str] = json.loads(ran.stdout)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """What the formats gave in each place; the bank lies in another folder each time."""
    roots = [tmp_path_factory.mktemp(f"bank{number}") for number in range(len(PLACES))]
    with ThreadPoolExecutor() as pool:
        return list(pool.map(elsewhere, PLACES, roots))


def test_the_same_bytes_everywhere(found: list[dict[str, str]]) -> None:
    first, *others = found
    for other in others:
        assert {what: other[what] for what in other if other[what] != first.get(what)} == {}
        assert set(other) == set(first)


def test_every_format_that_is_written_was_tried_and_gave_files(found: list[dict[str, str]]) -> None:
    made = {what.split()[1] for what, one in found[0].items() if len(one) == 64 and " " not in one}
    assert made == {slug for slug, one in formats().items() if one.writes is not None}
