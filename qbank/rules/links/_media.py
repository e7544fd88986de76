"""Files that a bank shows: the media of its stimuli, and the images in its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from qbank.diagnostics import Where
from qbank.model.bank import Bank

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_DRIVE = re.compile(r"[A-Za-z]:/")
_SOURCE = re.compile(r'<img\b[^<>]*?\bsrc="([^"]*)"')


class Shown(NamedTuple):
    """A file that is shown: where that is said, and its path as written."""

    where: Where
    file: str
    sha256: str


def media(bank: Bank) -> Iterator[Shown]:
    """The media of all stimuli, in order."""
    for stimulus in bank.stimuli:
        for number, one in enumerate(stimulus.media):
            yield Shown(stimulus.at("media", number, "file"), one.file, one.sha256)


def images(bank: Bank) -> Iterator[Shown]:
    """The images in the texts of items and stimuli, in order, with plain paths."""
    for item in bank.items:
        for pointer, text in item.texts():
            if "](" in text or "<" in text:
                yield from _images(item.at(*pointer), text)
    for stimulus in bank.stimuli:
        yield from _images(stimulus.at("text"), stimulus.text)


def outside(file: str) -> str:
    """Why a path leads out of the bank, as it is written; "" when it does not."""
    path = file.replace("\\", "/")
    if (path.startswith("/") and not path.startswith("//")) or _DRIVE.match(path):
        return "is an absolute path"
    if _ADDRESS.match(path):
        return "is an address, not a file of the bank"
    return "leads out of the bank" if ".." in path.split("/") else ""


def _images(where: Where, text: str) -> Iterator[Shown]:
    if "](" not in text and "<img" not in text.lower():
        return
    from html import unescape

    from qbank.markup import to_xhtml

    for source in _SOURCE.findall(to_xhtml(text)):
        yield Shown(where, unquote(unescape(source)), "")
