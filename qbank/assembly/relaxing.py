"""Rows of a blueprint widened for one run: `LABEL=VALUE` allows a value that the row does not allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from qbank.assembly.duties import CUT_SCORE, all_rows
from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.sections import section_blueprint
from qbank.discovery import did_you_mean
from qbank.model.blueprint import Blueprint, Bounds, Constraint
from qbank.model.form import Form

OFF = "off"
"""The value that leaves a row out."""

FORMS = "forms"
"""The label under which the number of forms is changed."""


class RelaxError(ValueError):
    """A relaxation that cannot be: of no row, or to no value. `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message}. {hint}" if hint else message)
        self.hint = hint


def parsed(texts: Iterable[str]) -> dict[str, str]:
    """`LABEL=VALUE` texts as label → value. Raises RelaxError when one is none, or a label comes twice."""
    found: dict[str, str] = {}
    for text in texts:
        label, sign, value = (part.strip() for part in text.rpartition("="))
        if not (label and sign and value):
            raise RelaxError(f"{text!r} is no relaxation", "Write LABEL=VALUE, LABEL=LOW..HIGH or LABEL=off.")
        if label in found:
            raise RelaxError(f"{label!r} is relaxed twice", "Write LABEL=LOW..HIGH to widen both bounds.")
        found[label] = value
    return found


def relaxed(blueprint: Blueprint, changes: Mapping[str, str]) -> Blueprint:
    """The blueprint with some rows widened, and with what was changed in its `relaxed`.

    A value moves the bound that forbids it: `recall=9` lowers a minimum of 12 to 9, or raises a maximum of
    6; `LOW..HIGH` moves both; `off` leaves the row out; `length=58` or `pretest=10` changes the number of
    items, `forms=2` that of forms. Raises RelaxError for an unknown label, and for a value that the row
    allows.
    """
    now = blueprint
    for label, value in changes.items():
        now = _relaxed(now, label, value)
    return msgspec.structs.replace(now, relaxed={k: v for k, v in changes.items() if k != FORMS})


def for_form(blueprint: Blueprint, form: Form) -> Blueprint:
    """The blueprint by which a form was made, with the rows widened that its file names.

    Raises RelaxError when the blueprint has no such row any more.
    """
    changes = {} if form.relaxed is msgspec.UNSET else form.relaxed
    return relaxed(blueprint, changes) if changes else blueprint


def _relaxed(blueprint: Blueprint, label: str, value: str) -> Blueprint:
    replace = msgspec.structs.replace
    known = {row.label for row in all_rows(blueprint)} | {FORMS}
    if any(row.label == label for row in blueprint.constraints):
        return replace(blueprint, constraints=_changed(blueprint.constraints, label, value, blueprint))
    for number, plan in enumerate(blueprint.sections):
        inner = label.removeprefix(f"{plan.id}: ")
        if inner != label and any(row.label == inner for row in plan.constraints):
            view = section_blueprint(blueprint, number)
            part = replace(plan, constraints=_changed(plan.constraints, inner, value, view))
            sections = (*blueprint.sections[:number], part, *blueprint.sections[number + 1 :])
            return replace(blueprint, sections=sections)
    if label in known and label.partition(": ")[0] in {plan.id for plan in blueprint.sections}:
        raise RelaxError(f"{label!r} follows from the sections", "Change the sections of the blueprint.")
    if label not in known:
        hint = did_you_mean(label, known) or f"Its rows are {', '.join(sorted(known))}."
        raise RelaxError(f"{blueprint.id} has no row {label!r}", hint)
    if label == CUT_SCORE and blueprint.cut_score is not None:
        of = None if value == OFF else _number(label, value)
        return replace(blueprint, cut_score=replace(blueprint.cut_score, of=of))
    count = _number(label, value)
    if count < 1 or count % 1:
        raise RelaxError(f"{label} cannot be {value}", "Give a whole number, 1 or more.")
    if label == FORMS:
        return replace(blueprint, forms=int(count))
    if not blueprint.roles:
        return replace(blueprint, length=int(count))
    roles = {**blueprint.roles, label: int(count)}
    return replace(blueprint, roles=roles, length=sum(roles.values()))


def _changed(
    rows: Sequence[Constraint], label: str, value: str, blueprint: Blueprint
) -> tuple[Constraint, ...]:
    """Rows of which the one with a label is widened, or left out."""
    changed = []
    for row in rows:
        if row.label != label:
            changed.append(row)
        elif value != OFF and isinstance(row, ConstraintKind):
            changed.append(_widened(row, value, blueprint))
    return tuple(changed)


def _number(label: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        raise RelaxError(f"{label!r} cannot be {text!r}", "Give a number, LOW..HIGH or off.")
    return value


def _widened(row: ConstraintKind, text: str, blueprint: Blueprint) -> ConstraintKind:
    now = row
    for part in text.split("..") if ".." in text else [text]:
        now = _with_value(now, _number(row.label, part), blueprint)
    if now == row:
        bounded = any(hasattr(row, name) for name in ("minimum", "maximum", "sets", "share"))
        if not bounded:
            raise RelaxError(f"{row.label!r} has no bounds", f"Write {row.label}={OFF} to leave it out.")
        raise RelaxError(f"{row.label!r} allows {text} already")
    return now


def _with_value(row: ConstraintKind, value: float, blueprint: Blueprint) -> ConstraintKind:
    """A row whose bounds, those of its sets and its share allow a value."""
    changes: dict[str, Any] = {}
    for name, below in (("minimum", True), ("maximum", False)):
        bound = getattr(row, name, None)
        if bound is not None and (value < bound if below else value > bound):
            changes[name] = _like(row, bound, value)
    sets = getattr(row, "sets", None)
    if isinstance(sets, Bounds):
        changes["sets"] = _bounds(sets, value)
    share = getattr(row, "share", None)
    if isinstance(share, Bounds):
        role = getattr(row, "where", {}).get("role", "any")
        total = blueprint.role_counts.get(role, blueprint.length)
        changes["share"] = _bounds(share, value / total)
    return msgspec.structs.replace(row, **changes)


def _bounds(bounds: Bounds, value: float) -> Bounds:
    low, high = bounds.minimum, bounds.maximum
    return Bounds(
        minimum=value if low is not None and value < low else low,
        maximum=value if high is not None and value > high else high,
    )


def _like(row: ConstraintKind, bound: float, value: float) -> float:
    """A value of the type of a bound: numbers of items are whole."""
    if not isinstance(bound, int):
        return value
    whole = row.kind not in ("content", "length", "overlap", "exposure")
    if value % 1 and not whole:
        raise RelaxError(f"{row.label!r} counts items and cannot be {value:g}", "Give a whole number.")
    return value if value % 1 else int(value)
