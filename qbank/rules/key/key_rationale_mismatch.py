"""Rule key-rationale-mismatch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.rules.options._same import same
from qbank.screening import Field

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_CODE = compiled(r"(?<![\w.])(?=[A-Z0-9.]*\d)(?=[A-Z0-9.]*[A-Z])[A-Z0-9]{3,}(?:\.[A-Z0-9]+)?(?![\w]|\.\w)")
_WORD = compiled(r"[^\W_]{4,}|[^\W_]*\d[^\W_]*")
_NUMBER = compiled(r"\d[\d.,]*")
_GOES_ON = 24
"""How many characters before and behind a quotation may set it against something."""
_AGAINST = compiled(
    r"\b(?:not|no|nor|never|unlike|rather|instead(?:\s+of)?|than|versus|vs|from|without|wrong|incorrect|false"
    r"|neither|either|excludes?|excluding|except|but|whereas|while|although|though|confused?(?:\s+with)?|mistak\w+"
    r"|other|another|differs?|different|opposite|compared|contrast|resembles?|like|mimics?|between"
    r"|above|below|beneath|behind|beside|besides|beyond|near|next|into|onto|before|after|outside|along|across"
    r"|through|around|toward|towards|over|under|against|both|and|or"
    r"|articulat\w+|joint|join\w*|connect\w*|shar\w+|together|associated|communicat\w+|at)(?:\s+(?:a|an|the|with|to|of|as|for|by|in))*"
    r"[\s\"“'‘(*_]*$|n[’']t\s*$",
    re.IGNORECASE,
)
_CONTRARY = compiled(
    r"[\"”'’)*_]*(?:\s+(?:and|or)\b|\s*(?:,\s*)?(?:(?:is|are|was|were|does|do|did|has|have|had|can|could|may|might|would|should|will)\s+"
    r"(?:[a-z]+ly\s+)?(?:not|never|no|another|other|wrong|incorrect|only\s+(?:if|when|for))\b|(?:[a-z]+n[’']t|cannot)\b"
    r"|(?:would|might|may|could)\b|whereas\b|instead\b|rather\b|differs?\b|lacks?\b|excludes?\b|lies\b))",
    re.IGNORECASE,
)
_RESULT = compiled(
    r"(?:^|[.:;]\s|\b(?:is|are|was|were|be|as|gives?|equals?|makes?|in|at|by|within|to|with|of|about|exactly|only|just"
    r"|called|means?|suggests?|indicates?|hence|thus|therefore|=)\s)(?:an?\s|the\s)?[\"“'‘(*_]*$",
    re.IGNORECASE,
)
_PLAIN = " .*_"
_POINTS_BACK = compiled(
    r"[^.!?;,]*?\b(?:to|from|on|with|under|over|of|in|behind|includes?|supports?|covers?|contains?)\s(?:it|them)\b"
)
_COUNTS = compiled(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|twice|doubl\w+|times|each|per|every\s(?:day|hour|week|month|year)|plus|minus"
    r"|add\w*|subtract\w*|divid\w+|multipl\w+|sum|total|rest)\b"
)
_IS_SAID = compiled(
    r"\s*(?::|(?:is|are|was|were)\s(?!too|not|only)|applies\b|fits\b|meets\b|matches\b)", re.IGNORECASE
)
_DIGIT = compiled("[0-9]")
_SHORTEST = 3
_BEGINNING = 5


def _may_fire(batch: Batch) -> Iterator[int]:
    """Items whose rationale may quote another option than the key."""
    unclear = batch.not_plain(Field.OPTIONS, Field.RATIONALE)
    with_digits = batch.with_digits(Field.RATIONALE)
    for number, item in enumerate(batch.items):
        if type(item) is not MultipleChoice:
            continue
        text, options, key = _of_key(item), item.options, item.key
        if not text:
            continue
        if number in unclear:
            yield number
            continue
        said = text.lower()
        for id, option in options.items():
            if id != key and option.lower().strip(_PLAIN) in said:
                yield number
                break
        else:
            if number in with_digits and _share_digits(text, options):
                yield number


@rule(Severity.WARNING, screen=_may_fire)
def key_rationale_mismatch(item: MultipleChoice) -> Iterator[Finding]:
    """The rationale of the key speaks of another option's text or code, and not of the key's.

    It happens when options are reordered and the key or the rationales are not, or when a rationale is
    copied from a sibling item. What counts is an option's whole text, or a code that only that option has;
    words that the stem holds, and sentences that set one thing against another, do not count.

    Read the two together: move the rationale, or correct the key.

    Source: exam practice.
    """
    rationale, text = item.rationale, _of_key(item)
    if not text or not isinstance(item.key, str) or not _may_quote(text, item.options, item.key):
        return
    text = same(text)
    said = text.casefold()
    quoted = {id: quote for id in item.options if id != item.key and (quote := _quote(id, item, text, said))}
    if not quoted or (len(quoted) > 1 and isinstance(rationale, str)):
        return  # a rationale of the whole item may go through all options
    id, quote = next(iter(quoted.items()))
    if not _speaks_of(item, item.key, id, said) and _claims(quote.casefold(), said):
        yield Finding(
            item.at("rationale") if isinstance(rationale, str) else item.at("rationale", item.key),
            f"the rationale of the key {item.key} speaks of {quote!r}, which is option {id}",
            hint="Read the two together: move the rationale, or correct the key.",
        )


def _of_key(item: MultipleChoice) -> str:
    """The rationale of a key that is an option; of the whole item when it has only one."""
    rationale, key = item.rationale, item.key
    if not isinstance(key, str) or key not in item.options:
        return ""
    return rationale if isinstance(rationale, str) else rationale.get(key, "")


def _may_quote(text: str, options: Mapping[str, str], key: object) -> bool:
    """Whether a text may hold another option's text or a code: a quick look."""
    joined = "\0".join([text, *options.values()])
    if not joined.isascii() or "  " in joined or "\n" in text:
        return True
    low, *parts = joined.lower().split("\0")
    if len(parts) != len(options):
        return True
    for id, option in zip(options, parts, strict=True):
        if option.strip(_PLAIN) in low and id != key:
            return True
    return _share_digits(text, options)


