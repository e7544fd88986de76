"""Characters and addresses: what XML forbids, and which addresses stay in the bank."""

from __future__ import annotations

import re
from urllib.parse import unquote

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_IGNORED = re.compile(r"[\x00-\x20]")

KNOWN_SCHEMES = frozenset({"http", "https", "mailto"})


def legal(text: str) -> str:
    """The text with every character that XML 1.0 forbids replaced by U+FFFD; its length stays."""
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
