"""Moodle XML as written: read again by the documentation, refused where Moodle cannot say it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbank import api, importing
from qbank.formats.contract import Source
from qbank.markup.from_html import shape
from qbank.markup.xhtml import to_xhtml
from qbank.model.bank import Bank
from qbank.model.item import (
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
from tests.formats.moodle import moodle_items as samples
from tests.formats.moodle.moodle_reading import questions
from tests.formats.qti_items import items
from tests.formats.samples import export_input

BANKS = Path(__file__).parents[3] / "banks"


def written(bank: Bank, dialect: str = "", *, lossy: bool = False) -> bytes:
    """The file of a bank."""
    return api.export_bank(bank, "moodle-xml", dialect=dialect, lossy=lossy).files[0][1]


def test_every_type_says_what_its_item_says(tmp_path: Path) -> None:
    found = {one["idnumber"]: one for one in questions(written(samples.bank(tmp_path)))}
    mc = found["mc"]
    assert (mc["type"], mc["single"], mc["shuffle"], mc["points"]) == ("multichoice", "true", "true", 2.5)
    assert mc["category"] == "$course$/top/anatomy/skeletal"
    assert [one["fraction"] for one in mc["answers"]] == [-25, 100, -25]
    assert mc["answers"][1]["text"] == r"\(x^2 &lt; 3\)"
    assert mc["answers"][0]["text"] == "<strong>Tibia</strong>"
    assert "The shin bone." in mc["answers"][0]["feedback"]
    assert mc["files"] == {"media/bone 1.png": samples.png()}
    assert 'src="@@PLUGINFILE@@/media/bone%201.png"' in mc["stem"]
    assert mc["tags"] == [
        "cognitive level: recall", "status: pretest", "stimulus: case", "bones", "über alles"
    ]  # fmt: skip
    assert "chapter 3" in mc["general"]
    assert (found["plain"]["shuffle"], found["plain"]["category"]) == ("false", "")
    assert found["plain"]["general"] == "<p>So.</p><p>It is.</p>"
    assert [one["fraction"] for one in found["mr"]["answers"]] == [50, -25, 50]
    assert "choose: 2" in found["mr"]["tags"]
    assert [one["fraction"] for one in found["one"]["answers"]] == [-100, 100, -100]
    assert [(one["text"], one["fraction"]) for one in found["tf"]["answers"]] == [("true", 0), ("false", 100)]
    assert "No." in found["tf"]["answers"][0]["feedback"]
    pairs = [("<strong>a</strong> -&gt; b", "y &amp; z"), ("two", "x &lt; y"), ("", "spare")]
    assert found["match"]["pairs"] == pairs
    assert found["match"]["shuffle"] == "false"
    assert [one["text"] for one in found["order"]["answers"]] == ["three", "one", "two"]
    assert found["order"]["grading"] == "ALL_OR_NOTHING"
    number = found["number"]
    assert (number["answers"][0]["text"], number["answers"][0]["tolerance"]) == ("0.3", 0.05)
    assert number["unit"] == "mg & more"
    range_ = found["range"]["answers"][0]
    assert (range_["text"], range_["tolerance"]) == ("0.25", 0.15)
    short = found["short"]
    assert [one["text"] for one in short["answers"]] == [r"2\*3", "tibia"]
    assert short["usecase"] == "1"
    assert found["essay"]["rubric"] == "<p><strong>Full</strong> points for all.</p>"


def test_nothing_of_a_text_becomes_a_formula_or_a_file(tmp_path: Path) -> None:
    stem = next(one["stem"] for one in questions(written(samples.bank(tmp_path))) if one["idnumber"] == "mc")
    assert "$$" not in stem
    assert r"\(" not in stem
    assert "&lt;5 mg" in stem
    item = MultipleChoice(id="a", stem="@@PLUGINFILE@@/x.png", options={"A": "1", "B": "2"}, key="A")
    assert "@@PLUGINFILE@@" not in written(Bank(items=(item,))).decode()


def test_a_description_stands_before_the_first_question_of_its_stimulus(tmp_path: Path) -> None:
    found = questions(written(samples.bank(tmp_path)))
    names = [one["idnumber"] for one in found]
    first = min(names.index("mc"), names.index("mr"))
    assert names.index("case") == first - 1
    assert names.count("case") == 1
    case = found[names.index("case")]
    assert (case["type"], case["points"]) == ("description", 0)
    assert "Case &amp; &lt;record&gt;</h3>" in case["stem"]
    assert set(case["files"]) == {"media/bone 1.png", "media/heart.mp3"}
    assert "<audio" in case["stem"]
    assert "CC-BY-4.0, someone" in case["stem"]


def test_it_comes_back_equal(tmp_path: Path) -> None:
    bank = samples.bank(tmp_path)
    known = importing.read(Source(name="sample.moodle.xml", data=written(bank)))
    assert known.format == "moodle-xml"
    back = known.imported
    assert back.unread == ()
    records = {one["id"]: one for one in back.items}
    for item in bank.items:
        assert _comparable(records[item.id]) == _comparable(msgspec.to_builtins(item)), item.id
    stimulus = msgspec.to_builtins(bank.stimuli[0])
    assert shape(to_xhtml(back.stimuli[0]["text"])) == shape(to_xhtml(stimulus["text"]))
    assert back.stimuli[0]["title"] == stimulus["title"]
    assert tuple(back.stimuli[0]["media"]) == stimulus["media"]
    assert back.media == {"media/bone 1.png": samples.png(), "media/heart.mp3": b"ID3 heart"}
    below = {"id": "skeletal", "title": "The skeleton"}
    anatomy = {"id": "anatomy", "title": "Anatomy", "children": [below]}
    assert back.bank["content_areas"] == [anatomy, {"id": "other", "title": "Other"}]


def _comparable(record: dict[str, Any]) -> dict[str, Any]:
    """A record with texts as they are shown, and what Moodle says in another way in that way."""
    plain: dict[str, Any] = {
        name: value
        for name, value in record.items()
        if value not in ("", [], (), {}, None, "active") and name != "record"
    }

    def shown(value: Any) -> Any:
        if isinstance(value, str):
            return shape(to_xhtml(value))
        if isinstance(value, dict):
            return {name: shown(one) for name, one in value.items()}
        return [shown(one) for one in value]

    for name in ("stem", "options", "prompts", "rationale", "references", "rubric"):
        if name in plain:
            plain[name] = shown(plain[name])
    for name in ("key", "tags", "references"):
        if isinstance(plain.get(name), tuple):
            plain[name] = list(plain[name])
    if plain.get("points") == 1:
        del plain["points"]
    if plain.get("shuffle") is True:
        del plain["shuffle"]
    if plain["type"] == "multiple-choice":
        scoring = plain.pop("scoring", {})
        plain["wrong"] = max(scoring.get("minimum", 0), -scoring.get("penalty", 0))
    if plain["type"] == "matching":
        names = plain["options"]
        plain["key"] = {id: names[one] for id, one in plain["key"].items()}
        plain["options"] = sorted(names.values())
    if plain["type"] == "ordering":
        plain["key"] = [plain["options"][id] for id in plain["key"]]
        del plain["options"]
    if plain["type"] == "numeric":
        key = {name: value for name, value in plain["key"].items() if value not in (None, "", 0)}
        if "minimum" in key:
            key = {"value": 0.25, "tolerance": 0.15}
        plain["key"] = key
    return plain


def test_the_practice_bank_is_what_moodle_takes() -> None:
    bank = api.load_bank(BANKS / "cmcs").bank
    found = questions(written(bank, lossy=True))
    assert {one["idnumber"] for one in found} >= {item.id for item in bank.items}
    sets = questions(written(bank, "multichoiceset", lossy=True))
    assert sum(one["type"] == "multichoiceset" for one in sets) == sum(
        isinstance(item, MultipleResponse) for item in bank.items
    )


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.lists(items(), min_size=1, max_size=5, unique_by=lambda one: one.id.lower()))
def test_whatever_is_written_is_what_moodle_takes(drawn: list[Item]) -> None:
    kept = []
    for item in drawn:
        try:
            written(Bank(items=(item,)), lossy=True)
        except api.ExportRefused:
            continue
        kept.append(item)
    if kept:
        found = questions(written(Bank(items=tuple(kept)), lossy=True))
        assert {one["idnumber"] for one in found} == {item.id for item in kept}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written(samples.bank(tmp_path)) == written(samples.bank(tmp_path))


THREE = {"A": "1", "B": "2", "C": "3"}
WHOLE = MultipleResponse(id="a", stem="x", options=THREE, key=("A", "B"))
PAIRS = Matching(id="a", stem="x", prompts={"P": "p", "Q": "q"}, options=THREE, key={"P": "A", "Q": "B"})
REFUSED: list[tuple[Item, str, bool]] = [
    (WHOLE, "no options that only count together", True),
    (PAIRS, "no pairs that only count together", True),
    (msgspec.structs.replace(PAIRS, scoring=Scoring("per_pair", 0.5)), "nothing off for a wrong pair", True),
    (msgspec.structs.replace(WHOLE, scoring=Scoring("per_option", 0.3)), "no such shares", False),
    (msgspec.structs.replace(WHOLE, scoring=Scoring("per_option", 0.5, -1)), "less than nothing", True),
    (
        MultipleResponse(
            id="a", stem="x", options=THREE, key=("A", "B"), choose=2, scoring=Scoring("per_option")
        ),
        "choose every option",
        True,
    ),
    (MultipleChoice(id="a", stem="x", options=THREE, key="A", fixed=("C",)), "keep their place", True),
    (MultipleChoice(id="a", stem="x", options=THREE), "one option must be keyed", False),
    (MultipleChoice(id="a", stem="x", options={"A": "1", "B": "<b></b>"}, key="A"), "show nothing", False),
    (MultipleChoice(id="a", stem="![](../x.png)", options=THREE, key="A"), "", False),
    (MultipleChoice(id="a", stem="![x](none.png)", options=THREE, key="A"), "is not there", False),
    (MultipleChoice(id="a", stem="x", options=THREE, key="A", tags=("a<b",)), "would change the tag", False),
    (
        MultipleChoice(id="a", stem="x", options=THREE, key="A", tags=("status: x",)),
        "stand for fields",
        False,
    ),
    (MultipleChoice(id="a", stem="x", options=THREE, key="A", rationale={"Z": "y"}), "of no option", True),
    (
        TrueFalse(id="a", stem="x", key=True, scoring=Scoring("per_option", 0.5, -1)),
        "neither points nor a penalty",
        True,
    ),
    (Numeric(id="a", stem="x", key=NumericKey(minimum=1)), "a minimum and a maximum", False),
    (Numeric(id="a", stem="x", key=NumericKey(value=1, unit="$m$")), "units as plain words", True),
    (ShortAnswer(id="a", stem="x", key=("a\\*",)), "another thing", False),
    (Ordering(id="a", stem="x", options=THREE, key=("A",)), "must all stand in the key", False),
    (
        msgspec.structs.replace(PAIRS, options={**THREE, "A": "**bold**"}, scoring=Scoring("per_pair")),
        "plain words",
        True,
    ),
]


@pytest.mark.parametrize(("item", "message", "mendable"), REFUSED)
def test_what_moodle_cannot_say_is_refused_or_told(
    item: Item, message: str, mendable: bool, tmp_path: Path
) -> None:
    bank = Bank(items=(item,), root=str(tmp_path))
    if not message:  # the markup room takes such an image out
        assert b"x.png" not in written(bank)
        return
    with pytest.raises(api.ExportRefused, match=message):
        written(bank)
    if not mendable:
        with pytest.raises(api.ExportRefused):
            written(bank, lossy=True)
        return
    lossy = api.export_bank(bank, "moodle-xml", lossy=True)
    assert any(message in one.message for one in lossy.losses)
    assert [one.record for one in lossy.lost] == ["a"]
    questions(lossy.files[0][1])


def test_the_dialect_scores_options_that_only_count_together() -> None:
    (found,) = questions(written(Bank(items=(WHOLE,)), "multichoiceset"))
    assert found["type"] == "multichoiceset"
    assert [one["fraction"] for one in found["answers"]] == [100, 100, 0]
    back = importing.read(Source(name="x.xml", data=written(Bank(items=(WHOLE,)), "multichoiceset"))).imported
    assert (back.items[0]["key"], back.items[0].get("scoring")) == (["A", "B"], None)


def test_files_of_a_stimulus_are_checked(tmp_path: Path) -> None:
    stimuli = (Stimulus(id="s", text="x", media=(Media(file="none.png"), Media(file="a?.png"))),)
    item = MultipleChoice(id="a", stem="x", options=THREE, key="A", stimulus="s")
    with pytest.raises(api.ExportRefused) as refused:
        written(Bank(items=(item,), stimuli=stimuli, root=str(tmp_path)))
    assert "is not there" in str(refused.value)


def test_a_form_tells_what_moodle_keeps_in_a_quiz() -> None:
    from qbank.formats import formats
    from qbank.formats.contract import Export

    item = MultipleChoice(id="a", stem="x", options=THREE, key="A")
    input = export_input([item], roles={"a": "pretest"}, orders={"a": ("C", "B", "A")})
    made = formats()["moodle-xml"].write(input)
    assert isinstance(made, Export)
    assert len(made.losses) == 2
    (found,) = questions(made.files[0][1])
    assert [one["text"] for one in found["answers"]] == ["3", "2", "1"]
    assert found["tags"] == ["role: pretest"]
