"""`qbank schema NAME --check FILE`: a second opinion in the words of JSON Schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbank.cli.run import run
from qbank.reading import reference, schemas


def test_a_file_that_breaks_the_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "items.yaml"
    file.write_text("- {id: a, type: essay, stem: x}\n- {id: b, type: essay, stem: 3, key: B}\n", "utf-8")
    assert run(("schema", "item", "--check", str(file))) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.removeprefix(f"{file}: ").split(":")[:2] for line in told] == [
        ["/1/key", " false"],
        ["/1/stem", " type"],
    ]


def test_a_sound_file_and_no_file(tmp_path: Path) -> None:
    file = tmp_path / "item.json"
    file.write_text('{"id": "a", "type": "essay", "stem": "x"}', "utf-8")
    assert run(("schema", "item", "--check", str(file))) == 0
    assert run(("schema", "item", "--check", str(tmp_path / "none.json"))) == 3


@pytest.mark.parametrize("name", schemas.NAMES)
def test_every_schema_is_sound(name: str) -> None:
    assert reference.fault(schemas.schema(name)) == ""
    assert reference.fault({"type": "nonsense"}) != ""
