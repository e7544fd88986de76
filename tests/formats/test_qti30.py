from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from qbank.formats import formats
from qbank.formats.archive import unzip, zip_bytes
from qbank.formats.contract import AUDIENCES, Audience, Export, ExportInput, Refused, Streamed
from qbank.formats.files import write_atomic
from qbank.formats.qti_common.structure import PackageError, verify
from qbank.model.blueprint import CutScore
from qbank.model.form import EXTERNAL_ANCHOR, OPERATIONAL, PRETEST
from qbank.model.item import (
    Essay,
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
from tests.formats import qti_items
from tests.formats.qti_player import Item as Played
from tests.formats.qti_player import Q, test_outcomes
from tests.formats.qti_xsd import package_errors
from tests.formats.samples import export_input

FORMAT = formats()["qti30"]
BONES = {"A": "Tibia", "B": "Fibula", "C": "Talus", "D": "Calcaneus"}
CHOICE = MultipleChoice(
    id="choice",
    stem="Which?",
    options=BONES,
    key="B",
    rationale={"B": "SECRET lateral"},
    references=("BOOK",),
)
ALL = (
    CHOICE,
    MultipleResponse(id="response", stem="Which two?", options=BONES, key=("A", "B"), choose=2),
    TrueFalse(id="judge", stem="True?", key=False, rationale="SECRET no"),
    Matching(
        id="match", stem="Match.", prompts={"P1": "x", "P2": "y"}, options=BONES, key={"P1": "C", "P2": "A"}
    ),
    Ordering(id="order", stem="Order.", options=BONES, key=("A", "B", "C", "D")),
    Numeric(id="number", stem="How many?", key=NumericKey(value=206, tolerance=1, unit="bones")),
    ShortAnswer(id="short", stem="Name it.", key=("SECRETBONE", "os longum")),
    Essay(id="essay", stem="Explain.", rubric="SECRET rubric", points=5),
)


def members(input: ExportInput) -> dict[str, bytes]:
    result = FORMAT.write(input)
    assert isinstance(result, Export), result
    return unzip(result.files[0][1])


def played(item: Item) -> Played:
    return Played(members(export_input([item]))[f"items/{item.id}.xml"])


def refused(input: ExportInput) -> list[str]:
    result = FORMAT.write(input)
    assert isinstance(result, Refused)
    assert all(finding.hint for finding in result.findings)
    return [finding.message for finding in result.findings]


forms = st.lists(qti_items.items(), min_size=1, max_size=3, unique_by=lambda item: item.id.lower())
slow = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


# the official schemas


@slow
@given(forms, st.sampled_from(AUDIENCES))
def test_every_file_of_every_package_is_valid(items: list[Item], audience: Audience) -> None:
    assert package_errors(members(export_input(items, audience=audience))) == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_form_with_everything_is_valid(audience: Audience, tmp_path: Path) -> None:
    input = everything(audience, tmp_path)
    assert package_errors(members(input)) == []


def everything(audience: Audience, root: Path) -> ExportInput:
    (root / "figures").mkdir(exist_ok=True)
    for name in ("figures/x ray.png", "figures/heart.svg", "voice.mp3", "inline.png"):
        (root / name).write_bytes(name.encode())
    case = Stimulus(
        id="case-1",
        title="A case & more",
        text="**Setting:** ward\n\n![Heart](figures/heart.svg)",
        media=(
            Media("figures/x ray.png", "X-ray"),
            Media("figures/heart.svg", "Heart"),
            Media("voice.mp3", "Heart sound"),
        ),
    )
    hung = [
        MultipleChoice(
            id=f"hung-{number}", stem=f"Q{number} ![i](inline.png)", options=BONES, key="A", stimulus="case-1"
        )
        for number in (1, 2)
    ]
    return export_input(
        [*ALL, *hung],
        audience=audience,
        stimuli=[case],
        media_root=str(root),
        roles={"judge": PRETEST, "match": EXTERNAL_ANCHOR},
        orders={"choice": ("D", "C", "B", "A"), "order": ("C", "A", "D", "B")},
        cut=CutScore(3),
        info={"notice": "Practice *material*.", "language": "en"},
        sections=2,
        version="0.1.0",
    )


# contents


def test_the_package_holds_all_files_and_says_what_needs_what(tmp_path: Path) -> None:
    files = members(everything("staff", tmp_path))
    assert files["media/figures/x ray.png"] == b"figures/x ray.png"
    manifest = etree.fromstring(files["imsmanifest.xml"])
    needs = {
        resource.get("href"): [one.get("identifierref") for one in resource.iterfind("{*}dependency")]
        for resource in manifest.iter("{*}resource")
    }
    assert needs["items/hung-1.xml"] == ["stimulus-case-1", "media-3"]
    assert needs["stimuli/case-1.xml"] == ["media-2", "media-1", "media-4"]
    assert len(needs["test.xml"]) == 10
    assert needs["media/figures/x%20ray.png"] == []
    stimulus = files["stimuli/case-1.xml"].decode()
    assert stimulus.count("heart.svg") == 1
    assert 'src="../media/figures/x%20ray.png" alt="X-ray"' in stimulus


def test_an_item_set_is_a_section_kept_together_and_shares_its_stimulus(tmp_path: Path) -> None:
    files = members(everything("staff", tmp_path))
    test = etree.fromstring(files["test.xml"])
    inner = test.find(f".//{Q}qti-assessment-section/{Q}qti-assessment-section")
    assert inner is not None
    assert (inner.get("title"), inner.get("keep-together")) == ("A case & more", "true")
    assert [ref.get("identifier") for ref in inner] == ["hung-1", "hung-2"]
    ref = etree.fromstring(files["items/hung-1.xml"]).find(f"{Q}qti-assessment-stimulus-ref")
    assert ref is not None
    assert (ref.get("identifier"), ref.get("href")) == ("case-1", "../stimuli/case-1.xml")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_body_asks_for_the_stimulus_before_the_question(audience: Audience, tmp_path: Path) -> None:
    files = members(everything(audience, tmp_path))
    body = etree.fromstring(files["items/hung-1.xml"]).find(f"{Q}qti-item-body")
    assert body is not None
    assert [kid.tag for kid in body][:2] == [f"{Q}div", f"{Q}qti-choice-interaction"]
    place = {"class": "qti-shared-stimulus", "data-stimulus-idref": "case-1"}
    assert {name: body[0].get(name) for name in body[0].keys()} == place  # noqa: SIM118
    assert b'data-stimulus-idref="case-1"></div>' in files["items/hung-1.xml"]  # HTML parsers know no <div/>
    assert b"data-stimulus-idref" not in files["items/choice.xml"]


def test_an_option_of_text_and_markup_is_one_block() -> None:
    options = {"A": "plain", "B": "*all*", "C": "the *middle* word", "D": "one\n\ntwo"}
    choice = MultipleChoice(id="q", stem="?", options=options, key="A")
    match = Matching(id="m", stem="?", prompts={"P": "a *b* c"}, options=options, key={"P": "A"})
    files = members(export_input([choice, match]))
    assert package_errors(files) == []
    assert b'"A">plain<' in files["items/q.xml"]
    assert b'"B"><em>all</em><' in files["items/q.xml"]
    assert b'"C"><div>the <em>middle</em> word</div><' in files["items/q.xml"]
    assert b'"D"><div><p>one</p>' in files["items/q.xml"]
    assert b"<div>a <em>b</em> c</div>" in files["items/m.xml"]


def test_options_stand_in_the_order_of_the_form() -> None:
    item = MultipleChoice(id="q", stem="?", options=BONES, key="B", fixed=("D",))
    root = etree.fromstring(members(export_input([item], orders={"q": ("C", "A", "B", "D")}))["items/q.xml"])
    choices = list(root.iter(f"{Q}qti-simple-choice"))
    assert [one.get("identifier") for one in choices] == ["C", "A", "B", "D"]
    assert [one.get("fixed") for one in choices] == [None, None, None, "true"]
    assert next(root.iter(f"{Q}qti-choice-interaction")).get("shuffle") == "false"


def test_an_ordering_without_an_order_of_the_form_is_not_presented_in_its_right_order() -> None:
    for length, name in itertools.product((2, 3, 4), range(30)):
        ids = tuple("ABCD"[:length])
        item = Ordering(id=f"o{name}", stem="?", options=dict.fromkeys(ids, "x"), key=ids)
        root: Any = etree.fromstring(members(export_input([item]))[f"items/o{name}.xml"])
        assert tuple(one.get("identifier") for one in root.iter(f"{Q}qti-simple-choice")) != ids


def test_true_and_false_are_in_the_language_of_the_bank() -> None:
    input = export_input([TrueFalse(id="q", stem="?", key=True)], info={"language": "de-AT"})
    assert b">Richtig<" in members(input)["items/q.xml"]


def test_time_limit_is_in_seconds() -> None:
    assert b'max-time="7200"' in members(export_input([CHOICE], minutes=120))["test.xml"]
    assert b"qti-time-limits" not in members(export_input([CHOICE], minutes=None))["test.xml"]


def test_a_section_has_its_own_time(tmp_path: Path) -> None:
    input = everything("staff", tmp_path)
    timed = tuple(
        msgspec.structs.replace(one, time_limit_minutes=10.0 * number)
        for number, one in enumerate(input.form.sections, 1)
    )
    form = msgspec.structs.replace(input.form, sections=timed)
    files = members(msgspec.structs.replace(input, form=form))
    assert package_errors(files) == []
    limits = etree.fromstring(files["test.xml"]).iterfind(f".//{Q}qti-assessment-section/{Q}qti-time-limits")
    assert [one.get("max-time") for one in limits] == ["600", "1200"]


def test_identifiers_of_sections_avoid_those_of_items() -> None:
    clash = [TrueFalse(id=id, stem="?", key=True) for id in ("part-1", "Section-1", "section-1_1")]
    assert package_ids(members(export_input(clash))) == [
        "part-1_1",
        "section-1_2",
        "part-1",
        "Section-1",
        "section-1_1",
    ]


def package_ids(files: dict[str, bytes]) -> list[str]:
    tags = ("qti-test-part", "qti-assessment-section", "qti-assessment-item-ref")
    root = etree.fromstring(files["test.xml"])
    return [str(node.get("identifier")) for tag in tags for node in root.iter(f"{Q}{tag}")]


@slow
@given(forms, st.sampled_from(AUDIENCES))
def test_same_input_same_bytes(items: list[Item], audience: Audience) -> None:
    first, second = (FORMAT.write(export_input(items, audience=audience)) for _ in range(2))
    assert first == second
    assert isinstance(first, Export)
    assert first.files[0][0] == f"sample-a-{audience}.qti30.zip"
    assert zip_bytes(unzip(first.files[0][1])) == first.files[0][1]


def test_a_package_is_made_while_it_is_written(tmp_path: Path) -> None:
    input = everything("staff", tmp_path)
    made = FORMAT.streams(input) if FORMAT.streams else None
    assert isinstance(made, Streamed)
    ((name, package),) = made.files
    write_atomic(tmp_path / name, package)
    assert (tmp_path / name).read_bytes() == package.whole() == made.whole().files[0][1]


def test_a_package_that_fails_while_it_is_written_leaves_no_file(tmp_path: Path) -> None:
    made = FORMAT.streams(everything("staff", tmp_path)) if FORMAT.streams else None
    assert isinstance(made, Streamed)
    (tmp_path / "voice.mp3").unlink()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "out.zip", made.files[0][1])
    assert sorted(tmp_path.iterdir()) == before


