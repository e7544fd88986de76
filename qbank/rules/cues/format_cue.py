"""Rule format-cue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._options import is_title, key_and_distractors
from qbank.rules.options._plain import is_about_others
from qbank.screening import key_stands_out
from qbank.similarity.words import COMMON, FUNCTION

_ENOUGH = 3
_ABBREVIATED = re.compile(
    r"\b(?:[a-z]|etc|inc|ltd|co|corp|jr|sr|dr|no|vs|approx|al|st|mt|cal)\.$", re.IGNORECASE
)
_CITATION = re.compile(
    r"\[\d+(?:[,–-]\s*\d+)*\]"
    r"|\((?:[A-Z][\w’'-]+(?:\s+(?:et\s+al\.|&\s+\w+))?,?\s+)?(?:19|20)\d\d[a-z]?\)"
)
_MARKED = re.compile(r"\*\*[^*]+\*\*|__[^_]+__|<(?:b|strong|u|mark)\b", re.IGNORECASE)
_PLAIN_WORD = re.compile(r"(?!(?:von|van|de|da|di|la|le|el|al)\b)[a-z]{2,}(?![\w.])")
_CAPITAL_WORD = re.compile(r"([A-Z])([a-z]*)(?![\w.])")


def _ends_with_stop(text: str) -> bool | None:
    text = text.rstrip()
    if not text.endswith((".", "!")):
        return False
    if text.endswith("!") and (" " not in text or is_title(text)):
        return None  # a name: Jeopardy!
    return None if _ABBREVIATED.search(text) or text.endswith("..") else True


def _begins_small(text: str) -> bool | None:
    if _PLAIN_WORD.match(text):
        return True
    return False if text[:1].isupper() else None


def _begins_capital(text: str) -> bool | None:
    found = _CAPITAL_WORD.match(text)
    if found is None:
        return False if text[:1].islower() else None
    word = found[0].casefold()
    return True if word in COMMON or word in FUNCTION else None


_FEATURES: tuple[tuple[str, Callable[[str], bool | None]], ...] = (
    ("begins or ends with white space", lambda text: text != text.strip()),
    ("ends with a full stop", _ends_with_stop),
    ("begins with a small letter", _begins_small),
    ("begins with a capital letter", _begins_capital),
    ("has words in bold", lambda text: _MARKED.search(text) is not None),
    ("cites a source", lambda text: _CITATION.search(text) is not None),
)


@rule(Severity.INFO, screen=key_stands_out)
def format_cue(item: MultipleChoice) -> Iterator[Finding]:
    """The key alone looks different: a space, bold, a citation, a capital letter, a full stop.

    The key is what the writer typed or pasted with care, and it shows. It fires when the key alone has a
    feature, or alone lacks it. Abbreviations end with a full stop of their own, some names with an
    exclamation mark, and names have their capital letter.

    Write all options in one way.

    Source: exam practice: options that were pasted from different places.
    """
    if len(item.options) < _ENOUGH:
        return
    key, distractors = key_and_distractors(item)
    others = [item.options[id] for id in distractors]
    for what, has in _FEATURES if distractors else ():
        own = has(item.options[key])
        if own is None or (own is False and has is _begins_small):
            continue  # the key may be a name: begins with a capital letter looks closer
        if any(has(text) is not (not own) and not is_about_others(text) for text in others):
            continue
        if is_about_others(item.options[key]) or sum(not is_about_others(text) for text in others) < 2:
            return
        yield Finding(
            item.at("options", key),
            f"the key alone {what}" if own else f"every option but the key {what}",
            hint="Write all options in one way.",
        )
        return
