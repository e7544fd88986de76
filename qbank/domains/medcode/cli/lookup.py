"""`qbank codes lookup`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.exits import exits
from qbank.cli.names import Date
from qbank.cli.streams import emit
from qbank.reporters.safe import safe

if TYPE_CHECKING:
    from qbank.domains.medcode.codeset import Answer, CodeSet

SCHEMA_VERSION = 1
_MANY = 20


@click.command(epilog=exits(), short_help="Say what a code is on a day.")
@click.argument("code")
@click.option("--on", type=Date(), default=None, metavar="DATE", help="The day; today when not given.")
@click.option(
    "--system",
    metavar="SYSTEM",
    default="",
    help="The system of the code: icd10cm, hcpcs … (else all are asked).",
)
@click.option("--bank", metavar="PATH", default="", help="Ask the tables of this bank, too.")
@click.option("--licensed-text", is_flag=True, help="Show a licensed text that was kept, too: for you alone.")
@options.text_or_json
@options.output
def lookup(
    code: str, on: str | None, system: str, bank: str, licensed_text: bool, reporter: str, output: str
) -> int:
    """Say what CODE is on a day: billable, header, absent, retired, future or unknown.

    Its title and days, what is above and beside it, and its notes are shown as far as they are known.

    "unknown" means that no data speaks of the day, or none that holds all codes.

    \b
    Examples:
      qbank codes lookup M72.2 --on 2026-11-22
      qbank codes lookup J1885 --system hcpcs --bank banks/cmcs
    """
    from qbank.cli.clock import today
    from qbank.discovery import did_you_mean
    from qbank.domains.medcode.cli._words import or_unreadable
    from qbank.domains.medcode.provider import code_set
    from qbank.domains.medcode.systems import SYSTEMS
    from qbank.model.bank import Bank

    if system and system not in SYSTEMS:
        raise click.UsageError(f"there is no system {system!r}. {did_you_mean(system, SYSTEMS)}")
    day = on or today()
    with or_unreadable():
        found = code_set(Bank(root=bank))
        answers = _answers(found, code, day, system)
        if reporter == "json":
            emit(_json(found, answers, day), output)
        else:
            lines = [line for one in answers for line in _lines(found, one, day)]
            lines += [line for one in answers if licensed_text for line in _kept(one, day)]
            emit("".join(f"{line}\n" for line in lines), output)
    return 0


def _answers(found: CodeSet, code: str, on: str, system: str) -> list[Answer]:
    """The answers of all systems that know the code; that of ICD-10-CM when none does."""
    from qbank.domains.medcode.codeset import Status

    asked = [found.lookup(code, on, one) for one in ([system] if system else found.systems())]
    known = [one for one in asked if one.status not in (Status.UNKNOWN, Status.ABSENT)]
    absent = [one for one in asked if one.status is Status.ABSENT]
    return known or absent[:1] or asked[:1] or [found.lookup(code, on)]


def _json(found: CodeSet, answers: Sequence[Answer], on: str) -> str:
    import msgspec

    tree = {
        "schema_version": SCHEMA_VERSION,
        "on": on,
        "answers": [
            {
                **msgspec.to_builtins(one),
                "parents": list(found.parents(one.code, on, one.system)),
                "children": list(found.children(one.code, on, one.system)),
                "siblings": list(found.siblings(one.code, on, one.system)),
                "successors": list(found.successors(one.code, on, one.system)),
                "notes": msgspec.to_builtins(list(found.notes(one.code, on, one.system))),
            }
            for one in answers
        ],
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _lines(found: CodeSet, one: Answer, on: str) -> Iterator[str]:
    from qbank.domains.medcode.codeset import Status
    from qbank.domains.medcode.systems import SYSTEMS

    yield f"{safe(one.code)} ({SYSTEMS[one.system].title}) on {on}: {one.status}"
    if one.title:
        yield f"  title      {safe(one.title)}"
    if one.valid_from or one.valid_to:
        begin = f"from {one.valid_from}" if one.valid_from else "from before the data"
        yield f"  holds      {begin}, {f'to {one.valid_to}' if one.valid_to else 'to the end of the data'}"
    if one.source:
        yield f"  source     {safe(one.source)}"
    yield from _some("parents", found.parents(one.code, on, one.system))
    yield from _some("children", found.children(one.code, on, one.system))
    yield from _some("siblings", found.siblings(one.code, on, one.system))
    if one.status in (Status.HEADER, Status.RETIRED, Status.FUTURE, Status.ABSENT):
        yield from _some("instead", found.successors(one.code, on, one.system))
    for note in found.notes(one.code, on, one.system):
        edition = "" if not note.edition else f" ({note.edition})"
        yield f"  {note.kind.replace('_', ' '):<17} {note.at}{edition}: {safe(note.text)}"


def _kept(one: Answer, on: str) -> Iterator[str]:
    """The text of a licensed list that the user kept in the store."""
    from qbank.domains.medcode import store
    from qbank.domains.medcode.systems import SYSTEMS, clean

    if SYSTEMS[one.system].is_licensed:
        rows = (table.row(clean(one.code, one.system), on) for table in store.tables(one.system))
        yield from (f"  text       {safe(row.title)}" for row in rows if row is not None and row.title)


def _some(title: str, codes: Sequence[str]) -> Iterator[str]:
    if codes:
        more = f" and {len(codes) - _MANY} more" if len(codes) > _MANY else ""
        yield f"  {title:<10} {', '.join(codes[:_MANY])}{more}"