# candidates


def test_a_package_for_candidates_says_nothing(tmp_path: Path) -> None:
    staff = b"".join(members(everything("staff", tmp_path)).values())
    files = members(everything("candidate", tmp_path))
    text = b"".join(files.values())
    secrets = (
        b"SECRET",
        b"BOOK",
        b"correct-response",
        b"response-processing",
        b"outcome-processing",
        b"mapping",
    )
    for secret in (
        *secrets,
        b'rubric-block view="author',
        b"category",
        PRETEST.encode(),
        b"PASSED",
        b"anatomy",
    ):
        assert secret not in text, secret
    for secret in (b"SECRET", b"BOOK", b"correct-response", b'category="pretest"', b"PASSED"):
        assert secret in staff, secret
    assert b"Practice <em>material</em>." in text


@slow
@given(forms)
def test_packages_for_candidates_do_not_depend_on_the_key(items: list[Item]) -> None:
    keyless = [other_key(item) for item in items]
    one, other = (members(export_input(each, audience="candidate")) for each in (items, keyless))
    assert one == other


def other_key(item: Item) -> Item:
    """The same item with another key, rationale and penalty: what candidates see is the same."""
    values: dict[str, Any] = {name: getattr(item, name) for name in item.__struct_fields__}
    values["rationale"] = "something else"
    values["scoring"] = Scoring()
    match item:
        case MultipleChoice():
            values["key"] = sorted(item.options)[-1 if item.key == "A" else 0]
        case TrueFalse():
            values["key"] = not item.key
        case MultipleResponse():
            size = len(item.key_ids)
            values["key"] = tuple(sorted(item.options, reverse=True))[:size]
        case Matching():
            ids = sorted(item.options, reverse=True)
            values["key"] = dict(zip(item.prompts, ids, strict=False))
        case Numeric():
            values["key"] = NumericKey(value=77, unit=item.key.unit if item.key else "")
        case ShortAnswer():
            values["key"] = ("other",)
            values["case_sensitive"] = not item.case_sensitive
        case Essay():
            values["rubric"] = ""
        case Ordering():
            pass  # without an order of the form, the presented order avoids the key
    return type(item)(**values)


