"""Rule duplicate-option-ignoring-case."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.item import Matching, MultipleChoice, MultipleResponse, Ordering
from qbank.rule import rule
from qbank.rules.options._same import same
from qbank.rules.stem._lead_in import lead_in
from qbank.screening import options_alike

_CODE = re.compile(r"[`$_(){}\[\]<>=;\\@#|/]|\w\.\w|[a-z][A-Z]|\d|:$")
_SOURCE = re.compile(r"[`$_{}<>=;\\@#|]")
_WORD = re.compile(r"[^\W\d_]+")
_SMALL = frozenset(["a", "an", "of", "in", "on", "to", "by", "at", "or", "it", "is", "as", "no"])
_ENOUGH = 3
_LONG = 5
_ABOUT_CASE = re.compile(
    r"\b(?:case|capital|capitali[sz]\w*|upper|lower|spel\w+|written|symbol|abbreviat\w+|genotyp\w*|alleles?"
    r"|variable|constant|keyword|identifier|programming|library|Python|Java\w*|SQL|HTML)\b",
    re.IGNORECASE,
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
            and _is_prose(item, same(text), same(item.options[other]))
        ):
            yield Finding(
                item.at("options", id),
                f"options {other} and {id} differ in upper and lower case only",
                related=(Related(item.at("options", other), f"option {other}"),),
                hint="Replace one of the two.",
            )


def _is_prose(item: MultipleChoice | MultipleResponse | Matching | Ordering, text: str, other: str) -> bool:
    """Whether case cannot be what tells the two options apart."""
    if _ABOUT_CASE.search(lead_in(item.stem)) or _CODE.search(f"{text} {other}"):
        return False
    if any(map((_SOURCE if " " in text else _CODE).search, item.options.values())):
        return False
    pairs = [(a, b) for a, b in zip(_WORD.findall(text), _WORD.findall(other), strict=False) if a != b]
    if " " not in text:
        return _is_alone(item, text)
    return any(len(a) >= _ENOUGH or a.casefold() in _SMALL for a, _ in pairs)


def _is_alone(item: MultipleChoice | MultipleResponse | Matching | Ordering, word: str) -> bool:
    """Whether a single word is an ordinary one: long, and no other option begins or is written like it."""
    others = [option for option in item.options.values() if same(option).casefold() != word.casefold()]
    capitals = {option.strip()[:1].isupper() for option in others}
    return len(word) >= _LONG and len(others) > 1 and len(capitals) == 1
