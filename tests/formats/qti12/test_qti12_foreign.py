"""What others write as QTI 1.2 is read as far as it goes, and everything else is told."""

from __future__ import annotations

import time
from typing import Any

import pytest

from qbank.formats import formats
from qbank.formats.contract import Imported, Source, Unreadable
from qbank.importing import UnknownFormat, plan, read, recognise
from tests.formats.qti12 import foreign
from tests.formats.qti12.foreign import (
    CANVAS,
    CARTRIDGE,
    FIELD,
    canvas,
    choices,
    document,
    equal,
    fields,
    html,
    item,
    package,
    plain,
    rule,
)


def imported(data: bytes, name: str = "file.xml") -> Imported:
    reads = formats()["qti12"].reads
    assert reads is not None
    return reads(Source(name=name, data=data))


def one(source: str) -> dict[str, Any]:
    return imported(document(source)).items[0]


def messages(source: str) -> list[str]:
    return [unread.message for unread in imported(document(source)).unread]


QUIZ = imported(foreign.canvas_quiz(), "quiz.zip")
ITEMS = {one["id"]: one for one in QUIZ.items}


def test_canvas_choice() -> None:
    assert ITEMS["g1"] == {
        "id": "g1",
        "type": "multiple-choice",
        "stem": ITEMS["g1"]["stem"],
        "points": 2,
        "options": {"A": "Tibia", "B": "Femur", "C": "Talus"},
        "key": "A",
        "rationale": {"B": "That is higher."},
    }
    assert ITEMS["g1"]["stem"] == "Which **bone**? ![A leg](Uploaded%20Media/x.png)"
    assert QUIZ.media == {"Uploaded Media/x.png": b"png"}
    told = [unread.message for unread in QUIZ.unread if unread.item == "g1"]
    assert told == ["a feedback that belongs to no option has no place: See *legs*."]


def test_canvas_true_false_and_several_answers() -> None:
    assert (ITEMS["g2"]["type"], ITEMS["g2"]["key"]) == ("true-false", False)
    assert (ITEMS["g3"]["type"], ITEMS["g3"]["key"]) == ("multiple-response", ["A", "C"])
    # Canvas counts each right option and takes as much off for a wrong one, whatever the file says
    assert ITEMS["g3"]["scoring"] == {"method": "per_option", "penalty": 1.0}


def test_canvas_typed_answers() -> None:
    assert (ITEMS["g4"]["type"], ITEMS["g4"]["key"]) == ("short-answer", ["tibia", "shin bone"])
    assert (ITEMS["g5"]["type"], ITEMS["g5"]["key"]) == ("numeric", {"value": 5.0, "tolerance": 0.1})
    assert "a further right number is left out: an item has one" in [
        unread.message for unread in QUIZ.unread if unread.item == "g5"
    ]
    assert (ITEMS["g10"]["type"], ITEMS["g10"]["points"]) == ("essay", 5)


def test_canvas_matching() -> None:
    assert ITEMS["g6"] == {
        "id": "g6",
        "type": "matching",
        "stem": "Capitals",
        "prompts": {"P1": "Italy", "P2": "France"},
        "options": {"A": "Rome", "B": "Paris", "C": "Oslo"},
        "key": {"P1": "A", "P2": "B"},
        "scoring": {"method": "per_pair"},
    }


def test_canvas_questions_with_several_blanks_become_an_item_for_each() -> None:
    assert ITEMS["g7-colour1"] == {
        "id": "g7-colour1",
        "type": "short-answer",
        "key": ["red", "Red"],
        "stem": ITEMS["g7-colour1"]["stem"],
    }
    assert ITEMS["g7-colour1"]["stem"].replace("\\", "") == "Roses are ____, violets are [colour2]."
    assert ITEMS["g7-colour2"]["key"] == ["blue"]
    assert ITEMS["g8-organ"]["options"] == {"A": "heart", "B": "lung"}
    assert (ITEMS["g8-organ"]["type"], ITEMS["g8-organ"]["key"]) == ("multiple-choice", "A")
    assert ITEMS["g8-side"]["key"] == "A"
    told = [unread.message for unread in QUIZ.unread if unread.item == "g7"]
    assert told == ["the item has 2 fields; it is read as 2 items, the points shared out"]
    assert all(unread.raw for unread in QUIZ.unread if unread.item == "g7")


