"""Our QTI 3.0 made 2.1 by citolab-qti-convert agrees with our own 2.1.

That is a program of its own (PyPI: citolab-qti-convert, GPL), never imported: QBANK_QTI_CONVERT names it,
else it is found on the path as qti-convert. Without it the test is skipped.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from lxml import etree

from qbank import api
from qbank.formats import formats
from qbank.formats.archive import unzip
from qbank.formats.contract import Export, Source
from tests import consumers
from tests.formats.samples import export_input
from tests.formats.test_qti30 import ALL

ROOT = Path(__file__).parents[2]


def _program() -> str:
    return consumers.program("qti-convert", "QBANK_QTI_CONVERT")


def _responses(data: bytes) -> tuple[list[Any], list[Any]]:
    """What an item declares, with key and mapping, and its interactions with their choices."""
    root = etree.fromstring(data)
    declared = [
        (
            sorted(one.attrib.items()),
            [value.text for value in one.iterfind("{*}correctResponse/{*}value")],
            [sorted(entry.attrib.items()) for entry in one.iter("{*}mapping", "{*}mapEntry")],
        )
        for one in root.iter("{*}responseDeclaration")
    ]
    shown = [
        (
            node.tag,
            sorted(node.attrib.items()),
            " ".join("".join(str(text) for text in node.itertext()).split()),
        )
        for node in root.iter()
        if str(node.tag).endswith("Choice")
    ]
    return declared, shown


def _agree(three: bytes, two: bytes, folder: Path) -> int:
    (folder / "three.zip").write_bytes(three)
    command = [_program(), "downgrade", str(folder / "three.zip"), str(folder / "two.zip")]
    subprocess.run(command, check=True, capture_output=True)
    theirs, ours = unzip((folder / "two.zip").read_bytes()), unzip(two)
    names = [name for name in ours if name.startswith("items/")]
    for name in names:
        assert _responses(theirs[name]) == _responses(ours[name]), name
    return len(names)


def test_the_practice_bank_converted_is_our_own_two(tmp_path: Path) -> None:
    bank, _ = api.load_bank(ROOT / "banks" / "cmcs")
    three, two = (api.export_bank(bank, slug).files[0][1] for slug in ("qti30", "qti21"))
    assert _agree(three, two, tmp_path) == len(bank.items)
    assert formats()["qti21"].reads is not None


def test_every_item_type_converted_is_our_own_two_and_is_read(tmp_path: Path) -> None:
    input = export_input(ALL)
    files = []
    for slug in ("qti30", "qti21"):
        result = formats()[slug].write(input)
        assert isinstance(result, Export)
        files.append(result.files[0][1])
    assert _agree(files[0], files[1], tmp_path) == len(ALL)
    reads = formats()["qti21"].reads
    assert reads is not None
    theirs = reads(Source(name="two.zip", data=(tmp_path / "two.zip").read_bytes()))
    ours = reads(Source(name="ours.zip", data=files[1]))
    for mine, other in zip(theirs.items, ours.items, strict=True):
        for field in ("id", "type", "key", "options", "prompts", "points", "scoring", "stem"):
            assert mine.get(field) == other.get(field), (mine["id"], field)
