"""What came of `qbank assemble`: forms and exports in their folders, or why there are none; the exit code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from qbank.cli import closing
from qbank.cli.exits import Exit
from qbank.cli.export import exported
from qbank.cli.progress import Bar
from qbank.cli.streams import emit, say

if TYPE_CHECKING:
    from qbank.assembly import Assembled, Problem
    from qbank.assembly.groups import Grouped
    from qbank.assembly.summary import Summary
    from qbank.formats.contract import Audience
    from qbank.model.bank import Bank
    from qbank.model.blueprint import Blueprint
    from qbank.model.form import Form


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    forms: int | None
    overlap: int
    seed: int
    time_limit: float
    gap: float | None
    out: Path
    to: tuple[str, ...]
    audience: Audience
    reporter: str
    quiet: bool


def outcome(made: Assembled | Grouped, bank: Bank, blueprints: Sequence[Blueprint], order: Order) -> Exit:
    """Tell and write what a run gave; the exit code that says how it ended."""
    from qbank.assembly import Status

    if order.reporter == "json" and not made.forms:
        groups = [closing.group_tree(blueprint, None, ()) for blueprint in blueprints]
        emit(closing.closing_json(made.status.value, order.seed, made.findings, groups, ((), ())))
    if made.status is Status.INFEASIBLE:
        _tell_reasons(made, blueprints, order)
        return Exit.INFEASIBLE
    for one in made.findings:
        say(f"{one.severity.value}: {sentence(one.message, one.hint)}")
    if made.status is Status.INVALID:
        return Exit.FINDINGS
    if made.status is Status.TIME_LIMIT_WITHOUT_FORM:
        return Exit.TIME_LIMIT_WITHOUT_FORM
    refused = _deliver(made, bank, blueprints, order)
    if made.status is Status.TIME_LIMIT_WITH_FORM:
        say(
            f"stopped after {order.time_limit:g} seconds: every row is met, but a better form may exist, "
            "and another run may give another one"
        )
        return Exit.TIME_LIMIT
    return Exit.FINDINGS if refused else Exit.DONE


def _tell_reasons(made: Assembled | Grouped, blueprints: Sequence[Blueprint], order: Order) -> None:
    """Why there is no form, and for one blueprint the options that would do."""
    from qbank.diagnostics import Severity

    failed = getattr(made, "failed", ()) or [blueprint.id for blueprint in blueprints]
    say(f"no form can meet {' and '.join(failed)}:")
    whole = next((one for one in made.findings if one.severity is Severity.INFO and one.repairs), None)
    for one in made.findings:
        say(f"- {sentence(one.message, one.hint)}")
        # where one repair is enough for all that is told, those of single sentences would mislead
        if len(blueprints) == 1 and (one.kind == "forms" or not whole or one is whole):
            for line in _repairs(one):
                say(f"  {line}")
    for blueprint in blueprints:
        if blueprint.id in failed:
            command = f"`qbank coverage --blueprint {blueprint.path}`"
            say(f"{command} shows supply against demand.", quiet=order.quiet)


def _repairs(problem: Problem) -> Iterator[str]:
    """The options to copy, each with what it does."""
    import shlex

    from qbank.reporters.safe import safe

    for repair in problem.repairs:
        if repair.relax:
            options = " ".join(f"--relax {shlex.quote(one)}" for one in repair.relax)
            yield safe(f"{options}    {repair.sentence}")


def sentence(message: str, hint: str) -> str:
    """A message with what to do, fit for a terminal."""
    from qbank.reporters.safe import safe

    return safe(f"{message}. {hint}" if hint else message)


def _deliver(made: Assembled | Grouped, bank: Bank, blueprints: Sequence[Blueprint], order: Order) -> bool:
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
    if len(groups) == 1:
        emit(closing.closing_text(groups[0][1]))
        return any_refused
    for _, summary, _ in groups:
        # what forms share is told of all groups together
        emit(closing.closing_text(msgspec.structs.replace(summary, shared=())))
    emit(closing.overlap_text([form.id for form in made.forms], shared))
    return any_refused


def _written(
    forms: Sequence[Form],
    bank: Bank,
    blueprint: Blueprint,
    summary: Summary,
    order: Order,
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
            lines = closing.form_lines(here, summary, blueprint, paths, len(soft))
            emit("".join(f"{line}\n" for line in lines))
    return written, any_refused
