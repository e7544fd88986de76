"""Rule key-contradicted-by-rationale."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Pointer, Severity
from qbank.model.item import MultipleChoice, MultipleResponse, TrueFalse
from qbank.rule import rule
from qbank.rules.key._letters import ALONE, Said, denied, has_letter, keyed, stands_in
from qbank.rules.key._verdicts import PLAIN, answers, begins, says_no, verdict
from qbank.rules.options._many import MOST
from qbank.rules.options._same import same
from qbank.rules.stem._negative import negative
from qbank.screening import Field, mentions

_VERDICTS = (
    *("answer", "ans.", "ans:", "ans is", "ans =", "best", "correct", "key", "right", "solution", "true"),
    *("false", "wrong", "inaccurate", "distractor", "no.", "no,", "no:", "no!", *"✗✘❌✖✓✔✅"),
)
WORDS = (*_VERDICTS, *ALONE)
"""Without one of these in a rationale, whatever the case, there is nothing to contradict the key."""
_STATEMENT = re.compile(
    r"\W*(?:(?:the|this)\s+(?:statement|claim|sentence|correct\s+answer|answer|key)\s+is\s+|answer:\s*)?"
    r"(true|false)(?=\s*(?:[.!:;,–—]|$|because\b|since\b))",
    re.IGNORECASE,
)


@rule(Severity.ERROR, screen=mentions(*WORDS, fields=Field.RATIONALE))
def key_contradicted_by_rationale(item: MultipleChoice | MultipleResponse | TrueFalse) -> Iterator[Finding]:
    """The rationale says that another option is right, or that the key is wrong.

    "The correct answer is B" while the key is C; an option's own rationale that begins "Incorrect." for
    the key, or "Correct." for a distractor; "False." under a statement whose key is true. One of the two is
    wrong, and if it is the key, every candidate is scored wrongly. Items of more than a hundred options are
    not looked at.

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
    if not keys or len(item.options) > MOST:
        return
    parts = {"": rationale} if isinstance(rationale, str) else rationale
    whole = "\n".join(parts.values())
    low = whole.lower()
    judging = [word for word in _VERDICTS if word in low]
    lettered = has_letter(whole, item.options)
    for id, text in parts.items() if judging or lettered else ():
        low = text.lower()
        judges = any(word in low for word in judging)
        names = lettered and has_letter(text, item.options)
        if not judges and not names:
            continue
        text = same(text)
        said = _own(id, text, item, keys) if judges and id in item.options else ""
        said = (
            said
            or (_letters(text, item, keys) if names else "")
            or (_texts(text, item, keys) if judges else "")
        )
        if said:
            pointer: Pointer = ("rationale", id) if id else ("rationale",)
            yield Finding(
                item.at(*pointer),
                f"the rationale {said}, the key is {', '.join(keys)}",
                hint="Find out which is right, and correct the other.",
            )


def _letters(text: str, item: MultipleChoice | MultipleResponse, keys: list[str]) -> str:
    """What a text says of options by their letters, when the key says the opposite."""
    single = isinstance(item, MultipleChoice)
    for said in keyed(text, item.options):
        wrong = not set(keys) <= set(said.ids) if single else not set(said.ids) <= set(keys)
        if wrong and not _means_more(said, text, item) and (said.noun or not negative(item.stem)):
            return f"says {said.words!r}"
    for said in denied(text, item.options):
        if set(said.ids) & set(keys) and not _means_more(said, text, item) and not negative(item.stem):
            return f"says {said.words!r}"
    return ""


def _texts(text: str, item: MultipleChoice | MultipleResponse, keys: list[str]) -> str:
    """What a text says to be the answer in its own words, when it is not the key."""
    told = answers(text, item.options)
    if told and not set(told) & set(keys):
        return f"says that {item.options[told[0]]!r} is the answer"
    return ""


def _means_more(said: Said, text: str, item: MultipleChoice | MultipleResponse) -> bool:
    """Whether letters are, or begin, an option's text, or are names: "Part B", "vitamin C"."""
    for id in said.ids:
        name = re.compile(rf"(?<![\w'’-]){re.escape(id)}(?![\w'’-])")
        if any(option.strip(PLAIN).casefold() == id.casefold() for option in item.options.values()):
            return True
        at = text.find(said.words)
        inside = name.search(text, max(at, 0))
        rest = text[inside.start() :] if inside else ""
        if any(
            len(option) > len(id) and begins(rest, same(option).strip(PLAIN))
            for option in item.options.values()
        ):
            return True
        if any(stands_in(id, option) for option in item.options.values()):
            return True
        if not said.noun and stands_in(id, item.stem):
            return True
    return False


def _own(id: str, text: str, item: MultipleChoice | MultipleResponse, keys: list[str]) -> str:
    """What an option's own rationale says of it, when the key says the opposite."""
    says = verdict(text, item.options[id])
    if says is None and id in keys and says_no(text, item.stem, item.options):
        says = False
    if says is None or says is (id in keys) or negative(item.stem):
        return ""
    return f"calls option {id} {'right' if says else 'wrong'}"
