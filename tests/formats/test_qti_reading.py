"""QTI of other writers: what can be had is read, the rest is told with its source."""

from __future__ import annotations

import base64
import contextlib
import io
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.formats import formats
from qbank.formats.contract import Imported, Source, Unreadable
from qbank.importing import recognise

CHOICES = "".join(f'<simpleChoice identifier="{id}">{id.lower()}</simpleChoice>' for id in "ABCD")
MATCH = (
    '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'
)
MAP = MATCH.replace("match_correct", "map_response")


def item(declaration: str, body: str, processing: str = MATCH, after: str = "", outcomes: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q-1" title="q-1"'
        f' adaptive="false" timeDependent="false">{declaration}{outcomes}<itemBody>{body}</itemBody>'
        f"{processing}{after}</assessmentItem>"
    ).encode()


def response(
    correct: tuple[str, ...], mapping: str = "", kind: str = "single", base: str = "identifier"
) -> str:
    values = "".join(f"<value>{one}</value>" for one in correct)
    right = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{kind}" baseType="{base}">'
        f"{right}{mapping}</responseDeclaration>"
    )


def choice(most: str = "1", choices: str = CHOICES) -> str:
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="{most}">'
        f"<prompt>Which <b>one</b>?</prompt>{choices}</choiceInteraction>"
    )


def entry(before: str = "", after: str = "") -> str:
    return f'<p>{before}<textEntryInteraction responseIdentifier="RESPONSE"/>{after}</p>'


def read(data: bytes, name: str = "item.xml") -> Imported:
    reads = formats()["qti21"].reads
    assert reads is not None
    return reads(Source(name=name, data=data))


def one(data: bytes) -> dict[str, Any]:
    imported = read(data)
    assert imported.unread == ()
    (record,) = imported.items
    return record


def told(data: bytes) -> list[str]:
    return [found.message for found in read(data).unread]


def mapped(default: str = "0", limits: str = "", **values: str) -> str:
    entries = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in values.items())
    return f'<mapping defaultValue="{default}"{limits}>{entries}</mapping>'


def test_a_choice_by_the_template() -> None:
    assert one(item(response(("B",)), choice())) == {
        "id": "q-1",
        "type": "multiple-choice",
        "options": {"A": "a", "B": "b", "C": "c", "D": "d"},
        "key": "B",
        "stem": "Which **one**?",
    }


@pytest.mark.parametrize(
    ("mapping", "points", "scoring"),
    [
        (mapped(A="1", B="1"), 2, {"method": "per_option"}),
        (mapped("-1", ' lowerBound="0"', A="1", B="1"), 2, {"method": "per_option", "penalty": 1}),
        (mapped("-0.5", A="1", B="1"), 2, {"method": "per_option", "penalty": 0.5, "minimum": -0.5}),
        (
            mapped("0", ' lowerBound="-1"', A="0.5", B="0.5", C="-0.5", D="-0.5"),
            1,
            {"method": "per_option", "penalty": 1, "minimum": -1},
        ),
    ],
)
def test_a_mapping_is_partial_credit(mapping: str, points: float, scoring: dict[str, Any]) -> None:
    record = one(item(response(("A", "B"), mapping, "multiple"), choice("0"), MAP))
    assert (record["type"], record["key"]) == ("multiple-response", ["A", "B"])
    assert (record.get("points", 1), record["scoring"]) == (points, scoring)


def test_a_mapping_that_no_bank_has_is_told() -> None:
    uneven = mapped("0", A="1", B="2")
    assert told(item(response((), uneven, "multiple"), choice("0"), MAP)) == [
        "options give different points; in a bank each right one gives the same share"
    ]
    mixed = mapped("-2", A="1", B="1", C="-1")
    assert (
        "wrong options take off different points"
        in told(item(response(("A", "B"), mixed, "multiple"), choice("0"), MAP))[0]
    )
    second = mapped("0", A="1", B="0.5")
    assert "several options give points" in told(item(response(("A",), second), choice(), MAP))[0]


