"""Documents and packages of other systems, written by hand from the shapes that they are known to use."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from html import escape

SPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"


def document(inner: str, space: str = SPACE) -> bytes:
    """A document with what stands in its root."""
    named = f' xmlns="{space}"' if space else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<questestinterop{named}>{inner}</questestinterop>'.encode()
    )


def package(members: Mapping[str, bytes | str]) -> bytes:
    """A zip of members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def manifest(*resources: tuple[str, str], type: str = "imsqti_xmlv1p2") -> str:
    """A manifest with resources of questions: identifier and file."""
    made = "".join(
        f'<resource identifier="{id}" type="{type}"><file href="{file}"/></resource>'
        for id, file in resources
    )
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"><resources>'
        f"{made}</resources></manifest>"
    )


def fields(**named: str) -> str:
    """The metadata of an item."""
    made = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry>"
        "</qtimetadatafield>"
        for label, entry in named.items()
    )
    return f"<itemmetadata><qtimetadata>{made}</qtimetadata></itemmetadata>"


def html(text: str) -> str:
    """A material of HTML."""
    return f'<material><mattext texttype="text/html">{escape(text)}</mattext></material>'


def plain(text: str) -> str:
    """A material of plain text."""
    return f"<material><mattext>{escape(text)}</mattext></material>"


def choices(
    options: Mapping[str, str], ident: str = "response1", many: str = "Single", before: str = ""
) -> str:
    """A response of options."""
    labels = "".join(
        f'<response_label ident="{id}">{plain(text)}</response_label>' for id, text in options.items()
    )
    return (
        f'<response_lid ident="{ident}" rcardinality="{many}">{before}'
        f"<render_choice>{labels}</render_choice></response_lid>"
    )


FIELD = (
    '<response_str ident="response1" rcardinality="Single"><render_fib><response_label '
    'ident="answer1"/></render_fib></response_str>'
)
PERCENT = '<outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'


def equal(value: str, ident: str = "response1") -> str:
    """A comparison."""
    return f'<varequal respident="{ident}">{escape(value)}</varequal>'


def rule(test: str, value: str = "100", action: str = "Set", more: str = "No") -> str:
    """A condition that gives points."""
    does = f'<setvar action="{action}" varname="SCORE">{value}</setvar>' if value else ""
    return f'<respcondition continue="{more}"><conditionvar>{test}</conditionvar>{does}</respcondition>'


def shows(ident: str, test: str = "<other/>") -> str:
    """A condition that shows feedback."""
    link = f'<displayfeedback feedbacktype="Response" linkrefid="{ident}"/>'
    return f'<respcondition continue="Yes"><conditionvar>{test}</conditionvar>{link}</respcondition>'


def feedback(ident: str, text: str) -> str:
    """A feedback."""
    return f'<itemfeedback ident="{ident}"><flow_mat>{html(text)}</flow_mat></itemfeedback>'


def item(id: str, meta: str, shown: str, rules: str = "", said: str = "", title: str = "Question") -> str:
    """An item."""
    scored = f"<resprocessing>{PERCENT}{rules}</resprocessing>" if rules else ""
    return (
        f'<item ident="{id}" title="{title}">{meta}<presentation>{shown}</presentation>{scored}{said}</item>'
    )


def canvas(
    id: str, type: str, shown: str, rules: str = "", said: str = "", points: str = "1.0", **more: str
) -> str:
    """An item as Canvas writes it."""
    return item(id, fields(question_type=type, points_possible=points, **more), shown, rules, said)


