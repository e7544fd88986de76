"""The end of a run in words: its forms in a few lines, tables that fit a terminal, and the same as JSON."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from qbank.assembly import Problem
    from qbank.assembly.summary import Summary, Table
    from qbank.model.blueprint import Blueprint
    from qbank.model.form import Form

SCHEMA_VERSION = 1
WIDE = 100
"""The width of a table where there is no terminal."""

NARROWEST = 12
"""No first column is cut to less than this."""


def form_lines(
    form: Form, summary: Summary, blueprint: Blueprint, paths: Sequence[Path], soft: int
) -> Iterator[str]:
    """A form in a few lines; `soft` is the number of soft rows that it breaks."""
    roles = Counter(placement.role for placement in form.placements)
    told = ", ".join(f"{count} {role}" for role, count in sorted(roles.items()))
    yield f"{form.id}: {len(form.placements)} items ({told})"
    limits = list(_limits(form))
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
        yield f"  {_file(path)}"


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


def _limits(form: Form) -> Iterator[str]:
    """Cut score and time of a form in words."""
    if form.cut_score is not None:
        of = "" if form.cut_score.of is None else f" of {form.cut_score.of:g}"
        yield f"cut score {form.cut_score.points:g}{of} ({form.cut_score.scale})"
    if form.time_limit_minutes is not None:
        yield f"{form.time_limit_minutes:g} minutes"


def closing_text(summary: Summary) -> str:
    """The tables of a summary for the terminal, or for `WIDE` columns where there is none."""
    from qbank.assembly.summary import MOST_COLUMNS, tables

    return _fitted(lambda most: tables(summary, most), MOST_COLUMNS, len(summary.forms))


def overlap_text(names: Sequence[str], shared: Sequence[Sequence[int]]) -> str:
    """The items that all forms of a run share, for the terminal."""
    from qbank.assembly.summary import MOST_COLUMNS, overlap_tables

    return _fitted(lambda most: overlap_tables(names, shared, most), MOST_COLUMNS, len(names))


def _fitted(tables: Callable[[int], Iterable[Table]], most: int, forms: int) -> str:
    """Tables with a column a form, or with few columns where that is too wide."""
    room = shutil.get_terminal_size((WIDE, 24)).columns if sys.stdout and sys.stdout.isatty() else WIDE
    shown = [_aligned(*one, room) for one in tables(most)]
    if any(_too_wide(lines, room) for lines in shown) and forms > 2:
        shown = [_aligned(*one, room) for one in tables(2)]
    return "".join(f"\n{line}\n" if not number else f"{line}\n" for lines in shown for number, line in lines)


def _too_wide(lines: Sequence[tuple[int, str]], room: int) -> bool:
    from qbank.reporters.safe import width

    return any(width(line) > room for _, line in lines)


def _aligned(
    title: str, head: Sequence[str], cells: Sequence[Sequence[str]], room: int
) -> list[tuple[int, str]]:
    """Numbered lines of a table: the first column cut where the room is small, the others to the right."""
    from qbank.reporters.safe import safe, width

    rows = [[safe(cell) for cell in row] for row in ((title, *head[1:]), *cells)]
    rows[0][0] = safe(title)
    widths = [max(width(row[column]) for row in rows) for column in range(len(head))]
    rest = sum(widths[1:]) + 2 * (len(head) - 1)
    widths[0] = min(widths[0], max(NARROWEST, room - rest))
    lines = []
    for number, row in enumerate(rows):
        first = _cut(row[0], widths[0])
        others = [" " * (widths[place] - width(cell)) + cell for place, cell in enumerate(row) if place]
        padded = first + " " * (widths[0] - width(first))
        lines.append((number, "  ".join((padded, *others)).rstrip()))
    return lines


def _cut(text: str, most: int) -> str:
    """A text of at most so many columns; where something is cut off stands an ellipsis."""
    from qbank.reporters.safe import width

    if width(text) <= most:
        return text
    while text and width(text) > most - 1:
        text = text[:-1]
    return f"{text}…"


def closing_json(
    status: str,
    seed: int,
    findings: Sequence[Problem],
    groups: Sequence[dict[str, Any]],
    shared: tuple[Sequence[str], Sequence[Sequence[int]]],
) -> str:
    """The JSON of a run: `groups` are those of `group_tree`, one for each blueprint."""
    tree = {
        "schema_version": SCHEMA_VERSION,
        "status": status,
        "seed": seed,
        "findings": [_finding(one) for one in findings],
        "groups": groups,
        "overlap": {"forms": shared[0], "shared": shared[1]},
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _finding(one: Problem) -> dict[str, Any]:
    return {
        "severity": one.severity.value,
        "kind": one.kind,
        "label": one.label,
        "message": one.message,
        "hint": one.hint,
        "items": one.items,
    }


def group_tree(
    blueprint: Blueprint, summary: Summary | None, made: Sequence[tuple[Form, Sequence[Path]]]
) -> dict[str, Any]:
    """One blueprint with its forms, each with the files that were written."""
    solver = made[0][0].solver if made else None
    return {
        "blueprint": {"id": blueprint.id, "hash": blueprint.hash, "title": blueprint.title},
        "objective": blueprint.objective.kind,
        "solver": None if solver is None else {**_SOLVER, **msgspec.to_builtins(solver)},
        "forms": [
            {
                "id": form.id,
                "items": len(form.placements),
                "roles": dict(sorted(Counter(one.role for one in form.placements).items())),
                "sections": [{"id": one.id, "items": len(one.placements)} for one in form.sections],
                "files": [_file(path) for path in paths],
            }
            for form, paths in made
        ],
        "rows": [] if summary is None else msgspec.to_builtins(summary.rows),
        "information": [] if summary is None else msgspec.to_builtins(summary.information),
    }


_SOLVER: dict[str, Any] = {"objective": None, "bound": None, "gap": None, "reproducible": True}


def _file(path: Path) -> str:
    from qbank.cli import steps

    return steps.shown_path(path)
