"""The assessment test: parts, sections, item references, time limit, what is scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count, groupby

from qbank.formats.contract import ExportInput, Placed
from qbank.formats.qti_common.items import item_href
from qbank.formats.qti_common.scoring import MAXSCORE, SCORE
from qbank.formats.qti_common.xml import Attributes, Element, el, number, qti_root, with_blocks
from qbank.model.form import OPERATIONAL

PASSED = "PASSED"
TEST_HREF = "test.xml"


def test_document(input: ExportInput) -> Element:
    """The test; for candidates without roles, scoring and cut score."""
    form, staff = input.form, input.audience == "staff"
    root = qti_root(
        "qti-assessment-test",
        {
            "identifier": form.id,
            "title": form.title or form.id,
            "tool-name": "qbank" if input.version else None,
            "tool-version": input.version or None,
        },
    )
    if staff:
        root.extend(_outcomes(input))
    if form.time_limit_minutes is not None:
        root.append(_time_limits(form.time_limit_minutes))
    if input.bank.info.notice:
        content = with_blocks(el("qti-content-body"), input.bank.info.notice, {})
        root.append(el("qti-rubric-block", {"view": "candidate", "use": "instructions"}, content))
    root.append(_part(input, staff))
    if staff:
        root.append(_outcome_processing(input))
    return root


def total(input: ExportInput) -> float:
    """The points of the operational items: what SCORE is out of."""
    return float(sum(one.item.points for one in input.placed() if one.placement.role == OPERATIONAL))


def _outcomes(input: ExportInput) -> Iterator[Element]:
    kind: Attributes = {"cardinality": "single", "base-type": "float"}
    yield el(
        "qti-outcome-declaration", {"identifier": SCORE, **kind, "normal-maximum": total(input)}, _zero()
    )
    yield el("qti-outcome-declaration", {"identifier": MAXSCORE, **kind}, _zero())
    if _cut(input) is not None:
        yield el(
            "qti-outcome-declaration",
            {"identifier": PASSED, "cardinality": "single", "base-type": "boolean"},
            el("qti-default-value", None, el("qti-value", None, "false")),
        )


def _zero() -> Element:
    return el("qti-default-value", None, el("qti-value", None, "0"))


def _cut(input: ExportInput) -> float | None:
    cut = input.form.cut_score
    return cut.points if cut is not None and cut.scale == "raw" else None


def _part(input: ExportInput, staff: bool) -> Element:
    names = _fresh_names(input)
    part = el(
        "qti-test-part",
        {"identifier": next(names), "navigation-mode": "nonlinear", "submission-mode": "simultaneous"},
        el("qti-item-session-control", {"max-attempts": 1, "show-feedback": False, "show-solution": False}),
    )
    for section in input.form.sections:
        placed = [one for one in input.placed() if one.section is section]
        if placed:
            title = section.title or section.id
            made = _section(next(names), title, True, _sets(placed, names, staff))
            if section.time_limit_minutes is not None:
                made.kids.insert(0, _time_limits(section.time_limit_minutes))
            part.append(made)
    return part


def _time_limits(minutes: float) -> Element:
    limit: Attributes = {"max-time": round(minutes * 60, 3), "allow-late-submission": False}
    return el("qti-time-limits", limit)


def _fresh_names(input: ExportInput) -> Iterator[str]:
    """Identifiers for the part and the sections that no item of the form has."""
    taken = {placement.item.lower() for placement in input.form.placements}
    for place in count(1):
        name = "part-1" if place == 1 else f"section-{place - 1}"
        yield (
            name
            if name not in taken
            else next(f"{name}_{more}" for more in count(1) if f"{name}_{more}" not in taken)
        )


def _section(identifier: str, title: str, visible: bool, kids: Iterable[Element]) -> Element:
    attributes: Attributes = {
        "identifier": identifier,
        "title": title,
        "visible": visible,
        "keep-together": True,
    }
    return el("qti-assessment-section", attributes, *kids)


def _sets(placed: list[Placed], names: Iterator[str], staff: bool) -> Iterator[Element]:
    """The item references; neighbours that share a stimulus form a section of their own."""
    for stimulus, group in groupby(placed, key=lambda one: one.item.stimulus):
        refs = [_reference(one, staff) for one in group]
        if not stimulus or len(refs) == 1:
            yield from refs
        else:
            shared = next(one.stimulus for one in placed if one.item.stimulus == stimulus)
            title = (shared.title if shared is not None else "") or stimulus
            yield _section(next(names), title, False, refs)


def _reference(placed: Placed, staff: bool) -> Element:
    category = placed.placement.role if staff else None
    attributes: Attributes = {
        "identifier": placed.item.id,
        "href": item_href(placed.item.id),
        "category": category,
    }
    return el("qti-assessment-item-ref", attributes)


def _outcome_processing(input: ExportInput) -> Element:
    node = el("qti-outcome-processing", None, _sum(SCORE), _sum(MAXSCORE))
    cut = _cut(input)
    if cut is not None:
        reached = el(
            "qti-gte",
            None,
            el("qti-variable", {"identifier": SCORE}),
            el("qti-base-value", {"base-type": "float"}, number(cut)),
        )
        node.append(
            el(
                "qti-outcome-condition",
                None,
                el("qti-outcome-if", None, reached, _passed("true")),
                el("qti-outcome-else", None, _passed("false")),
            )
        )
    return node


def _sum(variable: str) -> Element:
    only: Attributes = {"variable-identifier": variable, "include-category": OPERATIONAL}
    values = el("qti-sum", None, el("qti-test-variables", only))
    return el("qti-set-outcome-value", {"identifier": variable}, values)


def _passed(value: str) -> Element:
    return el(
        "qti-set-outcome-value", {"identifier": PASSED}, el("qti-base-value", {"base-type": "boolean"}, value)
    )
