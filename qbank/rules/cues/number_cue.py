"""Rule number-cue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._options import is_title, key_and_distractors
from qbank.rules.options._plain import words
from qbank.rules.stem._asking import completes
from qbank.screening import stem_ends

_ENDS = re.compile(
    r"\b(is|was|are|were|has|have)(?:\s+(?:called|named|known\s+as|the|an?|usually|mainly))*[\s_.…:-]*$"
)
_ENDS_IN_ARTICLE = re.compile(r"\b(?:the|an?)[\s_.…:-]*$")
_LAST_TEXT = "is was are were has have called named as the a an usually mainly"
_LAST = tuple(_LAST_TEXT.split())
_SINGULAR_VERBS = frozenset({"is", "was", "has"})
_ONE = frozenset({"a", "an", "one", "each", "every"})
_MANY_TEXT = "two three four five six seven eight nine ten several many few both these those"
_MANY = frozenset(_MANY_TEXT.split())
_SAME_IN_PLURAL = re.compile(
    r"(?:ss|us|is|ics|(?:ser|spec|rab|scab|car)ies|ness|as|os|ws|betes|phys|s's|lens|means)$"
)
_PLURALS_TEXT = (
    "children men women people feet teeth mice geese oxen bacteria criteria phenomena nuclei alveoli bronchi"
    " fungi stimuli bacilli cocci vertebrae larvae algae antennae mitochondria ova spectra diagnoses analyses"
)
_PLURALS = frozenset(_PLURALS_TEXT.split())
_IN_AS = re.compile(r"(?:(?<!pancr)e|(?<!th)om|lt|ul|er)as$")  # areas, not the atlas
_GERUND = re.compile(r"\w{2,}ing")
_LONGEST = 3
_OF = re.compile(
    r"(?<!\s)(?:\s++(?:of|in|on|with|from|for|that|which|who|by|to|at|and|or)\b.*|\s*+[(,;:].*)", re.DOTALL
)


@rule(Severity.INFO, screen=stem_ends(_LAST, "_.…:-"))
def number_cue(item: MultipleChoice, bank: BankRecord) -> Iterator[Finding]:
    """The verb of the stem is singular or plural, and only some of the options agree with it.

    "… are:" strikes out "a bone" and "… is:" strikes out "two bones" without knowledge. It looks at stems
    that end in the verb and are left open (a full stop ends a sentence of its own), and speaks of English
    banks.

    Word the stem so that every option agrees, or write options of one number.

    Source: NBME item-writing guide (grammatical cues); SAQUET.
    """
    found = _ENDS.search(item.stem[-40:])
    key, distractors = key_and_distractors(item)
    if found is None or not completes(item.stem) or not distractors or not bank.language.startswith("en"):
        return
    singular = found[1] in _SINGULAR_VERBS
    after_article = _ENDS_IN_ARTICLE.search(found[0]) is not None
    numbers = {id: _is_plural(text, after_article) for id, text in item.options.items()}
    misfits = [id for id in distractors if numbers[id] is singular]
    if misfits and numbers[key] is not None and numbers[key] is not singular:
        yield Finding(
            item.at("stem"),
            f"{found[1]!r} of the stem does not agree with option {', '.join(misfits)}, but with the key",
            hint="Word the stem so that every option agrees.",
        )


def _is_plural(text: str, after_article: bool) -> bool | None:
    """Whether an option is plural, perhaps behind the stem's article; None when it does not tell."""
    first = words(text)[:1]
    if not first:
        return None
    if first[0] in _ONE:
        return False
    if first[0] in _MANY:
        return True
    if _GERUND.fullmatch(first[0]):
        return None  # building a mountain, living with others: what stands last tells nothing
    head = words(_OF.sub("", text))
    if not head or head[-1].isdigit() or " and " in text:
        return None
    if head[-1] in _PLURALS or _IN_AS.search(head[-1]):
        return True
    if head[-1].endswith("s") and not _SAME_IN_PLURAL.search(head[-1]) and len(head) <= _LONGEST:
        return None if is_title(text) else True
    return (
        False if first[0] == "the" or after_article else None
    )  # no article: a mass, a quality, what one does
