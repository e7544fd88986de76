"""`qbank export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from qbank.cli import options
from qbank.cli.audit import judge
from qbank.cli.clock import today
from qbank.cli.exits import Exit, exits
from qbank.cli.names import EVERY
from qbank.cli.streams import emit, say

Audience = Literal["staff", "candidate"]

if TYPE_CHECKING:
    from collections.abc import Callable

    from qbank.exporting import Exported, Made
    from qbank.model.bank import Bank
    from qbank.model.blueprint import Blueprint
    from qbank.model.form import Form


@click.command(
    epilog=exits(Exit.FINDINGS, findings="the form breaks its blueprint, or the format cannot express it"),
    short_help="Export a finished form, or a whole bank, to a file format.",
)
@click.argument("source", metavar="FORM|BANK")
@options.to(required=True)
@options.dialect
@options.blueprint(required=False, help="Use this blueprint instead of the one that the form names.")
@click.option(
    "--where",
    metavar="FIELD=VALUE",
    multiple=True,
    help="Of a bank, only items with this value (content_area=icd10cm, status=active,pretest); repeatable.",
)
@options.audience
@options.lossy
@click.option("--out", metavar="DIR", help="Where to write (default: the form's folder, or exports/<bank>).")
@click.option("--no-audit", is_flag=True, help="Export even a form that breaks its blueprint.")
@options.quiet
def export(
    source: str,
    to: tuple[str, ...],
    dialect: str,
    blueprint_file: str | None,
    where: tuple[str, ...],
    audience: Audience,
    lossy: bool,
    losses_file: str | None,
    out: str | None,
    no_audit: bool,
    quiet: bool,
) -> int:
    """Export the form file FORM, or all items of the bank BANK.

    A form is audited first. A format that cannot express something refuses and says what; with --lossy it
    goes without, and says so. Nothing is left out in silence. Files are named
    <form id>-<audience>.<extension>, and the same input gives the same bytes.

    \b
    Examples:
      qbank export exports/cmcs-practice-a/cmcs-practice-a.form.json --to xlsx --to qti30
      qbank export my.form.json --to xlsx --audience candidate --out handout
      qbank export my.form.json --to all --lossy --losses losses.json --out everything
      qbank export banks/cmcs --to jsonl --where content_area=anatomy --out handout
    """
    formats = known_formats(to, audience, dialect)
    wanted = _Wanted(to=formats, audience=audience, dialect=dialect, lossy=lossy, losses_file=losses_file)
    if not source.endswith(".form.json") and not (Path(source).suffix == ".json" and _is_form(Path(source))):
        return _export_bank(source, wanted, where, out, quiet)
    if where:
        raise click.UsageError("--where chooses items of a bank; a form is exported whole.")
    return _export_form(Path(source), wanted, blueprint_file, out, no_audit, quiet)


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """To what, for whom and how."""

    to: tuple[str, ...]
    audience: Audience
    dialect: str = ""
    lossy: bool = False
    losses_file: str | None = None


def _is_form(path: Path) -> bool:
    """Whether a JSON file is a form: it has sections, which no bank has."""
    try:
        tree = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return False
    return isinstance(tree, dict) and "sections" in tree


def _export_form(
    path: Path, wanted: _Wanted, blueprint_file: str | None, out: str | None, no_audit: bool, quiet: bool
) -> int:
    from qbank import api
    from qbank.cli import steps
    from qbank.diagnostics import Severity

    form = api.load_form(path)
    judged = judge(form, path, blueprint_file)
    if judged is None:
        return Exit.FINDINGS
    bank, blueprint, report = judged
    if report.at_least(Severity.ERROR) and not no_audit:
        steps.show_messages(report.diagnostics, report.items, report.files)
        say(
            "nothing was exported: the form breaks its blueprint (--no-audit exports it all the same)",
            quiet=quiet,
        )
        return Exit.FINDINGS
    files, refused = exported(
        form, bank, blueprint, wanted.to, wanted.audience, wanted.dialect, wanted.lossy, wanted.losses_file
    )
    for one in steps.written(files, Path(out) if out else path.parent):
        emit(f"{steps.shown_path(one)}\n")
    return Exit.FINDINGS if refused else Exit.DONE


def _export_bank(source: str, wanted: _Wanted, where: tuple[str, ...], out: str | None, quiet: bool) -> int:
    from qbank import api
    from qbank.cli import steps
    from qbank.config import Settings
    from qbank.model.selector import SelectorError

    bank, problems = api.load_bank(Path(source))
    if problems or bank.unreadable or not bank.complete:
        report = api.lint(bank, problems, settings=Settings(select=("schema",)), today=today())
        steps.show_messages(report.diagnostics, len(bank.items), bank.files)
        if bank.unreadable or not bank.complete:
            say("nothing was exported: parts of the bank cannot be read", quiet=quiet)
            return Exit.FINDINGS
    try:
        files, refused = _each(
            lambda name: api.export_bank(
                bank,
                name,
                wanted.audience,
                where=chosen(where),
                dialect=wanted.dialect,
                lossy=wanted.lossy,
            ),
            wanted,
            bank,
            bank.id or Path(source).stem,
            len(bank.items),
        )
    except SelectorError as error:
        raise click.UsageError(f"--where: {error}. {error.hint}".rstrip(". ") + ".") from None
    except api.UnknownName as error:
        raise click.UsageError(str(error)) from None
    folder = Path(out) if out else Path("exports") / (bank.id or "bank")
    for one in steps.written(files, folder):
        emit(f"{steps.shown_path(one)}\n")
    return Exit.FINDINGS if refused else Exit.DONE


def chosen(pairs: tuple[str, ...]) -> dict[str, object] | None:
    """The `where` that FIELD=VALUE pairs mean; None for none. Raises UsageError for a pair without =."""
    where: dict[str, object] = {}
    for pair in pairs:
        field, equals, value = pair.partition("=")
        if not equals or not field:
            raise click.UsageError(f"--where {pair}: write FIELD=VALUE, such as content_area=anatomy.")
        values = value.split(",")
        where[field] = values if len(values) > 1 else value
    return where or None


def exported(
    form: Form,
    bank: Bank,
    blueprint: Blueprint,
    to: tuple[str, ...],
    audience: Audience,
    dialect: str = "",
    lossy: bool = False,
    losses_file: str | None = None,
) -> tuple[list[Made], bool]:
    """The files of a form in some formats, and whether a format refused; why is shown as messages."""
    from qbank import api

    wanted = _Wanted(to=to, audience=audience, dialect=dialect, lossy=lossy, losses_file=losses_file)
    return _each(
        lambda name: api.export_with_losses(
            form, bank, blueprint, name, audience, dialect=dialect, lossy=lossy
        ),
        wanted,
        bank,
        form.id,
        len(form.placements),
    )


def _each(
    make: Callable[[str], Exported], wanted: _Wanted, bank: Bank, name: str, items: int
) -> tuple[list[Made], bool]:
    from qbank import api, exporting
    from qbank.cli import steps

    files: list[Made] = []
    done: dict[str, Exported] = {}
    refused: list[str] = []
    for format in dict.fromkeys(wanted.to):
        try:
            result = make(format)
        except api.ExportRefused as error:
            refused.append(format)
            steps.show_messages(api.refused(error.findings, bank, format), items, 1)
            say(f"{name} was not exported to {format}")
            continue
        files += result.made
        done[format] = result
        if result.losses:
            steps.show_messages(api.lost(result.losses, bank, format), items, 1)
    if wanted.losses_file:
        emit(exporting.loss_report(name, done, refused).decode("utf-8"), wanted.losses_file)
    return files, bool(refused)


def known_formats(to: tuple[str, ...], audience: Audience, dialect: str = "") -> tuple[str, ...]:
    """The formats that are meant, `all` being every one that is made for the audience and dialect.

    Raises UsageError for a format that is not made for them.
    """
    from qbank import api

    known: dict[str, None] = {}
    for name in to:
        if name == EVERY:
            known |= dict.fromkeys(api.formats_for(audience, dialect))
            continue
        try:
            api.find_format(name, audience, dialect)
        except api.UnknownName as error:
            raise click.UsageError(str(error)) from None
        known[name] = None
    if to and not known:
        raise click.UsageError(f"no format is made for {dialect}. `qbank formats` lists what each knows.")
    return tuple(known)
