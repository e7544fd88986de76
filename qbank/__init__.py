"""qbank: validate item banks, assemble exam forms that provably meet a blueprint, export them.

The functions here do in Python what the commands do:

    from qbank import assemble, audit, export, lint, load_bank, load_blueprint, write

    bank, problems = load_bank("banks/cmcs")
    report = lint(bank, problems)
    blueprint = load_blueprint("banks/cmcs/blueprints/practice.yaml")
    for form in assemble(bank, blueprint, seed=1).forms:
        assert not audit(form, bank, blueprint)
        write(export(form, bank, blueprint, to="xlsx"), f"exports/{form.id}")

Every name is loaded when it is first used, so that importing qbank costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qbank.api import (
        BlueprintError,
        ExportRefused,
        NoVersion,
        UnknownName,
        UsageFileError,
        assemble,
        assemble_groups,
        audit,
        audit_between,
        carries,
        coverage,
        diff,
        export,
        export_bank,
        import_file,
        lint,
        load_bank,
        load_blueprint,
        load_form,
        load_usage,
        merge_file,
        render,
        save_form,
        scramble,
        summarise,
        version_map_files,
        write,
    )
    from qbank.assembly import Assembled, CoverageRow, Inventory, Problem, Status
    from qbank.assembly.groups import Grouped
    from qbank.assembly.summary import Summary
    from qbank.checking import Report
    from qbank.comparison.changes import Change, Comparison, ItemChange, Side, Span, StimulusChange
    from qbank.config import ConfigError, Settings
    from qbank.diagnostics import Diagnostic, Finding, Severity
    from qbank.model.bank import Bank
    from qbank.model.blueprint import Blueprint
    from qbank.model.form import Form
    from qbank.model.item import Item
    from qbank.model.stimulus import Stimulus
    from qbank.reading.files import PathError

    __version__: str

__all__ = [
    "Assembled",
    "Bank",
    "Blueprint",
    "BlueprintError",
    "Change",
    "Comparison",
    "ConfigError",
    "CoverageRow",
    "Diagnostic",
    "ExportRefused",
    "Finding",
    "Form",
    "Grouped",
    "Inventory",
    "Item",
    "ItemChange",
    "NoVersion",
    "PathError",
    "Problem",
    "Report",
    "Settings",
    "Severity",
    "Side",
    "Span",
    "Status",
    "Stimulus",
    "StimulusChange",
    "Summary",
    "UnknownName",
    "UsageFileError",
    "__version__",
    "assemble",
    "assemble_groups",
    "audit",
    "audit_between",
    "carries",
    "coverage",
    "diff",
    "export",
    "export_bank",
    "import_file",
    "lint",
    "load_bank",
    "load_blueprint",
    "load_form",
    "load_usage",
    "merge_file",
    "render",
    "save_form",
    "scramble",
    "summarise",
    "version_map_files",
    "write",
]

_HOMES = {
    "Assembled": "qbank.assembly",
    "Bank": "qbank.model.bank",
    "Blueprint": "qbank.model.blueprint",
    "Change": "qbank.comparison.changes",
    "Comparison": "qbank.comparison.changes",
    "ConfigError": "qbank.config",
    "CoverageRow": "qbank.assembly",
    "Diagnostic": "qbank.diagnostics",
    "Finding": "qbank.diagnostics",
    "Form": "qbank.model.form",
    "Grouped": "qbank.assembly.groups",
    "Inventory": "qbank.assembly",
    "Item": "qbank.model.item",
    "ItemChange": "qbank.comparison.changes",
    "PathError": "qbank.reading.files",
    "Problem": "qbank.assembly",
    "Report": "qbank.checking",
    "Settings": "qbank.config",
    "Severity": "qbank.diagnostics",
    "Side": "qbank.comparison.changes",
    "Span": "qbank.comparison.changes",
    "Status": "qbank.assembly",
    "Stimulus": "qbank.model.stimulus",
    "StimulusChange": "qbank.comparison.changes",
    "Summary": "qbank.assembly.summary",
}
"""Where a public name lives; the others live in `qbank.api`."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = _version()
    elif name in __all__:
        value = getattr(importlib.import_module(_HOMES.get(name, "qbank.api")), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("qbank")
    except PackageNotFoundError:
        return "0+unknown"