# scoring, as an independent player sees it


def subsets(ids: Sequence[str]) -> list[tuple[str, ...]]:
    return [some for size in range(len(ids) + 1) for some in itertools.combinations(ids, size)]


def expected(scoring: Scoring, points: float, hits: int, false: int, keys: int) -> float:
    return max(scoring.minimum, (hits - scoring.penalty * false) / keys) * points


@slow
@given(st.data())
def test_the_key_gives_full_score(data: st.DataObject) -> None:
    item = data.draw(qti_items.items().filter(lambda item: not isinstance(item, Essay)))
    player = played(item)
    correct = player.correct()
    values = correct if isinstance(correct, list) else [str(correct)]
    assert player.score(values) == pytest.approx(item.points)
    assert player.maximum == pytest.approx(item.points)


@pytest.mark.parametrize("points", [1, 0.5, 3])
def test_single_choice_gives_all_or_nothing(points: float) -> None:
    player = played(MultipleChoice(id="q", stem="?", options=BONES, key="C", points=points))
    assert {id: player.score([id]) for id in BONES} == {"A": 0, "B": 0, "C": points, "D": 0}
    assert player.score([]) == 0


def test_true_false() -> None:
    player = played(TrueFalse(id="q", stem="?", key=False))
    assert (player.score(["false"]), player.score(["true"]), player.score([])) == (1, 0, 0)


