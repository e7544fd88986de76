"""Files of a bank that texts and stimuli show: their paths, media types, and the elements that show them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import unquote

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

_ELEMENTS = {"image": "img", "audio": "audio", "video": "video"}


def bank_path(address: str) -> str:
    """The path of a file relative to the bank: an address without its escapes, with /."""
    parts = unquote(address).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))


def leads_out(root: str, address: str) -> bool:
    """Whether a file at an address below a bank's folder lies elsewhere, by a link. Raises OSError."""
    return not (Path(root) / bank_path(address)).resolve().is_relative_to(Path(root).resolve())


def extension(path: str) -> str:
    """The extension of a file in small letters, with its point."""
    return PurePosixPath(path).suffix.lower()


def media_type(path: str) -> str:
    """The media type of a file by its extension, "" for one that cannot be shown."""
    return MEDIA_TYPES.get(extension(path), "")


def kind(path: str) -> str:
    """The element that shows a file: img, audio or video; "" where there is none."""
    return _ELEMENTS.get(media_type(path).partition("/")[0], "")