MATCHES = {"7001": "Rome", "7002": "Paris", "7003": "Oslo"}
CANVAS = {
    "choice": canvas(
        "g1",
        "multiple_choice_question",
        html(
            "<div><p>Which <strong>bone</strong>? <img "
            'src="%24IMS-CC-FILEBASE%24/Uploaded%20Media/x.png?canvas_download=1" alt="A leg"></p></div>'
        )
        + choices({"4501": "Tibia", "4502": "Femur", "4503": "Talus"}),
        shows("general_fb") + shows("4502_fb", equal("4502")) + rule(equal("4501")),
        feedback("general_fb", "<p>See <em>legs</em>.</p>") + feedback("4502_fb", "<p>That is higher.</p>"),
        points="2.0",
        original_answer_ids="4501,4502,4503",
        assessment_question_identifierref="g1bank",
    ),
    "judge": canvas(
        "g2",
        "true_false_question",
        html("<p>Water is wet.</p>") + choices({"1": "True", "2": "False"}),
        rule(equal("2")),
    ),
    "answers": canvas(
        "g3",
        "multiple_answers_question",
        html("<p>Which two?</p>") + choices({"1": "a", "2": "b", "3": "c"}, many="Multiple"),
        rule(f"<and>{equal('1')}<not>{equal('2')}</not>{equal('3')}</and>"),
    ),
    "short": canvas(
        "g4",
        "short_answer_question",
        html("<p>Name it.</p>") + FIELD,
        rule(equal("tibia") + equal("shin bone")),
    ),
    "number": canvas(
        "g5",
        "numerical_question",
        html("<p>How much?</p>") + FIELD,
        rule(
            f'<or>{equal("5.0")}<and><vargte respident="response1">4.9</vargte>'
            '<varlte respident="response1">5.1</varlte></and></or>'
        )
        + rule('<vargte respident="response1">9</vargte><varlte respident="response1">10</varlte>'),
    ),
    "matching": canvas(
        "g6",
        "matching_question",
        html("<p>Capitals</p>")
        + choices(MATCHES, "response_11", before=plain("Italy"))
        + choices(MATCHES, "response_12", before=plain("France")),
        rule(equal("7001", "response_11"), "50.00", "Add")
        + rule(equal("7002", "response_12"), "50.00", "Add"),
    ),
    "blanks": canvas(
        "g7",
        "fill_in_multiple_blanks_question",
        html("<p>Roses are [colour1], violets are [colour2].</p>")
        + choices({"1": "red", "2": "Red"}, "response_colour1", before=plain("colour1"))
        + choices({"3": "blue"}, "response_colour2", before=plain("colour2")),
        rule(equal("1", "response_colour1"), "50", "Add", "Yes")
        + rule(equal("2", "response_colour1"), "50", "Add", "Yes")
        + rule(equal("3", "response_colour2"), "50", "Add", "Yes"),
        points="2.0",
    ),
    "dropdowns": canvas(
        "g8",
        "multiple_dropdowns_question",
        html("<p>The [organ] is [side].</p>")
        + choices({"1": "heart", "2": "lung"}, "response_organ", before=plain("organ"))
        + choices({"3": "left", "4": "right"}, "response_side", before=plain("side")),
        rule(equal("1", "response_organ"), "50", "Add") + rule(equal("3", "response_side"), "50", "Add"),
        points="2.0",
    ),
    "calculated": item(
        "g9",
        fields(question_type="calculated_question", points_possible="1.0"),
        html("<p>What is 2 * [x]?</p>") + FIELD,
        rule("<other/>"),
        "<itemproc_extension><calculated><answer_tolerance>0.1</answer_tolerance>"
        '<formulas decimal_places="1"><formula>2*x</formula></formulas>'
        '<vars><var name="x" scale="0"><min>1</min><max>9</max></var></vars>'
        '<var_sets><var_set ident="1"><var name="x">3</var><answer>6.0</answer></var_set>'
        '<var_set ident="2"><var name="x">4</var><answer>8.0</answer></var_set></var_sets>'
        "</calculated></itemproc_extension>",
    ),
    "essay": canvas(
        "g10", "essay_question", html("<p>Discuss.</p>") + FIELD, rule("<other/>", ""), points="5.0"
    ),
    "upload": canvas("g11", "file_upload_question", html("<p>Hand it in.</p>")),
    "text": canvas("g12", "text_only_question", html("<p>Read this.</p>"), points="0.0"),
}
"""Every question type of Canvas, as its exports have them."""


