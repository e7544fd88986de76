"""Texts from a bank made fit for a terminal: nothing in them moves the cursor or turns the line round."""

from __future__ import annotations

import unicodedata

_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safe(text: str) -> str:
    """A text in which control, format and line-separating characters are written as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(safe_character(character) for character in text)


def file_name(file: str) -> str:
    """A file name as UTF-8 text: bytes of it that are no UTF-8 are written as escapes."""
    return file.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def safe_character(character: str) -> str:
    """A character as it may be shown; a tab is one blank wide."""
    if character == "\t":
        return " "
    if unicodedata.category(character) in _NOT_SHOWN:
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character


def width(text: str) -> int:
    """How many columns of a terminal a safe text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in ("W", "F") else 1
        for one in text
    )
