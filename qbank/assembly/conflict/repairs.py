"""Changes of bounds with which rows can be met: of one row, and the least of all."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem, Repair, listed, number
from qbank.assembly.relaxation import Change, Search
from qbank.assembly.relaxing import OFF, RelaxError, relaxed
from qbank.diagnostics import Severity
from qbank.model.blueprint import Blueprint


def widened(search: Search, row: ConstraintKind, background: list[str]) -> tuple[Repair, ...]:
    """The least change of the bounds of one row with which it can be met, in every form alike."""
    return tuple(
        as_repair(change, search.compiled.space.blueprint)
        for change in search.changes([row.label], background) or ()
    )


def as_repair(change: Change, blueprint: Blueprint) -> Repair:
    """A change of bounds as a repair; a row that takes no such value is left out.

    Of a length to which no form comes down nothing can be left out: that is no relaxation of one run.
    """
    label = change.label
    low, high = (number(round(x, 6)) for x in (change.lower - change.under, change.upper + change.over))
    if change.under and change.over:
        value, verb = f"{low}..{high}", f'widen "{label}" to {low} to {high}'
    else:
        value = low if change.under else high
        verb = f'{"lower" if change.under else "raise"} "{label}" to {value}'
    if not change.relief and _takes(blueprint, label, value):
        return Repair(sentence=verb, relax=(f"{label}={value}",))
    if _takes(blueprint, label, OFF):
        return Repair(sentence=f'leave "{label}" out', relax=(f"{label}={OFF}",))
    return Repair(sentence=verb)


def _takes(blueprint: Blueprint, label: str, value: str) -> bool:
    try:
        relaxed(blueprint, {label: value})
    except RelaxError:
        return False
    return True


def least_change(search: Search, told: tuple[Problem, ...]) -> Iterator[Problem]:
    """The change of the blueprint's own bounds that is enough for all, where no sentence offers it."""
    offered = {repair.relax for one in told for repair in one.repairs if one.kind != "forms"}
    changes = _changes(search)
    parts = [as_repair(one, search.compiled.space.blueprint) for one in changes or ()]
    if not changes or {part.relax for part in parts} <= offered:
        return
    amounts = [_change(one, search.compiled.space.forms) for one in changes]
    whole = Repair(
        sentence=listed([part.sentence for part in parts], 20),
        relax=tuple(one for part in parts for one in part.relax) if all(p.relax for p in parts) else (),
    )
    yield Problem(
        kind="conflict",
        message=f"the least change that makes {_them(search)} possible: {listed(amounts, 8)}",
        severity=Severity.INFO,
        repairs=(whole,),
    )


def _changes(search: Search) -> list[Change] | None:
    """The least changes of bounds with which all rows hold."""
    shorts = search.shortfall(search.labels)
    if shorts is None or search.compiled.space.forms > 1 or any(one.detail or one.relief for one in shorts):
        touched = [label for label in search.labels if label in {one.label for one in shorts or ()}]
        others = [label for label in search.labels if label not in touched]
        return (search.changes(touched, others) if touched else None) or search.changes(search.labels)
    return [
        Change(label=one.label, under=one.under, over=one.over, lower=one.lower, upper=one.upper)
        for one in shorts
    ]


def _change(change: Change, forms: int) -> str:
    each = "" if forms == 1 else " in every form"
    if change.relief:
        return f'wider bounds in "{change.label}"'
    texts = [f"{number(change.under)} fewer"] * bool(change.under) + [f"{number(change.over)} more"] * bool(
        change.over
    )
    return f'{" and ".join(texts)} in "{change.label}"{each}'


def _them(search: Search) -> str:
    return "a form" if search.compiled.space.forms == 1 else f"{search.compiled.space.forms} forms"
