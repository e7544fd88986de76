"""Form groups: several blueprints over one bank in one run, with little or nothing shared between them.

Small runs are one program: the columns and rows of every blueprint beside each other, and rows over the
items that they share. Its objectives are solved in turn, in the order of the blueprints, each among the
forms that are best by those before. Large runs are a sequence, in which a blueprint finds what those before
it left; that is said, since a sequence proves nothing about all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from qbank.assembly import auditing, conflict
from qbank.assembly.arranging import KINDS
from qbank.assembly.constraints.content import Content
from qbank.assembly.constraints.exclusion import Exclusion
from qbank.assembly.duties import stated
from qbank.assembly.inventory import shared_items
from qbank.assembly.joint import GROUPS, Group, compiled_groups, impossible, joint
from qbank.assembly.mistakes import check
from qbank.assembly.problems import Problem, counted, errors, listed
from qbank.assembly.program import Block, held
from qbank.assembly.run import STOPPED, Assembled, AuditError, Status, assemble, forms_of
from qbank.assembly.setting import make_setting
from qbank.assembly.soft import breaches
from qbank.assembly.solution import Outcome, Solution
from qbank.assembly.solvers import highs
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.form import Form

if TYPE_CHECKING:
    from qbank.assembly.program import Floats

ONE_PROGRAM = 60_000
"""The most columns that are solved as one program."""

Progress = Callable[[str], None]


class Grouped(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of several blueprints gives: one `Assembled` each, forms only when all of them have some.

    `failed` names the blueprints that could not be met; `method` says whether they were one program.
    """

    status: Status
    runs: tuple[Assembled, ...] = ()
    findings: tuple[Problem, ...] = ()
    failed: tuple[str, ...] = ()
    method: Literal["", "one program", "in sequence"] = ""

    @property
    def forms(self) -> tuple[Form, ...]:
        """All forms, in the order of the blueprints."""
        return tuple(form for run in self.runs for form in run.forms)

    def _repr_html_(self) -> str:
        from qbank.assembly.notebook import assembled_html

        whole = Assembled(status=self.status, findings=self.findings)
        return assembled_html(whole) + "".join(assembled_html(run) for run in self.runs)


def assemble_groups(
    bank: Bank,
    blueprints: Sequence[Blueprint],
    *,
    overlap: int = 0,
    seed: int = 1,
    time_limit: float | None = 60.0,
    gap: float | None = None,
    progress: Progress | None = None,
    most_columns: int = ONE_PROGRAM,
) -> Grouped:
    """Forms for every blueprint; forms of different blueprints share at most `overlap` items.

    The same bank, blueprints and seed give the same forms unless the clock stops the search. Raises
    ValueError for blueprints of one id or a negative overlap, and AuditError as `assemble` does.
    """
    ids = [blueprint.id for blueprint in blueprints]
    if len(set(ids)) != len(ids):
        raise ValueError("two blueprints have one id")
    if overlap < 0:
        raise ValueError(f"overlap must be 0 or more, not {overlap}")
    say = progress if progress is not None else _silent
    findings = tuple(_of(one, problem) for one in blueprints for problem in _checked(bank, one))
    if errors(findings):
        failed = tuple(one.id for one in blueprints if errors(_checked(bank, one)))
        return Grouped(status=Status.INVALID, findings=findings, failed=failed)
    groups = compiled_groups(bank, blueprints, seed)
    size = sum(len(group.compiled.variables) for group in groups)
    if size > most_columns:
        say(f"{size} columns: the blueprints are assembled in sequence")
        made = _in_sequence(bank, blueprints, overlap, seed, time_limit, gap, say)
    else:
        say(f"{len(groups)} blueprints in one program of {size} columns and more")
        made = _together(bank, groups, overlap, time_limit, gap, say)
    _audited(made, overlap)
    return msgspec.structs.replace(made, findings=(*findings, *made.findings))


def _silent(line: str) -> None:
    del line


