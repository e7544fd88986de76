"""Keys of tables of other people: letters, numbers from 1, or the texts of options."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Kind = Literal["letters", "numbers", "texts"]
KINDS: tuple[Kind, ...] = ("letters", "numbers", "texts")
_SEPARATORS = re.compile(r"\s*(?:[,;|/&+\n]|\band\b)\s*", re.IGNORECASE)
_LETTER = re.compile(r"(?:option|choice|answer)?\s*\(?([A-Za-z])[).:]?", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Z]{2,10}")
_NUMBER = re.compile(r"(?:option|choice|answer)?\s*\(?#?([0-9]{1,2})[).:]?", re.IGNORECASE)


def positions(kind: Kind, text: str, options: Sequence[str]) -> tuple[int, ...] | None:
    """The options, from 0, that a key of a kind names; None when it does not name options."""
    found = _by_text(text, options) if kind == "texts" else _by_name(kind, text)
    if not found or max(found) >= len(options) or min(found) < 0 or len(set(found)) != len(found):
        return None
    return tuple(found)


def _by_name(kind: Kind, text: str) -> list[int] | None:
    plain = text.strip()
    if kind == "letters" and len(plain) == 1 and plain.isascii() and plain.isalpha():
        return [ord(plain.upper()) - ord("A")]
    if kind == "letters" and _LETTERS.fullmatch(plain):
        return [ord(letter) - ord("A") for letter in plain]
    parts = [part for part in _SEPARATORS.split(plain) if part]
    pattern = _LETTER if kind == "letters" else _NUMBER
    found = [pattern.fullmatch(part) for part in parts]
    if not found or not all(found):
        return None
    names = [one[1] for one in found if one]
    return [ord(one.upper()) - ord("A") if kind == "letters" else int(one) - 1 for one in names]


def _by_text(text: str, options: Sequence[str]) -> list[int] | None:
    plain = [_plain(option) for option in options]
    if _plain(text) in plain:
        return [plain.index(_plain(text))] if plain.count(_plain(text)) == 1 else None
    for separator in ("\n", "|", ";", ","):
        parts = [_plain(part) for part in text.split(separator) if part.strip()]
        if len(parts) > 1 and all(plain.count(part) == 1 for part in parts):
            return [plain.index(part) for part in parts]
    return None


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")


def is_doubtful(kind: Kind, text: str, options: Sequence[str]) -> bool:
    """Whether a key that is read as one kind would name other options as another."""
    here = positions(kind, text, options)
    others = (positions(one, text, options) for one in KINDS if one != kind)
    return here is not None and any(one is not None and one != here for one in others)


def told(kind: Kind) -> str:
    """A kind in words."""
    return {"letters": "letters (A, B …)", "numbers": "numbers (1, 2 …)", "texts": "texts of options"}[kind]


def best(rows: Sequence[tuple[str, Sequence[str]]]) -> tuple[Kind, int]:
    """The kind of the keys of a table, by how many of its (key, options) it reads, and that number.

    Where several read as many, texts come before letters, and letters before numbers.
    """
    order: tuple[Kind, ...] = ("texts", "letters", "numbers")
    ranked = [
        (sum(positions(kind, text, options) is not None for text, options in rows), kind) for kind in order
    ]
    most = max(count for count, _ in ranked)
    return next(kind for count, kind in ranked if count == most), most
