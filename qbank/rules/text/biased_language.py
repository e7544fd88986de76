"""Rule biased-language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.text import Text
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.screening import mentions


class _Term(NamedTuple):
    """Literals without one of which the pattern cannot match, the pattern, why, and what to write."""

    literals: tuple[str, ...]
    pattern: re.Pattern[str]
    reason: str
    better: str


_GENDER = "it names a job or a group by one sex"
_PERSON = "it names people by a condition; put the person first"
_DATED = "it is dated and offends"
_AGE = "it makes one group of all who are old"
_BLAME = "it puts blame on the patient"


# "a diabetic who …" names a person by the disease; "a diabetic foot" does not
_NOUN = r"(?=[.,;:?!]|\s+(?:who|is|are|was|were|with|has|have)\b)"


def _term(literals: str, pattern: str, reason: str, better: str) -> _Term:
    return _Term(tuple(literals.split("|")), compiled(rf"\b(?:{pattern})\b", re.IGNORECASE), reason, better)


TERMS = (
    _term("mankind", "mankind", _GENDER, "humanity, people"),
    _term("manpower", "manpower", _GENDER, "staff, workforce"),
    _term("man-made", "man-made", _GENDER, "artificial, synthetic"),
    _term("man-hour", "man-hours?", _GENDER, "hours of work"),
    _term("chairm", "chairm[ae]n", _GENDER, "chair"),
    _term("salesmen", "salesmen", _GENDER, "sales representative"),
    _term("firem", "firem[ae]n", _GENDER, "firefighter"),
    _term("policem", "policem[ae]n", _GENDER, "police officer"),
    _term("mailm", "mailm[ae]n", _GENDER, "mail carrier"),
    _term("businessmen", "businessmen", _GENDER, "business people"),
    _term("stewardess", "stewardess(?:es)?", _GENDER, "flight attendant"),
    _term("housewi", "housewi(?:fe|ves)", _GENDER, "homemaker, or the fact that matters"),
    _term("male nurse", "male nurses?", _GENDER, "nurse"),
    _term("lady nurse", "lady nurses?", _GENDER, "nurse"),
    _term("lady doctor", "lady doctors?", _GENDER, "doctor"),
    _term("female doctor", "female doctors?", _GENDER, "doctor"),
    _term("woman doctor", "woman doctors?", _GENDER, "doctor"),
    _term("handicapped", "(?:the\\s+)?handicapped", _PERSON, "people with a disability"),
    _term("crippled", "crippled", _DATED, "with a disability"),
    _term(
        "wheelchair-bound|wheelchair bound|to a wheelchair",
        "wheelchair[- ]bound|(?:confined|bound) to a wheelchair",
        _PERSON,
        "uses a wheelchair",
    ),
    _term("bedridden", "bedridden", _PERSON, "stays in bed because of …"),
    _term("retard", "mentally retarded|mental retardation|retardates?", _DATED, "intellectual disability"),
    _term("schizophrenic", rf"(?:an?|the|\w+) schizophrenics?{_NOUN}", _PERSON, "person with schizophrenia"),
    _term(
        "a epileptic|n epileptic|e epileptic",
        rf"(?:an?|the) epileptics?{_NOUN}",
        _PERSON,
        "person with epilepsy",
    ),
    _term(
        "a diabetic|n diabetic|e diabetic|diabetics",
        rf"(?:an?|the|known) diabetics?{_NOUN}|diabetics",
        _PERSON,
        "person with diabetes",
    ),
    _term(
        "a alcoholic|n alcoholic|e alcoholic|c alcoholic|alcoholics",
        rf"(?:an?|the|known|chronic) alcoholics?{_NOUN}|alcoholics(?!\s+anonymous)",
        _PERSON,
        "person with alcohol use disorder",
    ),
    _term(
        "g addict|n addict|a addict",
        "(?:drug |heroin |an? )addicts?",
        _PERSON,
        "person with a substance use disorder",
    ),
    _term(
        "g abuser|l abuser|e abuser|n abuser",
        "(?:drug|alcohol|substance|heroin|iv drug) abusers?",
        _PERSON,
        "person who uses drugs",
    ),
    _term("asthmatics|an asthmatic", rf"asthmatics|an asthmatic{_NOUN}", _PERSON, "person with asthma"),
    _term("sickler", "sicklers?", _PERSON, "person with sickle cell disease"),
    _term("suicide", "commit(?:s|ted|ting)? suicide", _DATED, "died by suicide"),
    _term("noncomplian|non-complian", "non-?complian(?:t|ce)", _BLAME, "does not take …, with the reason"),
    _term("prostitut", "prostitutes?", _DATED, "sex worker"),
    _term(
        "the elderly|an elderly",
        r"the elderly(?! \w+)|an elderly (?:man|woman|person|patient|lady)",
        _AGE,
        "older adults, or the age",
    ),
    _term(
        "oriental",
        "orientals|oriental (?:people|m[ae]n|wom[ae]n|patients?|descent|origin|race)",
        _DATED,
        "East Asian, or the country",
    ),
    _term("eskimo", "eskimos?", _DATED, "Inuit, Yupik"),
    _term("gyps", "gyps(?:y|ies)(?! moth)", _DATED, "Roma"),
    _term("negro", "negro(?:es|id)?", _DATED, "Black"),
    _term("caucasoid", "caucasoids?", _DATED, "the origin, if it matters"),
    _term("mongoloid", "mongoloids?", _DATED, "the origin, or Down syndrome"),
    _term("mongolism", "mongolism", _DATED, "Down syndrome"),
    _term("the disabled", r"the disabled(?! \w+)", _PERSON, "people with a disability"),
    _term("the mentally ill", r"the mentally ill(?! \w+)", _PERSON, "people with a mental illness"),
    _term(
        "insane",
        r"the insane(?! \w+)|insane (?:m[ae]n|wom[ae]n|person|people|patients?)",
        _DATED,
        "the diagnosis",
    ),
    _term("junkie", "junkies?", _DATED, "person who uses drugs"),
    _term("deaf-|deaf mute|deaf and", "deaf[- ]mutes?|deaf[- ]and[- ]dumb", _DATED, "deaf person who signs"),
    _term("midget", "midgets?", _DATED, "person of short stature"),
    _term("crack bab", "crack bab(?:y|ies)", _DATED, "infant exposed to cocaine before birth"),
    _term("afflicted", "afflicted (?:with|by)", _PERSON, "has …"),
    _term(
        "victim of|victims of|e victim|s victim|o victim|r victim",
        "victims? of (?:an? )?(?:stroke|aids|polio|cancer|heart attack)"
        "|(?:stroke|aids|polio|cancer) victims?",
        _PERSON,
        "person who had …",
    ),
    _term("third world", "third world", _DATED, "low- and middle-income countries"),
    _term("illegal ", "illegal (?:aliens?|immigrants?)", _DATED, "undocumented immigrant"),
    _term(
        "hermaphrodit",
        "hermaphroditism in (?:humans?|people)|(?:true|pseudo)[- ]?hermaphrodit\\w*",
        _DATED,
        "difference of sex development",
    ),
    _term("transsexual", "transsexuals?", _DATED, "transgender person"),
    _term(
        "homosexual", "homosexuals|homosexual (?:wo)?m[ae]n|homosexual (?:fe)?males?", _DATED, "gay, lesbian"
    ),
    _term("whitelist", "whitelist(?:s|ed|ing)?", "it takes white for good", "allow list"),
    _term("blacklist", "blacklist(?:s|ed|ing)?", "it takes black for bad", "deny list"),
)

LITERALS = tuple(literal for term in TERMS for literal in term.literals)


@rule(Severity.INFO, screen=mentions(*LITERALS))
def biased_language(passage: Text, bank: BankRecord) -> Iterator[Finding]:
    """A word or phrase that stereotypes, offends or blames, with the reason and better words.

    Candidates whom it concerns are distracted and put off, and exam boards ask for its absence. Each
    phrase is reported once a text. Quotations, titles and names of laws may need it: suppress it there
    with the reason. It speaks of English banks.

    Write the better words, or leave out what does not matter for the answer.

    Source: AERA, APA & NCME (2014), standard 3.2; AMA Manual of Style, inclusive language; NBME guide.
    """
    text = passage.text
    if not bank.language.startswith("en"):
        return
    lower = text.lower()
    if not lower.isascii():  # as `re.IGNORECASE` folds
        lower = lower.replace("ı", "i").replace("ſ", "s")
    here = set(filter(lower.__contains__, LITERALS))
    for term in TERMS if here else ():
        found = None if here.isdisjoint(term.literals) else term.pattern.search(text)
        if found:
            yield Finding(
                passage.within(found.start()),
                f"{found[0]!r}: {term.reason}",
                hint=f"Write: {term.better}.",
            )