def _checked(bank: Bank, blueprint: Blueprint) -> tuple[Problem, ...]:
    """The mistakes of a blueprint, and rows that the search of one program for several cannot meet."""
    positions = tuple(
        Problem(
            kind=row.kind,
            label=row.label,
            message=f'"{row.label}" is of the kind {row.kind}, which goes with one blueprint at a time',
            hint="Assemble this blueprint alone, or take the row out.",
        )
        for row in blueprint.constraints
        if row.kind in KINDS
    )
    return (*check(bank, blueprint), *positions)


def _of(blueprint: Blueprint, problem: Problem) -> Problem:
    """A problem that says of which blueprint it is."""
    return msgspec.structs.replace(problem, message=f"{blueprint.id}: {problem.message}")


def _together(
    bank: Bank,
    groups: Sequence[Group],
    overlap: int,
    time_limit: float | None,
    gap: float | None,
    say: Progress,
) -> Grouped:
    """All groups as one program, their goals in turn."""
    whole = joint(groups, overlap)
    owners = [number for number, group in enumerate(groups) for _ in group.compiled.goals]
    seconds = None if time_limit is None else time_limit / len(owners)
    kept: list[Block] = []
    last: Floats | None = None
    found: dict[int, Solution] = {}
    stopped = False
    for number, goal in enumerate(whole.goals):
        solution = highs.solve(
            whole.program(number, kept),
            seed=whole.space.seed,
            gap=goal.gap if gap is None else gap,
            time_limit=seconds,
        )
        who = groups[owners[number]].blueprint.id
        say(f"highs, {who}: {solution.outcome}, {solution.nodes} nodes")
        stopped = stopped or solution.by_clock
        if solution.values is None and last is None:
            return _without(bank, groups, overlap, solution)
        if solution.values is None or solution.objective is None:
            break
        last, found[owners[number]] = solution.values, solution
        kept.append(held(goal, solution.objective))
    assert last is not None
    runs = []
    for number, group in enumerate(groups):
        best = found.get(number) or Solution(solver="highs", outcome=Outcome.STOPPED, by_clock=stopped)
        best = msgspec.structs.replace(best, values=last[group.own], by_clock=stopped)
        runs.append(_run(bank, group, best, stopped))
    status = Status.TIME_LIMIT_WITH_FORM if stopped else Status.DONE
    return Grouped(status=status, runs=tuple(runs), method="one program")


def _run(bank: Bank, group: Group, solution: Solution, stopped: bool) -> Assembled:
    """The forms of one group out of the joint solution, audited by its own blueprint."""
    setting = make_setting(bank, group.blueprint)
    forms, facts = forms_of(group.compiled, setting, solution)
    judged = auditing.audit(forms, bank, group.blueprint)
    if broken := errors(judged):
        raise AuditError("; ".join(f"{problem.form}: {problem.message}" for problem in broken))
    return Assembled(
        status=Status.TIME_LIMIT_WITH_FORM if stopped else Status.DONE,
        forms=forms,
        findings=breaches(judged, stated(group.blueprint)),
        solver=facts,
        bank=bank,
        blueprint=group.blueprint,
    )


def _without(bank: Bank, groups: Sequence[Group], overlap: int, solution: Solution) -> Grouped:
    """Why there are no forms: which groups cannot be met alone, or from which one on they stand in each
    other's way."""
    if solution.outcome is not Outcome.INFEASIBLE:
        return Grouped(status=Status.TIME_LIMIT_WITHOUT_FORM, findings=(STOPPED,), method="one program")
    findings: list[Problem] = []
    failed: list[str] = []
    for group in groups:
        if impossible(group.compiled):
            failed.append(group.blueprint.id)
            reasons = conflict.explain(group.compiled, make_setting(bank, group.blueprint))
            findings += [_of(group.blueprint, reason) for reason in reasons]
    if not failed:
        problem, name = _in_the_way(groups, overlap)
        findings.append(problem)
        failed.append(name)
    return Grouped(
        status=Status.INFEASIBLE, findings=tuple(findings), failed=tuple(failed), method="one program"
    )


