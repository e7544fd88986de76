"""Rule absolute-term-cue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.rules.cues._options import is_title, key_and_distractors, unquoted
from qbank.rules.options._plain import is_about_others, words
from qbank.rules.stem._wording import is_about_wording
from qbank.screening import Field, Screen, mentions, whole

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_TERM = (
    r"\b(always|never|invariably|absolutely|under\s+no\s+circumstances|without\s+exception"
    r"|in\s+(?:all|every|no)\s+(?:cases?|patients?|circumstances))\b"
)
_USES = compiled(_TERM, re.IGNORECASE)
_CLAIM = compiled(
    # not "has never", "that never ends", "almost always", which tell a fact or take it back
    r"(?<!\bnot )(?<!\bhas )(?<!\bhad )(?<!\bhave )(?<!\bwas )(?<!\bwere )"
    rf"(?<!\bthat )(?<!\bwho )(?<!\bwhich )(?<!\balmost )(?<!\bnearly ){_TERM}",
    re.IGNORECASE,
)
_NUMBER = r"(?:\d|(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|some|few|half)\b)"
# "only" beside a verb claims; "the left eye only" tells a fact
_ONLY = compiled(
    rf"^\W*(only)\s+(?!if\b|when\b|after\b|{_NUMBER})"
    r"|\b(?:is|are|was|were|be|can|may|must|will|does|do|found|seen|used|occurs?|exists?|happens?|works?|affects?)"
    rf"\s+(only)\b(?!\s+{_NUMBER})|\b(only)\s+(?:found|seen|used|occurs?|exists?|happens?|works?|affects?)\b",
    re.IGNORECASE,
)
_PAST = (
    "had|did|was|were|got|won|lost|saw|went|came|became|made|took|gave|knew|met|found|left|wrote|spoke|said|told|taught"
    "|thought|sold|bought|paid|kept|held|felt|brought|caught|ran|sang|sat|sent|spent|stood|wore|broke|chose|drove"
    "|ate|fell|flew|forgot|grew|heard|led|rode|rose|slept|threw|understood"
)
# "never had", "never recovered" deny something past, "never again" its end, "he never shows it" is about one
# person, "it is never revealed" about a story; "is never used" and "they never work" claim
_NO_CLAIM = compiled(
    rf"(?<!\bis )(?<!\bare )(?<!\bbe )\bnever (?:{_PAST}|\w{{2,}}ed)\b|\bnever\b.{{0,80}}\bagain\b"
    r"|\b(?:he|she|I(?!s)|you|we)(?:['’]?(?:s|d|ll|ve|re|m))? (?:\w+ )?never\b"
    r"|\bnever (?:revealed|mentioned|shown|explained|told|reveals|mentions|shows|explains|tells|appears)\b",
    re.IGNORECASE,
)
# what a word or name means, what somebody said or believes: the option is not the author's claim
_REPORTS = compiled(
    r"\b(?:name|word|phrase|expression|acronym|abbreviation)s?\b[^.?]{0,80}\bmeans?\b|\bmeaning\s+of\b|\bname\s+of\b"
    r"|\bmeans?\b[^.?]{0,80}\bin\s+(?:[\w ]{0,40}\blanguage\b|(?-i:[A-Z]))"
    r"|\b(?:complete|finish)\b[^.?:]{0,80}\b(?:song|verse|chorus|lines?|rhyme|poem)\b"
    r"|\b(?:final|ending|last|opening|first|these|this|a|the)\s+lines?\s+(?:from|in|of|by|where)\b|\bsongs?\b"
    r"|\bthese\s+lines\b|\b(?:final|ending|last|opening)\s+line\b|\bdefinition\b"
    r"|\b(?:is|was)\b[^.?]{0,80}\brepl(?:y|ies)\b|\bdo(?:es)?\b[^.?]{0,80}\b(?:reply|cry\s+out|exclaim|sing)\b"
    r"|\bdid\b[^.?]{0,80}\b(?:say|tell|write|reply|shout)\b"
    r"|\b(?:beliefs?|superstitions?)\b",
    re.IGNORECASE,
)
_ABSOLUTE = compiled(rf"{_CLAIM.pattern}|\bonly\b", re.IGNORECASE)
_ANY_ONLY = compiled(r"\bonly\b", re.IGNORECASE)
_LEAST = 3
_STRONG_TEXT = "always never invariably absolutely exception circumstances only"
_COUNTED_TEXT = "cases case patients patient"
_QUICK = frozenset(f"{_STRONG_TEXT} {_COUNTED_TEXT}".split())
_IN_TERMS = ("always", "never", "invariably", "absolutely", "exception", "circumstances")
_IN_ALL = compiled(r"in\s+(?:all|every|no)\s+(?:case|patient)")
_STRONG = mentions(*whole(_STRONG_TEXT.split()), fields=Field.OPTIONS)
_COUNTED = mentions(*whole(_COUNTED_TEXT.split()), fields=Field.OPTIONS)
_WHOLLY = mentions(*whole(["all", "every", "no"]), fields=Field.OPTIONS)


def _may_fire(batch: Batch) -> Iterable[int]:
    """Items that hold a strong word in an option, or say "in all cases" and the like."""
    counted = batch.options_holding(_COUNTED) & batch.options_holding(_WHOLLY)
    return batch.choices.any_of(batch.options_holding(_STRONG) | counted)


@rule(Severity.INFO, screen=Screen(_may_fire, (_STRONG, _COUNTED, _WHOLLY)))
def absolute_term_cue(item: MultipleChoice) -> Iterator[Finding]:
    """Always, never and the like stand in distractors and not in the key, or in the key alone.

    Hardly anything is always so: test-wise candidates strike such options out without knowledge. Titles,
    quotations and code are not the option's own claim, nor are mottoes, sayings, meanings of words and what
    somebody said; "he never did" only denies something past, "she never tells" is about one person. Where
    the stem uses the word, the key and a distractor share it, or the key is "all of these", it gives nothing
    away.

    Take the word out, or use it in the key and in distractors alike.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 28a (specific determiners); NBME item-writing
    guide; SAQUET.
    """
    if all(_QUICK.isdisjoint(words(text)) for text in item.options.values()):
        return
    key, distractors = key_and_distractors(item)
    if not distractors or is_about_others(item.options[key]):
        return
    found = {id: _term(item.options[id]) for id in (key, *distractors)}
    absolute = [id for id in distractors if found[id]]
    if not found[key] and not _says_only(item.options[key]):
        found.update((id, "only") for id in distractors if not found[id] and _says_only(item.options[id]))
        absolute = [id for id in distractors if found[id]]
    if bool(found[key]) == bool(absolute) or _uses(item.stem):
        return
    texts = [item.options[id] for id in distractors]
    if _is_shared(item.options[key], texts, {found[id] for id in absolute}):
        return
    if is_about_wording(item.stem) or _REPORTS.search(item.stem):
        return
    first = key if found[key] else absolute[0]
    claims = ", ".join(f"option {id} says {found[id]!r}" for id in absolute)
    yield Finding(
        item.at("options", first),
        f"{claims}; the key says nothing so strong" if claims else f"only the key says {found[key]!r}",
        hint="Take the word out, or use it in key and distractors alike.",
    )


def _is_shared(key: str, distractors: list[str], claims: set[str]) -> bool:
    """Whether the key has such a word too, however short it is: Always complaining, Never, Only in May."""
    if _CLAIM.search(key):
        return any(map(_ABSOLUTE.search, distractors))
    return claims == {"only"} and _ANY_ONLY.search(key) is not None


def _says_only(text: str) -> bool:
    if "only" not in text.lower():
        return False
    return len(words(text)) >= _LEAST and not is_title(text) and _ONLY.search(unquoted(text)) is not None


def _may_use(text: str) -> bool:
    """Whether a text may hold a term: a quick look."""
    low = text.lower()
    return not text.isascii() or any(map(low.__contains__, _IN_TERMS)) or _IN_ALL.search(low) is not None


def _uses(stem: str) -> bool:
    return _may_use(stem) and _USES.search(stem) is not None


def _term(text: str) -> str:
    """The absolute term that an option claims with, in lower case, "" without one."""
    if not _may_use(text):
        return ""
    plain = " ".join(unquoted(text).split())
    found = _CLAIM.search(_NO_CLAIM.sub(" ", plain))
    if found is None or len(words(text)) < _LEAST or is_title(text):
        return ""
    return " ".join(found[1].casefold().split())