def test_multiple_response_all_or_nothing() -> None:
    player = played(MultipleResponse(id="q", stem="?", options=BONES, key=("D", "A"), points=2))
    scores = {some: player.score(some) for some in subsets(tuple(BONES))}
    assert scores.pop(("A", "D")) == 2
    assert set(scores.values()) == {0}
    assert player.score(("D", "A")) == 2


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(BONES)), min_size=1, unique=True),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    st.sampled_from([-2.0, -0.5, 0.0, 0.25]),
    st.sampled_from([1, 0.5, 3]),
)
def test_partial_credit_per_option(key: list[str], penalty: float, minimum: float, points: float) -> None:
    scoring = Scoring("per_option", penalty, minimum)
    item = MultipleResponse(id="q", stem="?", options=BONES, key=tuple(key), scoring=scoring, points=points)
    player = played(item)
    scores = {some: player.score(some) for some in subsets(tuple(BONES))}
    for some, score in scores.items():
        hits = len(set(some) & set(key))
        assert score == pytest.approx(expected(scoring, points, hits, len(some) - hits, len(key)))
    outcome: Any = player.root.find(f"{Q}qti-outcome-declaration[@identifier='SCORE']")
    assert float(outcome.get("normal-minimum", "0")) == pytest.approx(min(0, *scores.values()))


