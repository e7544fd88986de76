"""What a format has no place for is refused with the item and the field, or left out and told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from qbank import api, exporting
from qbank.cli.run import run
from qbank.diagnostics import Finding, Location
from qbank.formats.contract import Export, ExportInput, Format, Refused
from qbank.formats.features import ALL, FEATURES, of_item
from qbank.formats.judging import judge
from qbank.model.item import Essay, Item, MultipleChoice, MultipleResponse, Scoring, ShortAnswer
from qbank.reading import reference, schemas
from tests.formats.samples import export_input

CHOICE = MultipleChoice(
    id="c1", stem="A **bold** stem", options={"A": "1", "B": "2"}, key="A", rationale={"A": "yes"}, points=2
)
ESSAY = Essay(id="e1", stem="Discuss.", rubric="Look for facts.")


def _format(**more: object) -> Format:
    given = {
        "slug": "tiny",
        "title": "Tiny",
        "extension": "txt",
        "item_types": frozenset({"multiple-choice"}),
        "carries": frozenset({"points"}),
        "writes": _written,
        **more,
    }
    return Format(**given)  # type: ignore[arg-type]


def _written(input: ExportInput) -> Export:
    return Export((("tiny.txt", _ids(input)),))


def _ids(input: ExportInput) -> bytes:
    return " ".join(one.item.id for one in input.placed()).encode()


def test_features_of_items() -> None:
    assert [use.feature for use in of_item(CHOICE)] == ["formatting", "points", "option-rationale"]
    many = MultipleResponse(
        id="m", options={"A": "1", "B": "2"}, key=("A",), choose=1, fixed=("B",), shuffle=False, tags=("t",),
        scoring=Scoring("per_option", 0.5, 0),
    )  # fmt: skip
    assert {use.feature for use in of_item(many)} == {
        "partial-credit", "penalty", "choose", "fixed", "no-shuffle", "tags",
    }  # fmt: skip
    whole = MultipleResponse(id="m", options={"A": "1", "B": "2"}, key=("A", "B"))
    assert {use.feature for use in of_item(whole)} == {"all-or-nothing"}
    short = ShortAnswer(id="s", key=("a", "b"), case_sensitive=True)
    assert {use.feature for use in of_item(short)} == {"accepted-texts", "case-sensitive"}
    assert {use.feature for use in of_item(ESSAY)} == {"rubric"}


def test_losses_name_record_and_field() -> None:
    judged = judge(export_input([CHOICE, ESSAY]), _format())
    assert [(one.record, one.field, one.feature) for one in judged.losses] == [
        ("c1", "stem", "formatting"),
        ("c1", "rationale", "option-rationale"),
        ("e1", "type", "type"),
    ]
    assert [one.item.id for one in judged.input.placed()] == ["c1"]
    assert len(judged.findings) == 3


def test_a_candidate_loses_nothing_that_a_candidate_does_not_get() -> None:
    judged = judge(export_input([CHOICE], audience="candidate"), _format())
    assert [one.feature for one in judged.losses] == ["formatting"]


def test_refused_or_lossy(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = _bank(CHOICE, ESSAY)
    monkeypatch.setattr(exporting, "formats", lambda: {"tiny": _format()})
    with pytest.raises(api.ExportRefused, match="essay"):
        api.export_bank(bank, "tiny")
    made = api.export_bank(bank, "tiny", lossy=True)
    assert made.files == (("tiny.txt", b"c1"),)
    assert {one.feature for one in made.lost} == {"formatting", "option-rationale", "type"}
    with pytest.raises(api.ExportRefused, match="no item is left"):
        api.export_bank(_bank(ESSAY), "tiny", lossy=True)


def test_lossy_goes_without_items_that_a_format_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def writes(input: ExportInput) -> Export | Refused:
        bad = [one.item for one in input.placed() if one.item.id == "bad"]
        found = tuple(Finding(one.at("stem"), f"item {one.id}: no", hint="Mend it.") for one in bad)
        return Refused(found) if found else _written(input)

    monkeypatch.setattr(exporting, "formats", lambda: {"tiny": _format(writes=writes, carries=ALL)})
    good, bad = (msgspec.structs.replace(CHOICE, id=id, record=n) for n, id in enumerate(("good", "bad")))
    with pytest.raises(api.ExportRefused, match="item bad: no"):
        api.export_bank(_bank(good, bad), "tiny")
    made = api.export_bank(_bank(good, bad), "tiny", lossy=True)
    assert made.files == (("tiny.txt", b"good"),)
    assert [(one.record, one.field, one.feature) for one in made.lost] == [("bad", "stem", "item")]
    assert [one.message for one in made.losses] == ["item bad: no; left out"]
    with pytest.raises(api.ExportRefused, match="no item is left"):
        api.export_bank(_bank(bad), "tiny", lossy=True)


def test_lossy_does_not_mend_a_form(monkeypatch: pytest.MonkeyPatch) -> None:
    def writes(input: ExportInput) -> Refused:
        return Refused((Finding(Location("a.form.json"), "the form has no id", hint="Give one."),))

    monkeypatch.setattr(exporting, "formats", lambda: {"tiny": _format(writes=writes, carries=ALL)})
    with pytest.raises(api.ExportRefused, match="no id"):
        api.export_bank(_bank(msgspec.structs.replace(CHOICE, record=0)), "tiny", lossy=True)


def _bank(*items: Item):  # type: ignore[no-untyped-def]
    from qbank.model.bank import Bank

    return Bank(items=tuple(items))


def test_every_feature_is_of_a_group_and_has_words() -> None:
    assert len({one.title for one in FEATURES.values()}) == len(FEATURES)


def _held(name: str, text: str) -> dict[str, object]:
    tree: dict[str, object] = json.loads(text)
    assert reference.violations(schemas.schema(name), tree) == []
    assert schemas.problems(schemas.check(name), tree) == []
    return tree


def test_json_outputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["formats", "--format", "json"]) == 0
    names = [one["name"] for one in _held("formats", capsys.readouterr().out)["formats"]]  # type: ignore
    assert names == sorted(names)
    demo = tmp_path / "demo"
    assert run(["init", str(demo), "--quiet"]) == 0
    capsys.readouterr()
    losses = tmp_path / "losses.json"
    args = ["export", str(demo), "--to", "jsonl", "--out", str(tmp_path), "--losses", str(losses)]
    assert run(args) == 0
    (told,) = cast(list[Any], _held("losses", losses.read_text("utf-8"))["formats"])
    assert (told["format"], told["losses"]) == ("jsonl", [])
    (name,) = (Path(line) for line in capsys.readouterr().out.splitlines())
    report = tmp_path / "report.json"
    assert run(["import", str(name), "--out", str(tmp_path / "new"), "--report", str(report)]) == 0
    assert _held("import", report.read_text("utf-8"))["not_understood"] == []


def test_where_chooses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = str(Path(__file__).parents[2] / "banks" / "cmcs")
    out = ["--out", str(tmp_path)]
    assert run(["export", root, "--to", "jsonl", "--where", "content_area=anatomy", *out]) == 0
    (path,) = (Path(line) for line in capsys.readouterr().out.splitlines())
    items = [json.loads(line) for line in path.read_text("utf-8").splitlines()[1:]]
    assert {one["content_area"].split("/")[0] for one in items} == {"anatomy"}
    assert run(["export", root, "--to", "jsonl", "--where", "nope=1", *out]) == 2
    assert run(["export", root, "--to", "jsonl", "--where", "nope", *out]) == 2
    assert run(["export", root, "--to", "jsonl", "--for", "canvas", *out]) == 2


def test_a_candidates_records_hold_no_key() -> None:
    bank, _ = api.load_bank(Path(__file__).parents[2] / "banks" / "cmcs")
    ((_, data),) = api.export_bank(bank, "jsonl", "candidate").files
    for line in data.splitlines():
        record = msgspec.json.decode(line)
        assert not {"key", "rationale", "codes", "enemies", "references"} & set(record)
