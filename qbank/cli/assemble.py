"""`qbank assemble`."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from qbank.cli import options
from qbank.cli.clock import today
from qbank.cli.exits import Exit, exits
from qbank.cli.export import known_formats
from qbank.cli.outcome import Order, outcome, sentence
from qbank.cli.progress import Bar
from qbank.cli.run_log import RunLog
from qbank.cli.streams import say

if TYPE_CHECKING:
    from qbank.assembly import Assembled
    from qbank.assembly.groups import Grouped
    from qbank.diagnostics import Diagnostic
    from qbank.formats.contract import Audience
    from qbank.model.bank import Bank, ReadProblem
    from qbank.model.blueprint import Blueprint
    from qbank.reading.blueprint import BlueprintReading

NOT_FIRST = ("thin-cell", "empty-cell")
"""Rules that are not asked before assembly: a row that cannot be filled is infeasible, exit code 4."""


def _a_number(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """A number, refused when it is `nan`, which no range excludes."""
    if value is not None and math.isnan(value):
        what = "number of seconds" if parameter.name == "time_limit" else "share"
        raise click.BadParameter(f"nan is no {what}.", context, parameter)
    return value


@click.command(
    epilog=exits(
        Exit.FINDINGS,
        Exit.INFEASIBLE,
        Exit.TIME_LIMIT,
        Exit.TIME_LIMIT_WITHOUT_FORM,
        findings="errors in eligible items or in the blueprint, or a refused export",
    ),
    short_help="Make exam forms that provably meet a blueprint, and export them.",
)
@click.option(
    "--blueprint",
    "blueprint_files",
    metavar="FILE",
    required=True,
    multiple=True,
    help="What every form must be; it names its bank. Repeat it for form groups over one bank.",
)
@options.forms
@click.option(
    "--overlap-between",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="N",
    help="How many items two forms of different blueprints may share.",
)
@options.seed
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    callback=_a_number,
    help="Stop the search after so long.",
)
@click.option(
    "--gap",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    callback=_a_number,
    help="Stop when no form can be better by more than this share, such as 0.01; the objective says it "
    "otherwise.",
)
@click.option(
    "--out", default="exports", show_default=True, metavar="DIR", help="Write each form into DIR/<form id>/."
)
@options.to(required=False)
@options.audience
@options.usage
@options.against
@click.option(
    "--log", metavar="FILE", help="Write seconds, versions and the solver's log to FILE (JSON lines)."
)
@click.option(
    "--relax",
    multiple=True,
    metavar="LABEL=VALUE",
    help="Let a row have VALUE (or LOW..HIGH, or off) in this run only.",
)
@click.option("--no-lint", is_flag=True, help="Do not check the eligible items first.")
@options.text_or_json
@options.quiet
def assemble(
    blueprint_files: tuple[str, ...],
    forms: int | None,
    overlap_between: int,
    seed: int,
    time_limit: float,
    gap: float | None,
    out: str,
    to: tuple[str, ...],
    audience: Audience,
    usage_file: str | None,
    against: tuple[str, ...],
    log: str | None,
    relax: tuple[str, ...],
    no_lint: bool,
    reporter: str,
    quiet: bool,
) -> int:
    """Assemble exam forms from the bank that a blueprint names.

    \b
    1. The blueprint is checked, and the eligible items are linted; errors there stop the run.
    2. A solver finds forms that meet every row, the best by the blueprint's objective.
    3. Every form is audited, item by item, by code that knows nothing of the solver.
    4. DIR/<form id>/ gets <form id>.form.json (no keys, no texts) and the exports.
    5. Tables show every row beside each form, information over ability, and the items that forms share.

    The same bank, blueprint and seed give the same bytes; another seed draws other items. When no form can
    meet every row, the rows that stand against each other are named, with what is missing and the least
    changes that would do; `--relax` makes one of them for this run, and the form files say so.

    Several blueprints over one bank are form groups: forms of other lengths and targets, made in one run,
    that share no items between blueprints (or as many as --overlap-between says). Where it is small enough,
    the run is one program, whose objectives are solved in the order of the blueprints; else it is a sequence,
    which is said.

    \b
    Examples:
      qbank assemble --blueprint banks/cmcs/blueprints/practice.yaml
      qbank assemble --blueprint banks/cmcs/blueprints/practice.yaml --to xlsx --to qti30
      qbank assemble --blueprint my.yaml --relax "recall=9" --relax "enemies apart=off"
      qbank assemble --blueprint my.yaml --forms 2 --seed 7 --out forms --log run.jsonl
      qbank assemble --blueprint my.yaml --usage uses.csv --against forms/old-a/old-a.form.json
      qbank assemble --blueprint easy.yaml --blueprint hard.yaml --overlap-between 5

    `qbank coverage` shows beforehand which rows are short of items; `qbank audit` judges a form file again.
    """
    from qbank import api
    from qbank.cli import steps

    order = Order(
        forms=forms,
        overlap=overlap_between,
        seed=seed,
        time_limit=time_limit,
        gap=gap,
        out=Path(out),
        to=known_formats(to, audience),
        audience=audience,
        reporter=reporter,
        quiet=quiet,
    )
    readings = [steps.read_blueprint(name) for name in dict.fromkeys(blueprint_files)]
    blueprints = [one for reading in readings if (one := steps.usable(reading, today())) is not None]
    if len(blueprints) < len(readings):
        return Exit.FINDINGS
    _check_groups(blueprints, order)
    bank, problems = api.load_bank(api.bank_path(blueprints[0]))
    back = [steps.looking_back(blueprint, bank, usage_file, against) for blueprint in blueprints]
    blueprints = [blueprint for blueprint in back if blueprint is not None]
    sound = [steps.without_mistakes(bank, blueprint) for blueprint in blueprints]
    if len(blueprints) < len(back) or not all(sound):
        return Exit.FINDINGS
    changes = _changes(relax, bank, blueprints)
    if not no_lint and not all(_free_of_errors(bank, problems, reading, quiet) for reading in readings):
        return Exit.FINDINGS
    run_log = RunLog(log, blueprint=", ".join(one.id for one in blueprints), bank=bank.id, seed=seed)
    with run_log, Bar("assembling", quiet=quiet) as bar:
        made = _made(bank, blueprints, order, changes, run_log.through(bar.tell))
        run_log.status = made.status.value
    return outcome(made, bank, blueprints, order)


def _made(
    bank: Bank,
    blueprints: Sequence[Blueprint],
    order: Order,
    relax: dict[str, str],
    progress: Callable[[str], None],
) -> Assembled | Grouped:
    """The forms of one blueprint, or of several as form groups."""
    from qbank import api

    if len(blueprints) > 1:
        return api.assemble_groups(
            bank,
            blueprints,
            overlap=order.overlap,
            seed=order.seed,
            time_limit=order.time_limit,
            gap=order.gap,
            progress=progress,
        )
    return api.assemble(
        bank,
        blueprints[0],
        forms=order.forms,
        seed=order.seed,
        time_limit=order.time_limit,
        gap=order.gap,
        relax=relax,
        progress=progress,
    )


def _check_groups(blueprints: Sequence[Blueprint], order: Order) -> None:
    """Raise UsageError for blueprints that cannot be assembled together."""
    from qbank import api

    if len(blueprints) == 1:
        if order.overlap:
            raise click.UsageError(
                "--overlap-between goes with several --blueprint; forms of one share what its rows say."
            )
        return
    if order.forms is not None:
        raise click.UsageError("--forms goes with one --blueprint; say forms in each blueprint.")
    first, *others = blueprints
    for other in others:
        if os.path.realpath(api.bank_path(other)) != os.path.realpath(api.bank_path(first)):
            raise click.UsageError(f"{first.path} and {other.path} name different banks.")
    ids = Counter(one.id for one in blueprints)
    for id, count in ids.items():
        if count > 1:
            raise click.UsageError(f"{count} blueprints have the id {id}; their forms would have one name.")


def _changes(relax: tuple[str, ...], bank: Bank, blueprints: Sequence[Blueprint]) -> dict[str, str]:
    """The relaxations asked for. Raises UsageError when the blueprint has no such row, or cannot take it."""
    if not relax:
        return {}
    if len(blueprints) > 1:
        raise click.UsageError("--relax goes with one --blueprint.")
    (blueprint,) = blueprints
    from qbank.assembly.mistakes import check
    from qbank.assembly.problems import errors
    from qbank.assembly.relaxing import RelaxError, parsed, relaxed

    try:
        changes = parsed(relax)
        wrong = errors(check(bank, relaxed(blueprint, changes)))
    except RelaxError as error:
        raise click.UsageError(f"--relax: {error}") from None
    if wrong:
        raise click.UsageError(f"--relax: {sentence(wrong[0].message, wrong[0].hint)}")
    return changes


def _free_of_errors(
    bank: Bank, problems: Sequence[ReadProblem], reading: BlueprintReading, quiet: bool
) -> bool:
    """Whether nothing stands in the way of assembly; what does is shown as messages."""
    from qbank.cli import steps

    stopping = _errors_first(bank, problems, reading, quiet)
    if stopping:
        steps.show_messages(stopping, len(bank.items), bank.files)
        say(
            "nothing was assembled: eligible items have errors (--no-lint assembles all the same)",
            quiet=quiet,
        )
    return not stopping


def _errors_first(
    bank: Bank, problems: Sequence[ReadProblem], reading: BlueprintReading, quiet: bool
) -> tuple[Diagnostic, ...]:
    """The errors that stand in the way: those of eligible or unreadable items, and of no single item."""
    from qbank import api
    from qbank.cli import steps
    from qbank.diagnostics import Severity

    settings = steps.settings_for(Path(bank.root))
    settings = msgspec.structs.replace(settings, ignore=(*settings.ignore, *_known_rules(NOT_FIRST)))
    report = steps.linted(bank, problems, settings, blueprint=reading, today=today(), quiet=quiet)
    eligible = api.eligible_ids(bank, reading.blueprint) if reading.blueprint is not None else frozenset()
    others = {item.id for item in bank.items} - eligible - bank.unreadable
    return tuple(one for one in report.at_least(Severity.ERROR) if one.item not in others)


def _known_rules(names: Sequence[str]) -> Iterator[str]:
    from qbank.rule import all_rules

    rules = all_rules()
    return (name for name in names if name in rules)