@settings(max_examples=80, deadline=None)
@given(st.booleans(), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([-1.0, 0.0]), st.sampled_from([1, 3]))
def test_matching(reuse: bool, penalty: float, minimum: float, points: float) -> None:
    key = {"P1": "A", "P2": "C", "P3": "A" if reuse else "B"}
    prompts = dict.fromkeys(key, "p")
    scoring = Scoring("per_pair", penalty, minimum)
    common: dict[str, Any] = {"stem": "?", "prompts": prompts, "options": BONES, "key": key, "reuse": reuse}
    whole = played(Matching(id="q", points=points, **common))
    partial = played(Matching(id="q", points=points, scoring=scoring, **common))
    for chosen in itertools.product((*BONES, None), repeat=3):
        pairs = [f"{prompt} {option}" for prompt, option in zip(key, chosen, strict=True) if option]
        hits = sum(f"{prompt} {option}" in pairs for prompt, option in key.items())
        assert whole.score(pairs) == (points if hits == 3 else 0)
        wanted = expected(scoring, points, hits, len(pairs) - hits, 3)
        assert partial.score(pairs) == pytest.approx(wanted)


def test_prompts_and_options_with_the_same_ids_stay_apart() -> None:
    item = Matching(id="q", stem="?", prompts={"A": "x", "B": "y"}, options=BONES, key={"A": "B", "B": "A"})
    player = played(item)
    assert player.correct() == ["prompt_A B", "prompt_B A"]
    assert player.score(player.correct()) == 1


def test_how_often_an_option_may_be_used() -> None:
    for reuse, most in ((False, "1"), (True, "2")):
        item = Matching(
            id="q",
            stem="?",
            prompts={"P": "x", "R": "y"},
            options=BONES,
            key={"P": "B", "R": "A"},
            reuse=reuse,
        )
        sets = played(item).root.iter(f"{Q}qti-simple-match-set")
        assert [{one.get("match-max") for one in each} for each in sets] == [{"1"}, {most}]


