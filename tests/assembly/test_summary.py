"""The closing table: what it says of each row, how it fits a terminal, and that it escapes texts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qbank import Assembled, Bank, Blueprint, api
from qbank.assembly import Status, assemble
from qbank.assembly.summary import Summary, SummaryRow, shown, summarise, tables
from qbank.cli import closing
from qbank.reporters.safe import width

ARITHMETIC = Path(__file__).parent.parent.parent / "banks" / "synthetic-arithmetic"


@pytest.fixture(scope="module")
def run() -> tuple[Bank, Blueprint, Assembled]:
    """Two forms with information."""
    blueprint = api.load_blueprint(ARITHMETIC / "blueprints" / "maximin.yaml")
    bank, _ = api.load_bank(ARITHMETIC)
    return bank, blueprint, assemble(bank, blueprint, gap=0.2)


def test_every_row_with_every_form(run: tuple[Bank, Blueprint, Assembled]) -> None:
    bank, blueprint, made = run
    assert made.status is Status.DONE
    summary = summarise(made.forms, bank, blueprint)
    rows = {row.label: row for row in summary.rows}
    assert list(rows) == ["length", "cut score", "each operation", "stories", "no item twice"]
    assert rows["length"].values == (20, 20)
    assert rows["stories"].bounds == "8 to 12"
    for form, count in zip(made.forms, rows["stories"].values, strict=True):
        items = {item.id: item for item in bank.items}
        levels = [items[one.item].cognitive_level for one in form.placements]
        assert levels.count("application") == count
    assert rows["stories"].slack == min(
        room for value in rows["stories"].values if value is not None for room in (value - 8, 12 - value)
    )
    assert [one.theta for one in summary.information] == [-1, 0, 1]
    assert summary.shared == ((20, 0), (0, 20))
    assert [title for title, _, _ in tables(summary)] == [
        "rows of synthetic-maximin",
        "information",
        "shared items",
    ]


def test_what_forms_share(run: tuple[Bank, Blueprint, Assembled]) -> None:
    bank, blueprint, made = run
    twice = summarise((made.forms[0], made.forms[0]), bank, blueprint)
    assert twice.shared == ((20, 20), (20, 20))
    (row,) = (row for row in twice.rows if row.label == "no item twice")
    assert max(value for value in row.values if value is not None) == 1
    assert summarise(made.forms[:1], bank, blueprint).shared == ()


def test_a_broken_row_has_negative_slack(run: tuple[Bank, Blueprint, Assembled]) -> None:
    bank, blueprint, made = run
    (section,) = made.forms[0].sections
    torn = msgspec.structs.replace(section, placements=section.placements[:-2])
    summary = summarise([msgspec.structs.replace(made.forms[0], sections=(torn,))], bank, blueprint)
    assert summary.rows[0].slack == -2


def _many(count: int, rows: int = 1, label: str = "a row") -> Summary:
    """A summary of many forms."""
    row = SummaryRow(
        label=label,
        kind="content",
        target="",
        minimum=3,
        maximum=None,
        values=tuple(range(count)),
        slack=-3,
    )
    return Summary(
        blueprint="b",
        objective="random",
        forms=tuple(f"b-{number}" for number in range(count)),
        rows=(row,) * rows,
        information=(),
        shared=tuple(tuple(int(a == b) * 5 for a in range(count)) for b in range(count)),
    )


def test_many_forms_have_least_and_greatest() -> None:
    (_, head, cells), (_, pairs_head, pairs) = tables(_many(10))
    assert head == ("row", "target", "min", "max", "slack")
    assert cells == [("a row", "≥ 3", "0", "9", "-3")]
    assert (pairs_head, pairs) == (("items", "pairs of forms"), [("0", "45")])


def test_six_forms_have_a_column_each() -> None:
    (_, head, _), _ = tables(_many(6))
    assert head == ("row", "target", "0", "1", "2", "3", "4", "5", "slack")


@pytest.mark.parametrize("columns", [40, 60, 200])
def test_a_table_fits_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys, "stdout", _Terminal())
    lines = closing.closing_text(_many(6, label="a very long label " * 6)).splitlines()
    assert max(map(width, lines)) <= columns
    assert ("max" in lines[1]) == (columns == 40)
    assert ("…" in lines[2]) == (columns < 200)


class _Terminal:
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_texts_cannot_move_the_cursor() -> None:
    assert "\x1b" not in closing.closing_text(_many(2, label="a\x1b[2J"))


@pytest.mark.parametrize(
    ("value", "text"), [(20.0, "20"), (0.25, "0.25"), (1 / 3, "0.333"), (float("nan"), "nan")]
)
def test_numbers(value: float, text: str) -> None:
    assert shown(value) == text


def test_notebooks_get_escaped_tables(run: tuple[Bank, Blueprint, Assembled]) -> None:
    bank, blueprint, made = run
    bad = "<script>alert(1)</script>"
    renamed = msgspec.structs.replace(made.forms[0], title=bad)
    named = msgspec.structs.replace(bank, info=msgspec.structs.replace(bank.info, title=bad))
    label = _many(2, label=bad)
    report = api.lint(msgspec.structs.replace(bank, items=bank.items[:3]))
    shown_as: list[Any] = [renamed, named, label, made, report]
    for one in shown_as:
        html = one._repr_html_()
        assert "<table>" in html
        assert "<script" not in html
    assert "&lt;script&gt;" in renamed._repr_html_()
    assert "stories" in made._repr_html_()
    assert "Bank(" not in repr(made)
    short = assemble(bank, msgspec.structs.replace(blueprint, length=19))
    assert "cut score" in short._repr_html_()
