"""Board vendor: our CPT list checks our items, and nothing of its titles leaves the machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qbank.formats import formats
from qbank.reporters import reporters
from tests.cli.cli_help import Qbank
from tests.stories.story import bank, holds, within
from tests.stories.test_06_no_licensed_text_is_shipped import LIST

WORDS = ("zinctoothed", "gryphon", "quokka")
PLAN = "{id: plan, bank: ., length: 1, objective: {kind: random}}"


def _visit(id: str, keyed: str, other: str) -> dict[str, Any]:
    declared = [
        {"system": "cpt", "code": code, "role": role, "expect": "billable"}
        for code, role in ((keyed, "key"), (other, "distractor"))
    ]
    return {
        "id": id,
        "type": "multiple-choice",
        "stem": "Which code is reported?",
        "options": {"A": keyed, "B": other},
        "key": "A",
        "codes": declared,
    }


@pytest.fixture
def vendor(empty_store: Path, qbank: Qbank) -> Path:
    """The vendor's bank and list; nothing is imported yet."""
    Path("cpt.csv").write_text(LIST, encoding="utf-8")
    made = bank(Path("vendor"), _visit("visit-001", "99990", "99991"), as_of="2026-11-22")
    (made / "plan.yaml").write_text(PLAN, encoding="utf-8")
    return made


def _told(qbank: Qbank) -> list[tuple[str, str]]:
    tree = json.loads(qbank("lint", "vendor", "--select", "codes", "--format", "json").out)
    return [(one["rule"], one["message"]) for one in tree["diagnostics"]]


def test_the_same_item_goes_from_unverified_to_valid(vendor: Path, qbank: Qbank) -> None:
    ((rule, message),) = _told(qbank)
    assert rule == "cpt-unverified"
    assert "2 CPT codes of 1 item are unverified" in message
    assert "unknown" in qbank("codes", "lookup", "99990", "--on", "2026-11-22", "--system", "cpt").out
    assert qbank("codes", "import", "cpt.csv", "--year", "2026").code == 0
    assert _told(qbank) == []
    assert "billable" in qbank("codes", "lookup", "99990", "--on", "2026-11-22").out
    wrong = bank(Path("wrong"), _visit("visit-002", "99990", "99992"), as_of="2026-11-22")
    assert "cpt-unverified" in qbank("lint", str(wrong), "--select", "codes").out


@pytest.mark.parametrize("kept", [(), ("--keep-licensed-text",)], ids=["texts dropped", "texts kept"])
def test_its_titles_are_in_no_report_and_no_export(
    kept: tuple[str, ...], vendor: Path, empty_store: Path, qbank: Qbank
) -> None:
    said = [qbank("codes", "import", "cpt.csv", "--year", "2026", "--changes", *kept)]
    said += [qbank("codes", "import", "cpt.csv", "--year", "2026", "--format", "json", *kept)]
    said += [qbank("codes", "list", *more) for more in ((), ("--format", "json"))]
    said += [qbank("codes", "lookup", "99990", "--on", "2026-11-22", "--format", "json")]
    said += [qbank("codes", "table", "vendor")]
    said += [qbank("lint", "vendor", "--format", one) for one in sorted(reporters())]
    said += [qbank("baseline", "vendor", "--accept-new"), qbank("diff", "vendor", "vendor")]
    said += [
        qbank("codes", "impact", "--from", "2026-06-01", "--to", "2026-06-02", "vendor", "--format", one)
        for one in ("text", "json", "markdown")
    ]
    said += [qbank("assemble", "--blueprint", "vendor/plan.yaml", "--out", "forms", "--log", "log.jsonl")]
    writing = [name for name, one in sorted(formats().items()) if hasattr(one, "write")]
    said += [
        qbank("export", "forms/plan-a/plan-a.form.json", "--to", one, "--lossy", "--out", "out")
        for one in writing
    ]
    assert {one.code for one in said} <= {0, 1}
    assert not any(holds(f"{one.out}{one.err}".encode(), word) for one in said for word in WORDS)
    written = {name: data for name, data in within(Path()) if name != "cpt.csv"}
    assert sum(name.startswith("out/") for name in written) > 10
    leaks = {name.split("/")[0] for name, data in written.items() if any(holds(data, word) for word in WORDS)}
    assert leaks == ({"store"} if kept else set())


def test_its_titles_are_in_no_cache(empty_store: Path, qbank: Qbank) -> None:
    """What is remembered of a bank of 1,000 items and more lies beside it."""
    Path("cpt.csv").write_text(LIST, encoding="utf-8")
    assert qbank("codes", "import", "cpt.csv", "--year", "2026", "--keep-licensed-text").code == 0
    visits = [_visit(f"visit-{number:04}", "99990", "99991") for number in range(1000)]
    made = bank(Path("large"), *visits, as_of="2026-11-22")
    for _ in range(2):
        assert qbank("lint", str(made), "--select", "codes").code == 0
    kept = dict(within(made / ".qbank_cache"))
    assert any(name.endswith(".msgpack") for name in kept)
    assert [name for name, data in within(made) for word in WORDS if holds(data, word)] == []


def test_only_who_asks_for_a_kept_text_sees_it(vendor: Path, qbank: Qbank) -> None:
    assert qbank("codes", "import", "cpt.csv", "--year", "2026", "--keep-licensed-text").code == 0
    asked = ("codes", "lookup", "99990", "--on", "2026-11-22")
    assert "zinctoothed" not in qbank(*asked).out
    assert "zinctoothed" in qbank(*asked, "--licensed-text").out