def test_ordering() -> None:
    player = played(Ordering(id="q", stem="?", options=BONES, key=("B", "A", "D", "C"), points=2))
    scores = {order: player.score(order) for order in itertools.permutations(BONES)}
    assert scores.pop(("B", "A", "D", "C")) == 2
    assert set(scores.values()) == {0}


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        (NumericKey(value=0.3, tolerance=0.1), ("0.2", "0.3", "0.4"), ("0.1999", "0.4001")),
        (NumericKey(value=206), ("206", "206.0", "2.06e2"), ("205.999", "207")),
        (NumericKey(minimum=1.5, maximum=2.5), ("1.5", "2", "2.5"), ("1.49", "2.51")),
        (NumericKey(minimum=1e-7), ("1e-7", "5"), ("0", "-1")),
        (NumericKey(maximum=-2), ("-2", "-3"), ("-1.9",)),
    ],
)
def test_numbers(key: NumericKey, right: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    player = played(Numeric(id="q", stem="?", key=key, points=2))
    assert {player.score([one]) for one in right} == {2}
    assert {player.score([one]) for one in wrong} == {0}
    assert player.score([]) == 0


def test_short_answers() -> None:
    plain = played(ShortAnswer(id="q", stem="?", key=("Tibia", "shin  bone")))
    assert [plain.score([one]) for one in ("tibia", "TIBIA", "Shin bone", "fibula")] == [1, 1, 1, 0]
    strict = played(ShortAnswer(id="q", stem="?", key=("Tibia",), case_sensitive=True))
    assert [strict.score([one]) for one in ("Tibia", "tibia")] == [1, 0]


def test_essays_are_scored_by_people() -> None:
    root = etree.fromstring(members(export_input([ALL[-1]]))["items/essay.xml"])
    assert root.find(f"{Q}qti-response-processing") is None
    score = root.find(f"{Q}qti-outcome-declaration[@identifier='SCORE']")
    assert score is not None
    assert (score.get("external-scored"), score.get("normal-maximum")) == ("human", "5")


@pytest.mark.parametrize("cut", [2, 3])
def test_only_operational_items_count(cut: float) -> None:
    items = [
        TrueFalse(id=id, stem="?", key=True, points=points)
        for id, points in zip("abcd", (1, 1, 5, 7), strict=True)
    ]
    roles = {"a": OPERATIONAL, "b": OPERATIONAL, "c": PRETEST, "d": EXTERNAL_ANCHOR}
    test = members(export_input(items, roles=roles, cut=CutScore(cut)))["test.xml"]
    maxima = {item.id: float(item.points) for item in items}
    outcomes = test_outcomes(test, maxima, maxima)
    assert outcomes == {"SCORE": 2.0, "MAXSCORE": 2.0, "PASSED": cut == 2}


def test_a_cut_score_on_another_scale_is_reported_as_a_loss() -> None:
    result = FORMAT.write(export_input([CHOICE], cut=CutScore(500, scale="scaled")))
    assert isinstance(result, Export)
    assert "scaled" in result.losses[0].message
    assert b"PASSED" not in unzip(result.files[0][1])["test.xml"]


# refusals


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (MultipleChoice(id="q", stem="?", options=BONES), "0 options are keyed"),
        (MultipleChoice(id="q", stem="?", options=BONES, key=("A", "B")), "2 options are keyed"),
        (MultipleChoice(id="q", stem="?", options=BONES, key="Z"), "the key Z is no option"),
        (MultipleChoice(id="q", stem="?", key="A"), "there are no options"),
        (MultipleResponse(id="q", stem="?", options=BONES), "the key is missing"),
        (MultipleResponse(id="q", stem="?", options=BONES, key=("A", "B"), choose=1), "fewer options"),
        (TrueFalse(id="q", stem="?"), "the key is missing"),
        (
            Matching(id="q", stem="?", options=BONES, prompts={"P": "x"}, key={}),
            "one option for every prompt",
        ),
        (
            Matching(id="q", stem="?", options=BONES, prompts={"P": "x", "R": "y"}, key={"P": "A", "R": "A"}),
            "keyed twice",
        ),
        (Ordering(id="q", stem="?", options=BONES, key=("A", "B")), "every option once"),
        (Numeric(id="q", stem="?"), "the key is missing"),
        (Numeric(id="q", stem="?", key=NumericKey(value=1, minimum=0)), "a value and a range"),
        (Numeric(id="q", stem="?", key=NumericKey(value=float("nan"))), "no finite number"),
        (Numeric(id="q", stem="?", key=NumericKey(minimum=2, maximum=1)), "minimum is above"),
        (ShortAnswer(id="q", stem="?", key=(" ",)), "no accepted text"),
        (ShortAnswer(id="q", stem="?", key=("a\x01",)), "control character"),
        (TrueFalse(id="q", stem="?", key=True, points=-1), "-1 points"),
        (TrueFalse(id="q", stem="?", key=True, scoring=Scoring(penalty=1)), "no meaning"),
        (Ordering(id="q", stem="?", options={"A": "a"}, key=("A",), scoring=Scoring("per_pair")), "per_pair"),
        (TrueFalse(id="q", stem="<script>x</script>", key=True), "stem holds script"),
        (TrueFalse(id="q", stem="$\\ce{H2O}$", key=True), "unknown macro"),
        (TrueFalse(id="q", stem="a\x01b", key=True), "control character"),
        (TrueFalse(id="q", stem="![a](b.png)", key=True), "which is not there"),
        (TrueFalse(id="q q", stem="?", key=True), "no identifier"),
        (MultipleChoice(id="q", stem="?", options={"1": "a"}, key="1"), "no identifier"),
    ],
)
def test_what_cannot_be_expressed_is_refused(item: Item, message: str) -> None:
    found = refused(export_input([item]))
    assert any(message in one and one.startswith(f"item {item.id}:") for one in found), found


