"""Files that a bank shows: the media of its stimuli, and the images in its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from qbank.diagnostics import Where
from qbank.model.bank import Bank
from qbank.model.stimulus import Stimulus
from qbank.model.text import Text

LINK = "is a link, or behind one"
"""How it is said of a file that is; the file is before it."""
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
    return (one for stimulus in bank.stimuli for one in _media(stimulus))


def shown(passage: Text) -> Iterator[Shown]:
    """The files that one text shows: images, with plain paths; beside its words in place of it, a medium."""
    owner, (field, *rest) = passage.owner, passage.pointer
    if not isinstance(owner, Stimulus) or field == "text":
        yield from _images(passage.where, passage.text)
    elif field == "media":
        yield [*_media(owner)][int(rest[0])]


def outside(file: str) -> str:
    """Why a path leads out of the bank, as it is written; "" when it does not."""
    path = file.replace("\\", "/")
    if (path.startswith("/") and not path.startswith("//")) or _DRIVE.match(path):
        return "is an absolute path"
    if _ADDRESS.match(path):
        return "is an address, not a file of the bank"
    return "leads out of the bank" if ".." in path.split("/") else ""


def _media(stimulus: Stimulus) -> Iterator[Shown]:
    for number, one in enumerate(stimulus.media):
        yield Shown(stimulus.at("media", number, "file"), one.file, one.sha256)


def _images(where: Where, text: str) -> Iterator[Shown]:
    if "](" not in text and "<img" not in text.lower():
        return
    from html import unescape

    from qbank.markup import to_xhtml

    for source in _SOURCE.findall(to_xhtml(text)):
        yield Shown(where, unquote(unescape(source)), "")
