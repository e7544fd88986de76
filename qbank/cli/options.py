"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from qbank.cli.names import Also, ExportFormat, Reporter

_F = TypeVar("_F", bound=Callable[..., Any])


def blueprint(*, required: bool, help: str) -> Callable[[_F], _F]:
    """`--blueprint FILE`."""
    return click.option("--blueprint", "blueprint_file", metavar="FILE", required=required, help=help)


def reporter(function: _F) -> _F:
    """`--format`."""
    return click.option(
        "--format", "reporter", type=Reporter(), default="text", show_default=True, help="How to report."
    )(function)


def text_or_json(function: _F) -> _F:
    """`--format text|json`."""
    return click.option(
        "--format",
        "reporter",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="How to report.",
    )(function)


def output(function: _F) -> _F:
    """`-o FILE`."""
    return click.option(
        "-o", "--output", metavar="FILE", default="-", help="Write the report to FILE; - is standard output."
    )(function)


def quiet(function: _F) -> _F:
    """`--quiet`."""
    return click.option("-q", "--quiet", is_flag=True, help="No messages and no progress; only the data.")(
        function
    )


def to(*, required: bool) -> Callable[[_F], _F]:
    """`--to FORMAT`, which may be given several times."""
    return click.option(
        "--to",
        type=ExportFormat(),
        multiple=True,
        required=required,
        help="Export to this format (xlsx, qti30 …, or all); repeat it for several.",
    )


def audience(function: _F) -> _F:
    """`--audience`."""
    return click.option(
        "--audience",
        type=click.Choice(["staff", "candidate"]),
        default="staff",
        show_default=True,
        help="For whom: a candidate's export holds no keys and no rationales.",
    )(function)


def dialect(function: _F) -> _F:
    """`--for DIALECT`."""
    return click.option(
        "--for",
        "dialect",
        metavar="DIALECT",
        default="",
        help="Write for this platform, where the format knows it (`qbank formats` lists them).",
    )(function)


def lossy(function: _F) -> _F:
    """`--lossy` and `--losses FILE`."""
    function = click.option(
        "--losses",
        "losses_file",
        metavar="FILE",
        help="Write what the exports do not hold, record by record, to FILE as JSON.",
    )(function)
    return click.option(
        "--lossy",
        is_flag=True,
        help="Leave out what the format has no place for, and items that it refuses, and say what.",
    )(function)


def forms(function: _F) -> _F:
    """`--forms N`."""
    return click.option(
        "--forms",
        type=click.IntRange(1, 10_000),
        default=None,
        metavar="N",
        help="How many parallel forms; the blueprint says it otherwise.",
    )(function)


def seed(function: _F) -> _F:
    """`--seed N`."""
    return click.option(
        "--seed",
        type=click.IntRange(0, 2**31 - 1),
        metavar="N",
        default=1,
        show_default=True,
        help="Draw by this number.",
    )(function)


def usage(function: _F) -> _F:
    """`--usage FILE`."""
    return click.option(
        "--usage",
        "usage_file",
        metavar="FILE",
        help="Uses of items before this run (.jsonl or .csv with item and uses), for exposure.",
    )(function)


def against(function: _F) -> _F:
    """`--against FORM`, which may be given several times."""
    return click.option(
        "--against",
        metavar="FORM",
        multiple=True,
        help="An earlier form to stay apart from, as rows of kind overlap say; repeatable.",
    )(function)


def profile(function: _F) -> _F:
    """`--profile`."""
    return click.option(
        "--profile",
        type=click.Choice(["draft", "publication"]),
        help="draft: nothing need be complete yet; publication: warnings fail too.",
    )(function)


def baseline_file(*, help: str) -> Callable[[_F], _F]:
    """`--baseline FILE`."""
    return click.option("--baseline", "baseline_file", metavar="FILE", help=help)


def stdin_filename(function: _F) -> _F:
    """`--stdin-filename NAME`."""
    return click.option(
        "--stdin-filename", metavar="NAME", help="What the bank that the PATH - reads is called in messages."
    )(function)


def changed_since(function: _F) -> _F:
    """`--changed-since REF`."""
    return click.option(
        "--changed-since",
        metavar="REF",
        help="Report only on files changed since a git revision, and on what that breaks in others.",
    )(function)


def also(function: _F) -> _F:
    """`--also FORMAT=FILE`, which may be given several times."""
    return click.option(
        "--also",
        type=Also(),
        multiple=True,
        help="Write the report to FILE in another format too; repeatable.",
    )(function)


def jobs(function: _F) -> _F:
    """`--jobs N`."""
    return click.option(
        "-j",
        "--jobs",
        type=click.IntRange(0, 256),
        default=1,
        metavar="N",
        show_default=True,
        help="Look at items in N processes; 0 is one for each core. The cache is not used then.",
    )(function)


def no_cache(function: _F) -> _F:
    """`--no-cache`."""
    return click.option(
        "--no-cache", is_flag=True, help="Remember nothing of earlier runs (the folder .qbank_cache)."
    )(function)


def watch(function: _F) -> _F:
    """`--watch`."""
    return click.option(
        "--watch", is_flag=True, help="Check again whenever a file changes, until you stop it (Ctrl-C)."
    )(function)
