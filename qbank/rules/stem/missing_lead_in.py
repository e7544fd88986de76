"""Rule missing-lead-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.stem._asking import asks, completes
from qbank.rules.stem._lead_in import lead_in

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_SHORTEST_WORD = 2


def _may_ask_nothing(batch: Batch) -> list[int]:
    return [number for number, stem in enumerate(batch.stems) if len(stem) >= 120 and "?" not in stem]


@rule(Severity.INFO, screen=_may_ask_nothing)
def missing_lead_in(item: MultipleChoice | MultipleResponse, *, words: int = 60) -> Iterator[Finding]:
    """A long case ends without asking anything.

    A stem of `words` words or more whose last sentence is neither a question nor a task nor left open for
    an option: the candidate must guess from the options what is wanted. It happens when a vignette is
    pasted and its question is not.

    End the stem with one question that can be answered without looking at the options.

    Source: NBME item-writing guide: a vignette is followed by a focused lead-in.
    """
    stem = item.stem
    if "?" in stem or len(stem) < words * _SHORTEST_WORD or completes(stem):
        return
    if len(stem.split()) >= words and not asks(lead_in(stem)):
        yield Finding(
            item.at("stem"),
            "the case ends, and nothing is asked",
            hint="End with one question that can be answered without the options.",
        )
