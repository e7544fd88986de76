"""Rule key-missing."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import (
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    Ordering,
    ShortAnswer,
    TrueFalse,
)
from qbank.rule import rule
from qbank.screening import unusually_keyed


@rule(Severity.ERROR, screen=unusually_keyed)
def key_missing(
    item: MultipleChoice | MultipleResponse | TrueFalse | Matching | Ordering | Numeric | ShortAnswer,
) -> Iterator[Finding]:
    """An item that is scored by machine has no key, or not a whole one.

    Nobody can get it right. A matching item needs an option for every prompt, an ordering item a place
    for every option. Essays have a rubric and no key.

    Write the key; an item that is not finished belongs in status draft all the same.

    Source: exam practice; IMS QTI 3.0, section on response declarations.
    """
    if item.key is None or item.key in ("", (), {}):
        yield Finding(item.at("key"), "this item has no key", hint=_HINT[type(item)])
    elif isinstance(item, Matching):
        for prompt in item.prompts:
            if prompt not in item.key:
                yield Finding(
                    item.at("key"), f"prompt {prompt} has no key", hint="Name the option that belongs to it."
                )
    elif isinstance(item, Ordering):
        for option in item.options:
            if option not in item.key:
                yield Finding(
                    item.at("key"),
                    f"option {option} has no place in the key",
                    hint="An order names all options.",
                )


_HINT = {
    MultipleChoice: "Write key: and the id of the right option.",
    MultipleResponse: "Write key: and a list of the ids of the right options.",
    TrueFalse: "Write key: true or key: false.",
    Matching: "Write key: and the option of every prompt, such as P1: B.",
    Ordering: "Write key: and the option ids in their right order.",
    Numeric: "Write key: and a value with its tolerance, or minimum and maximum.",
    ShortAnswer: "Write key: and a list of the accepted texts.",
}