def test_points_come_from_maxscore_or_the_normal_maximum() -> None:
    most = (
        '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
        "<defaultValue><value>3</value></defaultValue></outcomeDeclaration>"
    )
    score = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="4"/>'
    for outcomes, points in ((most, 3), (score, 4), (most + score, 3)):
        assert one(item(response(("A",)), choice(), outcomes=outcomes))["points"] == points


def test_processing_that_openolat_and_others_write_is_understood() -> None:
    written = (
        "<responseProcessing><responseCondition>"
        '<responseIf><isNull><variable identifier="RESPONSE"/></isNull>'
        '<setOutcomeValue identifier="FEEDBACKBASIC"><baseValue baseType="identifier">empty</baseValue>'
        "</setOutcomeValue></responseIf>"
        '<responseElseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
        '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>'
        '<variable identifier="MAXSCORE"/></sum></setOutcomeValue></responseElseIf>'
        "</responseCondition><responseCondition><responseIf>"
        '<gt><variable identifier="SCORE"/><variable identifier="MAXSCORE"/></gt>'
        '<setOutcomeValue identifier="SCORE"><variable identifier="MAXSCORE"/></setOutcomeValue>'
        "</responseIf></responseCondition></responseProcessing>"
    )
    assert one(item(response(("C",)), choice(), written))["key"] == "C"


def test_other_processing_is_told_with_its_source() -> None:
    strange = (
        '<responseProcessing><setOutcomeValue identifier="SCORE"><randomFloat min="0" max="1"/>'
        "</setOutcomeValue></responseProcessing>"
    )
    imported = read(item(response(("C",)), choice(), strange))
    assert imported.items[0]["key"] == "C"
    (found,) = imported.unread
    assert found.message.startswith("the response processing is not understood")
    assert found.raw == strange
    assert (found.item, found.where, found.line) == ("q-1", "item.xml", 2)


@pytest.mark.parametrize(
    ("test", "key"),
    [
        ('<equal toleranceMode="exact">', {"value": 4}),
        ('<equal toleranceMode="absolute" tolerance="0.5">', {"value": 4, "tolerance": 0.5}),
        ('<equal toleranceMode="absolute" tolerance="0.5 1">', {"minimum": 3.5, "maximum": 5}),
    ],
)
def test_numbers_within_a_tolerance(test: str, key: dict[str, float]) -> None:
    processing = (
        f'<responseProcessing><responseCondition><responseIf>{test}<variable identifier="RESPONSE"/>'
        '<correct identifier="RESPONSE"/></equal><setOutcomeValue identifier="SCORE">'
        '<baseValue baseType="float">2</baseValue></setOutcomeValue></responseIf></responseCondition>'
        "</responseProcessing>"
    )
    record = one(item(response(("4",), base="float"), entry("Give ", " bones."), processing))
    assert (record["type"], record["key"], record["points"]) == ("numeric", key, 2)
    assert record["stem"] == "Give ____ bones."


def test_short_answers_of_a_mapping() -> None:
    mapping = (
        '<mapping defaultValue="0"><mapEntry mapKey="tibia" mappedValue="2" caseSensitive="true"/>'
        '<mapEntry mapKey="shin" mappedValue="2"/></mapping>'
    )
    record = one(item(response(("tibia",), mapping, base="string"), f"<p>Name it.</p>{entry()}", MAP))
    assert (record["key"], record["points"], record["stem"]) == (["tibia", "shin"], 2, "Name it.")
    assert record["case_sensitive"] is True


def test_an_inline_choice_is_a_multiple_choice_with_a_blank() -> None:
    body = (
        '<p>The <inlineChoiceInteraction responseIdentifier="RESPONSE" shuffle="false">'
        '<inlineChoice identifier="A">tibia</inlineChoice><inlineChoice identifier="B">ulna</inlineChoice>'
        "</inlineChoiceInteraction> is in the leg.</p>"
    )
    record = one(item(response(("A",)), body))
    assert (record["type"], record["options"]) == ("multiple-choice", {"A": "tibia", "B": "ulna"})
    assert (record["stem"], record["shuffle"]) == ("The ____ is in the leg.", False)


