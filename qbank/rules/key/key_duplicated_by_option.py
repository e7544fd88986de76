"""Rule key-duplicated-by-option."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.options._same import same
from qbank.screening import options_alike


@rule(Severity.ERROR, screen=options_alike)
def key_duplicated_by_option(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """A distractor has the same text as the key: two right answers, one of which is scored wrong.

    Texts are compared after NFKC and with white space as one space; case counts, since in code it is
    meaning.

    Replace the distractor.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 19: one right answer only.
    """
    keyed = {same(option.text): option.id for option in item.choices() if option.is_key}
    for option in item.choices():
        key = None if option.is_key else keyed.get(same(option.text))
        if key is not None:
            yield Finding(
                item.at("options", option.id),
                f"option {option.id} has the same text as the key {key}",
                related=(Related(item.at("options", key), f"the key: {item.options[key]}"),),
                hint="Replace the distractor: both are right, and only one is scored so.",
            )