def _in_the_way(groups: Sequence[Group], overlap: int) -> tuple[Problem, str]:
    """The first blueprint that cannot be met beside those before it, though each can be met alone."""
    count = len(groups)
    for size in range(2, count):
        if impossible(joint(groups[:size], overlap)):
            count = size
            break
    name = groups[count - 1].blueprint.id
    before = listed([group.blueprint.id for group in groups[: count - 1]])
    shared = "no items" if not overlap else f"at most {counted(overlap, 'item')} between two forms"
    return (
        Problem(
            kind=GROUPS,
            label=GROUPS,
            message=f"{name} can be met alone, but not beside {before} with {shared} in common"
            + _stock(groups[:count], overlap),
            hint="Ask for fewer forms, let the groups share more items, or add items.",
        ),
        name,
    )


def _stock(groups: Sequence[Group], overlap: int) -> str:
    """How many different items groups need and have, when they share none and that says something."""
    if overlap or any(shared_items(group.blueprint) for group in groups):
        return ""
    need = sum(group.blueprint.forms * group.blueprint.length for group in groups)
    have = len({item.id for group in groups for item in group.compiled.space.items})
    return f"; together they need {counted(need, 'item')}, and {have} are eligible"


def _in_sequence(
    bank: Bank,
    blueprints: Sequence[Blueprint],
    overlap: int,
    seed: int,
    time_limit: float | None,
    gap: float | None,
    say: Progress,
) -> Grouped:
    """One blueprint after the other, each with what those before it left."""
    runs: list[Assembled] = []
    seconds = None if time_limit is None else time_limit / len(blueprints)
    for blueprint in blueprints:
        earlier = [form for run in runs for form in run.forms]
        rows = tuple(_left(earlier, overlap))
        narrowed = msgspec.structs.replace(blueprint, constraints=(*blueprint.constraints, *rows))
        say(f"{blueprint.id}: {counted(blueprint.forms, 'form')}")
        run = assemble(bank, narrowed, seed=seed, time_limit=seconds, gap=gap, progress=say)
        if not run.forms:
            told = [_of(blueprint, problem) for problem in run.findings]
            return Grouped(
                status=run.status,
                findings=(*told, *_no_proof(blueprint, blueprints, runs)),
                failed=(blueprint.id,),
                method="in sequence",
            )
        broken = errors(auditing.audit(run.forms, bank, blueprint))
        if broken:
            raise AuditError("; ".join(f"{problem.form}: {problem.message}" for problem in broken))
        runs.append(msgspec.structs.replace(run, blueprint=blueprint))
    stopped = any(run.status is Status.TIME_LIMIT_WITH_FORM for run in runs)
    return Grouped(
        status=Status.TIME_LIMIT_WITH_FORM if stopped else Status.DONE,
        runs=tuple(runs),
        method="in sequence",
    )


def _left(earlier: Sequence[Form], overlap: int) -> Iterator[Exclusion | Content]:
    """The rows that leave to a blueprint what the forms of those before it left."""
    if not overlap and earlier:
        used = sorted({one.item for form in earlier for one in form.placements})
        yield Exclusion(label="used by the blueprints before", items=tuple(used))
    for form in earlier if overlap else ():
        where = {"id": sorted(one.item for one in form.placements), "role": "any"}
        yield Content(label=f"shared with {form.id}", where=where, maximum=overlap)


def _no_proof(
    blueprint: Blueprint, blueprints: Sequence[Blueprint], runs: Sequence[Assembled]
) -> Iterator[Problem]:
    if runs:
        before = listed([one.id for one in blueprints[: len(runs)]])
        yield Problem(
            kind=GROUPS,
            label=GROUPS,
            message=f"{blueprint.id} was assembled after {before}, from what was left; in another order all "
            "blueprints may be met",
            hint=f"Name {blueprint.id} first.",
        )


def _audited(made: Grouped, overlap: int) -> None:
    """Raise AuditError when forms of different blueprints share more than they may."""
    broken = auditing.audit_between(made.forms, overlap)
    if broken:
        raise AuditError("; ".join(f"{problem.form}: {problem.message}" for problem in broken))
