"""Files of a bank inside the page: data URIs, each file once."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

from qbank.formats.qti_common.media import bank_path

MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".wav": "audio/wav",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".ogv": "video/ogg",
}
"""File extension → media type; of its own, since what the system knows differs from machine to machine."""


def embedded(root: str, addresses: Iterable[str]) -> tuple[dict[str, int], list[str]]:
    """Address → place in the list of data URIs. An address is a path as texts and stimuli write it.

    Raises OSError when a file cannot be read; refusals saw before that it is there.
    """
    paths = {address: bank_path(address) for address in sorted(set(addresses))}
    files = sorted(set(paths.values()))
    places = {path: place for place, path in enumerate(files)}
    return {address: places[path] for address, path in paths.items()}, [
        data_uri(root, path) for path in files
    ]


def data_uri(root: str, path: str) -> str:
    """A file as an address that holds it. An SVG is only ever shown as an image, so it runs nothing."""
    content = b64encode((Path(root) / path).read_bytes()).decode("ascii")
    return f"data:{MEDIA_TYPES[Path(path).suffix.lower()]};base64,{content}"
