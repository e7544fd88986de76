"""Rule k-type-options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.screening import Field, Screen, mentions
from qbank.screening.holds import JOINED

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_LABEL = r"\(?(?:[IVX]{1,4}|[ivx]{1,4}|[1-9]|[a-h]|[A-H])\)?"
_JOIN = r"(?:\s*+,\s*+(?:(?:and|or)\b|&)?|[\s)]\s*+(?:and|or)\b|\s*+[&+])\s*+"
_COMBINED = re.compile(
    rf"(?:only|both|all|either|neither|statements?|items?|numbers?|\s)*"
    rf"{_LABEL}(?:{_JOIN}{_LABEL})*(?:\s*(?:only|(?:is|are)\s+\w+))?\s*[.!]?"
)
_LABELS = re.compile(r"(?<![\w'’])(?:[IVX]{1,4}|[ivx]{1,4}|[1-9]|[a-h]|[A-H])(?![\w'’])")
_LONGEST = 40
_ENOUGH = 2

_LETTERS_OF_LABEL = 4
_HEADS = frozenset({"on", "bo", "al", "ei", "ne", "st", "it", "nu"})
_JOINS = mentions(" and|", ")and|", " or|", ")or|", fields=Field.OPTIONS)


def _may_fire(batch: Batch) -> Iterable[int]:
    """Items with several short options that begin with a label, and join something."""
    choices = batch.choices
    joined = choices.having(JOINED) | batch.options_holding(_JOINS)
    return choices.any_of(joined & choices.opening(_HEADS, _LONGEST, _LETTERS_OF_LABEL), _ENOUGH)


@rule(Severity.INFO, screen=Screen(_may_fire, (_JOINS,)))
def k_type_options(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """Two or more options combine statements that the stem numbers: "I and II only".

    Candidates who are sure of one statement strike out half of the combinations, and reading costs more
    time than thinking. Such items are less discriminating than the same content asked plainly.

    Options that hold the same labels in other orders answer a question of order, and stay silent.

    Make it a multiple-response item with the statements as options, or ask for the one best statement.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 9 (avoid the complex multiple-choice format);
    SAQUET.
    """
    combined, labels, sets = [], set(), set()
    for id, text in item.options.items():
        if len(text) <= _LONGEST and _COMBINED.fullmatch(text.strip()):
            found = _LABELS.findall(text)
            labels.update(found)
            if len(found) > 1:
                combined.append(id)
                sets.add(frozenset(found))
    if len(combined) >= _ENOUGH and len(sets) > 1 and all(_defines(item.stem, label) for label in labels):
        yield Finding(
            item.at("options"),
            f"the options {', '.join(combined)} combine statements of the stem "
            f"({', '.join(sorted(labels))}): a complex item",
            hint="Make the statements the options of a multiple-response item.",
        )


def _defines(stem: str, label: str) -> bool:
    """Whether the stem gives a statement that name: I. …, (2) …, b) …."""
    return re.search(rf"(?:^|[\s(:;*]){label}[.):]\s*\S|(?:^|\s)\({label}\)\s", stem) is not None
