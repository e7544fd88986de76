"""Rule duplicate-option."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.item import Matching, MultipleChoice, MultipleResponse, Ordering
from qbank.rule import rule
from qbank.rules.options._same import same
from qbank.screening import options_alike


@rule(Severity.ERROR, screen=options_alike)
def duplicate_option(item: MultipleChoice | MultipleResponse | Matching | Ordering) -> Iterator[Finding]:
    """Two options of an item have the same text.

    A candidate sees at once that neither can be the only right answer, so the item has fewer options than
    it shows. Texts are compared after NFKC and with white space as one space; case counts, since in code
    it is meaning (see duplicate-option-ignoring-case).

    Replace one of the two.

    Source: Haladyna, Downing & Rodriguez (2002), guidelines 18 and 20.
    """
    first: dict[str, str] = {}
    for id, text in item.options.items():
        other = first.setdefault(same(text), id)
        if other != id:
            yield Finding(
                item.at("options", id),
                f"options {other} and {id} have the same text",
                related=(Related(item.at("options", other), f"option {other}"),),
                hint="Replace one of the two.",
            )
