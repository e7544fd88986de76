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
    from qbank.merging import Merge

SCHEMA_VERSION = 1
_SHOWN = 20


@click.command(
    "import",
    epilog=exits(
        Exit.FINDINGS, findings="items that the bank has already, with other values; a conflict of --merge"
    ),
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
    help="Of a table: which column holds a field (stem=Question, options=A,B,C,D, key=Answer); repeatable. "
    "keys=letters|numbers|texts says how keys are written, sheet=NAME which sheet is read.",
)
@click.option(
    "--merge",
    is_flag=True,
    help="FILE is an edited workbook of the bank: what was edited there is written into the bank's files.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--report", "report_file", metavar="FILE", help="Write the whole report to FILE as JSON.")
@options.quiet
def import_(
    file: str,
    out: str,
    format: str,
    columns: tuple[str, ...],
    merge: bool,
    dry_run: bool,
    report_file: str | None,
    quiet: bool,
) -> int:
    """Read FILE, an export of another system, into the bank BANK.

    The format is found by the content of FILE. What is not understood is told and, where it fits, kept as
    it is. Ids stay what they are, or become what a bank takes; importing the same file again changes
    nothing. Items that the bank has with other values stay as they are, and are named.

    Of a table of any layout, columns that are not named with --map are guessed by titles and contents; what
    was guessed is shown with three items, so look at it with --dry-run first.

    With --merge, FILE is a workbook that `qbank export BANK --to xlsx` made and people edited. What only they
    changed is written in place, what only the bank changed stays, what both changed differently is a
    conflict: then nothing is written. Rows that were deleted stay in the bank and are named.

    \b
    Examples:
      qbank import quiz.zip --out banks/mine
      qbank import items.jsonl --out banks/mine --dry-run
      qbank import table.csv --out banks/mine --map stem=Question --map options=A,B,C,D --map key=Answer
      qbank import --merge mine-staff.xlsx --out banks/mine
    """
    from qbank import importing
    from qbank.formats.contract import Unreadable

    path, folder = Path(file), Path(out)
    if merge:
        if format or columns:
            raise click.UsageError("--merge knows the workbook; --from and --map are for other files.")
        return _merged(path, folder, dry_run, report_file, quiet)
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

    yield from map(safe, plan.told)
    would = "would be " if dry_run else ""
    yield (
        f"{plan.format}: {len(plan.new)} records {would}new, {len(plan.unchanged)} unchanged, "
        f"{len(plan.different)} different"
    )
    for one in plan.different[:_SHOWN]:
        yield safe(f"  {one.id} differs in {', '.join(one.fields)}; the bank's stays")
    if plan.different and plan.format == "xlsx":
        yield "  (--merge writes what was edited in a workbook of this bank into its files)"
    for old, new in list(plan.renamed.items())[:_SHOWN]:
        yield safe(f"  {old!r} is called {new}")
    for unread in plan.unread[:_SHOWN]:
        line = "" if unread.message.startswith("row ") else unread.line or ""
        place = ":".join(str(part) for part in (unread.where, line, unread.item) if part)
        hint = f" ({unread.hint})" if unread.hint else ""
        yield safe(f"  not understood: {place + ': ' if place else ''}{unread.message}{hint}")
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
        "told": plan.told,
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _merged(path: Path, folder: Path, dry_run: bool, report_file: str | None, quiet: bool) -> int:
    from qbank import importing, merging
    from qbank.formats.contract import Unreadable
    from qbank.reading.files import PathError

    try:
        made = merging.merge_file(path, folder, dry_run=dry_run)
    except importing.BankBroken as error:
        say(f"{error}. Nothing was merged.")
        return Exit.FINDINGS
    except (Unreadable, PathError) as error:
        say(f"error: {error}")
        return Exit.UNREADABLE
    except OSError as error:
        name = error.filename or folder
        raise CannotWrite(f"{name}: {(error.strerror or str(error)).lower()}") from None
    in_the_way = bool(made.conflicts or made.faults)
    for line in _told_of_merge(made, dry_run):
        say(line, quiet=quiet and not in_the_way)
    for name in sorted(made.files):
        emit(f"{Path(name).as_posix()}\n")
    if report_file:
        emit(_merge_json(made, path.name), report_file)
    return Exit.FINDINGS if in_the_way else Exit.DONE


def _told_of_merge(made: Merge, dry_run: bool) -> Iterator[str]:
    from qbank.reporters.safe import safe

    would = "would be " if dry_run or made.conflicts or made.faults else ""
    yield (
        f"{len(made.changed)} records {would}changed, {len(made.new)} {would}new, "
        f"{made.unchanged} unchanged, {len(made.kept)} changed in the bank only, "
        f"{len(made.conflicts)} conflicts"
    )
    for edited in made.changed[:_SHOWN]:
        yield safe(f"  {edited.id}: {', '.join(edited.fields)}")
    for one in made.conflicts:
        yield safe(f"conflict: row {one.row}, {one.record}, {one.field}")
        yield safe(f"  in the sheet: {_short(one.sheet)}")
        yield safe(f"  in the bank:  {_short(one.bank)}")
    for fault in made.faults:
        yield safe(f"error: {fault.message}" + (f" ({fault.hint})" if fault.hint else ""))
    for id in made.deleted:
        yield safe(
            f"  {id} was deleted in the sheet; it stays in the bank (status: retired takes it out of use)"
        )
    for id in made.gone:
        yield safe(f"  {id} is no longer in the bank; it was not added again")
    for note in made.notes:
        yield safe(f"  note, row {note.row}{', ' + note.record if note.record else ''}: {note.text}")
    if made.conflicts:
        yield "nothing was written: write what is right into the sheet or the bank, and merge again"
    elif made.faults:
        yield "nothing was written: mend the sheet and merge again"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return (line if len(line) <= 200 else line[:199] + "…") or "(empty)"


def _merge_json(made: Merge, name: str) -> str:
    import msgspec

    tree = {
        "schema_version": SCHEMA_VERSION,
        "source": name,
        "format": "xlsx",
        "files": sorted(Path(one).as_posix() for one in made.files),
        "new": made.new,
        "unchanged": [],
        "different": [],
        "renamed": {},
        "not_understood": made.faults,
        "changed": made.changed,
        "kept": made.kept,
        "conflicts": made.conflicts,
        "deleted": made.deleted,
        "gone": made.gone,
        "notes": made.notes,
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"
