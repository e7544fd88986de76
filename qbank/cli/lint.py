"""`qbank lint`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.clock import today as clock
from qbank.cli.exits import Exit, exits
from qbank.cli.names import Date, Names
from qbank.cli.streams import say

if TYPE_CHECKING:
    from qbank.checking import Report
    from qbank.reading.blueprint import BlueprintReading

_SARIF_NOTE = "qbank: {} of {} findings are in the SARIF report, the worst ones; --format json has all."


@click.command(
    epilog=exits(Exit.FINDINGS, findings="findings at or above --fail-on"),
    short_help="Check item banks, and a blueprint against its bank.",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@options.blueprint(required=False, help="Also check this blueprint against the bank.")
@click.option("--select", type=Names(), metavar="NAMES", help="Only these rules and families (a,b,c).")
@click.option("--ignore", type=Names(), metavar="NAMES", help="Not these rules and families (a,b,c).")
@options.reporter
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    help="The least severity that gives exit code 1 (default: error, or what the configuration says).",
)
@options.output
@click.option("--config", "config_file", metavar="FILE", help="Use this configuration file.")
@click.option("--today", type=Date(), help="The date for suppressions that expire (default: today).")
@options.quiet
def lint(
    paths: tuple[str, ...],
    blueprint_file: str | None,
    select: tuple[str, ...] | None,
    ignore: tuple[str, ...] | None,
    reporter: str,
    fail_on: str | None,
    output: str,
    config_file: str | None,
    today: str | None,
    quiet: bool,
) -> int:
    """Check item banks with every rule.

    A PATH is a folder with bank.yaml, or a single .yaml, .json or .jsonl file of items; without one it is
    the working directory (or the bank that --blueprint names). The configuration is the nearest qbank.toml
    or pyproject.toml with [tool.qbank] from the first bank upwards. A broken file inside a bank is a
    finding; the other files are still checked.

    \b
    Examples:
      qbank lint
      qbank lint banks/cmcs --ignore style --fail-on warning
      qbank lint banks/cmcs --select key-missing,duplicate
      qbank lint banks/cmcs --format sarif -o lint.sarif
      qbank lint --blueprint banks/cmcs/blueprints/practice.yaml

    `qbank rule` lists the rules, `qbank rule NAME` explains one.
    """
    from qbank import api
    from qbank.cli import steps
    from qbank.diagnostics import Severity

    reading = steps.read_blueprint(blueprint_file) if blueprint_file else None
    if reading is not None and reading.blueprint is None and not paths:
        report = steps.blueprint_report(reading, today or clock())
        steps.show(report, reporter, output)
        return Exit.FINDINGS
    banks = _banks(paths, reading)
    settings = steps.overridden(steps.settings_for(banks[0], config_file), select or (), ignore or ())
    mine = _bank_of(reading, banks)
    reports: list[Report] = []
    for path in banks:
        bank, problems = api.load_bank(path)
        plan = reading if path == mine else None
        reports.append(
            steps.linted(bank, problems, settings, blueprint=plan, today=today or clock(), quiet=quiet)
        )
    report = api.merged(reports)
    _note_cut(report, reporter, quiet)
    steps.show(report, reporter, output)
    least = Severity(fail_on) if fail_on else settings.fail_on
    return Exit.FINDINGS if report.at_least(least) else Exit.DONE


def _banks(paths: tuple[str, ...], reading: BlueprintReading | None) -> list[Path]:
    """The banks to check. Raises UsageError when none is named and none is here."""
    from qbank import api
    from qbank.reading.files import BANK_FILES

    if paths:
        banks: dict[str, Path] = {}
        for path in map(Path, paths):
            banks.setdefault(_same_bank(path), path)
        return list(banks.values())
    if reading is not None and reading.blueprint is not None:
        return [api.bank_path(reading.blueprint)]
    here = Path()
    if any((here / name).is_file() for name in BANK_FILES):
        return [here]
    raise click.UsageError(
        "there is no bank.yaml in this folder. Name a bank (`qbank lint PATH`), "
        "or start one (`qbank init DIR`)."
    )


def _same_bank(path: Path) -> str:
    """What two ways to name one bank have in common."""
    import os

    from qbank.reading.files import BANK_FILES

    return os.path.realpath(path.parent if path.name in BANK_FILES else path)


def _bank_of(reading: BlueprintReading | None, banks: list[Path]) -> Path | None:
    """The bank that the blueprint is checked against. Raises UsageError when that is not clear."""
    from qbank import api

    if reading is None or len(banks) == 1:
        return banks[0]
    if reading.blueprint is not None:
        wanted = api.bank_path(reading.blueprint).resolve()
        for bank in banks:
            if wanted in (bank.resolve(), bank.parent.resolve()):
                return bank
    raise click.UsageError("the blueprint belongs to none of these banks. Name its bank alone.")


def _note_cut(report: Report, reporter: str, quiet: bool) -> None:
    if reporter == "sarif":
        from qbank.reporters.sarif import MOST_RESULTS

        if len(report.diagnostics) > MOST_RESULTS:
            say(_SARIF_NOTE.format(MOST_RESULTS, len(report.diagnostics)), quiet=quiet)