def test_all_refusals_come_at_once() -> None:
    broken = [TrueFalse(id=f"q{number}", stem="$\\foo$") for number in range(3)]
    assert len(refused(export_input(broken))) == 6


def test_forms_that_do_not_fit_their_bank_are_refused() -> None:
    assert "presents A, Z" in refused(export_input([CHOICE], orders={"choice": ("A", "Z")}))[0]
    assert "holds no items" in refused(export_input([]))[0]
    assert "more than once" in refused(export_input([CHOICE, CHOICE]))[0]
    other = msgspec.structs.replace(CHOICE, id=CHOICE.id.upper())
    assert "but for capitals" in refused(export_input([CHOICE, other]))[0]


def test_media_that_cannot_be_carried_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    media = (Media("../x.png"), Media("/etc/hosts"), Media("gone.png"), Media("a.pdf"))
    item = TrueFalse(id="q", stem="?", key=True, stimulus="s")
    found = refused(export_input([item], stimuli=[Stimulus(id="s", media=media)], media_root=str(tmp_path)))
    whys = ["leaves the bank's folder", "leaves the bank's folder", "is not there", "is of a kind"]
    assert len(found) == 4
    assert all(why in one for why, one in zip(whys, found, strict=True))


# our own checks


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("items/choice.xml", b"<qti-value>B<", b"<qti-value>Z<", "the key Z is no choice"),
        ("items/choice.xml", b'identifier="C"', b'identifier="A"', "choice A twice"),
        (
            "items/choice.xml",
            b'response-identifier="RESPONSE"',
            b'response-identifier="R"',
            "R is not declared",
        ),
        (
            "items/choice.xml",
            b'set-outcome-value identifier="SCORE"',
            b'set-outcome-value identifier="S"',
            "sets no SCORE",
        ),
        ("test.xml", b"items/choice.xml", b"items/other.xml", "is not in the package"),
        ("imsmanifest.xml", b'identifierref="item-choice"', b'identifierref="item-x"', "is no resource"),
        ("imsmanifest.xml", b"items/choice.xml", b"items/x.xml", "manifest and files differ"),
    ],
)
def test_a_package_that_contradicts_itself_is_our_bug(
    name: str, old: bytes, new: bytes, message: str
) -> None:
    files = members(export_input([CHOICE]))
    verify(files, "staff")
    assert old in files[name]
    with pytest.raises(PackageError, match=message):
        verify({**files, name: files[name].replace(old, new)}, "staff")


def test_a_key_in_a_package_for_candidates_is_our_bug() -> None:
    with pytest.raises(PackageError, match="correct-response in a package for candidates"):
        verify(members(export_input([CHOICE])), "candidate")
