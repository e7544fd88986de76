"""What a bank's records use that a format may or may not have a place for: its capability table.

A feature is a name. `of_item` says which features an item uses, and where; a format declares in
`Format.carries` which of them it carries. What no exam platform has any use for (who wrote an item, its
reviews) is the work of the bank: it stays there, and its absence in an export is no loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, assert_never

import msgspec

from qbank.diagnostics import Pointer
from qbank.markup import features as markup_features
from qbank.model.item import (
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    Ordering,
    ShortAnswer,
    TrueFalse,
)
from qbank.model.stimulus import Stimulus

Group = Literal["text", "scoring", "structure", "feedback", "metadata"]


class Feature(msgspec.Struct, frozen=True):
    """Something that records may use: its name, what it is in words, and the group it is listed under."""

    name: str
    title: str
    group: Group


class Use(msgspec.Struct, frozen=True):
    """A feature that a record uses, and where in the record."""

    feature: str
    pointer: Pointer


_ALL = (
    Feature("paragraphs", "texts of several paragraphs or lines", "text"),
    Feature("formatting", "bold, italic, lists, code and the like", "text"),
    Feature("tables", "tables", "text"),
    Feature("maths", "formulas", "text"),
    Feature("images", "images in texts", "text"),
    Feature("points", "points other than 1", "scoring"),
    Feature("all-or-nothing", "several right options or pairs that only count together", "scoring"),
    Feature("partial-credit", "points per right option or pair", "scoring"),
    Feature("penalty", "points taken off for wrong options, and the least points", "scoring"),
    Feature("tolerance", "a tolerance or range of a number", "scoring"),
    Feature("unit", "the unit of a number", "scoring"),
    Feature("accepted-texts", "several accepted short answers", "scoring"),
    Feature("case-sensitive", "short answers in which capitals count", "scoring"),
    Feature("choose", "how many options are to be chosen", "scoring"),
    Feature("rubric", "the rubric of an essay", "scoring"),
    Feature("reuse", "options that several prompts take", "structure"),
    Feature("spare-options", "options that no prompt takes", "structure"),
    Feature("no-shuffle", "items whose options must not be shuffled", "structure"),
    Feature("fixed", "options that keep their place in a shuffle", "structure"),
    Feature("stimulus", "what several items share", "structure"),
    Feature("media", "files of a stimulus: images, sound, film", "structure"),
    Feature("rationale", "one rationale for the item", "feedback"),
    Feature("option-rationale", "a rationale for each option", "feedback"),
    Feature("references", "references", "feedback"),
    Feature("content-area", "content areas", "metadata"),
    Feature("cognitive-level", "cognitive levels", "metadata"),
    Feature("attributes", "attributes that the bank declares", "metadata"),
    Feature("tags", "tags", "metadata"),
    Feature("codes", "declared codes", "metadata"),
)

FEATURES: dict[str, Feature] = {one.name: one for one in _ALL}
"""Every feature by name, in the order of the table."""

ALL = frozenset(FEATURES)
"""The names of all features."""

STAFF_GROUPS = ("feedback", "metadata")
"""Groups of which a candidate's export holds nothing, so that a format need not carry them there."""

STAFF_ONLY = frozenset({"rubric"})
"""Further features that a candidate's export leaves out."""


def of_item(item: Item) -> Iterator[Use]:
    """The features that an item uses, each at the first place where it does."""
    seen: set[str] = set()
    for use in _of_item(item):
        if use.feature not in seen:
            seen.add(use.feature)
            yield use


def of_stimulus(stimulus: Stimulus) -> Iterator[Use]:
    """The features that a stimulus uses, beyond being one."""
    for feature in sorted(markup_features(stimulus.text)):
        yield Use(feature, ("text",))
    if stimulus.media:
        yield Use("media", ("media",))


def _of_item(item: Item) -> Iterator[Use]:
    for pointer, text in item.texts():
        for feature in sorted(markup_features(text)):
            yield Use(feature, pointer)
    if item.points != 1:
        yield Use("points", ("points",))
    yield from _of_scoring(item)
    if item.stimulus:
        yield Use("stimulus", ("stimulus",))
    yield from _of_type(item)
    yield from _about(item)


def wrong_share(item: MultipleChoice | TrueFalse) -> float:
    """What a wrong answer to an item with one right option gives, as a share of the points."""
    scoring = item.scoring
    return 0.0 if scoring.method == "all_or_nothing" else max(scoring.minimum, -scoring.penalty)


def _of_scoring(item: Item) -> Iterator[Use]:
    scoring = item.scoring
    if isinstance(item, MultipleChoice | TrueFalse):
        if wrong_share(item):
            yield Use("penalty", ("scoring",))
    elif isinstance(item, MultipleResponse | Matching):
        whole = scoring.method == "all_or_nothing"
        yield Use("all-or-nothing" if whole else "partial-credit", ("scoring",))
        if not whole and (scoring.penalty or scoring.minimum):
            yield Use("penalty", ("scoring",))


def _of_type(item: Item) -> Iterator[Use]:
    match item:
        case MultipleChoice() | MultipleResponse() | Ordering() | Matching():
            yield from _of_options(item)
        case Numeric():
            key = item.key
            if key is not None and (key.tolerance or key.minimum is not None or key.maximum is not None):
                yield Use("tolerance", ("key",))
            if key is not None and key.unit:
                yield Use("unit", ("key", "unit"))
        case ShortAnswer():
            if item.key is not None and len(item.key) > 1:
                yield Use("accepted-texts", ("key",))
            if item.case_sensitive:
                yield Use("case-sensitive", ("case_sensitive",))
        case Essay():
            if item.rubric:
                yield Use("rubric", ("rubric",))
        case TrueFalse():
            pass
        case _:
            assert_never(item)


def _of_options(item: MultipleChoice | MultipleResponse | Ordering | Matching) -> Iterator[Use]:
    if not item.shuffle and not isinstance(item, Ordering):
        yield Use("no-shuffle", ("shuffle",))
    if item.fixed:
        yield Use("fixed", ("fixed",))
    if isinstance(item, MultipleResponse) and item.choose is not None:
        yield Use("choose", ("choose",))
    if isinstance(item, Matching):
        if item.reuse:
            yield Use("reuse", ("reuse",))
        if set(item.options) - set(item.key_ids):
            yield Use("spare-options", ("options",))


def _about(item: Item) -> Iterator[Use]:
    if item.rationale:
        yield Use("rationale" if isinstance(item.rationale, str) else "option-rationale", ("rationale",))
    for feature, field in (
        ("references", "references"),
        ("content-area", "content_area"),
        ("cognitive-level", "cognitive_level"),
        ("attributes", "attributes"),
        ("tags", "tags"),
        ("codes", "codes"),
    ):
        if getattr(item, field):
            yield Use(feature, (field,))
