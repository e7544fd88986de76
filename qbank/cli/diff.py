"""`qbank diff`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import coloured, emit, say, style

if TYPE_CHECKING:
    from qbank.model.bank import Bank


@click.command(
    epilog=exits(Exit.FINDINGS, findings="a key changed on an approved item without a new approval"),
    short_help="Show what changed in meaning between two banks.",
)
@click.argument("banks", nargs=-1, metavar="OLD NEW")
@click.option(
    "--git",
    "revision",
    metavar="REV",
    help="Compare the bank NEW (the working directory without one) with what it was in this revision.",
)
@click.option(
    "--format",
    "reporter",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to report; markdown suits a comment on a pull request.",
)
@options.output
@options.quiet
def diff(banks: tuple[str, ...], revision: str | None, reporter: str, output: str, quiet: bool) -> int:
    """Show what changed in meaning between two banks, item by item.

    OLD and NEW are bank folders, single bank files, or REV:PATH, a bank in a git revision (PATH counts from
    the top of the repository, or from here when it begins with ./). Items are paired by their id. Options
    are paired by what they say, so letters dealt out anew are not a changed key, and a key that stays B
    while the texts change places is one.

    The exit code is 1 when the key of an approved item changed, or the text of an option that is its key,
    and no new approval stands beside it. Approved: OLD has an approval record, or the status approved. A
    new approval: NEW has one with the content hash of the item as it is now, or one without a hash by
    somebody else or of another day. An approved item that is missing where a file of NEW cannot be read
    counts as changed. All else that differs is shown and gives 0.

    \b
    Examples:
      qbank diff old-bank new-bank
      qbank diff HEAD~1:banks/cmcs banks/cmcs
      qbank diff --git main banks/cmcs --format markdown -o comment.md
    """
    from qbank import api
    from qbank.comparison import RENDERERS
    from qbank.reporters.contract import Rendering

    old, new = (_loaded(side, quiet) for side in _sides(banks, revision))
    comparison = api.diff(old[0], new[0], old[1], new[1])
    colour = reporter == "text" and output == "-" and coloured(sys.stdout)
    rendering = Rendering(style=style) if colour else Rendering()
    emit(RENDERERS[reporter](comparison, rendering), output)
    return Exit.FINDINGS if comparison.hits else Exit.DONE


def _sides(banks: tuple[str, ...], revision: str | None) -> tuple[tuple[str, str | None], tuple[str, None]]:
    """OLD and NEW: each a name, and a revision where --git gives one. Raises UsageError."""
    if revision is not None:
        if len(banks) > 1:
            raise click.UsageError("with --git, name one bank: what it is now is compared with what it was.")
        path = banks[0] if banks else "."
        return (path, revision), (path, None)
    if len(banks) != 2:
        raise click.UsageError("name two banks, OLD and NEW, or one with --git REV.")
    return (banks[0], None), (banks[1], None)


def _loaded(side: tuple[str, str | None], quiet: bool) -> tuple[Bank, str]:
    """A bank and how it is called; says when something in it could not be read."""
    from qbank import api
    from qbank.comparison import revision
    from qbank.reading.files import PathError
    from qbank.reporters.safe import safe

    name, rev = side
    meant = revision.beside(rev, name) if rev is not None else revision.named(name)
    if meant is None and not os.path.lexists(name):
        raise PathError(f"{name}: there is no such file; a bank of a git revision is written as HEAD:PATH")
    bank, problems = api.load_bank(name) if meant is None else revision.load_revision(meant)
    shown = name if meant is None else meant.shown
    if problems:
        count = len(problems)
        say(f"{safe(shown)}: {count} finding{'s' * (count > 1)} while reading", quiet=quiet)
    return bank, shown