def canvas_quiz() -> bytes:
    """An export of a quiz with a group that draws one of two questions."""
    group = (
        '<section ident="g20" title="Group"><selection_ordering><selection>'
        "<selection_number>1</selection_number>"
        "<selection_extension><points_per_item>3.0</points_per_item></selection_extension></selection>"
        "</selection_ordering>"
        + canvas(
            "g21",
            "true_false_question",
            html("One?") + choices({"1": "True", "2": "False"}),
            rule(equal("1")),
        )
        + canvas(
            "g22",
            "true_false_question",
            html("Two?") + choices({"1": "True", "2": "False"}),
            rule(equal("2")),
        )
        + "</section>"
    )
    quiz = (
        '<assessment ident="g0" title="Legs"><section ident="root_section">'
        f"{''.join(CANVAS.values())}{group}</section></assessment>"
    )
    meta = (
        '<quiz identifier="g0" xmlns="http://canvas.instructure.com/xsd/cccv1p0"><title>Legs</title></quiz>'
    )
    return package(
        {
            "imsmanifest.xml": manifest(("g0", "g0/g0.xml")),
            "g0/g0.xml": document(quiz),
            "g0/assessment_meta.xml": meta,
            "Uploaded Media/x.png": b"png",
        }
    )


def canvas_course() -> bytes:
    """An export of a course: a bank, a quiz with copies of its questions, and these as a cartridge too."""
    question = html("<p>Sure?</p>") + choices({"1": "True", "2": "False"})
    mine = canvas("gb1", "true_false_question", question, rule(equal("1")))
    copy = canvas(
        "gq1", "true_false_question", question, rule(equal("1")), assessment_question_identifierref="gb1"
    )
    bank = (
        '<objectbank ident="gbank"><qtimetadata><qtimetadatafield><fieldlabel>bank_title</fieldlabel>'
        f"<fieldentry>Facts</fieldentry></qtimetadatafield></qtimetadata>{mine}</objectbank>"
    )
    quiz = (
        f'<assessment ident="gquiz" title="Quiz"><section ident="root_section">{copy}</section></assessment>'
    )
    plainer = item("gq1", fields(cc_profile="cc.true_false.v0p1"), question, rule(equal("1")))
    cartridge = (
        '<assessment ident="gquiz" title="Quiz"><section ident="root_section">'
        f"{plainer}</section></assessment>"
    )
    return package(
        {
            "imsmanifest.xml": manifest(
                ("gquiz", "gquiz/assessment_qti.xml"), type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment"
            ),
            "gquiz/assessment_qti.xml": document(cartridge),
            "non_cc_assessments/gquiz.xml.qti": document(quiz),
            "non_cc_assessments/gbank.xml.qti": document(bank),
            "course_settings/syllabus.html": "<p>Hello</p>",
        }
    )


def profiled(id: str, profile: str, shown: str, rules: str = "", said: str = "", **more: str) -> str:
    """An item of a Common Cartridge."""
    return item(id, fields(cc_profile=profile, **more), shown, rules, said)


