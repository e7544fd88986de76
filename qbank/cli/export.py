"""`qbank export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.audit import audited, blueprint_of
from qbank.cli.clock import today
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import emit, say

if TYPE_CHECKING:
    from qbank.formats.contract import Audience
    from qbank.model.bank import Bank
    from qbank.model.blueprint import Blueprint
    from qbank.model.form import Form


@click.command(
    epilog=exits(Exit.FINDINGS, findings="the form breaks its blueprint, or the format cannot express it"),
    short_help="Export a finished form to a file format.",
)
@click.argument("form_file", metavar="FORM")
@options.to(required=True)
@options.blueprint(required=False, help="Use this blueprint instead of the one that the form names.")
@options.audience
@click.option("--out", metavar="DIR", help="Where to write (default: the folder of the form).")
@click.option("--no-audit", is_flag=True, help="Export even a form that breaks its blueprint.")
@options.quiet
def export(
    form_file: str,
    to: tuple[str, ...],
    blueprint_file: str | None,
    audience: Audience,
    out: str | None,
    no_audit: bool,
    quiet: bool,
) -> int:
    """Export the form file FORM.

    The form is audited first. A format that cannot express something in the form refuses and says what;
    nothing is left out in silence. Files are named <form id>-<audience>.<extension>, and the same form
    gives the same bytes.

    \b
    Examples:
      qbank export exports/cmcs-practice-a/cmcs-practice-a.form.json --to xlsx --to qti30
      qbank export my.form.json --to xlsx --audience candidate --out handout
    """
    from qbank import api
    from qbank.cli import steps
    from qbank.diagnostics import Severity

    path = Path(form_file)
    form = api.load_form(path)
    known_formats(to, audience)
    blueprint = steps.usable(steps.read_blueprint(str(blueprint_of(form, path, blueprint_file))), today())
    if blueprint is None:
        return Exit.FINDINGS
    bank, _ = api.load_bank(api.bank_path(blueprint))
    if not steps.without_mistakes(bank, blueprint):
        return Exit.FINDINGS
    report = audited([(form, path)], bank, blueprint)
    if report.at_least(Severity.ERROR) and not no_audit:
        steps.show_messages(report.diagnostics, report.items, report.files)
        say(
            "nothing was exported: the form breaks its blueprint (--no-audit exports it all the same)",
            quiet=quiet,
        )
        return Exit.FINDINGS
    files, refused = exported(form, bank, blueprint, to, audience)
    for one in steps.written(files, Path(out) if out else path.parent):
        emit(f"{steps.shown_path(one)}\n")
    return Exit.FINDINGS if refused else Exit.DONE


def exported(
    form: Form, bank: Bank, blueprint: Blueprint, to: tuple[str, ...], audience: Audience
) -> tuple[list[tuple[str, bytes]], bool]:
    """The files of a form in some formats, and whether a format refused; why is shown as messages."""
    from qbank import api
    from qbank.cli import steps

    files: list[tuple[str, bytes]] = []
    refused = False
    for format in dict.fromkeys(to):
        try:
            result = api.export_with_losses(form, bank, blueprint, format, audience)
            files += result.files
            if result.losses:
                steps.show_messages(api.lost(result.losses, bank, format), len(form.placements), 1)
        except api.ExportRefused as error:
            refused = True
            diagnostics = api.refused(error.findings, bank, format)
            steps.show_messages(diagnostics, len(form.placements), 1)
            say(f"{form.id} was not exported to {format}")
    return files, refused


def known_formats(to: tuple[str, ...], audience: Audience) -> None:
    """Raise UsageError for a format that is not made for the audience."""
    from qbank import api

    for name in to:
        try:
            api.find_format(name, audience)
        except api.UnknownName as error:
            raise click.UsageError(str(error)) from None
