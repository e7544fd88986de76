"""Sheet About: what this workbook is, and for staff how the form came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from qbank.formats.contract import ExportInput
from qbank.formats.xlsx.limits import form_location
from qbank.formats.xlsx.table import Column, Row, Table, scalar, text
from qbank.model.blueprint import Fact
from qbank.model.form import Version
from qbank.tables.grid import number_text

Line = tuple[str, Any]


def about_sheet(input: ExportInput) -> Table:
    """The sheet. A candidate's says nothing about scored items, the cut score or how items were chosen."""
    groups = _candidate(input) if input.audience == "candidate" else _staff(input)
    return Table(
        name="About",
        columns=(Column("Field", 30, least=30), Column("Value", 115, least=115)),
        rows=tuple(row for title, lines in groups for row in _group(input, title, lines)),
        frozen=0,
        filtered=False,
    )


def _group(input: ExportInput, title: str, lines: tuple[Line, ...]) -> Iterator[Row]:
    where = form_location(input)
    known = [(name, value) for name, value in lines if value not in (None, "")]
    if known:
        yield Row((text(title, where, title),), "heading")
    for name, value in known:
        yield Row((text(name, where, name), scalar(value, where, f"{title}, {name}")))


def _candidate(input: ExportInput) -> Iterator[tuple[str, tuple[Line, ...]]]:
    form, info = input.form, input.bank.info
    yield (
        "Form",
        (
            ("Title", form.title),
            ("Form id", form.id),
            ("Audience", "candidate"),
            ("Items", len(form.placements)),
            ("Time limit (minutes)", form.time_limit_minutes),
            *_sections(input),
        ),
    )
    yield "Bank", (("Title", info.title), ("Licence", info.licence), ("Notice", info.notice))
    yield "Made with", (("qbank version", input.version),)


def _staff(input: ExportInput) -> Iterator[tuple[str, tuple[Line, ...]]]:
    form, blueprint, info, solver = input.form, input.blueprint, input.bank.info, input.form.solver
    roles = Counter(placement.role for placement in form.placements)
    yield (
        "Form",
        (
            ("Title", form.title),
            ("Form id", form.id),
            ("Version of", _version_of(input)),
            ("Audience", "staff: this workbook contains keys"),
            ("Items", len(form.placements)),
            *((f"Items, {role}", count) for role, count in sorted(roles.items())),
            ("Time limit (minutes)", form.time_limit_minutes),
            ("Cut score", _cut_score(input)),
            *_sections(input),
        ),
    )
    yield (
        "Blueprint",
        (
            ("Title", blueprint.title),
            ("Blueprint id", form.blueprint.id),
            ("Edition", blueprint.edition),
            ("Blueprint hash", form.blueprint.hash),
            *((f"Source of {fact.field}", _sentence(fact)) for fact in blueprint.facts),
        ),
    )
    yield (
        "Bank",
        (
            ("Title", info.title),
            ("Bank id", form.bank.id),
            ("Bank hash", form.bank.hash),
            ("Valid as of", info.as_of),
            ("Licence", info.licence),
            ("Notice", info.notice),
        ),
    )
    yield (
        "How the form was made",
        (
            ("Seed", form.seed),
            ("Solver", solver.name),
            ("Status", solver.status),
            ("Objective", solver.objective),
            ("Bound", solver.bound),
            ("Gap", solver.gap),
            ("Reproducible", "yes" if solver.reproducible else "no: the clock stopped the search"),
            ("qbank version", input.version),
        ),
    )


def _sections(input: ExportInput) -> Iterator[Line]:
    """The sections of a form that has several."""
    for section in input.form.sections if len(input.form.sections) > 1 else ():
        time = section.time_limit_minutes
        told = [f"{len(section.placements)} items"]
        told += [] if time is None else [f"{number_text(time)} minutes"]
        yield f"Section {section.title or section.id}", ", ".join(told)


def _version_of(input: ExportInput) -> str:
    """The form that this one is a scrambled version of; "" for a form of its own."""
    version = input.form.version
    return version.of if isinstance(version, Version) else ""


def _cut_score(input: ExportInput) -> str:
    cut = input.form.cut_score
    if cut is None:
        return ""
    of = "" if cut.of is None else f" of {number_text(cut.of)}"
    return f"{number_text(cut.points)}{of} points ({cut.scale})"


def _sentence(fact: Fact) -> str:
    certainty = f"certainty {fact.certainty}" if fact.certainty else ""
    return "; ".join(part for part in (fact.source, certainty, fact.note) if part)
