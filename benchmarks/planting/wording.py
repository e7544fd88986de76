"""Small tools on English text that planters share: sentences, lead-ins, words in running text."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

_SENTENCE = re.compile(r"(?<=[.?!])[\"”')]*\s+(?=[A-Z\"“*(])")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z' -]*[A-Za-z]")
_SWEEPING = re.compile(r"\b(?:all|none|both|neither|above|these|true|false|yes|no)\b", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part for part in _SENTENCE.split(text) if part.strip()]


def body_and_question(stem: str) -> tuple[str, str]:
    """What comes before the last sentence, and the last sentence."""
    parts = sentences(stem)
    last = parts[-1]
    return stem[: stem.rindex(last)].rstrip(), last


def asks(sentence: str) -> bool:
    """Whether a sentence ends as a question."""
    return sentence.rstrip("\"”') ").endswith("?")


def joined(*parts: str) -> str:
    """Parts as one text, without the empty ones."""
    return " ".join(part for part in parts if part)


def lower_first(text: str) -> str:
    """A text as it stands inside a sentence: its first letter small, unless it is a name or code."""
    first = re.match(r"[A-Za-z]+", text)
    ordinary = first is not None and first[0][1:].islower() and len(first[0]) > 1
    return text[0].lower() + text[1:] if ordinary else text


def upper_first(text: str) -> str:
    """A text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def is_phrase(text: str, most: int = 12) -> bool:
    """Whether a text is words only, and no sweeping answer such as "all of these"."""
    return bool(_PLAIN.fullmatch(text)) and len(text.split()) <= most and not _SWEEPING.search(text)


def are_phrases(texts: Iterable[str], most: int = 12) -> bool:
    """Whether all texts are phrases."""
    return all(is_phrase(text, most) for text in texts)


def word_places(text: str, least: int = 1) -> list[re.Match[str]]:
    """The words of a text with at least so many letters, outside of mark-up."""
    return [
        found
        for found in re.finditer(r"(?<![\w<$\\/&*_-])[A-Za-z]+(?![\w>*_-])", text)
        if len(found[0]) >= least
    ]


def inserted(text: str, what: str, draw: random.Random) -> str | None:
    """A text with something more before one of its words."""
    places = word_places(text)
    if not places:
        return None
    at = draw.choice(places).start()
    return f"{text[:at]}{what} {text[at:]}"


def squashed(text: str) -> str:
    """A text for comparing: small letters, words and numbers only."""
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


def quotes(text: str, other: str) -> bool:
    """Whether a text holds another one, word for word."""
    return f" {squashed(other)} " in f" {squashed(text)} "
