"""What Canvas wants beside the questions: how a quiz is run, and what it passes over."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.formats.contract import ExportInput, Loss
from qbank.formats.features import FEATURES, of_item
from qbank.formats.qti12.vocabulary import CANVAS
from qbank.formats.qti_common.assessment import total
from qbank.formats.qti_common.xml import Element, Value, el, number, root
from qbank.markup import to_xhtml
from qbank.model.item import Item, MultipleResponse, Ordering

META = "assessment_meta.xml"
META_TYPE = "associatedcontent/imscc_xmlv1p1/learning-application-resource"

_IGNORED = {
    **dict.fromkeys(
        ("penalty", "all-or-nothing", "case-sensitive", "choose", "fixed"), "Canvas has no place for {}"
    ),
    **dict.fromkeys(("no-shuffle",), "Canvas shuffles for a quiz as a whole, not for {}"),
    **dict.fromkeys(
        ("rubric", "references", "content-area", "cognitive-level", "attributes", "tags", "codes"),
        "Canvas passes over {}; the package holds them for qbank",
    ),
}


def meta_document(input: ExportInput, ident: str) -> Element:
    """How the quiz is run: one attempt, no shuffling (the form has its order), right answers not shown."""
    form = input.form
    location = f"{CANVAS} https://canvas.instructure.com/xsd/cccv1p0.xsd"
    node = root(CANVAS, "quiz", location, {"identifier": ident}, {})
    notice = to_xhtml(input.bank.info.notice) if input.bank.info.notice else ""
    minutes = form.time_limit_minutes
    settings: tuple[tuple[str, Value], ...] = (
        ("title", form.title or form.id),
        ("description", notice),
        ("shuffle_answers", False),
        ("scoring_policy", "keep_highest"),
        ("hide_results", None),
        ("quiz_type", "assignment"),
        ("points_possible", total(input) if input.audience == "staff" else _points(input)),
        ("show_correct_answers", False),
        ("anonymous_submissions", False),
        ("time_limit", None if minutes is None else max(1, round(minutes))),
        ("allowed_attempts", 1),
        ("one_question_at_a_time", False),
        ("cant_go_back", False),
    )
    for name, value in settings:
        if value is not None:
            node.append(el(name, None, _written(value)))
    return node


def _points(input: ExportInput) -> float:
    return float(sum(one.item.points for one in input.placed()))


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else number(value or 0)


def ignored(input: ExportInput) -> Iterator[Loss]:
    """What Canvas is known to pass over, item by item, although the package holds it."""
    staff = input.audience == "staff"
    for one in input.placed():
        item = one.item
        if isinstance(item, Ordering):
            message = "Canvas Classic has no ordering; New Quizzes imports it"
            yield Loss(record=item.id, field="type", feature="type", message=message)
        for use in of_item(item) if staff else ():
            if use.feature in _IGNORED and not _means_nothing(use.feature, item, input):
                field = "/".join(str(part) for part in use.pointer)
                message = _IGNORED[use.feature].format(FEATURES[use.feature].title)
                yield Loss(record=item.id, field=field, feature=use.feature, message=message)
        if staff and isinstance(item, MultipleResponse) and item.scoring.method != "all_or_nothing":
            message = "Canvas counts right options and takes as much off for each wrong one"
            if item.scoring.penalty != 1 or item.scoring.minimum:
                yield Loss(record=item.id, field="scoring", feature="partial-credit", message=message)


def _means_nothing(feature: str, item: Item, input: ExportInput) -> bool:
    """In a form the options stand in its order; penalties of several right options are told on their own."""
    if feature == "penalty" and isinstance(item, MultipleResponse):
        return True
    return feature in ("no-shuffle", "fixed") and not input.is_bank
