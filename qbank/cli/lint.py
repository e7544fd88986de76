"""`qbank lint`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from qbank.cli import options
from qbank.cli.clock import today as clock
from qbank.cli.exits import Exit, exits
from qbank.cli.names import Date, Names
from qbank.cli.streams import CannotWrite, emit, say

if TYPE_CHECKING:
    from qbank.checking import Report
    from qbank.cli.steps import Piped
    from qbank.config import Settings
    from qbank.editing.rounds import Fixed
    from qbank.model.bank import Bank, ReadProblem
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
@click.option(
    "--fix", "fix", is_flag=True, help="Make all safe fixes of what would be reported, then report the rest."
)
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also fixes that need a look.")
@click.option("--diff", "preview", is_flag=True, help="Show what --fix would change, and change nothing.")
@options.output
@options.also
@options.baseline_file(help="Keep silent about the findings of this baseline (see `qbank baseline`).")
@options.changed_since
@options.stdin_filename
@options.watch
@options.jobs
@options.no_cache
@options.profile
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
    fix: bool,
    unsafe_fixes: bool,
    preview: bool,
    output: str,
    also: tuple[tuple[str, str], ...],
    baseline_file: str | None,
    changed_since: str | None,
    stdin_filename: str | None,
    watch: bool,
    jobs: int,
    no_cache: bool,
    profile: str | None,
    config_file: str | None,
    today: str | None,
    quiet: bool,
) -> int:
    """Check item banks with every rule.

    A PATH is a folder with bank.yaml, or a single .yaml, .json or .jsonl file of items; without one it is
    the working directory (or the bank that --blueprint names). The configuration is the nearest qbank.toml
    or pyproject.toml with [tool.qbank] from the first bank upwards. A broken file inside a bank is a
    finding; the other files are still checked. The PATH - reads a bank of one file from standard input:
    YAML, JSON or JSON Lines, as its text or --stdin-filename says.
    Several banks are each checked by themselves, and then for items that ask the same in two of them.

    \b
    Examples:
      qbank lint
      qbank lint banks/cmcs --ignore cues --fail-on warning
      qbank lint banks/cmcs --select key-missing,duplicates
      qbank lint banks/cmcs --format sarif -o lint.sarif
      qbank lint banks/cmcs --changed-since origin/main --also markdown=summary.md
      qbank lint - --stdin-filename items.jsonl < items.jsonl
      qbank lint --blueprint banks/cmcs/blueprints/practice.yaml
      qbank lint banks/cmcs --diff
      qbank lint banks/old banks/new --select duplicates

    `qbank rule` lists the rules, `qbank rule NAME` explains one.
    """
    from qbank import across, api
    from qbank.cli import steps
    from qbank.cli.baseline import Known
    from qbank.diagnostics import Severity
    from qbank.engine.processes import cores

    if unsafe_fixes and not (fix or preview):
        raise click.UsageError("--unsafe-fixes goes with --fix or --diff.")
    if watch:
        _watched(click.get_current_context())
    stdin = steps.piped(paths, stdin_filename)
    if stdin is not None and (fix or preview):
        raise click.UsageError("standard input cannot be mended. Name the file.")
    reading = steps.read_blueprint(blueprint_file) if blueprint_file else None
    if reading is not None and reading.blueprint is None and not paths:
        report = steps.blueprint_report(reading, today or clock())
        _show(report, ((reporter, output), *also), None, quiet)
        return Exit.FINDINGS
    banks = banks_of(paths, reading)
    first = Path(stdin.name) if stdin is not None and str(banks[0]) == steps.STDIN else banks[0]
    settings = steps.overridden(steps.settings_for(first, config_file), select or (), ignore or (), profile)
    known = Known(baseline_file or settings.baseline)
    mine = bank_of(reading, banks)
    if fix or preview:
        results = _fixed(
            banks,
            settings,
            unsafe=unsafe_fixes,
            reading=reading,
            mine=mine,
            today=today or clock(),
            quiet=quiet,
            reported=_reported(known.file, changed_since, banks),
        )
        if preview:
            return Exit.FINDINGS if _preview(results, output) else Exit.DONE
        _write(results, quiet)
    reports: list[Report] = []
    broken: list[Report] = []
    changes: list[steps.Changed] = []
    named: list[across.Named] = []
    for path in banks:
        cached = not no_cache and str(path) != steps.STDIN
        bank, problems = steps.load(path, stdin, cached=cached)
        name = stdin.name if stdin and str(path) == steps.STDIN else str(path)
        if stdin is not None and str(path) == steps.STDIN:
            stdin.tell_guess(problems, quiet)
        steps.tell_of_whole_bank(Path(name), quiet)
        named.append(across.Named(name, bank))
        plan = reading if path == mine else None
        found = steps.linted(
            bank,
            problems,
            settings,
            blueprint=plan,
            today=today or clock(),
            quiet=quiet,
            jobs=jobs or cores(),
            cached=path if cached else None,
        )
        left = known.new(found, bank)
        reports.append(left)
        if changed_since is None:
            continue
        changes.append(steps.changed_files(changed_since, path))
        if str(path) != steps.STDIN:
            before = functools.partial(_linted_before, plan, today or clock())
            broken.append(
                steps.broken_elsewhere(left, bank, path, changed_since, changes[-1], settings, before, quiet)
            )
    if len(named) > 1:
        together = across.lint(named, settings=settings, today=today or clock())
        reports = [*together.settled(reports), known.new(together.report, together.view)]
    report = api.merged(reports)
    if changed_since is not None:
        report = api.joined(steps.changed_only(report, changes), broken)
    _show(report, ((reporter, output), *also), stdin, quiet)
    known.tell(settings, quiet)
    least = Severity(fail_on) if fail_on else settings.failing
    return Exit.FINDINGS if report.at_least(least) else Exit.DONE


def _linted_before(
    plan: BlueprintReading | None,
    today: str,
    bank: Bank,
    problems: Sequence[ReadProblem],
    settings: Settings,
) -> Report:
    """A report on a bank as it was, with the blueprint of today."""
    from qbank.cli import steps

    return steps.linted(bank, problems, settings, blueprint=plan, today=today, quiet=True)


def _reported(
    baseline_file: str, changed_since: str | None, banks: Sequence[Path]
) -> Callable[[Report, Bank], Report] | None:
    """What a baseline and a revision leave of a report; nothing where neither is named."""
    from qbank.cli import steps
    from qbank.cli.baseline import Known

    if not baseline_file and changed_since is None:
        return None
    known = Known(baseline_file)
    if changed_since is None:
        return known.new
    changes = functools.cache(lambda: [steps.changed_files(changed_since, bank) for bank in banks])
    return lambda report, bank: steps.changed_only(known.new(report, bank), changes())


def banks_of(paths: tuple[str, ...], reading: BlueprintReading | None) -> list[Path]:
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


def bank_of(reading: BlueprintReading | None, banks: list[Path]) -> Path | None:
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


def _show(report: Report, wanted: tuple[tuple[str, str], ...], stdin: Piped | None, quiet: bool) -> None:
    """The report in every format that was asked for, each in its place."""
    from qbank.cli import steps

    for reporter, output in wanted:
        _note_cut(report, reporter, quiet)
        steps.show(report, reporter, output, stdin)


def _watched(context: click.Context) -> NoReturn:
    """Lint as asked for, again and again."""
    from qbank.cli import steps

    asked: dict[str, Any] = {**context.params, "watch": False}
    if steps.STDIN in asked["paths"]:
        raise click.UsageError("standard input cannot be watched. Name the file.")
    named = (asked["blueprint_file"], asked["config_file"], asked["baseline_file"])
    looked_at = [*map(Path, asked["paths"] or ((".",) if not asked["blueprint_file"] else ()))]
    looked_at += [Path(name) for name in named if name]
    written = [asked["output"], *(file for _, file in asked["also"])]
    steps.watch(lambda: context.invoke(lint, **asked), lambda: steps.stamps(looked_at, written))


def _note_cut(report: Report, reporter: str, quiet: bool) -> None:
    if reporter == "sarif":
        from qbank.reporters.sarif import MOST_RESULTS

        if len(report.diagnostics) > MOST_RESULTS:
            say(_SARIF_NOTE.format(MOST_RESULTS, len(report.diagnostics)), quiet=quiet)


def _fixed(
    banks: Sequence[Path],
    settings: Settings,
    *,
    unsafe: bool,
    reading: BlueprintReading | None,
    mine: Path | None,
    today: str,
    quiet: bool,
    reported: Callable[[Report, Bank], Report] | None,
) -> list[Fixed]:
    """What fixing makes of some banks; nothing is written. Says what cannot be fixed, and why."""
    from qbank import api

    results = []
    for path in banks:
        plan = reading if path == mine else None
        one = api.fixed(
            path, unsafe=unsafe, settings=settings, blueprint=plan, today=today, reported=reported
        )
        for refusal in one.refused:
            place = ": ".join(part for part in (refusal.file, refusal.item, refusal.rule) if part)
            say(f"qbank: not fixed: {place}: {refusal.reason}", quiet=quiet)
        results.append(one)
    return results


def _preview(results: Sequence[Fixed], output: str) -> bool:
    """Show fixes as a unified diff; whether there are any."""
    from qbank.editing.rounds import diff

    emit("".join(diff(one.changes) for one in results), output)
    return any(one.changes for one in results)


def _write(results: Sequence[Fixed], quiet: bool) -> None:
    """Write fixed files and say how many findings were fixed. Raises CannotWrite."""
    from qbank import api

    files = 0
    for one in results:
        try:
            stale = api.write_fixed(one)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise CannotWrite(f"{error.filename or 'a file'}: cannot be written: {reason}") from None
        for path in stale:
            say(f"qbank: not fixed: {path}: the file was changed by somebody else meanwhile", quiet=quiet)
        files += len(one.changes) - len(stale)
    count = sum(one.fixed for one in results)
    say(f"qbank: fixed {count} in {files} file{'' if files == 1 else 's'}", quiet=quiet)
