"""Characters and addresses: what XML forbids, and which addresses stay in the bank."""

from __future__ import annotations

import re
from urllib.parse import unquote

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_IGNORED = re.compile(r"[\x00-\x20]")

_MARKUP = r"*_`<>&\[\]$#|~\\!"
_PLAIN = re.compile(rf"(?![0-9]{{1,9}}[.)](?: |$))(?!_)[\w(\"'](?:[^{_MARKUP}]*[^{_MARKUP} ])?")
"""A letter, digit, bracket or quotation mark first (no block of Markdown starts so, but for the number of a
list), then nothing that Markdown, HTML or a formula could begin with, and no blank at the end."""

KNOWN_SCHEMES = frozenset({"http", "https", "mailto"})


def plain(text: str) -> bool:
    """Whether a text is sure to hold no markup: one line that is shown exactly as it is written.

    Nearly every text of a bank is. A text of which this is False may still be plain.
    """
    return _PLAIN.fullmatch(text) is not None and text.isprintable()


def legal(text: str) -> str:
    """The text with every character that XML 1.0 forbids replaced by U+FFFD; its length stays."""
    if text.isprintable():  # printable characters are none of them, and this is known much sooner
        return text
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


def scheme(address: str) -> str:
    """The scheme of an address as a browser sees it (white space ignored), lower case, or ""."""
    found = _SCHEME.match(_IGNORED.sub("", address))
    return found[1].lower() if found else ""


def relative(address: str) -> bool:
    """Whether an address is a path that stays below the bank's folder."""
    path = unquote(address).replace("\\", "/")
    return (
        bool(path)
        and not scheme(path)
        and not _IGNORED.match(path)
        and not path.startswith("/")
        and not any(mark in path for mark in "?#\0")
        and ".." not in path.split("/")
    )
