"""The mistakes in a blueprint that can be told without solving it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from qbank.assembly.arranging import check_arranging
from qbank.assembly.duties import implied, objective, stated_at
from qbank.assembly.looking_back import check_earlier
from qbank.assembly.ordering import check_order
from qbank.assembly.problems import Problem
from qbank.assembly.sections import check_sections, section_setting
from qbank.assembly.setting import Setting, make_setting
from qbank.assembly.soft import check_weight
from qbank.assembly.vocabulary import STATUSES, unknown_values
from qbank.diagnostics import Pointer
from qbank.discovery import did_you_mean
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.form import ROLES
from qbank.model.selector import SelectorError


def check(bank: Bank, blueprint: Blueprint) -> tuple[Problem, ...]:
    """The mistakes in a blueprint that can be told without solving it."""
    return checked(bank, blueprint)[1]


def checked(bank: Bank, blueprint: Blueprint) -> tuple[Setting | None, tuple[Problem, ...]]:
    """The setting, unless `eligible` is ill-formed, and what is wrong."""
    try:
        setting = make_setting(bank, blueprint)
    except SelectorError as error:
        problem = Problem(
            kind="eligible",
            label="eligible",
            message=f"eligible cannot be read: {error}",
            hint=error.hint,
            pointer=("eligible", *error.pointer),
        )
        return None, (problem,)
    return setting, tuple(_check(setting))


def _check(setting: Setting) -> Iterator[Problem]:
    blueprint = setting.blueprint
    yield from _check_roles(blueprint)
    yield from _check_cut_score(blueprint)
    for unknown in unknown_values(blueprint.eligible, setting, ("eligible",)):
        yield msgspec.structs.replace(unknown, message=f"eligible {unknown.message}")
    yield from check_order(setting)
    yield from check_earlier(setting)
    yield from check_arranging(setting)
    yield from check_sections(blueprint)
    for number in range(len(blueprint.sections)):
        part = section_setting(setting, number)
        if blueprint.sections[number].order:
            yield from (_below(("sections", number), problem) for problem in check_order(part))
    reserved = {row.label for row in implied(blueprint)}
    seen: set[str] = set()
    for at, row in stated_at(blueprint):
        if row.label in seen | reserved:
            yield Problem(
                kind=row.kind,
                label=row.label,
                message=f'two rows are labelled "{row.label}"',
                hint="Labels are unique; length, the roles, cut score and forms name implied rows.",
                pointer=(*at, "label"),
            )
        if not row.label.strip():
            yield Problem(
                kind=row.kind,
                label=row.label,
                message="a row has an empty label",
                hint="Name it: messages speak of rows by their labels.",
                pointer=(*at, "label"),
            )
        seen.add(row.label)
        yield from (_below(at, problem) for problem in (*check_weight(row), *row.check(setting)))
    yield from (_below(("objective",), problem) for problem in objective(blueprint).check(setting))


def _below(pointer: Pointer, problem: Problem) -> Problem:
    return msgspec.structs.replace(problem, pointer=(*pointer, *problem.pointer))


def _check_cut_score(blueprint: Blueprint) -> Iterator[Problem]:
    cut = blueprint.cut_score
    if cut is not None and cut.of is not None and cut.scale == "raw" and cut.points > cut.of:
        yield Problem(
            kind="cut_score",
            label="cut score",
            message=f"the cut score is {cut.points:g} of {cut.of:g} points, which nobody can reach",
            hint="Lower points, or correct of.",
            pointer=("cut_score", "points"),
        )


def _check_roles(blueprint: Blueprint) -> Iterator[Problem]:
    for role in blueprint.roles:
        if role not in ROLES:
            yield Problem(
                kind="roles",
                label="roles",
                message=f"the blueprint has the role {role!r}, which does not exist",
                hint=did_you_mean(role, list(ROLES)),
                pointer=("roles", role),
            )
    for number, status in enumerate(blueprint.pretest_from):
        if status not in STATUSES:
            yield Problem(
                kind="pretest_from",
                label="pretest_from",
                message=f"pretest_from names {status!r}, which is no status",
                hint=did_you_mean(status, list(STATUSES)),
                pointer=("pretest_from", number),
            )
    total = sum(blueprint.role_counts.values())
    if total != blueprint.length:
        parts = " + ".join(f"{count} {role}" for role, count in blueprint.roles.items())
        yield Problem(
            kind="length",
            label="length",
            message=f"length is {blueprint.length}, but the roles add up to {total} ({parts})",
            hint="Make length the sum of the roles.",
            pointer=("length",),
        )
