"""Running a command line: from arguments to an exit code, with every error turned into words."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

from qbank.cli.exits import Exit
from qbank.cli.streams import (
    CannotWrite,
    cannot_write,
    escape_what_a_stream_cannot_show,
    nobody_reads,
    say,
    settle,
)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of a stream that takes no more; files of ours are named in theirs."""


def run(arguments: Sequence[str]) -> int:
    """Run a command and give its exit code; nothing is raised."""
    code = _code(arguments)
    settle()
    return code


def _code(arguments: Sequence[str]) -> int:
    try:
        return _run(arguments)
    except click.exceptions.UsageError as error:
        _usage(error)
        return Exit.USAGE
    except click.ClickException as error:
        say(f"qbank: {error.format_message()}")
        return Exit.UNREADABLE
    except (KeyboardInterrupt, click.Abort):
        say("qbank: interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        nobody_reads()
        return Exit.DONE
    except OSError as error:
        full = error.filename is None and error.errno in _FULL
        return _told(cannot_write(error) if full else error)
    except Exception as error:
        return _told(error)


def _run(arguments: Sequence[str]) -> int:
    from qbank.cli.group import commands

    escape_what_a_stream_cannot_show()
    if "_QBANK_COMPLETE" in os.environ:
        commands.main(prog_name="qbank")
    try:
        with commands.make_context("qbank", list(arguments)) as context:
            result = commands.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    if sys.stdout is not None:
        sys.stdout.flush()
    return int(result) if isinstance(result, int) else Exit.DONE


def _usage(error: click.exceptions.UsageError) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        say(error.format_message())
        return
    if error.ctx is not None:
        say(error.ctx.get_usage())
        say(f"Try '{error.ctx.command_path} --help'.\n")
    say(f"qbank: {error.format_message()}")


def _told(error: Exception) -> int:
    """An exception in words: ours for what the user can mend, otherwise a bug of qbank."""
    from qbank.config import ConfigError
    from qbank.discovery import DiscoveryError
    from qbank.reading.files import PathError

    if isinstance(error, PathError | ConfigError | DiscoveryError | CannotWrite):
        say(f"qbank: {error}")
        return Exit.UNREADABLE
    say(f"qbank: this is a bug in qbank, not a mistake of yours: {type(error).__name__}: {error}")
    if os.environ.get("QBANK_TRACEBACK") == "1":
        import traceback

        say("".join(traceback.format_exception(error)))
    else:
        say("Run it again with QBANK_TRACEBACK=1 and report what it prints, please.")
    return Exit.BUG
