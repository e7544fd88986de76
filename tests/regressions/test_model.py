"""Mistakes in a `where`, devices as targets, statistics that lack what a model needs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from qbank.formats.files import write_atomic
from qbank.model.bank import Bank
from qbank.model.selector import Fields, SelectorError, check
from qbank.reading import schemas


@pytest.mark.parametrize(
    ("test", "pointer"),
    [
        ({"minimum": "ten"}, ("words", "minimum")),
        ({"maximum": True}, ("words", "maximum")),
        ({"minimum": 3, "maximum": 2}, ("words", "minimum")),
        ({"present": "maybe"}, ("words", "present")),
        ({"most": 3}, ("words",)),
        ({}, ("words",)),
        ([], ("words",)),
        ([None], ("words", 0)),
        (None, ("words",)),
        ({"not": {"minimum": "x"}}, ("words", "not", "minimum")),
    ],
)
def test_an_ill_formed_test_is_a_mistake_at_its_place(test: Any, pointer: tuple[str | int, ...]) -> None:
    with pytest.raises(SelectorError) as caught:
        check({"words": test}, Fields(Bank()))
    assert caught.value.pointer == pointer


def test_an_empty_any_is_a_mistake() -> None:
    with pytest.raises(SelectorError):
        check({"any": []}, Fields(Bank()))


def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="not a plain file"):
        write_atomic(pipe, b"x")
    assert pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize(
    ("irt", "missing"),
    [
        ({"model": "1PL"}, "b"),
        ({"model": "2PL", "b": 0.1}, "a"),
        ({"model": "3PL", "a": 1.0, "b": 0.1}, "c"),
        ({"model": "GRM", "a": 1.0}, "thresholds"),
    ],
)
def test_no_parameter_is_made_up(irt: dict[str, Any], missing: str) -> None:
    found = schemas.problems(schemas.check("bank", "statistics"), {"item": "x", "irt": irt})
    assert [one.message for one in found] == [f"irt has no '{missing}'"]
