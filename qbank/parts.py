"""Bytes kept by name, each in a file of its own: read when asked for, checked when read, written when new."""

from __future__ import annotations

import contextlib
import hashlib
import os
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

_SUM = 4


class Parts:
    """What is kept beside a file, by name; a part that is not what was written is not there.

    Each part stands for itself: after a run that was stopped, one may be newer than another.
    """

    def __init__(self, beside: Path) -> None:
        self._beside = beside

    def get(self, name: str) -> bytes | memoryview | None:
        """What was kept under a name, None when there is nothing."""
        return read_whole(self._file(name))

    def write(self, made: Mapping[str, Callable[[], bytes]]) -> None:
        """Write what is new; other parts stay as they are. Raises OSError."""
        for name, make in made.items():
            data = make()
            if not self._is_there(name, data):
                write_whole(self._file(name), data)

    def _is_there(self, name: str, data: bytes) -> bool:
        """Whether a part is what is to be written; only one of its length is read."""
        with contextlib.suppress(OSError):
            same_size = self._file(name).stat().st_size == len(data) + _SUM
            return same_size and self.get(name) == memoryview(data)
        return False

    def _file(self, name: str) -> Path:
        short = hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
        return self._beside.with_suffix(f".{short}.part")


def delete_parts(beside: Path) -> None:
    """Delete all that is kept beside a file. Raises OSError."""
    for old in beside.parent.glob(f"{beside.stem}.*.part"):
        old.unlink(missing_ok=True)


def read_whole(path: Path) -> bytes | memoryview | None:
    """What `write_whole` wrote, None when it is damaged or not there."""
    try:
        data = memoryview(path.read_bytes())
    except OSError:
        return None
    kept = data[:-_SUM]
    return kept if len(data) >= _SUM and data[-_SUM:] == _checksum(kept) else None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file with its checksum, whole or not at all. Raises OSError."""
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.writelines((data, _checksum(data)))
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _checksum(data: bytes | memoryview) -> bytes:
    """A sum that shows damage; what lies beside a bank is as safe as the bank itself."""
    return zlib.crc32(data).to_bytes(_SUM, "big")
