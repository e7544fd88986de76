"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

from qbank.formats.contract import Stream


def write_atomic(path: str | Path, content: bytes | Stream) -> None:
    """Write `content` to `path` so that no reader ever sees half of it.

    A temporary file in the same folder is written, flushed to disk and renamed; it is removed when
    anything fails. A link is followed; an existing file's permissions are kept. The folder must exist.
    Raises OSError when the path is a device, a pipe or a folder: those are not replaced.
    """
    target = Path(path).resolve()
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "not a plain file", str(target))
    temporary = target.with_name(f".qbank-{secrets.token_hex(6)}.tmp")
    try:
        _write(temporary, content)
        with contextlib.suppress(FileNotFoundError):
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename == str(temporary):
            error.filename = str(path)  # what was to be written, not how
        raise
    _sync_folder(target.parent)


def _write(path: Path, content: bytes | Stream) -> None:
    with path.open("xb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            content.pour(file)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    # the rename itself is only durable once the folder is; not every system can open one
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
