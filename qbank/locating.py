"""Problems of blueprints, forms and usage files → diagnostics: each at its place in its file."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from qbank import checking
from qbank.diagnostics import Diagnostic, Finding, Location, Severity, in_order
from qbank.discovery import did_you_mean
from qbank.model.bank import Bank, Source
from qbank.model.blueprint import Blueprint
from qbank.model.form import Form
from qbank.reading.files import shown
from qbank.reading.places import Places, locate

if TYPE_CHECKING:
    from qbank.assembly import Problem
    from qbank.reading.usage import UsageReading


def located(
    problems: Iterable[Problem],
    blueprint: Blueprint | None,
    forms: Collection[tuple[Form, str | Path]] = (),
) -> tuple[Diagnostic, ...]:
    """Problems of a blueprint, or of forms with their files, as diagnostics with their places."""
    files = {form.id: (form, Path(path)) for form, path in forms}
    source = None if blueprint is None else blueprint_source(blueprint)
    found = []
    for one in problems:
        if one.form in files:
            at = _form_place(one, *files[one.form])
        else:
            at = locate(source, one.pointer) if source is not None else Location("")
        said = one.diagnostic(at.file, at.line, at.column)
        message = f"{one.form}: {said.message}" if one.form else said.message
        found.append(msgspec.structs.replace(said, message=message))
    return in_order(found)


def _form_place(problem: Problem, form: Form, path: Path) -> Location:
    """The placement that a problem is about when it is about one, otherwise the file."""
    if len(problem.items) == 1:
        for number, section in enumerate(form.sections):
            for seat, placement in enumerate(section.placements):
                if placement.item == problem.items[0]:
                    source = Source(shown(path), str(path), "json", "form", -1, -1)
                    return locate(source, ("sections", number, "placements", seat, "item"))
    return Location(shown(path))


def blueprint_source(blueprint: Blueprint) -> Source | None:
    """The file of a blueprint, None for one that was never in a file."""
    if not blueprint.path:
        return None
    path = Path(blueprint.path)
    return Source(shown(path), str(path), "json" if path.suffix == ".json" else "yaml", "blueprint", -1, -1)


def usage_diagnostics(reading: UsageReading, bank: Bank) -> tuple[Diagnostic, ...]:
    """What is wrong with a usage file, and which of its items the bank does not have."""
    known = {item.id for item in bank.items} | bank.unreadable
    found = [(one.rule, Severity.ERROR, one.finding) for one in reading.problems]
    for id, place in reading.places.items():
        if id not in known:
            hint = did_you_mean(id, known) or "It is passed over."
            finding = Finding(place, f"{id} is not in the bank", (), hint)
            found.append(("usage", Severity.WARNING, finding))
    return checking.locate_findings(found, Places(bank.sources), "usage")