def test_canvas_calculated_question_is_its_first_set_of_values() -> None:
    assert ITEMS["g9"]["stem"].replace("\\", "") == "What is 2 * 3?"
    assert ITEMS["g9"]["key"] == {"value": 6.0, "tolerance": 0.1}
    told = [unread for unread in QUIZ.unread if unread.item == "g9"]
    assert len(told) == 1
    assert "2*x" in told[0].message
    assert "<var_set" in told[0].raw


def test_canvas_upload_and_text() -> None:
    assert ITEMS["g11"]["type"] == "essay"
    assert [one["text"] for one in QUIZ.stimuli] == ["Read this."]
    told = [unread.message for unread in QUIZ.unread if unread.item == "g12"]
    assert told == ["a text between questions is the stimulus g12 now; which items need it is not said"]


def test_canvas_groups_are_told_and_give_their_points() -> None:
    assert [ITEMS[id]["points"] for id in ("g21", "g22")] == [3, 3]
    assert any("a rule that draws 1 items by chance" in unread.message for unread in QUIZ.unread)
    assert QUIZ.bank["title"] == "Legs"
    assert any("settings of the quiz in assessment_meta.xml" in unread.message for unread in QUIZ.unread)


def test_a_course_of_canvas_is_read_in_its_full_form_and_copies_once() -> None:
    made = imported(foreign.canvas_course(), "course.imscc")
    assert [one["id"] for one in made.items] == ["gb1"]
    assert made.bank["title"] == "Facts"
    assert any("not gquiz/assessment_qti.xml" in one for one in made.told)
    assert any("1 questions are copies" in one for one in made.told)


def test_new_quizzes_name_the_stimulus_of_a_question() -> None:
    question = canvas(
        "q", "true_false_question", html("So?") + choices({"1": "True", "2": "False"}), rule(equal("1")),
        parent_stimulus_item_ident="g12",
    )  # fmt: skip
    made = imported(document(CANVAS["text"] + question))
    assert made.items[0]["stimulus"] == "g12"
    assert made.unread == ()


def test_formulas_that_canvas_draws_are_formulas() -> None:
    drawn = (
        '<p>Is <img class="equation_image" src="/equation_images/x" alt="LaTeX: x^2" '
        'data-equation-content="x^2"> or \\(y_1\\)?</p>'
    )
    made = one(canvas("q", "essay_question", html(drawn) + FIELD))
    assert made["stem"] == "Is $x^2$ or $y_1$?"


def test_every_profile_of_common_cartridge() -> None:
    made = imported(foreign.cartridge(), "course.imscc")
    items = {one["id"]: one for one in made.items}
    assert {id: one["type"] for id, one in items.items()} == {
        "cc-choice": "multiple-choice",
        "cc-response": "multiple-response",
        "cc-judge": "true-false",
        "cc-fib": "short-answer",
        "cc-pattern": "short-answer",
        "cc-essay": "essay",
    }
    assert (items["cc-choice"]["key"], items["cc-choice"]["points"]) == ("B", 3)
    assert items["cc-choice"]["rationale"] == "Well done."
    assert items["cc-response"]["key"] == ["A", "B"]
    assert "scoring" not in items["cc-response"]
    assert items["cc-judge"]["tags"] == ["Facts"]
    assert items["cc-pattern"]["key"] == ["bone"]
    assert items["cc-pattern"]["case_sensitive"] is True
    assert items["cc-essay"]["rationale"] == "Because."
    assert any("a part of the answer is enough" in unread.message for unread in made.unread)


def test_a_pool_of_blackboard() -> None:
    made = imported(foreign.blackboard(), "pool.zip")
    assert made.items[0] == {
        "id": "",
        "type": "multiple-choice",
        "stem": "Which?",
        "points": 2,
        "options": {"abc1": "Tibia", "abc2": "Femur"},
        "shuffle": False,
        "key": "abc2",
    }


