"""The public functions: what the commands do, in Python. `qbank` shows them under its own name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from qbank import checking, config
from qbank.checking import Report
from qbank.config import ConfigError, Settings
from qbank.diagnostics import in_order
from qbank.discovery import UnknownName, did_you_mean
from qbank.loading import (
    BlueprintError,
    UsageFileError,
    bank_path,
    beside,
    load_blueprint,
    load_usage,
    looking_back,
    read_blueprint,
    read_usage,
)
from qbank.locating import blueprint_source, located, usage_diagnostics
from qbank.memory import known_lines
from qbank.model.bank import Bank, ReadProblem, Source
from qbank.model.blueprint import Blueprint
from qbank.model.form import Form
from qbank.model.item import Status
from qbank.reading import bank as reading
from qbank.reading.collect import Reading
from qbank.reading.form import load_form
from qbank.rule import Rule, RulesWhenAsked, all_rules

if TYPE_CHECKING:
    from qbank.assembly import Assembled, CoverageRow, Inventory, Problem
    from qbank.assembly.groups import Grouped
    from qbank.assembly.no_version import NoVersion
    from qbank.assembly.summary import Summary
    from qbank.comparison.changes import Comparison
    from qbank.editing.apply import Wanted
    from qbank.editing.rounds import Fixed
    from qbank.exporting import (
        ExportRefused,
        File,
        export,
        export_bank,
        export_with_losses,
        find_format,
        form_checks,
        formats_for,
        lost,
        refused,
    )
    from qbank.form_files import form_file, in_folder, save_form, write
    from qbank.formats.contract import Audience
    from qbank.importing import import_file
    from qbank.merging import merge_file
    from qbank.reading.blueprint import BlueprintReading
    from qbank.reporters.contract import Rendering

__all__ = [
    "BlueprintError",
    "ExportRefused",
    "File",
    "NoVersion",
    "UnknownName",
    "UsageFileError",
    "assemble",
    "assemble_groups",
    "audit",
    "audit_between",
    "bank_path",
    "beside",
    "carries",
    "check_blueprint",
    "coverage",
    "diff",
    "eligible_ids",
    "export",
    "export_bank",
    "export_with_losses",
    "find_format",
    "fixed",
    "form_checks",
    "form_file",
    "formats_for",
    "import_file",
    "in_folder",
    "lint",
    "load_bank",
    "load_blueprint",
    "load_form",
    "load_usage",
    "located",
    "looking_back",
    "lost",
    "merge_file",
    "merged",
    "read_blueprint",
    "read_usage",
    "refused",
    "render",
    "save_form",
    "scramble",
    "summarise",
    "unknown_names",
    "usage_diagnostics",
    "version_map_files",
    "write",
    "write_fixed",
]


_ELSEWHERE = {
    "NoVersion": "qbank.assembly.no_version",
    **dict.fromkeys(
        (
            "ExportRefused",
            "File",
            "export",
            "export_bank",
            "export_with_losses",
            "find_format",
            "form_checks",
            "formats_for",
            "lost",
            "refused",
        ),
        "qbank.exporting",
    ),
    **dict.fromkeys(("form_file", "in_folder", "save_form", "write"), "qbank.form_files"),
    "import_file": "qbank.importing",
    "merge_file": "qbank.merging",
}
"""Public names that are loaded when they are first used: a lint run needs none of them."""


def __getattr__(name: str) -> Any:
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_ELSEWHERE[name]), name)


def load_bank(path: str | Path, *, cached: bool = False) -> Reading:
    """Read a bank folder (with bank.yaml) or a single .yaml, .json or .jsonl file.

    Gives the bank, and what was found while reading it, for `lint`. With `cached`, lines of JSON Lines that
    an earlier `lint(…, cached=path)` met are not looked at again; what is read is the same.
    Raises PathError when the named path itself cannot be read; everything else that is wrong is
    returned as findings, and everything that can be read is in the bank.
    """
    return reading.load_bank(path, known_lines(Path(path)) if cached else None)


def lint(
    bank: Bank,
    problems: Iterable[ReadProblem] = (),
    *,
    settings: Settings | None = None,
    blueprint: Blueprint | BlueprintReading | None = None,
    today: str = "",
    progress: Callable[[int, int], None] | None = None,
    jobs: int = 1,
    cached: str | Path | None = None,
) -> Report:
    """Check a bank, and a blueprint against it.

    `problems` is what `load_bank` found; `today` (ISO date) decides about expired suppressions and is
    the bank's `as_of` when not given. `jobs` is the number of processes that look at the items of a large
    bank. With `cached`, the path that the bank was read from, what was found in items that have not changed
    since is remembered from earlier runs, in the folder `.qbank_cache` there. Neither changes the report.
    Raises ConfigError when the settings name what does not exist.
    """
    settings = settings or Settings()
    rules = all_rules()
    wrong = unknown_names(settings, rules)
    if wrong:
        raise ConfigError("\n".join(wrong))
    plan, more, source = _blueprint_parts(blueprint)
    report = checking.lint(
        bank,
        (*problems, *more),
        settings=settings,
        blueprint=plan,
        blueprint_source=source,
        today=today,
        rules=rules,
        progress=progress,
        jobs=jobs,
        cached=None if cached is None else Path(cached),
    )
    if plan is None or settings.select:
        return report
    mistakes = located(check_blueprint(bank, plan), plan)
    return msgspec.structs.replace(report, diagnostics=in_order({*report.diagnostics, *mistakes}))


def fixed(
    path: str | Path,
    *,
    unsafe: bool = False,
    settings: Settings | None = None,
    blueprint: Blueprint | BlueprintReading | None = None,
    today: str = "",
    reported: Callable[[Report, Bank], Report] | None = None,
) -> Fixed:
    """What fixing a bank makes of its files: nothing is written, `write_fixed` does that.

    Only safe fixes are made unless `unsafe`. `reported` says what a user sees of a report: then only the
    records that have a fixable finding there are fixed. Raises PathError when the bank cannot be read.
    """
    from qbank.editing import rounds
    from qbank.editing.apply import Wanted

    names: set[str] | None = None

    def check(place: Path) -> tuple[Bank, list[Wanted]]:
        nonlocal names
        bank, problems = load_bank(place)
        report = lint(bank, problems, settings=settings, blueprint=blueprint, today=today)
        if reported is not None and names is None:
            names = {one.item for one in reported(report, bank).diagnostics if one.fixable}
        fixes = [one for one in report.fixes if names is None or _name(bank, one.record) in names]
        return bank, [Wanted(one.rule, one.fix) for one in fixes if one.fix.safe or unsafe]

    return rounds.in_rounds(Path(path), check)


def _name(bank: Bank, record: int) -> str:
    """The id of a record as its findings give it, "" for that of the bank."""
    return bank.sources[record].id if 0 <= record < len(bank.sources) else ""


def write_fixed(result: Fixed) -> tuple[str, ...]:
    """Write fixed files, each whole or not at all; gives those left alone since they changed meanwhile."""
    from qbank.formats.files import write_atomic

    stale = []
    for one in result.changes:
        if Path(one.path).read_bytes() == one.before:
            write_atomic(one.path, one.after)
        else:
            stale.append(one.path)
    return tuple(stale)


def unknown_names(settings: Settings, rules: Mapping[str, Rule] | None = None) -> list[str]:
    """Sentences about rules, families and options of rules that the settings name and nothing has."""
    known = all_rules() if rules is None else rules
    families = {slug: rule.family for slug, rule in known.items()}
    said = config.unknown_names(settings, families, get_args(Status))
    for slug, options in settings.rules.items():
        for name in sorted(set(options) - set(known[slug].options)) if slug in known else ():
            hint = did_you_mean(name, known[slug].options) or "It has no options."
            said.append(f"rules: {slug} has no option {name!r}. {hint}")
        said += config.wrong_values(slug, options, known[slug].options) if slug in known else []
    return said


def joined(report: Report, others: Sequence[Report]) -> Report:
    """A report with the findings of others about the same banks besides."""
    more = [one for other in others for one in other.diagnostics]
    return (
        msgspec.structs.replace(report, diagnostics=in_order(dict.fromkeys((*report.diagnostics, *more))))
        if more
        else report
    )


def merged(reports: Sequence[Report]) -> Report:
    """Several reports as one."""
    if len(reports) == 1:
        return msgspec.structs.replace(reports[0], fixes=())
    return Report(
        in_order(one for report in reports for one in report.diagnostics),
        sum(report.items for report in reports),
        sum(report.files for report in reports),
    )


def render(report: Report, format: str = "text", rendering: Rendering | None = None) -> str:
    """A report as text, json, sarif or github. Raises UnknownName for another format."""
    from qbank import __version__
    from qbank.reporters import reporters
    from qbank.reporters.contract import Rendering

    known = reporters()
    if format not in known:
        raise UnknownName(f"there is no reporter {format!r}. {did_you_mean(format, known)}")
    given = rendering or Rendering()
    if not given.rules:
        given = msgspec.structs.replace(given, rules=RulesWhenAsked(), version=__version__)
    return known[format](report, given)


def check_blueprint(bank: Bank, blueprint: Blueprint) -> tuple[Problem, ...]:
    """The mistakes in a blueprint that its bank shows: unknown fields, bounds that contradict each other."""
    from qbank.assembly import check

    return check(bank, blueprint)


def assemble(
    bank: Bank,
    blueprint: Blueprint,
    *,
    forms: int | None = None,
    seed: int = 1,
    time_limit: float | None = 60.0,
    gap: float | None = None,
    usage: Mapping[str, int] | None = None,
    against: Sequence[Form] = (),
    relax: Mapping[str, str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Assembled:
    """Forms that meet a blueprint, each audited; without forms, `findings` says why there are none.

    `usage` counts the uses of items before this run (`load_usage` reads them from a file): rows of kind
    exposure and the objective least_exposure look at them. `against` are earlier forms, with which a form
    shares no more items than the rows of kind overlap allow.
    `relax` widens rows for this run only, {label: value}, as the `repairs` of those findings offer it.
    """
    from qbank import assembly

    blueprint = looking_back(blueprint, usage, against)
    return assembly.assemble(
        bank,
        blueprint,
        forms=forms,
        seed=seed,
        time_limit=time_limit,
        gap=gap,
        relax=relax,
        progress=progress,
    )


def assemble_groups(
    bank: Bank,
    blueprints: Sequence[Blueprint],
    *,
    overlap: int = 0,
    seed: int = 1,
    time_limit: float | None = 60.0,
    gap: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> Grouped:
    """Forms for several blueprints over one bank; those of different ones share at most `overlap` items.

    Without forms, `findings` says why there are none, and `failed` for which blueprints.
    """
    from qbank.assembly import groups

    return groups.assemble_groups(
        bank, blueprints, overlap=overlap, seed=seed, time_limit=time_limit, gap=gap, progress=progress
    )


def audit_between(forms: Sequence[Form], overlap: int = 0) -> tuple[Problem, ...]:
    """Forms of different blueprints that share more than `overlap` items."""
    from qbank.assembly import auditing

    return auditing.audit_between(forms, overlap)


def audit(
    forms: Form | Sequence[Form],
    bank: Bank,
    blueprint: Blueprint,
    *,
    usage: Mapping[str, int] | None = None,
    against: Sequence[Form] = (),
) -> tuple[Problem, ...]:
    """All that is wrong with finished forms, judged independently of what made them.

    `usage` and `against` are those of `assemble`.
    """
    from qbank import assembly

    blueprint = looking_back(blueprint, usage, against)
    return assembly.audit([forms] if isinstance(forms, Form) else list(forms), bank, blueprint)


def summarise(forms: Form | Sequence[Form], bank: Bank, blueprint: Blueprint) -> Summary:
    """Forms of one blueprint for people: every row beside each form, information, items that they share."""
    from qbank.assembly.summary import summarise

    return summarise([forms] if isinstance(forms, Form) else list(forms), bank, blueprint)


def scramble(
    form: Form, bank: Bank, blueprint: Blueprint, *, versions: int = 2, seed: int = 1
) -> tuple[Form, ...]:
    """Versions of a form: the same items, other orders of items and options within what the blueprint allows.

    Raises NoVersion for a form that is a version itself.
    """
    from qbank.assembly import scrambling

    return scrambling.scramble(form, bank, blueprint, versions, seed)


def version_map_files(
    form: Form, versions: Sequence[Form], bank: Bank, audience: Audience = "staff"
) -> tuple[File, ...]:
    """The way from versions back to their form, as JSON and CSV; for staff with keys."""
    from qbank.assembly.version_map import map_files, version_map

    return map_files(version_map(form, versions, bank, audience))


def coverage(bank: Bank, blueprint: Blueprint, *, forms: int | None = None) -> tuple[CoverageRow, ...]:
    """What the bank offers against what the blueprint needs, row by row."""
    from qbank import assembly

    return assembly.coverage(bank, blueprint, forms)


def carries(bank: Bank, blueprint: Blueprint, *, forms: int | None = None) -> Inventory:
    """How many forms the bank carries, what runs out first, and what to write for more."""
    from qbank import assembly

    return assembly.carries(bank, blueprint, forms)


def diff(old: Bank, new: Bank, old_name: str = "", new_name: str = "") -> Comparison:
    """What differs in meaning between two banks; the names are how reports speak of them."""
    from qbank.comparison.compare import compare

    return compare(old, new, old_name, new_name)


def eligible_ids(bank: Bank, blueprint: Blueprint) -> frozenset[str]:
    """The ids of the items that the blueprint lets into a form."""
    from qbank.model import selector

    fields = selector.Fields(bank)
    selector.check(blueprint.eligible, fields)
    meets = selector.predicate(blueprint.eligible, fields)
    return frozenset(item.id for item in bank.items if meets(item))


def _blueprint_parts(
    blueprint: Blueprint | BlueprintReading | None,
) -> tuple[Blueprint | None, tuple[ReadProblem, ...], Source | None]:
    if blueprint is None:
        return None, (), None
    if isinstance(blueprint, Blueprint):
        return blueprint, (), blueprint_source(blueprint)
    return blueprint.blueprint, blueprint.problems, blueprint.source
