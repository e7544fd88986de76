"""Rule mixed-script-word."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.text import Text
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.screening import mentions

_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_CYRILLIC = "\u0400-\u052f"
# Greek letters that look like Latin ones; α, β, μ and the like are names and units: TNFα, 5 μg
_GREEK_TWINS = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳ"
_SMALL_TWINS = "νυ"
"""They count in long words only: hν is a formula."""
_OTHER = compiled(f"[{_CYRILLIC}\u0370-\u03ff]")
_LETTERS = (
    *(one.encode() for one in _GREEK_TWINS + _SMALL_TWINS),
    *(bytes([lead]) for lead in range(0xD0, 0xD5)),
)
"""Greek twins, and how Cyrillic letters begin, in UTF-8."""
_WORD = compiled(r"[^\W\d_]+")
_MIXED = compiled(
    f"(?=[^{_LATIN}]*[{_LATIN}])[{_LATIN}{_CYRILLIC}]*[{_CYRILLIC}][{_LATIN}{_CYRILLIC}]*"
    f"|(?=[^{_LATIN}]*[{_LATIN}]).*[{_GREEK_TWINS}].*"
    f"|(?=(?:[^{_LATIN}]*[{_LATIN}]){{3}}).*[{_SMALL_TWINS}].*"
)

_CODE = compiled(f"(?<!\\w)[АВЕЗІЈКМНОРСТУХ{_GREEK_TWINS}]\\d{{2,}}")
_OWN_SCRIPT = ("be", "bg", "el", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk")


@rule(Severity.WARNING, screen=mentions(*_LETTERS))
def mixed_script_word(passage: Text, bank: BankRecord) -> Iterator[Finding]:
    """A word mixes letters of two scripts that look alike, such as a Cyrillic а in a Latin word.

    Nobody sees it, but searches miss the word, equal options differ, and a code with such a letter is no
    code. Greek letters that look like none of Latin are let alone: μg, TNFα, β-blocker.

    Type the word again in one script.

    Source: Unicode TR 39, security mechanisms (mixed-script detection, confusables).
    """
    text = passage.text
    if text.isascii() or not _OTHER.search(text):
        return
    words = [one for one in _WORD.finditer(text) if not one[0].isascii() and _MIXED.fullmatch(one[0])]
    if not bank.language.startswith(_OWN_SCRIPT):
        words += _CODE.finditer(text)
    if words:
        more = f", and {len(words) - 1} more" if len(words) > 1 else ""
        yield Finding(
            passage.within(words[0].start()),
            f"the word {words[0][0]!r} mixes scripts ({_foreign(words[0][0])}){more}",
            hint="Type the words again in one script.",
        )


def _foreign(word: str) -> str:
    """The letters that are not Latin, by name and once each."""
    import unicodedata

    letters = dict.fromkeys(_OTHER.findall(word))
    return ", ".join(f"{one} is {unicodedata.name(one).lower()}" for one in letters)