SAID = feedback("correct_fb", "<p>Well done.</p>")
CARTRIDGE = {
    "cc-choice": profiled(
        "cc-choice",
        "cc.multiple_choice.v0p1",
        html("<p>One?</p>") + choices({"A": "x", "B": "y"}),
        rule(equal("B")),
        SAID,
        cc_weighting="3",
    ),
    "cc-response": profiled(
        "cc-response",
        "cc.multiple_response.v0p1",
        html("<p>Some?</p>") + choices({"A": "x", "B": "y", "C": "z"}, many="Multiple"),
        rule(f"<and>{equal('A')}{equal('B')}<not>{equal('C')}</not></and>"),
    ),
    "cc-judge": profiled(
        "cc-judge",
        "cc.true_false.v0p1",
        html("<p>So?</p>") + choices({"true": "True", "false": "False"}),
        rule(equal("true")),
        cc_question_category="Facts",
    ),
    "cc-fib": profiled("cc-fib", "cc.fib.v0p1", html("<p>Word?</p>") + FIELD, rule(equal("yes"))),
    "cc-pattern": profiled(
        "cc-pattern",
        "cc.pattern_match.v0p1",
        html("<p>Part?</p>") + FIELD,
        rule('<varsubstring respident="response1" case="Yes">bone</varsubstring>'),
    ),
    "cc-essay": profiled(
        "cc-essay",
        "cc.essay.v0p1",
        html("<p>Why?</p>") + FIELD,
        "",
        '<itemfeedback ident="solution"><solution><solutionmaterial>'
        f"{plain('Because.')}</solutionmaterial></solution></itemfeedback>",
    ),
}
"""An item of each profile of Common Cartridge."""


def cartridge() -> bytes:
    """A Common Cartridge with a test and a page."""
    quiz = (
        '<assessment ident="a" title="T"><section ident="s">'
        f"{''.join(CARTRIDGE.values())}</section></assessment>"
    )
    return package(
        {
            "imsmanifest.xml": manifest(("a", "quiz/a.xml"), type="imsqti_xmlv1p2/imscc_xmlv1p3/assessment"),
            "quiz/a.xml": document(quiz),
            "page.html": "<p>x</p>",
        }
    )


def blackboard() -> bytes:
    """A pool of Blackboard: no namespace, flows, formatted text, SCORE.max."""
    text = (
        '<material><mat_extension><mat_formattedtext type="HTML">'
        "&lt;p&gt;Which?&lt;/p&gt;</mat_formattedtext></mat_extension></material>"
    )

    def label(id: str, words: str) -> str:
        shown = (
            f'<flow_mat class="FORMATTED_TEXT_BLOCK"><material><mattext>{words}</mattext>'
            "</material></flow_mat>"
        )
        return f'<flow_label class="Block"><response_label ident="{id}">{shown}</response_label></flow_label>'

    shown = (
        '<flow class="Block"><flow class="QUESTION_BLOCK"><flow class="FORMATTED_TEXT_BLOCK">'
        f'{text}</flow></flow><flow class="RESPONSE_BLOCK"><response_lid ident="response" '
        'rcardinality="Single">'
        '<render_choice shuffle="No">'
        f"{label('abc1', 'Tibia')}{label('abc2', 'Femur')}</render_choice></response_lid></flow></flow>"
    )
    rules = (
        '<resprocessing scoremodel="SumOfScores"><outcomes><decvar varname="SCORE" '
        'vartype="Decimal" defaultval="0.0" '
        'minvalue="0.0" maxvalue="2.0"/></outcomes><respcondition title="correct"><conditionvar>'
        '<varequal respident="response" case="No">abc2</varequal></conditionvar>'
        '<setvar variablename="SCORE" action="Set">SCORE.max</setvar></respcondition>'
        '<respcondition title="incorrect"><conditionvar><other/></conditionvar>'
        '<setvar variablename="SCORE" action="Set">0.0</setvar></respcondition></resprocessing>'
    )
    meta = (
        "<itemmetadata><bbmd_asi_object_id>_1_1</bbmd_asi_object_id><bbmd_questiontype>Multiple Choice"
        "</bbmd_questiontype><qmd_absolutescore_max>2.0</qmd_absolutescore_max></itemmetadata>"
    )
    pool = (
        f'<assessment title="Pool"><section><item maxattempts="0">{meta}<presentation>'
        f"{shown}</presentation>{rules}</item></section></assessment>"
    )
    listed = (
        '<manifest xmlns:bb="http://www.blackboard.com/content-packaging/"><resources>'
        '<resource bb:file="res1.dat" '
        'identifier="res1" type="assessment/x-bb-qti-pool"/></resources></manifest>'
    )
    return package({"imsmanifest.xml": listed, "res1.dat": document(pool, "")})
