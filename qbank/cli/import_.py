"""`qbank import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import CannotWrite, emit, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qbank.importing import Plan

SCHEMA_VERSION = 1
_SHOWN = 20


@click.command(
    "import",
    epilog=exits(Exit.FINDINGS, findings="items that the bank has already, with other values"),
    short_help="Read a file of another system into a bank.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--out", metavar="BANK", required=True, help="The bank's folder; a new one is made.")
@click.option("--from", "format", metavar="FORMAT", default="", help="Read it as this format; else guessed.")
@click.option(
    "--map",
    "columns",
    metavar="FIELD=COLUMN",
    multiple=True,
    help="Of a table: which column holds a field (stem=Question, options=A,B,C,D, key=Answer); repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--report", "report_file", metavar="FILE", help="Write the whole report to FILE as JSON.")
@options.quiet
def import_(
    file: str,
    out: str,
    format: str,
    columns: tuple[str, ...],
    dry_run: bool,
    report_file: str | None,
    quiet: bool,
) -> int:
    """Read FILE, an export of another system, into the bank BANK.

    The format is found by the content of FILE. What is not understood is told and, where it fits, kept as
    it is. Ids stay what they are, or become what a bank takes; importing the same file again changes
    nothing. Items that the bank has with other values stay as they are, and are named.

    \b
    Examples:
      qbank import quiz.zip --out banks/mine
      qbank import items.jsonl --out banks/mine --dry-run
      qbank import table.csv --out banks/mine --map stem=Question --map options=A,B,C,D --map key=Answer
    """
    from qbank import importing
    from qbank.formats.contract import Unreadable

    path, folder = Path(file), Path(out)
    try:
        plan = importing.import_file(path, folder, format=format, columns=_columns(columns), dry_run=dry_run)
    except importing.UnknownFormat as error:
        raise click.UsageError(str(error)) from None
    except importing.BankBroken as error:
        say(f"{error}. Nothing was imported.")
        return Exit.FINDINGS
    except Unreadable as error:
        say(f"error: {error}")
        return Exit.UNREADABLE
    except OSError as error:
        name = error.filename or folder
        raise CannotWrite(f"{name}: {(error.strerror or str(error)).lower()}") from None
    for line in _told(plan, folder, dry_run):
        say(line, quiet=quiet)
    for name in sorted(plan.files):
        emit(f"{(folder / name).as_posix()}\n")
    if report_file:
        emit(_json(plan, path.name), report_file)
    return Exit.FINDINGS if plan.different else Exit.DONE


def _columns(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not field or not column:
            raise click.UsageError(f"--map {pair}: write FIELD=COLUMN, such as stem=Question.")
        found[field] = column
    return found


def _told(plan: Plan, folder: Path, dry_run: bool) -> Iterator[str]:
    from qbank.reporters.safe import safe

    would = "would be " if dry_run else ""
    yield (
        f"{plan.format}: {len(plan.new)} records {would}new, {len(plan.unchanged)} unchanged, "
        f"{len(plan.different)} different"
    )
    for one in plan.different[:_SHOWN]:
        yield safe(f"  {one.id} differs in {', '.join(one.fields)}; the bank's stays")
    for old, new in list(plan.renamed.items())[:_SHOWN]:
        yield safe(f"  {old!r} is called {new}")
    for unread in plan.unread[:_SHOWN]:
        place = ":".join(str(part) for part in (unread.where, unread.line or "", unread.item) if part)
        yield safe(f"  not understood: {place + ': ' if place else ''}{unread.message}")
    hidden = max(0, len(plan.unread) - _SHOWN)
    if hidden:
        yield f"  and {hidden} more; --report FILE has them all"
    if plan.new and not dry_run:
        yield f"`qbank lint {folder.as_posix()}` checks what came in."


def _json(plan: Plan, name: str) -> str:
    import msgspec

    tree = {
        "schema_version": SCHEMA_VERSION,
        "source": name,
        "format": plan.format,
        "files": sorted(plan.files),
        "new": plan.new,
        "unchanged": plan.unchanged,
        "different": plan.different,
        "renamed": dict(plan.renamed),
        "not_understood": plan.unread,
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"