# plain QTI 1.2


def test_points_and_penalties_are_worked_out_from_the_rules() -> None:
    bounds = '<outcomes><decvar varname="SCORE" vartype="Decimal" minvalue="-2" maxvalue="4"/></outcomes>'
    rules = (
        rule(equal("A"), "2", "Add", "Yes")
        + rule(equal("B"), "2", "Add", "Yes")
        + rule(equal("C"), "1", "Subtract", "Yes")
    )
    shown = plain("Which?") + choices({"A": "a", "B": "b", "C": "c"}, many="Multiple")
    source = (
        f'<item ident="i"><presentation>{shown}</presentation><resprocessing>'
        f"{bounds}{rules}</resprocessing></item>"
    )
    assert one(source) == {
        "id": "i",
        "type": "multiple-response",
        "stem": "Which?",
        "points": 4,
        "options": {"A": "a", "B": "b", "C": "c"},
        "key": ["A", "B"],
        "scoring": {"method": "per_option", "penalty": 0.5, "minimum": -0.5},
    }


def test_a_wrong_option_may_cost_points() -> None:
    rules = rule(equal("A"), "1") + rule(equal("B"), "-0.25")
    bounds = '<outcomes><decvar varname="SCORE" vartype="Decimal"/></outcomes>'
    shown = plain("Which?") + choices({"A": "a", "B": "b"})
    source = (
        f'<item ident="i"><presentation>{shown}</presentation><resprocessing>'
        f"{bounds}{rules}</resprocessing></item>"
    )
    assert one(source)["scoring"] == {"method": "per_option", "penalty": 0.25, "minimum": -0.25}


def test_a_section_with_material_is_a_stimulus() -> None:
    question = item("i", "", plain("So?") + choices({"A": "a", "B": "b"}), rule(equal("A")))
    shown = f"<presentation_material><flow_mat>{html('<p>A case.</p>')}</flow_mat></presentation_material>"
    made = imported(document(f'<section ident="s1" title="Case 1">{shown}{question}</section>'))
    assert made.stimuli == ({"id": "s1", "title": "Case 1", "text": "A case."},)
    assert made.items[0]["stimulus"] == "s1"


def test_a_field_in_the_text_becomes_a_blank() -> None:
    shown = f"<flow>{plain('The')}{FIELD}{plain('is long.')}</flow>"
    assert one(item("i", "", shown, rule(equal("femur"))))["stem"] == "The ____ is long."


@pytest.mark.parametrize(
    ("bounds", "key"),
    [
        ('<vargte respident="response1">1</vargte>', {"minimum": 1.0}),
        (
            '<vargte respident="response1">1</vargte><varlte respident="response1">3</varlte>',
            {"minimum": 1.0, "maximum": 3.0},
        ),
        (
            f'<or>{equal("2")}<and><vargte respident="response1">1</vargte><varlte '
            'respident="response1">4</varlte></and></or>',
            {"minimum": 1.0, "maximum": 4.0},
        ),
        (equal("2"), {"value": 2.0}),
    ],
)
def test_numbers(bounds: str, key: dict[str, float]) -> None:
    assert one(canvas("i", "numerical_question", html("?") + FIELD, rule(bounds)))["key"] == key


def test_images_that_are_written_out_are_placed() -> None:
    image = (
        '<material><mattext>Look:</mattext><matimage imagtype="image/png" embedded="base64" '
        'label="A dot">aGVsbG8=</matimage></material>'
    )
    made = imported(document(item("i", "", image + choices({"A": "a", "B": "b"}), rule(equal("A")))))
    assert list(made.media.values()) == [b"hello"]
    assert "![A dot](media/" in made.items[0]["stem"]


def test_images_that_are_not_there_are_told() -> None:
    told = messages(item("i", "", html('<p>x<img src="../../etc/y.png">z</p>') + FIELD, rule(equal("a"))))
    assert told[0] == "the image ../../etc/y.png is not in the package"


