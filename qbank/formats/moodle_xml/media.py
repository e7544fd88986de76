"""Files of a bank inside Moodle XML: which are carried, and under which names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from qbank.formats.media import bank_path, kind, leads_out
from qbank.formats.moodle_text import PLUGIN_FILE
from qbank.markup.characters import relative

MOST_BYTES = 7 * 2**20
"""The largest file that is embedded: readers of XML refuse longer texts."""

_UNFIT = re.compile(r"[\x00-\x1f\x7f<>\"`|:*?\\&']")


def problem(root: str, address: str) -> str:
    """Why a file cannot be embedded, "" when it can."""
    path = bank_path(address)
    if not relative(address):
        return "leaves the bank's folder"
    if _UNFIT.search(path):
        return "has a name that Moodle takes for no file"
    if not (Path(root) / path).is_file():
        return "is not there"
    if leads_out(root, address):
        return "leaves the bank's folder by a link"
    if (Path(root) / path).stat().st_size > MOST_BYTES:
        return f"is larger than {MOST_BYTES >> 20} MiB"
    return "" if kind(path) else "is of a kind that is not shown"


def in_moodle(address: str) -> str:
    """The address of an embedded file, for an address of the bank."""
    return f"{PLUGIN_FILE}/{quote(bank_path(address), safe='/-_.~')}"


def contents(root: str, addresses: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
    """Name, folder (from / to /) and content of the files at some addresses, each once."""
    for path in dict.fromkeys(bank_path(address) for address in addresses):
        parent = PurePosixPath(path).parent.as_posix()
        folder = "/" if parent == "." else f"/{parent}/"
        yield PurePosixPath(path).name, folder, (Path(root) / path).read_bytes()


def place(folder: str, name: str) -> str:
    """The path in a bank of an embedded file, "" for one that no bank shows or that leaves the bank."""
    path = f"{folder}/{name}".replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts or not parts or _UNFIT.search(path) or not kind(parts[-1]):
        return ""
    return "/".join(parts if len(parts) > 1 else ["media", *parts])
