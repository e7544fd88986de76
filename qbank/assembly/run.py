"""assemble: check, compile, solve, decode, audit; or explain why there is no form."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping

import msgspec

from qbank.assembly import auditing, conflict, counting
from qbank.assembly.arranging import NoOrder
from qbank.assembly.compile import Compiled, compile_blueprint, without_choice
from qbank.assembly.decode import chosen, decode, homes
from qbank.assembly.duties import objective, stated
from qbank.assembly.mistakes import checked
from qbank.assembly.problems import Problem, errors, listed
from qbank.assembly.program import Block, held
from qbank.assembly.relaxing import relaxed
from qbank.assembly.scale import engine
from qbank.assembly.setting import Setting, fill
from qbank.assembly.soft import breaches
from qbank.assembly.solution import Outcome, Solution, relative_gap
from qbank.assembly.solvers import highs
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.form import OPERATIONAL, Form, SolverFacts

Progress = Callable[[str], None]

CHOICES = 25
"""How many choices of items may turn out to have no order before the search is given up."""

STOPPED = Problem(
    kind="time_limit",
    message="the search was stopped before any form was found",
    hint="Give it more time, fewer forms, or wider bounds.",
)
"""Why there is no form when the time is over."""


class AuditError(Exception):
    """A form that the solver gave breaks the blueprint: a mistake in qbank, never the user's."""


class Status(enum.StrEnum):
    """How a run ended. INVALID: the blueprint has mistakes, nothing was solved."""

    DONE = "done"
    INVALID = "invalid"
    INFEASIBLE = "infeasible"
    TIME_LIMIT_WITH_FORM = "time_limit_with_form"
    TIME_LIMIT_WITHOUT_FORM = "time_limit_without_form"


class Assembled(msgspec.Struct, frozen=True, kw_only=True):
    """What a run gives: forms only when every audit passes, otherwise findings that say why not.

    `bank` and `blueprint` are what forms were made from, so that a notebook can show them beside it.
    """

    status: Status
    forms: tuple[Form, ...] = ()
    findings: tuple[Problem, ...] = ()
    solver: SolverFacts | None = None
    log: tuple[str, ...] = ()
    bank: Bank | None = None
    blueprint: Blueprint | None = None

    def __repr__(self) -> str:
        made = [form.id for form in self.forms]
        return f"Assembled(status={self.status.value!r}, forms={made!r}, findings={list(self.findings)!r})"

    def _repr_html_(self) -> str:
        from qbank.assembly.notebook import assembled_html

        return assembled_html(self)