def _share_digits(text: str, options: Mapping[str, str]) -> bool:
    """Whether a text and some option hold digits: there may be a code in both."""
    return _DIGIT.search(text) is not None and any(map(_DIGIT.search, options.values()))


def _quote(id: str, item: MultipleChoice, text: str, said: str) -> str:
    """What a rationale quotes of an option alone, its text or a code in it; "" when nothing."""
    whole = same(item.options[id]).strip(_PLAIN)
    if (
        len(whole) >= _SHORTEST
        and within(whole.casefold(), said)
        and (_is_worded(whole) or _is_result(whole, said))
    ):
        parts = [whole]
    else:
        here = _CODE.findall(text)
        parts = [code for code in _CODE.findall(item.options[id]) if code in here] if here else []
    others = [item.stem, *(option for other, option in item.options.items() if other != id)]
    return next(
        (
            part
            for part in parts
            if not any(within(part.casefold(), same(other).casefold()) for other in others)
        ),
        "",
    )


def _is_worded(text: str) -> bool:
    return not text[0].isdigit()


def _is_result(number: str, said: str) -> bool:
    """Whether a rationale gives a number as what comes out: no other number stands in it."""
    folded = number.casefold()
    rest = said.replace(folded, " ")
    at = said.find(folded)
    if _NUMBER.search(rest) or _COUNTS.search(rest):
        return False
    return bool(_RESULT.search(said, 0, at) or _IS_SAID.match(said, at + len(folded)))


def _speaks_of(item: MultipleChoice, key: str, other: str, said: str) -> bool:
    """Whether a rationale holds the key, or a word or code of the key that tells it from the other."""
    if within(same(item.options[key]).strip(_PLAIN).casefold(), said):
        return True
    here = set(_WORD.findall(said))
    begins = {word[:_BEGINNING] for word in here}
    theirs = set(_WORD.findall(item.options[other].casefold()))
    asked = set(_WORD.findall(item.stem.casefold()))
    known = {word[:_BEGINNING] for word in theirs | asked}
    own = set(_WORD.findall(item.options[key].casefold())) - theirs - asked
    return any(word in here or (word.isalpha() and word[:_BEGINNING] in begins - known) for word in own)


def _claims(quote: str, said: str) -> bool:
    """Whether a quotation, wherever it stands, is set against nothing."""
    at = said.find(quote)
    while at >= 0:
        before, end = said[max(0, at - _GOES_ON) : at], at + len(quote)
        if _AGAINST.search(before) or _CONTRARY.match(said, end) or _POINTS_BACK.match(said, end):
            return False
        at = said.find(quote, end)
    return True


def within(part: str, text: str) -> bool:
    """Whether a text holds a part as whole words; I13 is not within I13.0."""
    at = text.find(part) if part else -1
    while at >= 0:
        end = at + len(part)
        after = text[end : end + 2]
        inside = text[at - 1 : at].isalnum() or after[:1].isalnum()
        if not inside and not (after[:1] in (".", "-") and after[1:].isalnum()):
            return True
        at = text.find(part, at + 1)
    return False
