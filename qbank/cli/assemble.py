"""`qbank assemble`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from qbank.cli import options
from qbank.cli.clock import today
from qbank.cli.exits import Exit, exits
from qbank.cli.export import exported, known_formats
from qbank.cli.progress import Bar
from qbank.cli.run_log import RunLog
from qbank.cli.streams import emit, say

if TYPE_CHECKING:
    from qbank.assembly import Assembled, Problem
    from qbank.diagnostics import Diagnostic
    from qbank.formats.contract import Audience
    from qbank.model.bank import Bank, ReadProblem
    from qbank.model.blueprint import Blueprint
    from qbank.model.form import Form
    from qbank.reading.blueprint import BlueprintReading

NOT_FIRST = ("thin-cell", "empty-cell")
"""Rules that are not asked before assembly: a row that cannot be filled is infeasible, exit code 4."""


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    forms: int | None
    seed: int
    time_limit: float
    out: Path
    to: tuple[str, ...]
    audience: Audience
    quiet: bool


def _a_number(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """The seconds, refused when they are `nan`, which no range excludes."""
    if math.isnan(value):
        raise click.BadParameter("nan is no number of seconds.", context, parameter)
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
@options.blueprint(required=True, help="What every form must be; it names its bank.")
@options.forms
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    metavar="N",
    default=1,
    show_default=True,
    help="Draw by this number.",
)
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
    "--out", default="exports", show_default=True, metavar="DIR", help="Write each form into DIR/<form id>/."
)
@options.to(required=False)
@options.audience
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
@options.quiet
def assemble(
    blueprint_file: str,
    forms: int | None,
    seed: int,
    time_limit: float,
    out: str,
    to: tuple[str, ...],
    audience: Audience,
    log: str | None,
    relax: tuple[str, ...],
    no_lint: bool,
    quiet: bool,
) -> int:
    """Assemble exam forms from the bank that a blueprint names.

    \b
    1. The blueprint is checked, and the eligible items are linted; errors there stop the run.
    2. A solver finds forms that meet every row, the best by the blueprint's objective.
    3. Every form is audited, item by item, by code that knows nothing of the solver.
    4. DIR/<form id>/ gets <form id>.form.json (no keys, no texts) and the exports.

    The same bank, blueprint and seed give the same bytes; another seed draws other items. When no form can
    meet every row, the rows that stand against each other are named, with what is missing and the least
    changes that would do; `--relax` makes one of them for this run, and the form files say so.

    \b
    Examples:
      qbank assemble --blueprint banks/cmcs/blueprints/practice.yaml
      qbank assemble --blueprint banks/cmcs/blueprints/practice.yaml --to xlsx --to qti30
      qbank assemble --blueprint my.yaml --relax "recall=9" --relax "enemies apart=off"
      qbank assemble --blueprint my.yaml --forms 2 --seed 7 --out forms --log run.jsonl

    `qbank coverage` shows beforehand which rows are short of items; `qbank audit` judges a form file again.
    """
    from qbank import api
    from qbank.cli import steps

    known_formats(to, audience)
    order = _Order(
        forms=forms, seed=seed, time_limit=time_limit, out=Path(out), to=to, audience=audience, quiet=quiet
    )
    reading = steps.read_blueprint(blueprint_file)
    blueprint = steps.usable(reading, today())
    if blueprint is None:
        return Exit.FINDINGS
    bank, problems = api.load_bank(api.bank_path(blueprint))
    if not steps.without_mistakes(bank, blueprint):
        return Exit.FINDINGS
    changes = _changes(relax, bank, blueprint)
    stopping = () if no_lint else _errors_first(bank, problems, reading, quiet)
    if stopping:
        steps.show_messages(stopping, len(bank.items), bank.files)
        say(
            "nothing was assembled: eligible items have errors (--no-lint assembles all the same)",
            quiet=quiet,
        )
        return Exit.FINDINGS
    run_log = RunLog(log, blueprint=blueprint.id, bank=bank.id, seed=seed)
    with run_log, Bar("assembling", quiet=quiet) as bar:
        made = api.assemble(
            bank,
            blueprint,
            forms=forms,
            seed=seed,
            time_limit=time_limit,
            relax=changes,
            progress=run_log.through(bar.tell),
        )
        run_log.status = made.status.value
    return _outcome(made, bank, blueprint, order)


def _changes(relax: tuple[str, ...], bank: Bank, blueprint: Blueprint) -> dict[str, str]:
    """The relaxations asked for. Raises UsageError when the blueprint has no such row, or cannot take it."""
    from qbank.assembly.problems import errors
    from qbank.assembly.relaxing import RelaxError, parsed, relaxed
    from qbank.assembly.run import check

    try:
        changes = parsed(relax)
        wrong = errors(check(bank, relaxed(blueprint, changes))) if changes else ()
    except RelaxError as error:
        raise click.UsageError(f"--relax: {error}") from None
    if wrong:
        raise click.UsageError(f"--relax: {_sentence(wrong[0].message, wrong[0].hint)}")
    return changes


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


def _outcome(made: Assembled, bank: Bank, blueprint: Blueprint, order: _Order) -> int:
    """Tell, write and give the exit code."""
    from qbank.assembly import Status
    from qbank.diagnostics import Severity

    if made.status is Status.DONE or made.status is Status.TIME_LIMIT_WITH_FORM:
        _tell_findings(made)
        refused = _deliver(made, bank, blueprint, order)
        if made.status is Status.TIME_LIMIT_WITH_FORM:
            say(
                f"stopped after {order.time_limit:g} seconds: every row is met, but a better form may exist, "
                "and another run may give another one"
            )
            return Exit.TIME_LIMIT
        return Exit.FINDINGS if refused else Exit.DONE
    if made.status is Status.INFEASIBLE:
        say(f"no form can meet {blueprint.id}:")
        told = (one for one in made.findings if one.severity is Severity.INFO and one.repairs)
        whole = next(told, None)
        for one in made.findings:
            say(f"- {_sentence(one.message, one.hint)}")
            # where one repair is enough for all that is told, those of single sentences would mislead
            if one.kind == "forms" or not whole or one is whole:
                for line in _repairs(one):
                    say(f"  {line}")
        say(f"`qbank coverage --blueprint {blueprint.path}` shows supply against demand.", quiet=order.quiet)
        return Exit.INFEASIBLE
    _tell_findings(made)
    return Exit.FINDINGS if made.status is Status.INVALID else Exit.TIME_LIMIT_WITHOUT_FORM


def _repairs(problem: Problem) -> Iterator[str]:
    """The options to copy, each with what it does."""
    import shlex

    from qbank.reporters.safe import safe

    for repair in problem.repairs:
        if repair.relax:
            options = " ".join(f"--relax {shlex.quote(one)}" for one in repair.relax)
            yield safe(f"{options}    {repair.sentence}")


def _tell_findings(made: Assembled) -> None:
    for one in made.findings:
        say(f"{one.severity.value}: {_sentence(one.message, one.hint)}")


def _sentence(message: str, hint: str) -> str:
    from qbank.reporters.safe import safe

    return safe(f"{message}. {hint}" if hint else message)


def _deliver(made: Assembled, bank: Bank, blueprint: Blueprint, order: _Order) -> bool:
    """Write every form with its exports and sum it up; gives whether a format refused."""
    from qbank import api
    from qbank.cli import steps

    any_refused = False
    for form in made.forms:
        folder = order.out / form.id
        here = api.in_folder(form, blueprint, folder)
        with Bar(f"exporting {form.id}", quiet=order.quiet):
            exports, refused = exported(here, bank, blueprint, order.to, order.audience)
        any_refused = any_refused or refused
        paths = steps.written([api.form_file(here), *exports], folder)
        emit("".join(f"{line}\n" for line in _summary(here, bank, blueprint, paths)))
    return any_refused


def _summary(form: Form, bank: Bank, blueprint: Blueprint, paths: Sequence[Path]) -> Iterator[str]:
    """A form in a few lines."""
    from qbank import api
    from qbank.cli import steps

    roles = Counter(placement.role for placement in form.placements)
    told = ", ".join(f"{count} {role}" for role, count in sorted(roles.items()))
    yield f"{form.id}: {len(form.placements)} items ({told})"
    limits = list(_limits(form))
    if limits:
        yield f"  {', '.join(limits)}"
    if form.relaxed is not msgspec.UNSET:
        yield f"  relaxed for this run: {', '.join(f'{label}={x}' for label, x in form.relaxed.items())}"
    rows = {check.label for check in api.form_checks(form, bank, blueprint)}
    yield f"  meets all {len(rows)} rows of {blueprint.id}, audited"
    yield f"  {', '.join(_solver(form, blueprint))}"
    for path in paths:
        yield f"  {steps.shown_path(path)}"


def _limits(form: Form) -> Iterator[str]:
    if form.cut_score is not None:
        of = "" if form.cut_score.of is None else f" of {form.cut_score.of:g}"
        yield f"cut score {form.cut_score.points:g}{of} ({form.cut_score.scale})"
    if form.time_limit_minutes is not None:
        yield f"{form.time_limit_minutes:g} minutes"


def _solver(form: Form, blueprint: Blueprint) -> Iterator[str]:
    solver = form.solver
    yield f"objective {blueprint.objective.kind}"
    if solver.objective is not None:
        yield f"value {solver.objective:g}"
    if solver.bound is not None:
        yield f"bound {solver.bound:g}"
    if solver.gap is not None:
        yield f"gap {solver.gap:.2%}"
    yield f"{solver.name} {solver.status}"
    yield f"seed {form.seed}"