def assemble(
    bank: Bank,
    blueprint: Blueprint,
    *,
    forms: int | None = None,
    seed: int = 1,
    time_limit: float | None = 60.0,
    gap: float | None = None,
    relax: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Assembled:
    """Forms that meet a blueprint, or the reasons why there are none.

    `forms` overrides the blueprint's number of parallel forms. The same bank, blueprint and seed give
    the same forms unless the clock stops the search (`time_limit` in seconds; the forms say so then).
    `gap` is the relative gap at which the search may stop, in place of the objective's own. `relax` widens
    rows for this run, as the repairs of an explanation offer it: {label: value}; forms say so.
    Raises ValueError when `forms` is under 1 or a row cannot be relaxed so, and AuditError when a form
    that was found breaks the blueprint, which is a mistake in qbank.
    """
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if progress is not None:
            progress(line)

    blueprint = relaxed(blueprint, relax) if relax else blueprint
    count = blueprint.forms if forms is None or "forms" in (relax or {}) else forms
    if count < 1:
        raise ValueError(f"forms must be 1 or more, not {count}")
    setting, findings = checked(bank, blueprint)
    if setting is None or errors(findings):
        return Assembled(status=Status.INVALID, findings=findings, log=tuple(lines))
    say(f"{len(setting.eligible)} of {len(setting.items)} items eligible")
    if engine.is_large(blueprint, len(setting.eligible), count):
        large = engine.dealt(bank, blueprint, count, seed, gap, time_limit, say)
        if large is not None and (done := _dealt(large, setting, seed, gap, say)) is not None:
            return msgspec.structs.replace(
                done, findings=findings, log=tuple(lines), bank=bank, blueprint=blueprint
            )
    compiled = compile_blueprint(bank, blueprint, count, seed)
    say(f"program for {count} {'form' if count == 1 else 'forms'}: {compiled.program().size}")
    if counting.arithmetic(compiled, setting):
        solution = Solution(solver="arithmetic", outcome=Outcome.INFEASIBLE)
        return _without_form(compiled, setting, solution, findings, say, lines, time_limit)
    found = _ordered(compiled, setting, lambda one: _solved(one, gap, time_limit, say))
    solution = found.solution
    if found.forms is None or found.facts is None:
        findings = (*findings, *found.problems)
        return _without_form(compiled, setting, solution, findings, say, lines, time_limit)
    made, facts = found.forms, found.facts
    say(f"objective {facts.objective}, bound {facts.bound}, gap {facts.gap}")
    judged = auditing.audited(made, setting)
    if broken := errors(judged):
        raise AuditError("; ".join(f"{problem.form}: {problem.message}" for problem in broken))
    say("every audit passed")
    stopped = solution.outcome is Outcome.STOPPED and solution.by_clock
    return Assembled(
        status=Status.TIME_LIMIT_WITH_FORM if stopped else Status.DONE,
        forms=made,
        findings=(*findings, *breaches(judged, stated(blueprint))),
        solver=facts,
        log=tuple(lines),
        bank=bank,
        blueprint=blueprint,
    )


class _Found(msgspec.Struct, frozen=True):
    """A solution with its forms, or why no order was found for what was chosen."""

    solution: Solution
    forms: tuple[Form, ...] | None = None
    facts: SolverFacts | None = None
    problems: tuple[Problem, ...] = ()


def _ordered(compiled: Compiled, setting: Setting, solve: Callable[[Compiled], Solution]) -> _Found:
    """Solve until what was chosen can be put in order; a choice of items without an order is cut off."""
    refused: NoOrder | None = None
    proved = True
    for _ in range(CHOICES):
        solution = solve(compiled)
        if solution.values is None:
            # what no order was found for has been cut off: nothing is proved about it
            is_open = refused is not None and not proved and solution.outcome is Outcome.INFEASIBLE
            if is_open:
                solution = msgspec.structs.replace(solution, outcome=Outcome.STOPPED)
            return _Found(solution, problems=_no_order(refused, proved))
        try:
            return _Found(solution, *forms_of(compiled, setting, solution))
        except NoOrder as error:
            refused, proved = error, proved and error.proved
            compiled = without_choice(compiled, error.items)
    stopped = Solution(solver=solution.solver, outcome=Outcome.STOPPED)
    return _Found(stopped, problems=_no_order(refused, proved=False))


def _no_order(refused: NoOrder | None, proved: bool) -> tuple[Problem, ...]:
    if refused is None:
        return ()
    rows = listed([f'"{label}"' for label in refused.labels])
    told = "no order of items and options meets" if proved else "no order of items and options was found for"
    return (
        Problem(
            kind="order",
            label=refused.labels[0],
            message=f"{told} {rows}, whichever items are chosen",
            hint="Change one of these rows, shuffle more items, or take items out of item sets.",
        ),
    )


def _dealt(
    large: engine.Dealt, setting: Setting, seed: int, gap: float | None, say: Progress
) -> Assembled | None:
    """The forms of a large run with their facts; None when an audit finds something."""
    goal = objective(setting.blueprint)
    solution = Solution(
        solver=engine.NAME, outcome=Outcome.STOPPED, bound=round(large.bound, 6), by_clock=large.by_clock
    )
    draft = decode(large.taken, setting, seed, _facts(solution, None))
    filled = [fill(form, setting) for form in draft]
    facts = _facts(solution, round(goal.value(setting, filled), 6))
    if facts.gap is not None and facts.gap <= (goal.gap if gap is None else gap):
        facts = msgspec.structs.replace(facts, status="optimal")
    made = tuple(msgspec.structs.replace(form, solver=facts) for form in draft)
    say(f"objective {facts.objective}, bound {facts.bound}, gap {facts.gap}")
    broken = errors(auditing.audited(made, setting))
    if broken:
        say(f"class aggregation: not taken, an audit found: {broken[0].message}")
        return None
    say("every audit passed")
    status = Status.TIME_LIMIT_WITH_FORM if large.by_clock else Status.DONE
    return Assembled(status=status, forms=made, solver=facts)


def _solved(compiled: Compiled, gap: float | None, time_limit: float | None, say: Progress) -> Solution:
    """The solution of the last goal, each goal being kept while the next is solved."""
    seconds = None if time_limit is None else time_limit / len(compiled.goals)
    kept: list[Block] = []
    best: Solution | None = None
    for number, goal in enumerate(compiled.goals):
        solution = highs.solve(
            compiled.program(number, kept),
            seed=compiled.space.seed,
            gap=goal.gap if gap is None else gap,
            time_limit=seconds,
        )
        of = f" (objective {number + 1} of {len(compiled.goals)})" if len(compiled.goals) > 1 else ""
        say(f"highs{of}: {solution.outcome}, {solution.nodes} nodes")
        best = _after(best, solution)
        if solution.values is None or solution.objective is None:
            return best
        if of:
            say(f"objective {number + 1}: {solution.objective}, bound {solution.bound}")
        kept.append(held(goal, solution.objective))
    assert best is not None
    return best


def _after(earlier: Solution | None, now: Solution) -> Solution:
    """A solution with what earlier goals say of the whole: stopped once is stopped, what was found stays."""
    if earlier is None:
        return now
    by_clock = earlier.by_clock or now.by_clock
    if now.values is None:
        # the forms of the goal before are forms all the same, their value by this goal is not proved
        return msgspec.structs.replace(
            earlier, outcome=Outcome.STOPPED, by_clock=by_clock, objective=None, bound=None, gap=None
        )
    outcome = Outcome.STOPPED if earlier.outcome is Outcome.STOPPED else now.outcome
    return msgspec.structs.replace(now, outcome=outcome, by_clock=by_clock)


def forms_of(
    compiled: Compiled, setting: Setting, solution: Solution
) -> tuple[tuple[Form, ...], SolverFacts]:
    """The forms of a solution; the objective is computed anew from their items."""
    assert solution.values is not None
    seed = compiled.space.seed
    taken = chosen(compiled.space, solution.values)
    anchors = compiled.space.anchored(solution.values, OPERATIONAL)
    facts = _facts(solution, solution.objective)
    draft = decode(taken, setting, seed, facts, homes(compiled.space, solution.values), anchors)
    filled = [fill(form, setting) for form in draft]
    value = round(objective(setting.blueprint).value(setting, filled), 6)
    facts = _facts(solution, value)
    return tuple(msgspec.structs.replace(form, solver=facts) for form in draft), facts


def _facts(solution: Solution, value: float | None) -> SolverFacts:
    bound = solution.bound
    if value is not None and bound is not None and abs(value - bound) < 1e-5:
        # the solver's own rounding must not put the bound on the wrong side of the objective
        bound = value
    return SolverFacts(
        name=solution.solver,
        status="optimal" if solution.outcome is Outcome.OPTIMAL else "feasible",
        objective=value,
        bound=bound,
        gap=None if value is None or bound is None else relative_gap(value, bound),
        reproducible=not solution.by_clock,
    )


def _without_form(
    compiled: Compiled,
    setting: Setting,
    solution: Solution,
    findings: tuple[Problem, ...],
    say: Progress,
    lines: list[str],
    time_limit: float | None,
) -> Assembled:
    facts = SolverFacts(
        name=solution.solver, status=str(solution.outcome), reproducible=not solution.by_clock
    )
    limit = 60.0 if time_limit is None else time_limit
    if solution.outcome is not Outcome.INFEASIBLE and not conflict.contradiction(compiled, limit / 4):
        return Assembled(
            status=Status.TIME_LIMIT_WITHOUT_FORM,
            findings=(*findings, STOPPED),
            solver=facts,
            log=tuple(lines),
        )
    if any(problem.kind == "order" for problem in findings):
        return Assembled(status=Status.INFEASIBLE, findings=findings, solver=facts, log=tuple(lines))
    say("no form can meet every row; looking for the reason")
    reasons = conflict.explain(compiled, setting, limit)
    return Assembled(status=Status.INFEASIBLE, findings=(*findings, *reasons), solver=facts, log=tuple(lines))
