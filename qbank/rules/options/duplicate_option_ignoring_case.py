"""Rule duplicate-option-ignoring-case."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.item import Matching, MultipleChoice, MultipleResponse, Ordering
from qbank.rule import rule
from qbank.rules.options._same import same
from qbank.screening import options_alike

_CODE = re.compile(r"[`$_(){}\[\]<>=;\\@#|/]|\w\.\w|[a-z][A-Z]|\d|:$")
_WORD = re.compile(r"[^\W\d_]+")
_ABOUT_CASE = re.compile(
    r"\b(?:case|capital|capitali[sz]\w*|upper|lower|spel\w+|written|symbol|abbreviat\w+)\b", re.I
)


@rule(Severity.INFO, screen=options_alike)
def duplicate_option_ignoring_case(
    item: MultipleChoice | MultipleResponse | Matching | Ordering,
) -> Iterator[Finding]:
    """Two options of an item are equal but for upper and lower case.

    As a rule one of them was pasted twice. In code, symbols and genotypes case is meaning: items whose
    options look like code, whose words in question are short, or whose stem is about spelling stay silent.

    Replace one of the two.

    Source: Haladyna, Downing & Rodriguez (2002), guidelines 18 and 20.
    """
    first: dict[str, str] = {}
    for id, text in item.options.items():
        other = first.setdefault(same(text).casefold(), id)
        if (
            other != id
            and same(text) != same(item.options[other])
            and _is_prose(item, text, item.options[other])
        ):
            yield Finding(
                item.at("options", id),
                f"options {other} and {id} differ in upper and lower case only",
                related=(Related(item.at("options", other), f"option {other}"),),
                hint="Replace one of the two.",
            )


def _is_prose(item: MultipleChoice | MultipleResponse | Matching | Ordering, text: str, other: str) -> bool:
    """Whether case cannot be what tells the two options apart."""
    if _ABOUT_CASE.search(item.stem) or any(map(_CODE.search, item.options.values())):
        return False
    pairs = zip(_WORD.findall(text), _WORD.findall(other), strict=False)
    return all(len(a) >= 4 and " " in same(text) for a, b in pairs if a != b)
