"""What a run made, for people: every row beside each form, information over ability, items that forms share.

It reads finished forms as audits do and decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from qbank.assembly.duties import all_rows, objective, stated
from qbank.assembly.kinds import BREACHES, ConstraintKind, Measure
from qbank.assembly.measured import form_curve
from qbank.assembly.problems import number
from qbank.assembly.relaxing import for_form
from qbank.assembly.setting import Filled, Setting, fill, make_setting
from qbank.model import notebook
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint, Constraint, Objective
from qbank.model.form import Form

MOST_COLUMNS = 6
"""Of more forms than these a table shows the least and the greatest value."""

_EXTREMES = ("least", "greatest")


class SummaryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the blueprint with its bounds and what each form has, in the order of the forms.

    `slack` is how much room the worst form has before it breaks a bound; below 0 it breaks it.
    """

    label: str
    kind: str
    target: str
    minimum: float | None
    maximum: float | None
    values: tuple[float | None, ...]
    slack: float | None

    @property
    def judges(self) -> bool:
        """Whether the row counts nothing, so that a form keeps it or does not."""
        return self.target == BREACHES

    @property
    def bounds(self) -> str:
        """The bounds in words: "20", "24 to 30", "≥ 3"."""
        if self.judges:
            return ""
        if self.minimum is None or self.maximum is None:
            sign, bound = ("≥", self.minimum) if self.maximum is None else ("≤", self.maximum)
            return "" if bound is None else f"{sign} {shown(bound)}"
        low, high = shown(self.minimum), shown(self.maximum)
        return low if low == high else f"{low} to {high}"


class SummaryCurve(msgspec.Struct, frozen=True, kw_only=True):
    """The information of each form at an ability; None for a form with an item without parameters."""

    theta: float
    target: float | None
    values: tuple[float | None, ...]
    spread: float | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The forms of one blueprint beside what it asks for. `shared[i][j]`: items that forms i and j share."""

    blueprint: str
    objective: str
    forms: tuple[str, ...]
    rows: tuple[SummaryRow, ...]
    information: tuple[SummaryCurve, ...]
    shared: tuple[tuple[int, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The forms without what all their ids begin with."""
        start = f"{self.blueprint}-"
        return tuple(id.removeprefix(start) for id in self.forms)

    def _repr_html_(self) -> str:
        return "".join(
            notebook.heading(title) + notebook.table(head, rows) for title, head, rows in tables(self)
        )


def summarise(forms: Sequence[Form], bank: Bank, blueprint: Blueprint) -> Summary:
    """Forms of one blueprint beside its rows. Raises SelectorError when `eligible` is ill-formed.

    Forms of one run that were made with relaxed rows stand beside those.
    """
    blueprint = for_form(blueprint, forms[0]) if forms else blueprint
    setting = make_setting(bank, blueprint)
    filled = [fill(form, setting) for form in forms]
    rows = all_rows(blueprint)
    return Summary(
        blueprint=blueprint.id,
        objective=blueprint.objective.kind,
        forms=tuple(form.id for form in forms),
        rows=tuple(one for row in rows for one in _rows(row, setting, filled)),
        information=tuple(_curves(setting, filled)),
        shared=shared_items(forms),
    )


def shared_items(forms: Sequence[Form]) -> tuple[tuple[int, ...], ...]:
    """How many items each form shares with each; () for a single form."""
    held = [{placement.item for placement in form.placements} for form in forms]
    return tuple(tuple(len(one & other) for other in held) for one in held) if len(held) > 1 else ()


def _rows(row: ConstraintKind, setting: Setting, forms: Sequence[Filled]) -> Iterator[SummaryRow]:
    """The measures of a row, those of one target side by side; a form with one for two has both the same."""
    by_form = [_by_target(measures) for measures in row.measured(setting, forms)]
    for target in dict.fromkeys(target for one in by_form for target in one):
        lists = [one.get(target, []) for one in by_form]
        count = max(len(one) for one in lists)
        for place in range(count):
            found = [one[min(place, len(one) - 1)] if one else None for one in lists]
            first = next(one for one in found if one is not None)
            which = _EXTREMES[place] if count == len(_EXTREMES) else ""
            values = tuple(None if one is None else one.actual for one in found)
            yield SummaryRow(
                label=row.label,
                kind=row.kind,
                target=", ".join(filter(None, (target, which))),
                minimum=first.minimum,
                maximum=first.maximum,
                values=values,
                slack=_slack(values, first.minimum, first.maximum),
            )


def _by_target(measures: Iterable[Measure]) -> dict[str, list[Measure]]:
    found: dict[str, list[Measure]] = {}
    for one in measures:
        found.setdefault(one.target, []).append(one)
    return found


