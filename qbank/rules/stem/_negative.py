"""When a lead-in asks for the exception: not, except, least, false."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from qbank.rules._patterns import compiled
from qbank.rules.stem._lead_in import LONGEST, is_marked, lead_in, plain_question
from qbank.screening import Field, Screen, mentions, whole

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_QUICK = (
    *("not", "n't", "n’t", "except", "least", "false"),
    *("incorrect", "untrue", "wrong", "inaccurate", "unlikely"),
)
_MAY_NEGATE = mentions(*whole(["not", "cannot"]), *_QUICK[1:], fields=Field.STEM, tail=LONGEST)
_HELP = r"(?:is|are|was|were|does|do|did|can|could|should|would|will|has|have|had|must|may|might)"
_BE = rf"(?:is|are|was|were|{_HELP}\s+be)"
_INVERT = r"(?:does|do|did|can|could|should|would|will|must|may|might)"
_ADVERB = (
    r"(?:\s+(?:most|least|likely|probably|usually|normally|typically|generally|also|therefore|definitely))*"
)
_NOT = r"(?:\s+not\b|n[’']t\b)"
_CANNOT = r"(?:cannot|can[’']t|won[’']t)\b"
# words that open a clause of its own: a negation in there is not what the lead-in asks
_CLAUSE = (
    r"(?:why|that|who|whom|whose|which|what|because|if|when|how|where|as|than|whether|but|unless|although"
    rf"|and\s+{_HELP}|explains?|describes?|causes?|indicates?|suggests?|means?|shows?)"
)
_NOUNS = rf"(?:\s+(?!{_CLAUSE}\b|{_HELP}(?:n[’']t)?\b|{_CANNOT})[^\s?]+){{0,12}}?"
_OF = r"of\s+(?:the\s+(?:following|above|options)|these|those|them)"
# "which" that asks: it opens the sentence, or names what is asked about; not "a drug, which …"
_BEFORE = r"^(?:(?!\b(?:which|what|how|why|who)\b)[^?])*?"
_WHICH = (
    rf"(?:^\W*which\b|(?-i:\bWhich\b)|^\W*(?:of|from|among)\b[^?,]*,\s*which\b|\bwhich\s+(?:one\b|{_OF}\b)"
    rf"|{_BEFORE}\bwhich(?=\s+\w[^?]*\?)(?!\s+(?:{_HELP}(?:n[’']t)?\b|{_CANNOT})))"
)
_SUBJECT = rf"(?:{_WHICH}(?:\s+one)?(?:\s+{_OF})?{_NOUNS}|^\W*one\s+{_OF}{_NOUNS}|^\W*what)"
_DENIES = ("not", "n't", "n’t")
_JUDGES = ("false", "incorrect", "untrue", "wrong", "inaccurate", "unlikely", "exception")
# each pattern behind the words without one of which it cannot match
_PATTERNS = (
    # Which of the following is not …?  Which drug should not …?  Which cannot …?
    (
        _DENIES,
        rf"{_SUBJECT}\s+(?:{_HELP}{_ADVERB}{_NOT}|{_HELP}n[’']t\b|{_CANNOT})(?!\s+only)",
    ),
    # Which test should the nurse not order?
    (
        _DENIES,
        rf"{_SUBJECT}\s+(?:{_INVERT}|is|are|was|were)\s+(?:the|a|an|this|that|you|he|she|they|we|it)"
        rf"(?:\s+(?!{_CLAUSE}\b)\w+){{0,2}}?{_ADVERB}\s+not\b(?!\s+only)",
    ),
    # … are true except:   … except which one?   All of the following, except …, are
    (
        ("except",),
        r"\bexcept(?:ing|ion)?\b(?:\s+(?:for|in|to|that|with))?(?:\s+(?:which|one|the\s+following|what|this))*\W*$",
    ),
    (("except",), r"\b(?-i:EXCEPT)\b"),
    (
        ("except",),
        r"\b(?:all|each|any)\s+(?:of\s+)?(?:the\s+following|these|those)\b.*\bexcept\b",
    ),
    # Which … is least likely?
    (
        ("least",),
        r"(?<!\bat )\bleast\s+"
        r"(?:likely|appropriate|probable|accurate|correct|true|consistent|suitable|relevant)\b",
    ),
    (("least",), r"(?<!\bat )\b(?-i:LEAST)\b"),
    # Which statement is false?  Which is the incorrect one?  Mark the false statement.
    (
        _JUDGES,
        rf"(?!^\W*what){_SUBJECT}\s+{_BE}(?:\s+(?:the|an))?\s+"
        r"(?:false(?!\s+(?:positive|negative))|incorrect|untrue|wrong|inaccurate|unlikely|exception)\b",
    ),
    (
        _JUDGES,
        r"^\W*(?:select|choose|pick|mark|check|tick|find|identify|name)\s+the\s+(?:false|incorrect|untrue|wrong)\b",
    ),
    # Mercury is not:   Benefits do not include
    (
        _DENIES,
        rf"\b(?:{_HELP}\s+not|{_HELP}n[’']t|{_CANNOT})"
        r"(?:\s+(?:be|a|an|the|include|includes|cover|contain|require|involve|true|caused\s+by|one\s+of|considered"
        r"|used\s+(?:for|to|in)|part\s+of|due\s+to|associated\s+with))*\s*[:_.…—-]*$",
    ),
)
_NEGATIVE = [(words, compiled(pattern, re.IGNORECASE)) for words, pattern in _PATTERNS]
_SAYS_NOT = compiled(r"\b(?:can)?not\b|n['’]t")


@functools.lru_cache(maxsize=2048)
def negative(stem: str) -> str:
    """The words of the lead-in that ask for the exception; "" when it asks for what is so."""
    asked = lead_in(stem)
    folded = asked.lower()
    said = list(filter(folded.__contains__, _QUICK))
    if not said or (said == ["not"] and not _SAYS_NOT.search(folded)):
        return ""
    fitting = (pattern for words, pattern in _NEGATIVE if any(map(folded.__contains__, words)))
    found = next(filter(None, (pattern.search(asked) for pattern in fitting)), None)
    return "" if found is None else found[0]


def _negated(batch: Batch) -> Iterable[int]:
    may = dict.fromkeys(batch.broken, 0) | dict(
        sorted(batch.places_in_stems(_MAY_NEGATE))
    )  # the last of each
    return [number for number in sorted(may) if _asks_there(batch.stems[number], may[number])]


def _asks_there(stem: str, place: int) -> bool:
    """Whether the lead-in is negative; nothing that may make it so stands behind a place."""
    return (is_marked(stem) or not plain_question(stem, place)) and bool(negative(stem))


NEGATES = Screen(lambda batch: batch.once(_negated), (_MAY_NEGATE,))
"""The screen of the rules about negative lead-ins."""
