"""Rule shuffle-unsafe-option."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.screening import Field, Screen, mentions
from qbank.screening.holds import JOINED

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_LABEL = r"\(?([A-Za-z]\w{0,2})\)?"
_JOIN = r"(?:\s*,\s*(?:(?:and|or)\b|&)?|[\s)]\s*(?:and|or|nor|but\s+not)\b|\s*[&+])\s*"
_JOINS = (" and|", ")and|", " or|", ")or|", " nor|", ")nor|", " but|", ")but|")
_OPENS = compiled(
    r"[\W_]*(?:[a-z0-9]\w{0,2}(?=[\s)]*(?:[,&+]|and\b|or\b|nor\b|but\b))|(?:a|at|of|all|any|the|two)(?![a-z0-9])"
    r"|only|both|either|neither|options?|answers?|choices?|some|three|more)",
    re.IGNORECASE,
)
"""How an option begins that may name others."""
_NAMES = ("above", "except", "but|", "preceding", "previous", "option", "answer", "choice")
_LETTERS = compiled(
    rf"(?:only|both|either|neither)?\s*(?:options?|answers?|choices?)?\s*"
    rf"{_LABEL}(?:{_JOIN}{_LABEL})(?:{_JOIN}{_LABEL})?(?:{_JOIN}{_LABEL})?"
    rf"\s*(?:only|together|(?:are|is)\s+(?:both\s+)?(?:correct|true|right|wrong|false|incorrect))?\s*[.!]?",
    re.IGNORECASE,
)
_NAMED = compiled(
    r"(?:only|both|either|neither|all)?\s*(?:of\s+)?(?:the\s+)?(?:options?|answers?|choices?)"
    r"\s+\(?(?:[A-H]|[1-8])\)?(?:\s*(?:,|and|or|nor|&|\+|but\s+not)\s*(?:(?:option|answer|choice)\s+)?"
    r"\(?(?:[A-H]|[1-8])\)?)*"
    r"\s*(?:only|(?:are|is)\s+\w+)?\s*[.!]?",
    re.IGNORECASE,
)
_PLACE = compiled(
    r"(?:both|either|neither|any|some|two|three|more\s+than\s+one|at\s+least\s+(?:one|two)|only\s+one"
    r"|a\s+combination|the\s+first\s+(?:two|three)|the\s+last\s+two)\s+(?:of\s+)?(?:the\s+)?"
    r"(?:above|preceding|previous)(?:\s+(?:options?|answers?|choices?))?\s*[.!]?"
    r"|(?:all|any)(?:\s+of\s+(?:the\s+above|these|them))?\s+(?:except|but)\s+(?:for\s+)?(?:options?\s+)?(?-i:[A-H])\s*[.!]?"
    r"|(?:the\s+)?(?:two|three|first|last)\s+(?:options?|answers?|choices?)\s+above\s*[.!]?"
    r"|the\s+(?:first|last)\s+(?:two|three)\s+(?:options?|answers?|choices?)\s*[.!]?",
    re.IGNORECASE,
)

_LONGEST = 60
_LETTERS_OF_LABEL = 3
_HEADS = frozenset({"on", "bo", "ei", "ne", "op", "an", "ch", "so", "th", "mo"})
_WORDS = mentions(*_JOINS, *_NAMES, fields=Field.OPTIONS)


def _may_fire(batch: Batch) -> Iterable[int]:
    """Items with a short option that begins as one that names others, and joins or names something."""
    choices = batch.choices
    naming = choices.having(JOINED) | batch.options_holding(_WORDS)
    return choices.any_of(naming & choices.opening(_HEADS, _LONGEST, _LETTERS_OF_LABEL))


@rule(Severity.INFO, screen=Screen(_may_fire, (_WORDS,)))
def shuffle_unsafe_option(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """An option names others by letter, number or place, and the options may be shuffled.

    "A and B" or "both of the above" mean something else, or nothing, once the options stand in another
    order. Letters that the stem defines (Part A, factors A and B) are no references to options.

    Say what is meant in words, or write `shuffle: false`, or keep every option concerned in its place with
    `fixed`.

    Source: exam practice: forms with shuffled options.
    """
    if not item.shuffle:
        return
    for id, text in item.options.items():
        if len(text) > _LONGEST or not _OPENS.match(text):
            continue
        plain = text.strip().strip("*_").strip()
        if "." in plain[:-1]:
            continue  # codes: no full stop stands inside a reference
        named = _names_options(item, id, plain)
        moves = not {id, *named} <= set(item.fixed) if named else id not in item.fixed
        if moves and (named or _NAMED.fullmatch(plain) or _PLACE.fullmatch(plain)):
            yield Finding(
                item.at("options", id),
                f"option {id}, {plain!r}, loses its meaning when the options are shuffled",
                hint="Say it in words, or write shuffle: false.",
            )


def _names_options(item: MultipleChoice | MultipleResponse, id: str, text: str) -> frozenset[str]:
    """The ids of the options that a text such as "A and B" refers to; none when the letters mean else."""
    found = _LETTERS.fullmatch(text)
    if found is None:
        return frozenset()
    ids = {chr(ord("a") + number): other for number, other in enumerate(item.options)}
    ids.update({other.casefold(): other for other in item.options})
    labels = [label for label in found.groups() if label]
    named = [ids.get(label.casefold(), "") for label in labels]
    if id in named or not all(named):
        return frozenset()
    for label, other in zip(labels, named, strict=True):
        other_text = item.options[other].strip()
        if other_text.casefold() == label.casefold() or _LETTERS.fullmatch(other_text):
            return frozenset()
        if _defines(item.stem, label):
            return frozenset()
    return frozenset(named)


def _defines(stem: str, label: str) -> bool:
    """Whether the stem uses a letter as a name of its own: Part A, (b), B. …"""
    letter = re.escape(label)
    article = label.casefold() == "a"
    after = rf"(?:^|\n|\()\s*{letter}[.):]\s" if article else rf"(?<![\w'’]){letter}(?![\w'’])"
    before = rf"[a-z]\s+{letter.upper()}(?![\w'’])"
    return re.search(after, stem, 0 if article else re.IGNORECASE) is not None or (
        article and re.search(before, stem) is not None
    )
