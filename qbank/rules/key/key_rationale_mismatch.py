"""Rule key-rationale-mismatch."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.options._same import same

_CODE = re.compile(r"(?<![\w.])(?=[A-Z0-9.]*\d)(?=[A-Z0-9.]*[A-Z])[A-Z0-9]{3,}(?:\.[A-Z0-9]+)?(?![\w]|\.\w)")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_CONTRAST = re.compile(
    r"\b(?:not|no|nor|never|cannot|unlike|rather|instead|than|whereas|while|but|although|though|however|wrong"
    r"|incorrect|false|other|another|only|unless|differs?|different|excludes?|without|contrast|versus|vs|confus\w+"
    r"|mistak\w+|would|either|neither|opposite|compared)\b|n[’']t\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]{4,}|[^\W_]*\d[^\W_]*")
_IS_RIGHT = re.compile(r"\s+(?:alone\s+)?(?:is|are)\s+(?:the\s+)?(?:right|correct)\b", re.IGNORECASE)
_SHORTEST = 4
_BEGINNING = 5
_OPENING = 4


@rule(Severity.WARNING)
def key_rationale_mismatch(item: MultipleChoice) -> Iterator[Finding]:
    """The rationale of the key speaks of another option's text or code, and not of the key's.

    It happens when options are reordered and the key or the rationales are not, or when a rationale is
    copied from a sibling item. What counts is an option's whole text, or a code that only that option has;
    words that the stem holds, and sentences that set one thing against another, do not count.

    Read the two together: move the rationale, or correct the key.

    Source: exam practice.
    """
    rationale = item.rationale
    if not rationale or not isinstance(item.key, str) or item.key not in item.options:
        return
    text = rationale if isinstance(rationale, str) else rationale.get(item.key, "")
    if not text:
        return
    said = same(text).casefold()
    quoted = {id: quote for id in item.options if id != item.key and (quote := _quote(id, item, text, said))}
    if not quoted:
        return
    id, quote = next(iter(quoted.items()))
    if isinstance(rationale, str):  # the reason comes first; what goes through all options is another thing
        first = _SENTENCE.split(said, maxsplit=1)[0]
        if len(quoted) > 1 or quote.casefold() not in first:
            return
    if not _speaks_of(item.options[item.key], item.options[id], text, said) and _claims(quote, text):
        yield Finding(
            item.at("rationale") if isinstance(rationale, str) else item.at("rationale", item.key),
            f"the rationale of the key {item.key} speaks of {quote!r}, which is option {id}",
            hint="Read the two together: move the rationale, or correct the key.",
        )


def _quote(id: str, item: MultipleChoice, text: str, said: str) -> str:
    """What a rationale quotes of an option alone, its text or a code in it; "" when nothing."""
    whole = same(item.options[id]).strip(" .*_")
    if len(whole) >= _SHORTEST and not whole[0].isdigit() and _within(whole.casefold(), said):
        parts = [whole]
    else:
        here = _CODE.findall(text)
        parts = [code for code in _CODE.findall(item.options[id]) if code in here] if here else []
    others = [item.stem, *(option for other, option in item.options.items() if other != id)]
    return next(
        (
            part
            for part in parts
            if not any(_within(part.casefold(), same(other).casefold()) for other in others)
        ),
        "",
    )


def _speaks_of(key: str, other: str, text: str, said: str) -> bool:
    """Whether a rationale holds the key, or a word or code that is the key's and not the other's."""
    if _within(same(key).strip(" .*_").casefold(), said):
        return True
    here = {word.casefold() for word in _WORD.findall(text)}
    begins = {word[:_BEGINNING] for word in here}
    own = {word.casefold() for word in _WORD.findall(key)} - {
        word.casefold() for word in _WORD.findall(other)
    }
    return any(word in here or (word.isalpha() and word[:_BEGINNING] in begins) for word in own)


def _claims(quote: str, text: str) -> bool:
    """Whether the sentences that hold a quotation set it against nothing."""
    for sentence in _SENTENCE.split(same(text)):
        folded = sentence.casefold()
        at = folded.find(quote.casefold())
        if at < 0:
            continue
        opens = at <= _OPENING and _IS_RIGHT.match(sentence, at + len(quote))
        if not opens and _CONTRAST.search(folded.replace(quote.casefold(), " ")):
            return False
    return True


def _within(part: str, text: str) -> bool:
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
