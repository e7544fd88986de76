"""QTI 2.1 and 2.2: valid, scored as QTI 3.0 is, and what platforms want."""

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
from qbank.formats.contract import AUDIENCES, Audience, Export, ExportInput
from qbank.formats.qti_common.legacy import modern
from qbank.model.item import Item, MultipleChoice, MultipleResponse, Scoring
from tests.formats import qti_items
from tests.formats.qti_player import Item as Played
from tests.formats.qti_xsd import package_errors
from tests.formats.samples import export_input
from tests.formats.test_qti30 import ALL, BONES, CHOICE, everything

VERSIONS = ("qti21", "qti22")
forms = st.lists(qti_items.items(), min_size=1, max_size=3, unique_by=lambda item: item.id.lower())
slow = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def members(input: ExportInput, slug: str) -> dict[str, bytes]:
    result = formats()[slug].write(input)
    assert isinstance(result, Export), result
    return unzip(result.files[0][1])


@pytest.mark.parametrize("slug", VERSIONS)
@slow
@given(items=forms, audience=st.sampled_from(AUDIENCES), is_bank=st.booleans())
def test_every_file_of_every_package_is_valid(
    slug: str, items: list[Item], audience: Audience, is_bank: bool
) -> None:
    input = msgspec.structs.replace(export_input(items, audience=audience), is_bank=is_bank)
    assert package_errors(members(input, slug)) == []


@pytest.mark.parametrize("slug", VERSIONS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_form_with_everything_is_valid(slug: str, audience: Audience, tmp_path: Path) -> None:
    assert package_errors(members(everything(audience, tmp_path), slug)) == []


@pytest.mark.parametrize("dialect", sorted(formats()["qti21"].dialects))
@slow
@given(items=forms, audience=st.sampled_from(AUDIENCES))
def test_packages_for_platforms_are_valid(dialect: str, items: list[Item], audience: Audience) -> None:
    input = msgspec.structs.replace(export_input(items, audience=audience), dialect=dialect)
    assert package_errors(members(input, "qti21")) == []


def _dialect(item: Item, dialect: str) -> Any:
    input = msgspec.structs.replace(export_input([item]), dialect=dialect)
    return etree.fromstring(members(input, "qti21")[f"items/{item.id}.xml"])


def test_platforms_get_the_template_where_it_says_the_same() -> None:
    for dialect in ("blackboard", "canvas", "inspera"):
        processing = _dialect(CHOICE, dialect).find("{*}responseProcessing")
        assert processing.get("template", "").endswith("/qti_v2p1/rptemplates/match_correct")
        assert len(processing) == 0
    partial = MultipleResponse(
        id="r", stem="?", options=BONES, key=("A", "B"), scoring=Scoring("per_option", 0.5)
    )
    for item in (partial, msgspec.structs.replace(CHOICE, points=2)):
        for dialect in formats()["qti21"].dialects:
            assert _dialect(item, dialect).find("{*}responseProcessing").get("template") is None


def test_inspera_is_told_the_feedback_of_what_is_written_out() -> None:
    item = MultipleResponse(id="r", stem="?", options=BONES, key=("A", "B"), scoring=Scoring("per_option"))
    root = _dialect(item, "inspera")
    assert [one.get("identifier") for one in root.iterfind("{*}outcomeDeclaration")][-1] == "FEEDBACK"
    player = modern_player(etree.tostring(root))
    given: dict[tuple[str, ...], str] = {
        ("A", "B"): "correct",
        ("A",): "partially_correct",
        ("C",): "wrong",
        (): "unanswered",
    }
    for response, word in given.items():
        player.score(response)
        assert player.outcomes["FEEDBACK"] == f"feedback_{word}"
    assert "FEEDBACK" not in etree.tostring(_dialect(CHOICE, "inspera")).decode()
    essay = etree.tostring(_dialect(ALL[-1], "inspera")).decode()
    assert "feedback_unanswered" in essay
    assert "feedback_answered" in essay


def test_canvas_losses_are_told_item_by_item() -> None:
    input = msgspec.structs.replace(export_input(ALL), dialect="canvas")
    result = formats()["qti21"].write(input)
    assert isinstance(result, Export)
    assert [(one.record, one.feature) for one in result.lost] == [
        ("choice", "option-rationale"),
        ("judge", "rationale"),
        ("number", "key"),
        ("short", "key"),
    ]
    assert all(one.hint for one in result.losses)
    assert formats()["qti21"].write(export_input(ALL)).losses == ()  # type: ignore[union-attr]


def test_openolat_gets_its_configuration_with_a_test_only() -> None:
    input = msgspec.structs.replace(export_input([CHOICE]), dialect="openolat")
    assert "QTI21PackageConfig.xml" in members(input, "qti21")
    assert "QTI21PackageConfig.xml" not in members(msgspec.structs.replace(input, is_bank=True), "qti21")
    assert "QTI21PackageConfig.xml" not in members(export_input([CHOICE]), "qti21")


@pytest.mark.parametrize("slug", ["qti21", "qti22", "qti30"])
def test_a_bank_has_items_and_no_test(slug: str) -> None:
    files = members(msgspec.structs.replace(export_input(ALL), is_bank=True), slug)
    assert sorted(files) == ["imsmanifest.xml", *sorted(f"items/{item.id}.xml" for item in ALL)]
    assert package_errors(files) == []


@pytest.mark.parametrize("slug", VERSIONS)
def test_a_stem_of_one_paragraph_is_the_prompt_and_a_longer_one_stands_before(slug: str) -> None:
    long = MultipleChoice(id="long", stem="One *a*.\n\nTwo.", options=BONES, key="A")
    files = members(export_input([CHOICE, long]), slug)
    assert b"<prompt>Which?</prompt>" in files["items/choice.xml"]
    body = etree.fromstring(files["items/long.xml"]).find("{*}itemBody")
    assert body is not None
    assert [etree.QName(kid).localname for kid in body] == ["div", "choiceInteraction"]
    assert b"<prompt" not in files["items/long.xml"]


def modern_player(data: bytes) -> Played:
    """An item of version 2 in the player of version 3: only names are different."""
    return Played(etree.tostring(modern(etree.fromstring(data))))


@pytest.mark.parametrize("slug", VERSIONS)
@slow
@given(item=qti_items.items().filter(lambda item: item.type != "essay"))
def test_the_key_gives_full_score_and_an_empty_response_what_the_third_version_gives(
    slug: str, item: Item
) -> None:
    mine = modern_player(members(export_input([item]), slug)[f"items/{item.id}.xml"])
    third = Played(members(export_input([item]), "qti30")[f"items/{item.id}.xml"])
    correct = mine.correct()
    values = correct if isinstance(correct, list) else [str(correct)]
    assert mine.score(values) == pytest.approx(item.points) == mine.maximum
    assert mine.score([]) == third.score([])


@pytest.mark.parametrize("slug", VERSIONS)
def test_same_input_same_bytes(slug: str, tmp_path: Path) -> None:
    input = everything("staff", tmp_path)
    assert formats()[slug].write(input) == formats()[slug].write(input)


@pytest.mark.parametrize("slug", VERSIONS)
def test_a_package_for_candidates_says_nothing(slug: str, tmp_path: Path) -> None:
    text = b"".join(members(everything("candidate", tmp_path), slug).values())
    words = (b"SECRET", b"BOOK", b"correctResponse", b"esponseProcessing", b"outcomeProcessing", b"mapping")
    for secret in (*words, b'view="author', b"category", b"PASSED", b"anatomy"):
        assert secret not in text, secret
