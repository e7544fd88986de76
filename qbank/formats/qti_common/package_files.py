"""The files of a package that documents show: found by their addresses, placed in the bank."""

from __future__ import annotations

import base64
import hashlib
import posixpath
from collections.abc import Mapping
from urllib.parse import unquote

from qbank.formats.contract import Unread
from qbank.formats.media import kind

_KINDS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "video/mp4": ".mp4",
}
_FOLDERS = ("media/", "web_resources/")
"""Folders of packages whose files stand in the bank without them."""


class Files:
    """The members of a package as documents name them; `media` is what has been placed in the bank."""

    def __init__(self, members: Mapping[str, bytes], unread: list[Unread]) -> None:
        self.members, self.unread = members, unread
        self.folded = {name.lower(): name for name in reversed(list(members))}
        self.media: dict[str, bytes] = {}
        self.base = ""

    def member(self, name: str) -> str | None:
        """The member that a path means; capitals do not count, as they do not on many systems."""
        plain = posixpath.normpath(name.replace("\\", "/")).lstrip("/")
        return plain if plain in self.members else self.folded.get(plain.lower())

    def find(self, document: str, address: str) -> str | None:
        """The member that an address in a document means."""
        if ":" in address:
            return None
        target = posixpath.normpath(posixpath.join(posixpath.dirname(document), unquote(address)))
        return None if target.startswith("..") else self.member(target)

    def has(self, document: str, address: str) -> bool:
        """Whether the package holds the file that a document points at."""
        return self.member(posixpath.join(posixpath.dirname(document), unquote(address))) is not None

    def place(self, document: str, address: str, note: str) -> str:
        """A file that a document shows, as a path of the bank; "" when it is not in the package."""
        if address.startswith("data:"):
            return self._inline(document, address)
        name = self.find(document, address)
        if name is None:
            self.unread.append(
                Unread(message=f"{note} {address[:120]} is not in the package", where=document)
            )
            return ""
        path = posixpath.relpath(name, self.base or ".")
        for folder in _FOLDERS:
            path = path.removeprefix(folder)
        if path.startswith(".."):
            path = posixpath.basename(name)
        if not kind(path):  # nothing but media: a package must not write a bank's own files
            message = f"{note} {address[:120]} is of a kind that no bank shows"
            self.unread.append(Unread(message=message, where=document))
            return ""
        self.media[path] = self.members[name]
        return path

    def _inline(self, document: str, address: str) -> str:
        """A file that is written out in an address, named by what it holds."""
        head, _, body = address.partition(",")
        extension = _KINDS.get(head.removeprefix("data:").removesuffix(";base64"))
        try:
            data = base64.b64decode(body, validate=True) if extension and head.endswith(";base64") else b""
        except ValueError:
            data = b""
        if not data:
            message = f"the file that is written out as {head[:60]} cannot be read"
            self.unread.append(Unread(message=message, where=document))
            return ""
        path = f"media/{hashlib.sha256(data).hexdigest()[:16]}{extension}"
        self.media[path] = data
        return path
