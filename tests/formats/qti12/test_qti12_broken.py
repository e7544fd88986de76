"""Documents that lack this or hold that twice: something is read or nothing is, and nothing else happens."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from qbank.formats.contract import Source, Unreadable
from qbank.importing import read
from tests.formats.qti12 import foreign
from tests.formats.qti12.test_qti12_writing import document, members
from tests.formats.test_qti30 import everything

SOURCES = ("canvas", "cartridge", "ours", "ours for canvas")
VALUES = (
    "",
    "x",
    "-1",
    "1e999",
    "NaN",
    "{",
    "[1]",
    "null",
    '{"a": 1}',
    "0",
    "true",
    "SCORE.max",
    "\N{BULLET}",
)


def source(name: str, folder: Path) -> etree._Element:
    if name == "canvas":
        return etree.fromstring(foreign.document("".join(foreign.CANVAS.values())))
    if name == "cartridge":
        return etree.fromstring(foreign.document("".join(foreign.CARTRIDGE.values())))
    made: etree._Element = document(
        members(everything("staff", folder), "canvas" if "canvas" in name else "")
    )
    return made


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    made = {}
    for name in SOURCES:
        made[name] = etree.tostring(source(name, tmp_path_factory.mktemp("media")))
    return made


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A document with a few elements taken out, doubled or moved, attributes and texts changed."""
    root = etree.fromstring(data)
    for _ in range(chance.randint(1, 12)):
        nodes = [node for node in root.iter() if node is not root and node.getparent() is not None]
        if not nodes:
            break
        node = chance.choice(nodes)
        parent = node.getparent()
        assert parent is not None
        match chance.randrange(5):
            case 0:
                parent.remove(node)
            case 1:
                parent.append(etree.fromstring(etree.tostring(node)))
            case 2:
                for attribute in list(node.attrib):
                    if chance.random() < 0.5:
                        del node.attrib[attribute]
            case 3:
                for attribute in node.attrib:
                    node.set(attribute, chance.choice(VALUES))
            case _:
                node.text = chance.choice(VALUES)
    return etree.tostring(root)


@pytest.mark.parametrize("name", SOURCES)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(chance=st.integers(0, 2**32).map(random.Random))
def test_broken_documents_never_break_the_reader(
    name: str, chance: random.Random, documents: dict[str, bytes]
) -> None:
    data = mutated(documents[name], chance)
    try:
        made = read(Source(name="broken.xml", data=data), "qti12")
    except Unreadable:
        return
    assert all(one["id"] and one["type"] for one in made.imported.items)
