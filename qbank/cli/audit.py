"""`qbank audit`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.clock import today
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import say

if TYPE_CHECKING:
    from qbank.checking import Report
    from qbank.model.bank import Bank
    from qbank.model.blueprint import Blueprint
    from qbank.model.form import Form


@click.command(
    epilog=exits(Exit.FINDINGS, findings="a form breaks its blueprint"),
    short_help="Judge finished forms, independently of what made them.",
)
@click.argument("form_files", nargs=-1, required=True, metavar="FORM...")
@options.blueprint(required=False, help="Judge by this blueprint instead of the one that the form names.")
@options.usage
@options.against
@click.option(
    "--overlap-between",
    type=click.IntRange(0),
    metavar="N",
    help="Forms of different blueprints may share so many items; not judged otherwise.",
)
@options.text_or_json
@options.output
@options.quiet
def audit(
    form_files: tuple[str, ...],
    blueprint_file: str | None,
    usage_file: str | None,
    against: tuple[str, ...],
    overlap_between: int | None,
    reporter: str,
    output: str,
    quiet: bool,
) -> int:
    """Judge finished forms against their blueprint and bank.

    Needs only the form file, the bank and the blueprint, and never looks at what the solver did. Forms of
    one run are also judged together, for overlap. A form that was edited by hand so that it breaks a row
    is named with the row's label; an item that was changed since is an error, any other change of its
    record an info.

    \b
    Examples:
      qbank audit exports/cmcs-practice-a/cmcs-practice-a.form.json
      qbank audit exports/*/*.form.json --format json
      qbank audit exports/new-a/new-a.form.json --against exports/old-a/old-a.form.json
      qbank audit easy-a.form.json hard-a.form.json --overlap-between 5
    """
    from qbank import api
    from qbank.cli import steps
    from qbank.diagnostics import Severity

    _not_against_itself(form_files, against)
    reports: list[Report] = []
    groups = _by_blueprint(form_files, blueprint_file)
    for blueprint_path, forms in groups.items():
        blueprint = steps.usable(steps.read_blueprint(str(blueprint_path)), today())
        if blueprint is None:
            return Exit.FINDINGS
        bank, _ = api.load_bank(api.bank_path(blueprint))
        blueprint = steps.looking_back(blueprint, bank, usage_file, against)
        if blueprint is None or not steps.without_mistakes(bank, blueprint):
            return Exit.FINDINGS
        reports.append(audited(forms, bank, blueprint))
    if overlap_between is not None:
        reports.append(_between([form for forms in groups.values() for form in forms], overlap_between))
    report = api.merged(reports)
    steps.show(report, reporter, output)
    clean = not report.at_least(Severity.ERROR)
    if clean and reporter == "text":
        say("every form meets its blueprint", quiet=quiet)
    return Exit.DONE if clean else Exit.FINDINGS


def _not_against_itself(form_files: tuple[str, ...], against: tuple[str, ...]) -> None:
    """Raises UsageError for a form that is to be judged against itself."""
    judged = {os.path.realpath(name) for name in form_files}
    for name in against:
        if os.path.realpath(name) in judged:
            raise click.UsageError(
                f"{name} is judged and named by --against: it shares everything with itself."
            )


def _between(forms: list[tuple[Form, Path]], overlap: int) -> Report:
    """What forms of different blueprints share too much of, as a report; its forms are counted elsewhere."""
    from qbank import api
    from qbank.checking import Report

    problems = api.audit_between([form for form, _ in forms], overlap)
    return Report(api.located(problems, None, forms), 0, 0)


def judge(form: Form, path: Path, named: str | None) -> tuple[Bank, Blueprint, Report] | None:
    """The bank and the blueprint of a form, and its audit; None after mistakes of the blueprint were shown.

    Raises UsageError when no blueprint is `named`, by the form or the user.
    """
    from qbank import api
    from qbank.cli import steps

    blueprint = steps.usable(steps.read_blueprint(str(blueprint_of(form, path, named))), today())
    if blueprint is None:
        return None
    bank, _ = api.load_bank(api.bank_path(blueprint))
    if not steps.without_mistakes(bank, blueprint):
        return None
    return bank, blueprint, audited([(form, path)], bank, blueprint)


def audited(forms: list[tuple[Form, Path]], bank: Bank, blueprint: Blueprint) -> Report:
    """The audit of forms as a report."""
    from qbank import api
    from qbank.checking import Report

    problems = api.audit([form for form, _ in forms], bank, blueprint)
    placements = sum(len(form.placements) for form, _ in forms)
    return Report(api.located(problems, blueprint, forms), placements, len(forms))


def blueprint_of(form: Form, path: Path, named: str | None) -> Path:
    """The blueprint of a form: the one that was named, or the one that its file names.

    Raises UsageError when there is neither.
    """
    if named is not None:
        return Path(named)
    if not form.blueprint.path:
        raise click.UsageError(f"{path} does not say where its blueprint is. Give --blueprint FILE.")
    from qbank import api

    return api.beside(path, form.blueprint.path)


def _by_blueprint(form_files: tuple[str, ...], named: str | None) -> dict[Path, list[tuple[Form, Path]]]:
    found: dict[Path, list[tuple[Form, Path]]] = {}
    for form, path in _forms(form_files):
        found.setdefault(blueprint_of(form, path, named), []).append((form, path))
    return found


def _forms(form_files: tuple[str, ...]) -> Iterator[tuple[Form, Path]]:
    from qbank import api

    for name in dict.fromkeys(form_files):
        yield api.load_form(name), Path(name)