def test_orders_matches_and_essays() -> None:
    order = choice().replace("choiceInteraction", "orderInteraction").replace(' maxChoices="1"', "")
    record = one(item(response(("B", "A", "D", "C"), kind="ordered"), order))
    assert (record["type"], record["key"]) == ("ordering", ["B", "A", "D", "C"])
    sides = "".join(
        "<simpleMatchSet>"
        + "".join(
            f'<simpleAssociableChoice identifier="{id}" matchMax="{most}">{id}</simpleAssociableChoice>'
            for id in ids
        )
        + "</simpleMatchSet>"
        for ids, most in (("PQ", 1), ("XYZ", 0))
    )
    match = f'<matchInteraction responseIdentifier="RESPONSE" shuffle="true">{sides}</matchInteraction>'
    pairs = response(("P Y", "Q Y"), kind="multiple", base="directedPair")
    record = one(item(pairs, f"<p>Match.</p>{match}"))
    assert (record["type"], record["key"], record["reuse"]) == ("matching", {"P": "Y", "Q": "Y"}, True)
    essay = choice(choices="").replace("choiceInteraction", "extendedTextInteraction")
    record = one(item(response((), base="string"), essay, ""))
    assert record == {"id": "q-1", "type": "essay", "stem": "Which **one**?"}


@pytest.mark.parametrize(
    "rule",
    [
        '<setOutcomeValue identifier="SCORE"/>',
        '<responseCondition><responseIf><not/><setOutcomeValue identifier="SCORE"/></responseIf>'
        "</responseCondition>",
        '<responseCondition><responseIf><isNull/><setOutcomeValue identifier="SCORE"/></responseIf>'
        '<responseElse><setOutcomeValue identifier="SCORE"><product><baseValue>1</baseValue><divide/>'
        "</product></setOutcomeValue></responseElse></responseCondition>",
        '<responseCondition><setOutcomeValue identifier="SCORE"/></responseCondition>',
    ],
)
def test_processing_with_holes_is_told(rule: str) -> None:
    written = f"<responseProcessing>{rule}</responseProcessing>"
    assert "response processing is not understood" in told(item(response(("A",)), choice(), written))[0]


def test_feedback_is_rationale() -> None:
    inline = "".join(
        f'<simpleChoice identifier="{id}">{id.lower()}<feedbackInline outcomeIdentifier="F" identifier="{id}"'
        f' showHide="show">Because {id}.</feedbackInline></simpleChoice>'
        for id in "AB"
    )
    record = one(item(response(("A",)), choice(choices=inline)))
    assert record["options"] == {"A": "a", "B": "b"}
    assert record["rationale"] == {"A": "Because A.", "B": "Because B."}
    modal = (
        '<modalFeedback outcomeIdentifier="F" identifier="right" showHide="show">Well done.</modalFeedback>'
    )
    assert one(item(response(("A",)), choice(), after=modal))["rationale"] == "Well done."


def test_long_option_ids_become_letters_and_that_is_told() -> None:
    long = "".join(f'<simpleChoice identifier="choice-{n}-of-a-long-name">{n}</simpleChoice>' for n in "12")
    imported = read(item(response(("choice-2-of-a-long-name",)), choice(choices=long)))
    assert (imported.items[0]["options"], imported.items[0]["key"]) == ({"A": "1", "B": "2"}, "B")
    assert "are called A, B" in imported.unread[0].message


def test_items_of_other_kinds_are_left_out_and_told() -> None:
    two = choice() + choice()
    with pytest.raises(Unreadable, match="2 interactions"):
        read(item(response(("A",)), two))
    hot = '<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1"/>'
    with pytest.raises(Unreadable, match="hotspot-interaction"):
        read(item(response(("A",)), hot))
    data = package(good=item(response(("A",)), choice()), bad=item(response(("A",)), hot))
    imported = read(data, "p.zip")
    assert len(imported.items) == 1
    (found,) = imported.unread
    assert found.where == "bad.xml"
    assert "hotspotInteraction" in found.raw


