"""Media of a package: paths of the bank → members of the archive, and addresses → hrefs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from qbank.formats.media import bank_path, kind, leads_out
from qbank.markup import images
from qbank.markup.characters import relative
from qbank.model.stimulus import Stimulus


def member(path: str) -> str:
    """The name of a bank file inside the package."""
    return f"media/{path}"


def href(name: str) -> str:
    """The address of a member of the archive, as written in XML at the package's root."""
    return quote(name, safe="/-_.~")


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
    if leads_out(root, address):
        return "leaves the bank's folder by a link"
    return "" if kind(bank_path(address)) else "is of a kind that cannot be shown"


def content(root: str, path: str) -> bytes:
    """What a file of the bank holds. Raises OSError."""
    return (Path(root) / path).read_bytes()
