"""Rule key-contradicted-by-rationale."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Pointer, Severity
from qbank.model.item import MultipleChoice, MultipleResponse, TrueFalse
from qbank.rule import rule
from qbank.rules.key._letters import keyed
from qbank.rules.options._same import same
from qbank.rules.stem._negative import negative

_QUICK = re.compile(r"\b(?:correct|incorrect|right|wrong|true|false|best|answer|key|keyed)\b", re.IGNORECASE)
_PLAIN = " .()*_\"'“”"
_END = r"(?=\s*(?:[.!:;–—]|$|because\b|since\b))"
_SUBJECT = r"(?:(?:this|that|it)(?:\s+(?:option|answer|choice|one|response))?\s+is\s+(?:the\s+)?)?"
_RIGHT = re.compile(
    rf"\W*{_SUBJECT}(?:correct|right)(?:\s+(?:answer|option|choice|one|response))?{_END}", re.IGNORECASE
)
_WRONG = re.compile(
    rf"\W*{_SUBJECT}(?:an?\s+)?(?:incorrect|wrong|not\s+(?:correct|right)|false)"
    rf"(?:\s+(?:answer|option|choice|one|response))?{_END}",
    re.IGNORECASE,
)
_IS_RIGHT = re.compile(
    r"\s+(?:alone\s+)?(?:is|are)\s+(?:the\s+)?(?:correct|right)(?:\s+(?:answer|option|choice))?"
    r"(?=\s*(?:[.!:;–—]|$|because\b|since\b))",
    re.IGNORECASE,
)
_IS_WRONG = re.compile(
    r"\s+(?:is|are)\s+(?:an?\s+|the\s+)?(?:incorrect|wrong|not\s+(?:the\s+)?(?:correct|right))"
    r"(?:\s+(?:answer|option|choice))?(?=\s*(?:[.!:;–—]|$|because\b|since\b))",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\b(?:correct|right|best|keyed)\s+(?:answer|option|choice)\s*(?:is|:)\s*:?\s*(?P<quote>[\"“'‘*_]*)",
    re.IGNORECASE,
)
_YET = re.compile(
    r"\b(?:but|however|although|though|yet|except|unless|only\s+(?:if|when|for))\b", re.IGNORECASE
)
_STATEMENT = re.compile(
    r"\W*(?:(?:the|this)\s+(?:statement|claim|sentence|correct\s+answer|answer|key)\s+is\s+|answer:\s*)?"
    r"(true|false)(?=\s*(?:[.!:;,–—]|$|because\b|since\b))",
    re.IGNORECASE,
)


@rule(Severity.ERROR)
def key_contradicted_by_rationale(item: MultipleChoice | MultipleResponse | TrueFalse) -> Iterator[Finding]:
    """The rationale says that another option is right, or that the key is wrong.

    "The correct answer is B" while the key is C; an option's own rationale that begins "Incorrect." for
    the key, or "Correct." for a distractor; "False." under a statement whose key is true. One of the two is
    wrong, and if it is the key, every candidate is scored wrongly.

    Find out which one is right, and correct the other.

    Source: exam practice; Haladyna, Downing & Rodriguez (2002), guideline 19: one right answer.
    """
    rationale = item.rationale
    if not rationale or item.key is None:
        return
    if isinstance(item, TrueFalse):
        found = _STATEMENT.match(rationale) if isinstance(rationale, str) else None
        if found and (found[1].lower() == "true") is not item.key:
            yield Finding(
                item.at("rationale"),
                f"the rationale says {found[1].lower()}, the key is {str(item.key).lower()}",
                hint="Find out which is right, and correct the other.",
            )
        return
    keys = [id for id in item.key_ids if id in item.options]
    if not keys:
        return
    parts = {"": rationale} if isinstance(rationale, str) else rationale
    for id, text in parts.items():
        if not _QUICK.search(text):
            continue
        text = same(text)
        said = _answer(text, item, keys) or (_own(id, text, item, keys) if id in item.options else "")
        if said:
            pointer: Pointer = ("rationale", id) if id else ("rationale",)
            yield Finding(
                item.at(*pointer),
                f"the rationale {said}, the key is {', '.join(keys)}",
                hint="Find out which is right, and correct the other.",
            )


def _answer(text: str, item: MultipleChoice | MultipleResponse, keys: list[str]) -> str:
    """What a text says to be the answer, when it is not the key."""
    texts = {option.strip(_PLAIN).casefold() for option in item.options.values()}
    for words, ids in keyed(text, item.options):
        wrong = not set(ids) <= set(keys)
        if isinstance(item, MultipleChoice):
            wrong = not set(keys) <= set(ids)
        if wrong and not any(id.casefold() in texts for id in ids):
            return f"says {words!r}"
    for found in _ANSWER.finditer(text):
        rest = text[found.end() :].casefold()
        quoted = [
            id for id, option in item.options.items() if _starts(rest, same(option).strip(_PLAIN).casefold())
        ]
        if quoted and not set(quoted) & set(keys):
            return f"says that {item.options[quoted[0]]!r} is the answer"
    return ""


def _own(id: str, text: str, item: MultipleChoice | MultipleResponse, keys: list[str]) -> str:
    """What an option's own rationale says of it, when the key says the opposite."""
    option = same(item.options[id]).strip(_PLAIN)
    if negative(item.stem) or _RIGHT.match(option) or _WRONG.match(option):
        return ""
    sentence = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    start = len(option) if option and _starts(text.casefold(), option.casefold()) else 0
    right = _IS_RIGHT.match(text, start) if start else _RIGHT.match(text)
    wrong = _IS_WRONG.match(text, start) if start else _WRONG.match(text)
    if right and id not in keys and not _YET.search(sentence):
        return f"calls option {id} right"
    if wrong and id in keys:
        return f"calls option {id} wrong"
    return ""


def _starts(text: str, option: str) -> bool:
    return bool(option) and text.startswith(option) and not text[len(option) : len(option) + 1].isalnum()
