"""Names that writer and reader of QTI 1.2 share: namespace, identifiers, metadata fields, types of Canvas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from qbank.formats.qti_common.xml import Attributes, Element, el

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
QTI_LOCATION = f"{QTI} http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
RESOURCE = "imsqti_xmlv1p2"

RESPONSE = "response1"
PROMPT = "response_"
"""What stands before a prompt's id in the identifier of its response."""

SCORE = "SCORE"
FILE_BASE = "$IMS-CC-FILEBASE$/"
GENERAL = "general_fb"
OWN = "qbank_"
"""What the labels of our own metadata fields begin with."""

TEXTS = ("content_area", "cognitive_level", "status", "unit")
"""Fields of a record that are written as they are."""

VALUES = (
    *("tags", "references", "attributes", "codes", "scoring", "points", "shuffle"),
    *("reuse", "case_sensitive", "order"),
)
"""Fields of a record that are written as JSON."""

QUESTION_TYPES = {
    "multiple-choice": "multiple_choice_question",
    "multiple-response": "multiple_answers_question",
    "true-false": "true_false_question",
    "matching": "matching_question",
    "ordering": "ordering_question",
    "numeric": "numerical_question",
    "short-answer": "short_answer_question",
    "essay": "essay_question",
}
"""Type of an item → what Canvas calls it."""

STIMULUS_TYPE = "text_only_question"
STIMULUS_OF = "parent_stimulus_item_ident"


def q(tag: str, attributes: Attributes | None = None, *kids: Element | str) -> Element:
    """An element of QTI 1.2; attributes that are None are left out."""
    return el(tag, attributes, *kids)


def fields(named: Iterable[tuple[str, str]]) -> Element:
    """A `qtimetadata` of fields, label and entry each."""
    made = (
        q("qtimetadatafield", None, q("fieldlabel", None, label), q("fieldentry", None, entry))
        for label, entry in named
    )
    return q("qtimetadata", None, *made)


def own(name: str, value: Any) -> tuple[str, str]:
    """A field of a record as label and entry."""
    entry = value if isinstance(value, str) else msgspec.json.encode(value, order="deterministic").decode()
    return f"{OWN}{name}", entry


def owned(given: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """The fields of a record that metadata hold; entries that are not as we write them are passed over."""
    for name in TEXTS:
        if given.get(OWN + name):
            yield name, given[OWN + name]
    for name in VALUES:
        if OWN + name in given:
            try:
                yield name, msgspec.json.decode(given[OWN + name])
            except (msgspec.DecodeError, RecursionError):
                continue
