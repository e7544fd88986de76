"""Media of a package: bank paths → members of the archive, and addresses → hrefs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from qbank.formats.qti_common.xml import QTI, fragment
from qbank.markup import to_xhtml
from qbank.markup.characters import relative
from qbank.model.stimulus import Stimulus

KINDS = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"), "img"),
    **dict.fromkeys((".mp3", ".ogg", ".oga", ".wav", ".m4a", ".aac", ".flac"), "audio"),
    **dict.fromkeys((".mp4", ".webm", ".ogv"), "video"),
}
"""File extension → the element that shows it."""


def images(text: str) -> tuple[str, ...]:
    """The addresses of the images in an item text, as written."""
    if ("<" not in text and "](" not in text) or "<img" not in (xhtml := to_xhtml(text)):
        return ()
    return tuple(str(image.get("src")) for image in fragment(xhtml).iter(f"{{{QTI}}}img"))


def bank_path(address: str) -> str:
    """The path of a file relative to the bank: an address without its escapes, with /."""
    parts = unquote(address).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))


def member(path: str) -> str:
    """The name of a bank file inside the package."""
    return f"media/{path}"


def href(name: str) -> str:
    """The address of a member of the archive, as written in XML at the package's root."""
    return quote(name, safe="/-_.~")


def kind(path: str) -> str:
    """The element that shows a file, "" when QTI has none."""
    return KINDS.get(Path(path).suffix.lower(), "")


def stimulus_files(stimulus: Stimulus) -> Iterator[str]:
    """The bank paths of a stimulus: its media first, then images of its text."""
    seen = dict.fromkeys(bank_path(media.file) for media in stimulus.media)
    yield from dict.fromkeys([*seen, *(bank_path(address) for address in images(stimulus.text))])


def addresses(texts: Iterable[str]) -> dict[str, str]:
    """Address of every image in some texts → its href from a file one folder below the root."""
    return {address: f"../{href(member(bank_path(address)))}" for text in texts for address in images(text)}


def problem(root: str, address: str) -> str:
    """Why a file cannot be carried, "" when it can: outside the bank, missing, or of no known kind."""
    if not relative(address):
        return "leaves the bank's folder"
    if not (Path(root) / bank_path(address)).is_file():
        return "is not there"
    return "" if kind(bank_path(address)) else "is of a kind that cannot be shown"


def content(root: str, path: str) -> bytes:
    """What a file of the bank holds. Raises OSError."""
    return (Path(root) / path).read_bytes()
