"""`qbank baseline`, and what other commands do with a baseline."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.clock import today as clock
from qbank.cli.exits import Exit, exits
from qbank.cli.names import Date
from qbank.cli.streams import emit, say

if TYPE_CHECKING:
    from qbank.baseline import Baseline, Entry
    from qbank.checking import Report
    from qbank.config import Settings
    from qbank.model.bank import Bank


@click.command(epilog=exits(), short_help="Write or update the baseline: the findings that are known.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@options.blueprint(required=False, help="Also check this blueprint against the bank.")
@options.baseline_file(help="The baseline (default: what the configuration says, or qbank-baseline.json).")
@click.option("--accept-new", is_flag=True, help="Let new findings in; without it the baseline only shrinks.")
@options.profile
@click.option("--config", "config_file", metavar="FILE", help="Use this configuration file.")
@click.option("--today", type=Date(), help="The date for suppressions that expire (default: today).")
@options.quiet
def baseline(
    paths: tuple[str, ...],
    blueprint_file: str | None,
    baseline_file: str | None,
    accept_new: bool,
    profile: str | None,
    config_file: str | None,
    today: str | None,
    quiet: bool,
) -> int:
    """Write down what `qbank lint` finds today, so that it reports only what is new.

    The first run takes in everything. Later runs drop what no longer occurs, and take in new findings only
    with --accept-new. A finding about an item is known by item id, rule and content hash: when the item is
    changed, it is reported again. Name the same PATHs as for `qbank lint`: what does not occur in them is
    dropped.

    \b
    Examples:
      qbank baseline banks/cmcs
      qbank lint banks/cmcs --baseline qbank-baseline.json
      qbank baseline banks/cmcs --accept-new

    With `baseline = "qbank-baseline.json"` in qbank.toml, `qbank lint` needs no option.
    """
    from qbank import across
    from qbank import baseline as room
    from qbank.cli import steps
    from qbank.cli.lint import bank_of, banks_of

    reading = steps.read_blueprint(blueprint_file) if blueprint_file else None
    banks = banks_of(paths, reading)
    settings = steps.overridden(steps.settings_for(banks[0], config_file), profile=profile)
    path = Path(baseline_file or settings.baseline or room.NAME)
    mine = bank_of(reading, banks)
    occurring: Counter[Entry] = Counter()
    named: list[across.Named] = []
    for one in banks:
        bank, problems = steps.load(one)
        plan = reading if one == mine else None
        report = steps.linted(bank, problems, settings, blueprint=plan, today=today or clock(), quiet=quiet)
        occurring.update(room.counted(report, bank, path.parent))
        named.append(across.Named(str(one), bank))
    if len(named) > 1:
        together = across.lint(named, settings=settings, today=today or clock())
        occurring.update(room.counted(together.report, together.view, path.parent))
    _write(path, occurring, accept_new, quiet)
    return Exit.DONE


def _write(path: Path, occurring: Baseline, accept_new: bool, quiet: bool) -> None:
    from qbank import baseline as room

    exists = path.exists()
    old = room.load(path) if exists else {}
    made = room.update(old, occurring, accept_new=accept_new or not exists)
    emit(room.text(made.baseline), str(path))
    told = f"{path}: {_findings(sum(made.baseline.values()))} known"
    changes = {"dropped": made.dropped, "new": made.added if exists else 0}
    said = [f"{count} {what}" for what, count in changes.items() if count]
    say(f"{told} ({', '.join(said)})" if said else told, quiet=quiet)
    if made.left_out:
        say(f"{_findings(made.left_out)} not in it; --accept-new lets new ones in", quiet=quiet)


def _findings(count: int) -> str:
    return f"{count} finding" if count == 1 else f"{count} findings"


class Known:
    """The findings of a baseline file; none where no file is named."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._silenced = 0
        if file:
            from qbank import baseline as room

            self._silencer = room.Silencer(room.load(Path(file)), Path(file).parent)

    def new(self, report: Report, bank: Bank) -> Report:
        """What is new in the report on a bank."""
        if not self.file:
            return report
        left = self._silencer(report, bank)
        self._silenced += len(report.diagnostics) - len(left.diagnostics)
        return left

    def tell(self, settings: Settings, quiet: bool) -> None:
        """Say how much the baseline kept silent, and how much of it did not occur."""
        if not self.file:
            return
        from qbank.checking import selected
        from qbank.rule import all_rules

        if self._silenced:
            say(f"info: {_findings(self._silenced)} of the baseline {self.file} not shown", quiet=quiet)
        unused = self._silencer.unused(selected(all_rules(), settings))
        if unused:
            which = f"{_findings(unused)} of the baseline {self.file} did not occur"
            say(f"info: {which}; `qbank baseline` with the same paths drops them", quiet=quiet)
