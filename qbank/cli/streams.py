"""Data on standard output, messages on standard error, colour only where it is wanted."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import click

_STYLES: dict[str, dict[str, str | bool]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "info": {"fg": "blue", "bold": True},
    "good": {"fg": "green"},
    "place": {"bold": True},
    "rule": {"fg": "cyan"},
    "hint": {"fg": "cyan"},
    "gutter": {"fg": "blue"},
}


class CannotWrite(Exception):
    """An output that cannot be written; the message names it."""


def coloured(stream: TextIO | None) -> bool:
    """Whether a stream takes colour: FORCE_COLOR, then NO_COLOR and TERM=dumb, then a terminal."""
    if stream is None:
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def style(text: str, role: str) -> str:
    """A text in the colour of its role."""
    return click.style(text, **_STYLES[role]) if role in _STYLES else text  # type: ignore[arg-type]


def emit(text: str, output: str = "-") -> None:
    """Data: to standard output, or whole or not at all to a file. A reader that has gone is no error."""
    if output != "-":
        _to_file(text, Path(output))
        return
    if sys.stdout is None:  # closed by who started us: nobody reads
        return
    try:
        if sys.stdout.isatty():
            click.echo(text, nl=False, color=coloured(sys.stdout))
        else:
            click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
    except BrokenPipeError:
        nobody_reads()
    except OSError as error:
        raise cannot_write(error) from None


def cannot_write(error: OSError) -> CannotWrite:
    """What is said when standard output takes no more."""
    return CannotWrite(f"standard output: {(error.strerror or str(error)).lower()}")


def nobody_reads(stream: TextIO | None = None) -> None:
    """Send the rest of a stream (standard output) nowhere: its reader has gone, and that is no error."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, (stream or sys.stdout).fileno())
    os.close(null)


def settle() -> None:
    """Leave nothing in the streams that cannot be written; what that means was said, where it could be."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                nobody_reads(stream)


def escape_what_a_stream_cannot_show() -> None:
    """A terminal that cannot show a character shows its escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def say(text: str, *, quiet: bool = False) -> None:
    """A message for the person at the keyboard, on standard error; lost where that takes nothing."""
    if not quiet:
        with suppress(OSError):
            click.echo(text, err=True, color=coloured(sys.stderr))


def _to_file(text: str, path: Path) -> None:
    from qbank.formats.files import write_atomic

    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a device or a pipe is written to; renamed over, it would be gone
        else:
            write_atomic(path, data)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None
