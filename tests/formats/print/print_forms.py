"""Forms for the tests of printed booklets, and what other people's programs read of the files."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from qbank.formats import formats
from qbank.formats.contract import Audience, Export, ExportInput, Refused
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
from tests.consumers import program
from tests.formats.samples import export_input

SECRET = "ZZSECRET"
"""Stands in every text that no candidate may see."""

STAFF: dict[str, Any] = {
    "rationale": f"{SECRET} because",
    "references": (f"{SECRET} reference",),
    "tags": (f"{SECRET}tag",),
    "content_area": f"anatomy/{SECRET}",
    "cognitive_level": f"{SECRET}level",
    "attributes": {"origin": f"{SECRET}origin"},
    "author": f"{SECRET} author",
}
ALL_TYPES: tuple[Item, ...] = (
    MultipleChoice(
        **{**STAFF, "rationale": {"a": f"{SECRET} tibia", "b": f"{SECRET} fibula", "c": f"{SECRET} talus"}},
        id="mc-1",
        stem="Which *bone* is lateral?",
        options={"a": "Tibia", "b": "Fibula", "c": "Talus"},
        key="b",
    ),
    MultipleResponse(
        **STAFF,
        id="mr-1",
        stem="Which two are odd?",
        options={"A": "One", "B": "Two", "C": "Three", "D": "Four", "E": "Six"},
        key=("A", "C"),
        choose=2,
        points=2,
        scoring=Scoring("per_option", 0.5),
        stimulus="case-1",
    ),
    TrueFalse(**STAFF, id="tf-1", stem="The fall was deep.", key=False, stimulus="case-1"),
    Matching(
        **STAFF,
        id="ma-1",
        stem="Match the joints.",
        prompts={"P1": "Knee", "P2": "Elbow"},
        options={"A": "Arm", "B": "Leg", "C": "Head"},
        key={"P1": "B", "P2": "A"},
    ),
    Ordering(
        **STAFF,
        id="or-1",
        stem="Order the steps.",
        options={"x": "first step", "y": "second step", "z": "third step"},
        key=("x", "y", "z"),
    ),
    Numeric(
        **STAFF,
        id="nu-1",
        stem="How much is given?",
        key=NumericKey(value=86753.5, tolerance=0.25, unit="mg"),
    ),
    ShortAnswer(
        **STAFF, id="sa-1", stem="Name the bone.", key=(f"{SECRET}femur", "thigh bone"), case_sensitive=True
    ),
    Essay(**STAFF, id="es-1", stem="Discuss the case.", rubric=f"{SECRET} one point each", points=10),
)
ORDERS = {
    "mc-1": ("c", "b", "a"),
    "mr-1": ("E", "D", "C", "B", "A"),
    "ma-1": ("B", "C", "A"),
    "or-1": ("z", "x", "y"),
}
KEYS = {"mc-1": "B", "mr-1": "C, E", "tf-1": "B", "ma-1": "1–A, 2–C", "or-1": "B, C, A"}
"""The keys of ALL_TYPES in the letters of ORDERS, worked out by hand."""

CASE = Stimulus(id="case-1", title="A fall", text="She **fell**.\n\nIt hurt.")


def form(items: Iterable[Item] = ALL_TYPES, audience: Audience = "staff", **others: Any) -> ExportInput:
    """A form of the items; without more said, of all types in fixed orders and two sections."""
    given = {"orders": ORDERS, "stimuli": (CASE,), "sections": 2, **others}
    return export_input(items, audience=audience, **given)


def one(stem: str, **others: Any) -> ExportInput:
    """A form of a single item with this stem."""
    item = MultipleChoice(id="only", stem=stem, options={"A": "yes", "B": "no"}, key="A")
    return export_input([item], audience="candidate", **others)


def written(slug: str, input: ExportInput) -> dict[str, bytes]:
    """The files of an export, by what they are: booklet and key."""
    made = formats()[slug].write(input)
    assert isinstance(made, Export), made
    return {"key" if "-key-" in name else "booklet": data for name, data in made.files}


def messages(slug: str, input: ExportInput) -> list[str]:
    """Why an export is refused."""
    made = formats()[slug].write(input)
    assert isinstance(made, Refused), "it was not refused"
    assert all(finding.hint for finding in made.findings)
    return [finding.message for finding in made.findings]


def lossy(input: ExportInput) -> ExportInput:
    return msgspec.structs.replace(input, lossy=True)


def pages(pdf: bytes, folder: Path) -> list[str]:
    """The text of every page as poppler reads it, in the order of the content."""
    file = folder / "printed.pdf"
    file.write_bytes(pdf)
    command = [program("pdftotext"), "-raw", "-enc", "UTF-8", str(file), "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout.split("\f")[:-1]


def bare(text: str) -> str:
    """A text without white space, which lines of a page change."""
    return re.sub(r"\s+", "", text)


def objects(pdf: bytes) -> bytes:
    """A PDF with its compressed streams unpacked."""
    found = [pdf]
    for stream in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(stream[1]))
        except zlib.error:
            continue
    return b"\n".join(found)


def members(docx: bytes) -> dict[str, bytes]:
    """The members of a Word file."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def word_text(docx: bytes) -> str:
    """The text of a Word file as python-docx reads it: paragraphs and cells in their order, once each."""
    from docx import Document

    body = Document(io.BytesIO(docx)).element.body
    return "\n".join(
        "".join(node.text or "" for node in one.iter(f"{{{_W}}}t")) for one in body.iter(f"{{{_W}}}p")
    )


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def answers(docx: bytes) -> dict[str, str]:
    """Item id → answer, as the table at the head of a Word key says."""
    from docx import Document

    for table in Document(io.BytesIO(docx)).tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if rows[0] == ["No.", "Key", "Item id"]:
            return {id: answer for _, answer, id in rows[1:]}
    raise AssertionError("the key has no table of answers")


def picture(width: int = 40, height: int = 20) -> bytes:
    """A small PNG."""
    raw = b"".join(b"\0" + b"\x88\xaa\xcc" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts: Mapping[bytes, bytes] = {b"IHDR": head, b"IDAT": zlib.compress(raw), b"IEND": b""}
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def with_media(folder: Path, *media: Media, **files: bytes) -> ExportInput:
    """A form of one item on a stimulus with media; `files` are written as name with `_` for the point."""
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    item = MultipleChoice(id="only", stem="Look.", options={"A": "x", "B": "y"}, key="A", stimulus="seen")
    shown = Stimulus(id="seen", title="Seen", text="Text.", media=media)
    return export_input([item], stimuli=(shown,), media_root=str(folder), audience="candidate")