def _slack(values: Sequence[float | None], low: float | None, high: float | None) -> float | None:
    rooms = [
        room
        for value in values
        if value is not None and not math.isnan(value)
        for room in ([] if low is None else [value - low]) + ([] if high is None else [high - value])
    ]
    return round(min(rooms), 6) if rooms else None


def _curves(setting: Setting, forms: Sequence[Filled]) -> Iterator[SummaryCurve]:
    """The information at every ability that the objective or a row names."""
    targets: dict[float, float | None] = {}
    named: tuple[Objective | Constraint, ...] = (
        *_parts(objective(setting.blueprint)),
        *stated(setting.blueprint),
    )
    for part in named:
        thetas: tuple[float, ...] = getattr(part, "theta", ())
        wanted = getattr(part, "target", ()) if part.kind in ("minimax_information", "information") else ()
        for place, theta in enumerate(thetas):
            target = wanted[place] if place < len(wanted) else None
            targets[theta] = target if targets.get(theta) is None else targets[theta]
    thetas = tuple(sorted(targets))
    curves = [form_curve(setting, filled, thetas) if thetas else [] for filled in forms]
    for place, theta in enumerate(thetas):
        values = [None if math.isnan(one[place]) else round(one[place], 6) for one in curves]
        known = [value for value in values if value is not None]
        spread = round(max(known) - min(known), 6) if len(known) > 1 else None
        yield SummaryCurve(theta=theta, target=targets[theta], values=tuple(values), spread=spread)


def _parts(goal: Objective) -> tuple[Objective, ...]:
    """An objective, or those that it names in turn."""
    return tuple(getattr(goal, "parts", ())) or (goal,)


Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
"""A title, the heads of its columns, and its cells."""


def tables(summary: Summary, most: int = MOST_COLUMNS) -> Iterator[Table]:
    """What a summary says as tables of texts; of more than `most` forms least and greatest values."""
    wide = len(summary.forms) > most
    heads = ("min", "max") if wide else summary.names

    def cells(values: Sequence[float | None]) -> tuple[str, ...]:
        known = [value for value in values if value is not None]
        if wide:
            return (shown(min(known)), shown(max(known))) if known else ("", "")
        return tuple("" if value is None else shown(value) for value in values)

    def kept(values: Sequence[float | None]) -> tuple[str, ...]:
        said = tuple("broken" if value else "kept" for value in values)
        return ("", "broken" if "broken" in said else "kept") if wide else said

    yield (
        f"rows of {summary.blueprint}",
        ("row", "target", *heads, "slack"),
        [
            (
                name,
                row.bounds,
                *(kept(row.values) if row.judges else cells(row.values)),
                "" if row.slack is None or row.judges else shown(row.slack),
            )
            for row, name in zip(summary.rows, _names(summary.rows), strict=True)
        ],
    )
    if summary.information:
        yield (
            "information",
            ("theta", "target", *heads, "spread"),
            [
                (
                    shown(one.theta),
                    "" if one.target is None else shown(one.target),
                    *cells(one.values),
                    "" if one.spread is None else shown(one.spread),
                )
                for one in summary.information
            ],
        )
    yield from overlap_tables(summary.names, summary.shared, most)


def overlap_tables(
    names: Sequence[str], shared: Sequence[Sequence[int]], most: int = MOST_COLUMNS
) -> Iterator[Table]:
    """The items that forms share, two by two; for many forms by numbers of pairs."""
    if not shared:
        return
    if len(names) <= most:
        yield (
            "shared items",
            ("form", *names),
            [(name, *(str(count) for count in row)) for name, row in zip(names, shared, strict=True)],
        )
        return
    pairs = [row[other] for place, row in enumerate(shared) for other in range(place)]
    yield (
        "shared items",
        ("items", "pairs of forms"),
        [(str(count), str(pairs.count(count))) for count in sorted(set(pairs))],
    )


def _names(rows: Sequence[SummaryRow]) -> Iterator[str]:
    """The labels of rows; of a label with several numbers each with what tells it from the others."""
    targets: dict[str, list[str]] = {}
    for row in rows:
        targets.setdefault(row.label, []).append(row.target)
    for row in rows:
        beside = targets[row.label]
        ends = {target.rsplit(", ", 1)[-1] for target in beside}
        told = row.target.rsplit(", ", 1)[-1] if len(ends) == len(beside) else row.target
        yield f"{row.label}: {told}" if len(beside) > 1 else row.label


def shown(value: float) -> str:
    """A number in a table: whole, or with three decimals at most."""
    return number(round(value, 3)) if math.isfinite(value) else str(value)