def package(**items: bytes) -> bytes:
    resources = "".join(
        f'<resource identifier="{name}" type="imsqti_item_xmlv2p1" href="{name}.xml"><metadata>'
        '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><keyword><string>bones</string></keyword></general>'
        "<classification><purpose><value>discipline</value></purpose><taxonPath><source><string>S</string>"
        "</source><taxon><entry><string>Body parts</string></entry></taxon><taxon><entry><string>Leg"
        "</string></entry></taxon></taxonPath></classification></lom></metadata>"
        f'<file href="{name}.xml"/></resource>'
        for name in items
    )
    manifest = (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><organizations/>'
        f"<resources>{resources}</resources></manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("imsmanifest.xml", manifest)
        for name, data in items.items():
            archive.writestr(f"{name}.xml", data)
    return out.getvalue()


def test_metadata_of_others() -> None:
    imported = read(package(one=item(response(("A",)), choice())), "p.zip")
    (record,) = imported.items
    assert (record["tags"], record["content_area"]) == (["bones"], "body-parts/leg")
    assert imported.bank["content_areas"] == [
        {"id": "body-parts", "title": "Body parts", "children": [{"id": "leg", "title": "Leg"}]}
    ]


def test_a_missing_image_and_files_outside_are_told_and_not_read() -> None:
    body = '<p><img src="../../etc/passwd" alt="x"/><img src="gone.png" alt="y"/></p>' + choice()
    imported = read(package(one=item(response(("A",)), body)), "p.zip")
    assert imported.media == {}
    assert sum("is not in the package" in found.message for found in imported.unread) == 2


def test_a_package_writes_no_files_of_a_bank() -> None:
    body = '<p><img src="bank.yaml" alt="x"/></p>' + choice()
    out = io.BytesIO(package(one=item(response(("A",)), body)))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("bank.yaml", "id: other")
    imported = read(out.getvalue(), "p.zip")
    assert imported.media == {}
    assert "is of a kind that no bank shows" in imported.unread[0].message


def test_an_image_in_the_address_becomes_a_file() -> None:
    picture = base64.b64encode(b"GIF89a").decode()
    body = f'<p><img src="data:image/gif;base64,{picture}" alt="dot"/></p>{choice()}'
    imported = read(item(response(("A",)), body))
    ((path, data),) = imported.media.items()
    assert (data, path.endswith(".gif"), imported.unread) == (b"GIF89a", True, ())
    assert f"![dot]({path})" in imported.items[0]["stem"]
    broken = read(item(response(("A",)), body.replace(picture, "%%%")))
    assert "cannot be read" in broken.unread[0].message


def test_titles_have_no_place_and_that_is_told_once() -> None:
    titled = item(response(("A",)), choice()).replace(b'title="q-1"', b'title="Legs"')
    imported = read(package(one=titled, two=titled.replace(b"q-1", b"q-2")), "p.zip")
    assert [found.message for found in imported.unread] == [
        "items of a bank have no titles; left out: 2 (Legs; Legs)"
    ]


def test_version_and_kind_are_known_by_content() -> None:
    plain = item(response(("A",)), choice())
    assert recognise(Source(name="x", data=plain)).slug == "qti21"
    assert recognise(Source(name="x", data=plain.replace(b"v2p1", b"v2p2", 1))).slug == "qti22"
    assert recognise(Source(name="x", data=package(one=plain))).slug == "qti21"
    for data in (b"", b"<html/>", b"PK\x03\x04broken", b"<questestinterop/>"):
        assert formats()["qti21"].recognises(Source(name="x", data=data)) == 0  # type: ignore[misc]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 900))
def test_damaged_items_are_read_or_refused(noise: bytes, at: int) -> None:
    whole = item(response(("A", "B"), mapped(A="1"), "multiple"), choice("0"), MAP)
    with contextlib.suppress(Unreadable):
        read(whole[:at] + noise + whole[at + len(noise) :])


def test_a_document_type_is_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]>' + item(response(("A",)), choice()).partition(b"?>\n")[2]
    with pytest.raises(Unreadable, match="document type"):
        read(bomb)
