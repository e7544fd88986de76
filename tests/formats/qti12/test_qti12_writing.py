"""QTI 1.2: every file of every package is valid, scored as the bank says, and tells candidates nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from qbank.formats import formats
from qbank.formats.archive import unzip
from qbank.formats.contract import AUDIENCES, Audience, Export, ExportInput, Source
from qbank.formats.qti12.read_scoring import processing
from qbank.formats.qti12.structure import verify
from qbank.formats.qti_common.structure import PackageError
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
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Stimulus
from tests.formats import qti_items
from tests.formats.qti_xsd import errors
from tests.formats.samples import export_input
from tests.formats.test_qti30 import ALL, BONES, CHOICE, everything

DIALECTS = ("", "canvas")
forms = st.lists(qti_items.items(), min_size=1, max_size=3, unique_by=lambda item: item.id.lower())
slow = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def members(input: ExportInput, dialect: str = "") -> dict[str, bytes]:
    result = formats()["qti12"].write(msgspec.structs.replace(input, dialect=dialect))
    assert isinstance(result, Export), result
    return unzip(result.files[0][1])


def document(files: dict[str, bytes]) -> Any:
    """The file of the questions."""
    return next(
        root for data in files.values() if b"questestinterop" in data for root in [etree.fromstring(data)]
    )


def faults(files: dict[str, bytes]) -> list[str]:
    """What the official schemas say; assessment_meta.xml is of Canvas, whose schema is not among them."""
    own = {
        name: data for name, data in files.items() if name.endswith(".xml") and not name.startswith("media/")
    }
    return [
        error for name, data in own.items() if not name.endswith("_meta.xml") for error in errors(name, data)
    ]  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
@slow
@given(items=forms, audience=st.sampled_from(AUDIENCES), is_bank=st.booleans())
def test_every_file_of_every_package_is_valid(
    dialect: str, items: list[Item], audience: Audience, is_bank: bool
) -> None:
    input = msgspec.structs.replace(export_input(items, audience=audience), is_bank=is_bank)
    assert faults(members(input, dialect)) == []


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("is_bank", [True, False])
def test_a_form_with_everything_is_valid(
    dialect: str, audience: Audience, is_bank: bool, tmp_path: Path
) -> None:
    input = msgspec.structs.replace(everything(audience, tmp_path), is_bank=is_bank)
    files = members(input, dialect)
    assert faults(files) == []
    assert {"media/figures/heart.svg", "media/voice.mp3"} <= set(files)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_same_input_same_bytes(dialect: str, tmp_path: Path) -> None:
    input = msgspec.structs.replace(everything("staff", tmp_path), dialect=dialect)
    assert formats()["qti12"].write(input) == formats()["qti12"].write(input)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_package_for_candidates_says_nothing(dialect: str, tmp_path: Path) -> None:
    text = b"".join(members(everything("candidate", tmp_path), dialect).values())
    words = (
        b"SECRET",
        b"BOOK",
        b"resprocessing",
        b"outcomes_processing",
        b"itemfeedback",
        b"pretest",
        b"anatomy",
    )
    for secret in words:
        assert secret not in text, secret


# scoring, carried out


def scored(item: Item, given: dict[str, list[str]], dialect: str = "") -> float:
    node = document(members(export_input([item]), dialect)).find(".//{*}item")
    return processing(node).score(given)


@slow
@given(item=qti_items._base().flatmap(qti_items.response), data=st.data())
def test_chosen_options_give_what_the_bank_says(item: Item, data: st.DataObject) -> None:
    assert isinstance(item, MultipleResponse)
    chosen = data.draw(st.lists(st.sampled_from(sorted(item.options)), unique=True))
    hits = len(set(chosen) & set(item.key_ids))
    share = (hits - item.scoring.penalty * (len(chosen) - hits)) / len(item.key_ids)
    wanted = max(item.scoring.minimum, share) * item.points
    if item.scoring.method == "all_or_nothing":
        wanted = item.points if set(chosen) == set(item.key_ids) else 0
    assert scored(item, {"response1": chosen}) == pytest.approx(wanted)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("item", [one for one in ALL if one.type not in ("essay",)], ids=lambda one: one.id)
def test_the_key_gives_full_score_and_no_response_none(item: Item, dialect: str) -> None:
    node = document(members(export_input([item]), dialect)).find(".//{*}item")
    full = 100 if dialect else item.points
    labels = {text_of(one): one.get("ident") for one in node.iter("{*}response_label")}
    match item:
        case Matching():
            right = {
                f"response_{prompt}": [labels[item.options[option]]]
                for prompt, option in (item.key or {}).items()
            }
        case Numeric():
            right = {"response1": [str(item.key.value if item.key else "")]}
        case ShortAnswer():
            right = {"response1": [(item.key or ("",))[0]]}
        case TrueFalse():
            right = {"response1": [labels["True" if item.key else "False"]]}
        case MultipleChoice() | MultipleResponse() | Ordering():
            right = {"response1": [labels[item.options[id]] for id in item.key_ids]}
    assert processing(node).score({}) == 0
    if dialect and isinstance(item, ShortAnswer):  # Canvas lists alternatives where others write `or`
        assert [one.text for one in node.iterfind(".//{*}conditionvar/{*}varequal")] == list(item.key or ())
    else:
        assert processing(node).score(right) == pytest.approx(full)


def text_of(label: Any) -> str:
    return "".join(label.itertext()).strip()


def test_pairs_are_counted_one_by_one_with_their_penalty() -> None:
    item = Matching(
        id="m",
        stem="?",
        prompts={"P1": "a", "P2": "b"},
        options={"A": "x", "B": "y", "C": "z"},
        key={"P1": "A", "P2": "B"},
        points=2,
        scoring=Scoring("per_pair", 0.5, -1),
    )
    assert scored(item, {"response_P1": ["A"], "response_P2": ["B"]}) == 2
    assert scored(item, {"response_P1": ["A"]}) == 1
    assert scored(item, {"response_P1": ["A"], "response_P2": ["C"]}) == 0.5
    assert scored(item, {"response_P1": ["C"], "response_P2": ["C"]}) == -1


def test_numbers_are_compared_with_both_bounds_in_decimals() -> None:
    item = Numeric(id="n", stem="?", key=NumericKey(value=0.3, tolerance=0.1))
    text = etree.tostring(document(members(export_input([item])))).decode()
    assert ">0.2</vargte>" in text.replace("ns0:", "")
    assert ">0.4</varlte>" in text.replace("ns0:", "")
    for value, score in (("0.2", 1), ("0.4", 1), ("0.41", 0), ("0.19", 0), ("", 0), ("x", 0)):
        assert scored(item, {"response1": [value]}) == score
    tiny = Numeric(id="n", stem="?", key=NumericKey(value=1e-7))
    assert b">0.0000001<" in b"".join(members(export_input([tiny])).values())


def test_an_ordering_counts_in_its_order_only() -> None:
    item = Ordering(id="o", stem="?", options={"A": "x", "B": "y", "C": "z"}, key=("C", "A", "B"))
    assert scored(item, {"response1": ["C", "A", "B"]}) == 1
    assert scored(item, {"response1": ["A", "B", "C"]}) == 0


# form and bank


def test_a_form_has_sections_times_and_roles() -> None:
    items: list[Item] = [
        CHOICE,
        TrueFalse(id="b", stem="?", key=True, points=2),
        TrueFalse(id="c", stem="?", key=False),
    ]
    input = export_input(items, sections=2, roles={"b": "pretest"}, minutes=90)
    root = document(members(input))
    assert root.findtext("{*}assessment/{*}duration") == "PT5400S"
    assert [one.get("title") for one in root.iterfind("{*}assessment/{*}section")] == [
        "Section 1",
        "Section 2",
    ]
    tried = next(one for one in root.iter("{*}item") if one.get("ident") == "b")
    assert processing(tried).score({"response1": ["true"]}) == 0
    total = root.find("{*}assessment/{*}outcomes_processing//{*}decvar")
    assert total.get("maxvalue") == "2"


def test_items_of_a_stimulus_stand_in_a_section_with_its_material() -> None:
    case = Stimulus(id="case", title="A case", text="Somebody fell.")
    items = [TrueFalse(id=f"t{number}", stem="?", key=True, stimulus="case") for number in (1, 2)]
    root = document(members(export_input([CHOICE, *items], stimuli=[case])))
    section = root.find("{*}assessment/{*}section/{*}section")
    assert "Somebody fell." in section.findtext("{*}presentation_material//{*}mattext")
    assert [one.get("ident") for one in section.iterfind("{*}item")] == ["t1", "t2"]


def test_fixed_options_and_shuffling() -> None:
    item = msgspec.structs.replace(CHOICE, fixed=("D",))
    bank = msgspec.structs.replace(export_input([item]), is_bank=True)
    choices = document(members(bank)).find(".//{*}render_choice")
    assert choices.get("shuffle") == "Yes"
    assert {one.get("ident"): one.get("rshuffle") for one in choices} == {
        "A": None,
        "B": None,
        "C": None,
        "D": "No",
    }
    still = msgspec.structs.replace(bank, items={item.id: msgspec.structs.replace(item, shuffle=False)})
    assert document(members(still)).find(".//{*}render_choice").get("shuffle") == "No"
    assert document(members(export_input([item]))).find(".//{*}render_choice").get("shuffle") == "No"


# Canvas


def field(item: Any, label: str) -> str | None:
    for one in item.iter("{*}qtimetadatafield"):
        if one.findtext("{*}fieldlabel") == label:
            return str(one.findtext("{*}fieldentry"))
    return None


def test_canvas_gets_its_files_and_fields(tmp_path: Path) -> None:
    files = members(
        export_input([*ALL, MultipleResponse(id="r2", stem="?", options=BONES, key=("A",))]), "canvas"
    )
    folder = next(name.partition("/")[0] for name in files if name.endswith("assessment_meta.xml"))
    assert sorted(files) == [f"{folder}/assessment_meta.xml", f"{folder}/{folder}.xml", "imsmanifest.xml"]
    meta = etree.fromstring(files[f"{folder}/assessment_meta.xml"])
    said = {etree.QName(one).localname: one.text for one in meta}
    assert meta.get("identifier") == folder
    assert (said["time_limit"], said["allowed_attempts"], said["shuffle_answers"]) == ("120", "1", "false")
    assert said["quiz_type"] == "assignment"
    assert said["show_correct_answers"] == "false"
    items = {one.get("ident"): one for one in document(files).iter("{*}item")}
    choice = items["choice"]
    assert field(choice, "question_type") == "multiple_choice_question"
    answers = str(field(choice, "original_answer_ids")).split(",")
    assert answers == [one.get("ident") for one in choice.iter("{*}response_label")]
    assert all(one.isdigit() and len(one) == 5 for one in answers)
    assert str(field(choice, "assessment_question_identifierref")).startswith("g")
    assert choice.find(".//{*}decvar").get("maxvalue") == "100"
    manifest = etree.fromstring(files["imsmanifest.xml"])
    types = [one.get("type") for one in manifest.iter("{*}resource")]
    assert types == ["imsqti_xmlv1p2", "associatedcontent/imscc_xmlv1p1/learning-application-resource"]


def test_canvas_gets_a_stimulus_as_a_text_before_its_questions(tmp_path: Path) -> None:
    root = document(members(everything("staff", tmp_path), "canvas"))
    text = next(one for one in root.iter("{*}item") if field(one, "question_type") == "text_only_question")
    assert field(text, "points_possible") == "0"
    assert "$IMS-CC-FILEBASE$/media/voice.mp3" in text.findtext(".//{*}mattext")
    hung = [
        one for one in root.iter("{*}item") if field(one, "parent_stimulus_item_ident") == text.get("ident")
    ]
    assert hung
    assert text.getnext() is hung[0]


def test_canvas_gets_a_bank_as_a_question_bank() -> None:
    root = document(members(msgspec.structs.replace(export_input([CHOICE]), is_bank=True), "canvas"))
    assert root.find("{*}objectbank") is not None
    assert field(root.find("{*}objectbank/{*}qtimetadata"), "bank_title") == "Sample form"


def test_what_canvas_passes_over_is_told_item_by_item() -> None:
    partial = MultipleResponse(
        id="partial", stem="?", options=BONES, key=("A", "B"), scoring=Scoring("per_option", 1)
    )
    strict = MultipleResponse(id="strict", stem="?", options=BONES, key=("A", "B"))
    order = Ordering(id="order", stem="?", options=BONES, key=("B", "A", "C", "D"))
    capital = ShortAnswer(id="capital", stem="?", key=("DNA",), case_sensitive=True)
    input = msgspec.structs.replace(
        export_input([partial, strict, order, capital], sections=2), dialect="canvas"
    )
    result = formats()["qti12"].write(input)
    assert isinstance(result, Export)
    assert [(one.record, one.feature) for one in result.lost] == [
        ("strict", "all-or-nothing"),
        ("order", "type"),
        ("capital", "case-sensitive"),
    ]
    assert any("no sections" in one.message for one in result.losses)
    assert all(one.hint for one in result.losses)


# our own checks


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'ident="B"', b'ident="A"', "option A twice"),
        (b">A</varequal>", b">Z</varequal>", "the key Z is no option"),
        (b'linkrefid="fb_A"', b'linkrefid="fb_Z"', "feedback fb_Z is not there"),
        (b'respident="response1"', b'respident="other"', "other is no response"),
        (
            b'<file href="assessment.xml"',
            b'<file href="nothing.xml"',
            "manifest and files differ in assessment.xml",
        ),
    ],
)
def test_a_package_that_contradicts_itself_is_our_bug(old: bytes, new: bytes, said: str) -> None:
    files = members(export_input([msgspec.structs.replace(CHOICE, key="A", rationale={"A": "Yes."})]))
    assert any(old in data for data in files.values())
    broken = {name: data.replace(old, new) for name, data in files.items()}
    with pytest.raises(PackageError, match=said):
        verify(broken, "staff")


def test_keys_in_a_package_for_candidates_are_our_bug() -> None:
    with pytest.raises(PackageError, match="in a package for candidates"):
        verify(members(export_input([CHOICE])), "candidate")


def test_measured_numbers_stand_beside_an_item_and_reading_says_that_they_stay_behind() -> None:
    input = export_input([CHOICE])
    known = Statistics(item="choice", p=0.7, r=0.3, n=250)
    input = msgspec.structs.replace(input, bank=msgspec.structs.replace(input.bank, statistics=(known,)))
    item = document(members(input)).find(".//{*}item")
    assert [field(item, f"qbank_statistics_{name}") for name in ("p", "r", "n")] == ["0.7", "0.3", "250"]
    reads, written = formats()["qti12"].reads, formats()["qti12"].write(input)
    assert reads is not None
    assert isinstance(written, Export)
    told = reads(Source(name="x.zip", data=written.files[0][1])).told
    assert told == ("statistics of 1 items are not read: a bank has its own file",)
    assert b"statistics" not in b"".join(
        members(msgspec.structs.replace(input, audience="candidate")).values()
    )