def test_script_and_requests_do_not_come_through() -> None:
    bad = (
        '<p onclick="x()">a<script>alert(1)</script><img src="http://evil.example/x.png">'
        '<iframe src="x"></iframe></p>'
    )
    made = imported(document(item("i", "", html(bad) + FIELD, rule(equal("a")))))
    assert "alert" not in made.items[0]["stem"]
    assert "evil" not in made.items[0]["stem"]
    assert any("iframe" in unread.message for unread in made.unread)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            item("i", "", plain("?") + '<response_xy ident="r"><render_hotspot/></response_xy>'),
            "response_xy is of a kind",
        ),
        (
            item("i", fields(odd="1"), plain("?") + FIELD, rule(equal("a"))),
            "the metadata field odd has no place: 1",
        ),
        (
            item(
                "i",
                "",
                plain("?") + choices({"A": "a", "B": "b"}),
                rule(f"<or>{equal('A')}{equal('B')}</or>"),
            ),
            "are right",
        ),
        ('<section ident="s"><itemref linkrefid="x"/></section>', "the item x stands elsewhere"),
    ],
)
def test_what_is_not_understood_is_told_with_its_source(source: str, said: str) -> None:
    whole = source + CANVAS["judge"]
    found = [unread for unread in imported(document(whole)).unread if said in unread.message]
    assert found


def test_documents_without_a_namespace_or_with_another_are_read() -> None:
    for space in ("", "http://www.imsglobal.org/question/qtiv1p2/x"):
        data = document(CANVAS["judge"], space)
        assert imported(data).items[0]["key"] is False
        assert recognise(Source(name="x", data=data)).slug == "qti12"


def test_a_zip_without_a_manifest_is_read() -> None:
    data = package({"a/q.xml": document(CANVAS["judge"])})
    assert recognise(Source(name="x.zip", data=data)).slug == "qti12"
    assert [one["id"] for one in imported(data, "x.zip").items] == ["g2"]


def test_ids_are_stable() -> None:
    source = Source(name="quiz.zip", data=foreign.canvas_quiz())
    first, second = plan(read(source), None, "quiz"), plan(read(source), None, "quiz")
    assert first == second
    assert {"g1", "g7-colour1"} <= set(first.new)


# hostile files


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<!DOCTYPE questestinterop [<!ENTITY a "b">]><questestinterop/>', "document type"),
        (b"<questestinterop><item></questestinterop>", "no well-formed XML"),
        (document(""), "no item of QTI 1.x"),
        (
            package({"imsmanifest.xml": "<manifest/>", "../x.xml": document(CANVAS["judge"])}),
            "leaves the folder",
        ),
        (package({"/x.xml": document(CANVAS["judge"])}), "absolute path"),
        (b"PK\x03\x04broken", "no zip archive"),
    ],
)
def test_hostile_files_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        imported(data, "file")


def test_deep_nesting_and_large_numbers_end_soon() -> None:
    deep = "<and>" * 200 + equal("A") + "</and>" * 200
    start = time.process_time()
    made = imported(
        document(item("i", "", plain("?") + choices({"A": "a", "B": "b"}), rule(deep, "1e999999999")))
    )
    assert made.items[0]["id"] == "i"
    with pytest.raises(Unreadable):
        imported(document("<section>" * 300 + "</section>" * 300))
    assert time.process_time() - start < 1


def test_other_files_are_not_taken() -> None:
    for data in (b"<assessmentItem/>", b"<p>questestinterop</p>", package({"x.txt": b"x"})):
        assert formats()["qti12"].recognises(Source(name="x", data=data)) == 0  # type: ignore[misc]
    with pytest.raises(UnknownFormat):
        recognise(Source(name="x", data=b"<p>questestinterop</p>"))


def test_all_question_types_of_canvas_are_tried() -> None:
    assert set(CANVAS) == {
        *("choice", "judge", "answers", "short", "number", "matching", "blanks", "dropdowns", "calculated"),
        *("essay", "upload", "text"),
    }
    assert len(CARTRIDGE) == 6
