"""The October drill of docs/october-drill.md, step by step as it is written there."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from qbank.domains.medcode.store import VARIABLE
from tests.cli.cli_help import Qbank

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "october-drill.md").read_text(encoding="utf-8")
_STEP = re.compile(r"<!-- (file|edit|edit all|run)(?:: (\S+))? -->\n```\w+\n(.*?)^```$", re.M | re.S)
LIVE = Path("forms/evening-a/evening-a.form.json")
HIT = Path("forms/morning-a/morning-a.form.json")


def steps() -> Iterator[tuple[str, str, str]]:
    """The steps of the page: (file, edit, edit all or run; file name or exit code; text)."""
    yield from _STEP.findall(PAGE)


def printed(qbank: Qbank, command: str, code: int) -> str:
    """What a command of the page prints, standard error after standard output; its exit code is as told."""
    program, *arguments = shlex.split(command)
    assert program == "qbank"
    ran = qbank(*arguments)
    assert ran.code == code, f"{command}\n{ran.out}{ran.err}"
    return ran.out + ran.err


def edited(text: str, diff: str, *, everywhere: bool) -> str:
    """A text after an edit that a page shows as the lines of a diff."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert everywhere or text.count(before) == 1, before
    assert before in text
    return text.replace(before, after)


def _items(form: Path) -> list[str]:
    (section,) = json.loads(form.read_text(encoding="utf-8"))["sections"]
    return [one["item"] for one in section["placements"]]


def test_the_drill_runs_as_written(qbank: Qbank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "store")
    live, hit = b"", b""
    for kind, what, text in steps():
        if kind == "file":
            Path(what).write_text(text, encoding="utf-8")
        elif kind == "run":
            command = text.partition("\n")[0].removeprefix("$ ")
            assert f"$ {command}\n{printed(qbank, command, int(what or 0))}" == text
        else:
            path = Path(what)
            path.write_text(
                edited(path.read_text("utf-8"), text, everywhere=kind == "edit all"), encoding="utf-8"
            )
        if not live and LIVE.is_file():
            live, hit = LIVE.read_bytes(), HIT.read_bytes()
            assert "foot-001" in _items(HIT)
    assert LIVE.read_bytes() == live
    assert HIT.read_bytes() != hit
    assert not set(_items(HIT)) & set(_items(LIVE))
    assert "chest-001" not in _items(HIT)
    assert {path.suffix for path in HIT.parent.iterdir()} == {".json", ".xlsx", ".zip"}
    assert not Path("mixed").exists()
