"""`qbank assemble`."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from qbank.cli import closing, options
from qbank.cli.clock import today
from qbank.cli.exits import Exit, exits
from qbank.cli.export import exported, known_formats
from qbank.cli.progress import Bar
from qbank.cli.run_log import RunLog
from qbank.cli.streams import emit, say

if TYPE_CHECKING:
    from qbank.assembly import Assembled, Problem
    from qbank.assembly.groups import Grouped
    from qbank.assembly.summary import Summary
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
    reporter: str
    quiet: bool


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

    to = known_formats(to, audience)
    order = _Order(
        forms=forms,
        seed=seed,
        time_limit=time_limit,
        out=Path(out),
        to=to,
        audience=audience,
        reporter=reporter,
        quiet=quiet,
    )
    readings = [steps.read_blueprint(name) for name in dict.fromkeys(blueprint_files)]
    blueprints = [one for reading in readings if (one := steps.usable(reading, today())) is not None]
    if len(blueprints) < len(readings):
        return Exit.FINDINGS
    _check_groups(blueprints, forms, overlap_between)
    bank, problems = api.load_bank(api.bank_path(blueprints[0]))
    back = [steps.looking_back(blueprint, bank, usage_file, against) for blueprint in blueprints]
    blueprints = [blueprint for blueprint in back if blueprint is not None]
    sound = [steps.without_mistakes(bank, blueprint) for blueprint in blueprints]
    if len(blueprints) < len(back) or not all(sound):
        return Exit.FINDINGS
    changes = _changes(relax, bank, blueprints)
    for reading in () if no_lint else readings:
        stopping = _errors_first(bank, problems, reading, quiet)
        if stopping:
            steps.show_messages(stopping, len(bank.items), bank.files)
            say(
                "nothing was assembled: eligible items have errors (--no-lint assembles all the same)",
                quiet=quiet,
            )
            return Exit.FINDINGS
    run_log = RunLog(log, blueprint=", ".join(one.id for one in blueprints), bank=bank.id, seed=seed)
    with run_log, Bar("assembling", quiet=quiet) as bar:
        tell = run_log.through(bar.tell)
        made: Assembled | Grouped
        if len(blueprints) == 1:
            made = api.assemble(
                bank,
                blueprints[0],
                forms=forms,
                seed=seed,
                time_limit=time_limit,
                gap=gap,
                relax=changes,
                progress=tell,
            )
        else:
            made = api.assemble_groups(
                bank,
                blueprints,
                overlap=overlap_between,
                seed=seed,
                time_limit=time_limit,
                gap=gap,
                progress=tell,
            )
        run_log.status = made.status.value
    return _outcome(made, bank, blueprints, order)


def _check_groups(blueprints: Sequence[Blueprint], forms: int | None, overlap: int) -> None:
    """Raise UsageError for blueprints that cannot be assembled together."""
    from qbank import api

    if len(blueprints) == 1:
        if overlap:
            raise click.UsageError(
                "--overlap-between goes with several --blueprint; forms of one share what its rows say."
            )
        return
    if forms is not None:
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
    from qbank.assembly.problems import errors
    from qbank.assembly.relaxing import RelaxError, parsed, relaxed
    from qbank.assembly.run import check

    try:
        changes = parsed(relax)
        wrong = errors(check(bank, relaxed(blueprint, changes)))
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


def _outcome(made: Assembled | Grouped, bank: Bank, blueprints: Sequence[Blueprint], order: _Order) -> int:
    """Tell, write and give the exit code."""
    from qbank.assembly import Status
    from qbank.diagnostics import Severity

    if order.reporter == "json" and not made.forms:
        groups = [closing.group_tree(blueprint, None, ()) for blueprint in blueprints]
        emit(closing.closing_json(made.status.value, order.seed, made.findings, groups, ((), ())))
    if made.status is Status.DONE or made.status is Status.TIME_LIMIT_WITH_FORM:
        _tell_findings(made)
        refused = _deliver(made, bank, blueprints, order)
        if made.status is Status.TIME_LIMIT_WITH_FORM:
            say(
                f"stopped after {order.time_limit:g} seconds: every row is met, but a better form may exist, "
                "and another run may give another one"
            )
            return Exit.TIME_LIMIT
        return Exit.FINDINGS if refused else Exit.DONE
    if made.status is Status.INFEASIBLE:
        failed = getattr(made, "failed", ()) or [blueprint.id for blueprint in blueprints]
        say(f"no form can meet {' and '.join(failed)}:")
        told = (one for one in made.findings if one.severity is Severity.INFO and one.repairs)
        whole = next(told, None)
        for one in made.findings:
            say(f"- {_sentence(one.message, one.hint)}")
            # where one repair is enough for all that is told, those of single sentences would mislead
            if len(blueprints) == 1 and (one.kind == "forms" or not whole or one is whole):
                for line in _repairs(one):
                    say(f"  {line}")
        for blueprint in blueprints:
            if blueprint.id in failed:
                command = f"`qbank coverage --blueprint {blueprint.path}`"
                say(f"{command} shows supply against demand.", quiet=order.quiet)
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


def _tell_findings(made: Assembled | Grouped) -> None:
    for one in made.findings:
        say(f"{one.severity.value}: {_sentence(one.message, one.hint)}")


def _sentence(message: str, hint: str) -> str:
    from qbank.reporters.safe import safe

    return safe(f"{message}. {hint}" if hint else message)


def _deliver(made: Assembled | Grouped, bank: Bank, blueprints: Sequence[Blueprint], order: _Order) -> bool:
    """Write every form with its exports and sum it up; gives whether a format refused."""
    from qbank import api
    from qbank.assembly.summary import shared_items

    any_refused = False
    groups: list[tuple[Blueprint, Summary, list[tuple[Form, Sequence[Path]]]]] = []
    for blueprint in blueprints:
        mine = [form for form in made.forms if form.blueprint.id == blueprint.id]
        summary = api.summarise(mine, bank, blueprint)
        written, refused = _written(mine, bank, blueprint, summary, order, made.findings)
        any_refused = any_refused or refused
        groups.append((blueprint, summary, written))
    shared = shared_items(made.forms)
    if order.reporter == "json":
        trees = [closing.group_tree(*group) for group in groups]
        names = [form.id for form in made.forms]
        emit(closing.closing_json(made.status.value, order.seed, made.findings, trees, (names, shared)))
        return any_refused
    method = getattr(made, "method", "")
    if method:
        say(f"{len(groups)} blueprints, {method}", quiet=order.quiet)
    for _, summary, _ in groups:
        emit(closing.closing_text(summary if len(groups) == 1 else _without_overlap(summary)))
    if len(groups) > 1:
        emit(closing.overlap_text([form.id for form in made.forms], shared))
    return any_refused


def _without_overlap(summary: Summary) -> Summary:
    """A summary of one of several groups: what forms share is told of all of them."""
    return msgspec.structs.replace(summary, shared=())


def _written(
    forms: Sequence[Form],
    bank: Bank,
    blueprint: Blueprint,
    summary: Summary,
    order: _Order,
    findings: Sequence[Problem],
) -> tuple[list[tuple[Form, Sequence[Path]]], bool]:
    """The forms of one blueprint with the files that were written, and whether a format refused."""
    from qbank import api
    from qbank.cli import steps

    any_refused = False
    written: list[tuple[Form, Sequence[Path]]] = []
    for form in forms:
        folder = order.out / form.id
        here = api.in_folder(form, blueprint, folder)
        with Bar(f"exporting {form.id}", quiet=order.quiet):
            exports, refused = exported(here, bank, blueprint, order.to, order.audience)
        any_refused = any_refused or refused
        paths = steps.written([api.form_file(here), *exports], folder)
        written.append((here, paths))
        soft = {one.label for one in findings if one.form == form.id}
        if order.reporter == "text":
            emit("".join(f"{line}\n" for line in _summary(here, summary, blueprint, paths, len(soft))))
    return written, any_refused


def _summary(
    form: Form, summary: Summary, blueprint: Blueprint, paths: Sequence[Path], soft: int
) -> Iterator[str]:
    """A form in a few lines; `soft` is the number of soft rows that it breaks."""
    from qbank.cli import steps

    roles = Counter(placement.role for placement in form.placements)
    told = ", ".join(f"{count} {role}" for role, count in sorted(roles.items()))
    yield f"{form.id}: {len(form.placements)} items ({told})"
    limits = list(closing.limits(form))
    if limits:
        yield f"  {', '.join(limits)}"
    if form.relaxed is not msgspec.UNSET:
        yield f"  relaxed for this run: {', '.join(f'{label}={x}' for label, x in form.relaxed.items())}"
    rows = {row.label for row in summary.rows}
    if soft:
        yield f"  meets {len(rows) - soft} of {len(rows)} rows of {blueprint.id}, audited; {soft} soft broken"
    else:
        yield f"  meets all {len(rows)} rows of {blueprint.id}, audited"
    yield f"  {', '.join(_solver(form, blueprint))}"
    for path in paths:
        yield f"  {steps.shown_path(path)}"


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
