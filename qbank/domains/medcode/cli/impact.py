"""`qbank codes impact`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import emit, say

if TYPE_CHECKING:
    from qbank.domains.medcode.codeset import CodeSet
    from qbank.model.bank import Bank

_FORMATS = ("text", "json", "markdown", "xlsx")


@click.command(
    epilog=exits(Exit.FINDINGS, findings="the new year puts the key of an item in question"),
    short_help="Show which items a new year of a code set touches.",
)
@click.argument("bank_path", metavar="[BANK]", default=".")
@click.option(
    "--from", "old", metavar="YEAR", required=True, help="The year that ends: FY2026, 2026, 2026Q3 or a day."
)
@click.option(
    "--to", "new", metavar="YEAR", required=True, help="The year that begins: FY2027, 2027, 2026Q4 or a day."
)
@click.option(
    "--forms",
    "form_paths",
    metavar="PATH",
    multiple=True,
    help="Form files, or folders of them, that may hold the items (default: exports); repeatable.",
)
@click.option(
    "--format",
    "reporter",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="How to report; xlsx needs -o FILE.",
)
@options.output
@options.quiet
def impact(
    bank_path: str, old: str, new: str, form_paths: tuple[str, ...], reporter: str, output: str, quiet: bool
) -> int:
    """Show which items of BANK a new year of a code set touches, and why.

    A declared code can be retired, become a header, be new or get another title; a keyed one can get new
    codes beside it. Each is told with the role of the code in its item, candidates to stand in its place,
    and the forms that hold the item. Codes are asked for on the last day of the old year and on the first
    day of the new one, in the tables of the bank (codes/*.tsv) and in what `qbank codes import` brought.

    \b
    Examples:
      qbank codes impact --from FY2026 --to FY2027 banks/cmcs
      qbank codes impact --from FY2026 --to FY2027 banks/cmcs --format markdown -o impact.md
      qbank codes impact --from 2026Q3 --to 2026Q4 banks/cmcs --format xlsx -o impact.xlsx
    """
    from qbank import api
    from qbank.domains.medcode.cli._words import or_unreadable
    from qbank.domains.medcode.impact import impact as find
    from qbank.domains.medcode.impact_reports import RENDERERS
    from qbank.domains.medcode.provider import code_set

    if reporter == "xlsx" and output == "-":
        raise click.UsageError("a workbook is no text: name a file with -o FILE.xlsx.")
    last, first = _days(old, new)
    bank, problems = api.load_bank(bank_path)
    if problems:
        number = len(problems)
        say(f"{number} finding{'s' * (number > 1)} while reading; `qbank lint` shows them", quiet=quiet)
    with or_unreadable():
        codes = code_set(bank)
        _something_is_known(bank, codes, last, first)
        found = find(bank, codes, last, first, _holders(form_paths, bank, quiet))
    data = RENDERERS[reporter](found, bank)
    if reporter == "xlsx":
        from qbank.formats.files import write_atomic

        write_atomic(Path(output), data)
    else:
        emit(data.decode("utf-8"), output)
    return Exit.FINDINGS if found.hits else Exit.DONE


def _days(old: str, new: str) -> tuple[str, str]:
    """The last day of the old year and the first of the new one. Raises UsageError."""
    from qbank.domains.medcode.years import UnknownYear, days

    try:
        last, first = days(old)[1], days(new)[0]
    except UnknownYear as error:
        raise click.UsageError(f"{error}.") from None
    if first <= last:
        raise click.UsageError(
            f"--to begins on {first}, and --from ends on {last}: name a later year as --to."
        )
    return last, first


def _something_is_known(bank: Bank, codes: CodeSet, last: str, first: str) -> None:
    """Raises PathError when items declare codes and no data speaks of both days."""
    from qbank.reading.files import PathError

    declared = {one.system for item in bank.items for one in item.codes}
    if declared and not any(codes.covers(one, last) and codes.covers(one, first) for one in declared):
        raise PathError(
            f"no data speaks of both {last} and {first} for {', '.join(sorted(declared))}: bring the code "
            "sets of both years with `qbank codes import`, or a table in the bank (docs/codes.md)"
        )


def _holders(paths: Sequence[str], bank: Bank, quiet: bool) -> Mapping[str, Sequence[str]]:
    """Item → the ids of the forms of this bank that hold it, sorted."""
    from qbank.reading.files import PathError, shown
    from qbank.reading.form import load_form

    found: dict[str, set[str]] = {}
    for path in _form_files(paths):
        try:
            form = load_form(path)
        except PathError as error:
            if str(path) in paths:
                raise
            say(f"{shown(path)} is left out: {error}", quiet=quiet)
            continue
        if form.bank.id == bank.info.id:
            for placement in form.placements:
                found.setdefault(placement.item, set()).add(form.id)
    return {item: sorted(forms) for item, forms in found.items()}


def _form_files(paths: Sequence[str]) -> list[Path]:
    """The form files that are named, or lie in folders that are. Raises PathError."""
    from qbank.reading.files import PathError

    named = [Path(path) for path in paths] or [path for path in (Path("exports"),) if path.is_dir()]
    for path in named:
        if not path.exists():
            raise PathError(f"{path}: there is no such file or folder of forms")
    inside = (sorted(path.rglob("*.form.json")) if path.is_dir() else [path] for path in named)
    return [path for some in inside for path in some]
