"""Bank + Settings → sorted Diagnostics: select, run, locate, suppress.

Rules yield findings; here each gets its rule's slug and severity, its place in a file, and is
dropped when a `lint_ignore` of its item or a stronger finding about the same items silences it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from pathlib import Path

import msgspec

from qbank.config import Settings
from qbank.diagnostics import (
    Diagnostic,
    Finding,
    Fix,
    Location,
    Related,
    RelatedPlace,
    Severity,
    Where,
    in_order,
    json_pointer,
)
from qbank.discovery import closest
from qbank.engine.garbage import settled
from qbank.memory import memory_of
from qbank.model import notebook
from qbank.model.as_read import each, holding
from qbank.model.bank import Bank, ReadProblem, Source
from qbank.model.blueprint import BLUEPRINT_RECORD, Blueprint
from qbank.reading.places import Places
from qbank.rule import Rule, Scope, SuppressionUse, all_rules
from qbank.running import Runner, Said

STRONGER: tuple[tuple[str, ...], ...] = (
    (
        "duplicate-item-id",
        "duplicate-item",
        "key-conflict",
        "contradicting-near-duplicate",
        "near-duplicate-item",
        "sibling-items",
        "shared-passage",
    ),
    ("key-not-an-option", "key-missing", "key-count"),
    ("key-not-an-option", "key-longest"),
    ("key-duplicated-by-option", "duplicate-option"),
)
"""Rules in order of strength: on the same items, an earlier one silences the later ones."""


_WORTH_REMEMBERING = 1000
"""Items from which on a cache is worth its file."""


class Proposed(msgspec.Struct, frozen=True):
    """A fix with the rule that proposes it, and the record of its finding."""

    rule: str
    fix: Fix
    record: int


class Report(msgspec.Struct, frozen=True):
    """The outcome of a lint run."""

    diagnostics: tuple[Diagnostic, ...]
    items: int
    files: int
    fixes: tuple[Proposed, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many diagnostics have that severity."""
        return sum(one.severity is severity for one in self.diagnostics)

    def at_least(self, severity: Severity) -> tuple[Diagnostic, ...]:
        """The diagnostics that are that bad or worse."""
        return tuple(one for one in self.diagnostics if one.severity.rank >= severity.rank)

    def _repr_html_(self) -> str:
        rows = [
            (one.severity.value, one.rule, f"{one.file}:{one.line}:{one.column}", one.message, one.hint)
            for one in self.diagnostics
        ]
        told = f"{len(rows)} findings in {self.items} items of {self.files} files"
        return notebook.heading(told) + notebook.table(("severity", "rule", "place", "what", "hint"), rows)


@settled()
def lint(
    bank: Bank,
    problems: Iterable[ReadProblem] = (),
    *,
    settings: Settings | None = None,
    blueprint: Blueprint | None = None,
    blueprint_source: Source | None = None,
    today: str = "",
    rules: Mapping[str, Rule] | None = None,
    progress: Callable[[int, int], None] | None = None,
    screened: bool = True,
    jobs: int = 1,
    cached: Path | None = None,
) -> Report:
    """Check a bank (and a blueprint against it) with every selected rule.

    `problems` is what reading found; `today` (ISO date) decides about expired suppressions and is
    the bank's `as_of` when not given; `progress` is called with (items done, items).
    `screened=False` calls every rule for every item, which gives the same findings, slower: it is what
    tests and benchmarks compare with. With `jobs` above 1 items are checked in that many processes, while
    this one looks at the bank as a whole; the report is the same. `cached` is the path that the bank was read
    from: what was found in an item that has not changed since is then remembered from earlier runs.
    """
    settings = settings or Settings()
    bank = _numbered(bank)
    known = all_rules() if rules is None else rules
    active = selected(known, settings)
    worth = cached is not None and screened and len(bank.items) >= _WORTH_REMEMBERING
    memory = memory_of(bank, cached, active, settings.rules) if cached is not None and worth else None
    runner = Runner(bank, active, settings, screened=screened, memory=memory)
    said = [*runner.call_each(Scope.READING, tuple(problems))]
    said += runner.check(jobs, progress)
    said += runner.call_each(Scope.BLUEPRINT, () if blueprint is None else (blueprint,))
    said = list(_without_weaker(said))
    said, uses = _suppressed(said, bank, known, active, today or bank.info.as_of)
    said += runner.call_each(Scope.SUPPRESSION, uses)
    others = {} if blueprint_source is None else {BLUEPRINT_RECORD: blueprint_source}
    places = Places(bank.sources, others, None if memory is None else memory.offsets)
    said = list(_overridden(said, bank, places, known, settings)) if settings.overrides else said
    # a dict, not a set: findings alike but for their related places keep the order of their rule
    diagnostics = in_order(
        dict.fromkeys(
            diagnose(one.rule, one.finding, places, settings, one.level, one.column) for one in said
        )
    )
    if memory is not None:
        memory.save(lambda where: places(where).column)
    fixes = [
        Proposed(one.rule.slug, one.finding.fix, one.finding.where.record)
        for one in said
        if one.finding.fix is not None and isinstance(one.finding.where, Where)
    ]
    fixes.sort(key=lambda one: (one.fix.edits[0].where.record, one.rule))
    return Report(diagnostics, len(bank.items) + len(bank.unreadable), bank.files, tuple(fixes))


def _numbered(bank: Bank) -> Bank:
    """A bank whose every record has a source: one made in memory gets records without a file."""
    numbers = chain(each(bank.items, "record"), map(attrgetter("record"), bank.stimuli))
    if min(numbers, default=0) >= 0:
        return bank
    first = len(bank.sources)
    kinds = (*(("item", one) for one in bank.items), *(("stimulus", one) for one in bank.stimuli))
    sources = tuple(Source("", "", "yaml", kind, -1, -1, one.id) for kind, one in kinds)
    records = [msgspec.structs.replace(one, record=first + at) for at, (_, one) in enumerate(kinds)]
    return msgspec.structs.replace(
        bank,
        items=tuple(records[: len(bank.items)]),
        stimuli=tuple(records[len(bank.items) :]),
        sources=(*bank.sources, *sources),
    )


def selected(rules: Mapping[str, Rule], settings: Settings) -> dict[str, Rule]:
    """The rules that run: named ones whatever their default, else those on by default, less the ignored."""
    chosen = {}
    for slug, rule in rules.items():
        named = slug in settings.select or settings.severity.get(slug) in ("error", "warning", "info")
        by_name = named or settings.turned_on(slug)
        by_family = rule.family in settings.select
        ripe = rule.enabled and not settings.unripe(slug, rule.family)
        wanted = by_name or (ripe and (by_family or not settings.select))
        if settings.select and not (slug in settings.select or by_family):
            wanted = False
        if slug in settings.ignore or (rule.family in settings.ignore and slug not in settings.select):
            wanted = False
        if wanted and (settings.severity.get(slug) != "off" or settings.turned_on(slug)):
            chosen[slug] = rule
    return chosen


def _overridden(
    said: Iterable[Said], bank: Bank, places: Places, known: Mapping[str, Rule], settings: Settings
) -> Iterator[Said]:
    """The findings that the settings for their files and statuses leave, with the severity they give."""
    everywhere = selected(known, msgspec.structs.replace(settings, overrides=()))
    statuses = dict(zip(each(bank.items, "record"), each(bank.items, "status"), strict=True))
    for one in said:
        where, slug = one.finding.where, one.rule.slug
        source = places.source(where.record) if isinstance(where, Where) else None
        file = where.file if isinstance(where, Location) else source.file if source is not None else ""
        status = statuses.get(where.record, "") if isinstance(where, Where) else ""
        first = "" if slug in everywhere else "off"
        level = settings.level(slug, one.rule.family, file, status, first)
        if level != "off":
            yield msgspec.structs.replace(one, level=level)


def diagnose(
    rule: Rule, finding: Finding, places: Places, settings: Settings, level: str = "", column: int = 0
) -> Diagnostic:
    """A finding with its rule, severity and position; `level` wins over what the settings say of the rule.

    `column` is that of the finding in the line of its record, where it is known.
    """
    level = level or settings.severity.get(rule.slug, "")
    severity = Severity(level) if level else rule.severity
    return _placed(rule.slug, rule.family, severity, finding, places, column)


def _placed(
    slug: str, family: str, severity: Severity, finding: Finding, places: Places, column: int = 0
) -> Diagnostic:
    where = finding.where
    place = places.at(where, column) if column and isinstance(where, Where) else places(where)
    return Diagnostic(  # by position: there are many
        slug,
        family,
        severity,
        finding.message,
        finding.hint,
        place.file,
        place.line,
        place.column,
        places.item(where),
        json_pointer(where.pointer) if isinstance(where, Where) else "",
        tuple([_related(one, places) for one in finding.related]) if finding.related else (),
        finding.fix is not None,
    )


def _related(one: Related, places: Places) -> RelatedPlace:
    place = places(one.where)
    return RelatedPlace(place.file, place.line, place.column, places.item(one.where), one.message)


def _records(finding: Finding) -> frozenset[int]:
    places = [finding.where, *[one.where for one in finding.related]]
    return frozenset([place.record for place in places if isinstance(place, Where)])


def _without_weaker(said: Sequence[Said]) -> Iterator[Said]:
    """Findings that no stronger finding about the same items silences."""
    ranks: dict[str, set[str]] = defaultdict(set)
    for order in STRONGER:
        for number, slug in enumerate(order):
            ranks[slug].update(order[:number])
    by_record: dict[str, dict[int, list[frozenset[int]]]] = defaultdict(lambda: defaultdict(list))
    concerned = [_records(one.finding) if one.rule.slug in ranks else frozenset() for one in said]
    for one, records in zip(said, concerned, strict=True):
        for record in records:
            by_record[one.rule.slug][record].append(records)
    above = {
        slug: [by_record[other] for other in stronger if other in by_record]
        for slug, stronger in ranks.items()
    }
    for one, records in zip(said, concerned, strict=True):
        stronger = above.get(one.rule.slug)
        if not stronger or not _is_among(records, stronger):
            yield one


def _is_among(records: frozenset[int], stronger: Iterable[Mapping[int, list[frozenset[int]]]]) -> bool:
    """Whether one of some findings, by record, is about the same items as one about these records."""
    for found in stronger:
        for record in records:
            for other in found.get(record, ()):
                if records <= other or other <= records:
                    return True
    return False


def _suppressed(
    said: list[Said],
    bank: Bank,
    known: Mapping[str, Rule],
    active: Mapping[str, Rule],
    today: str,
) -> tuple[list[Said], list[SuppressionUse]]:
    """The findings that no `lint_ignore` silences, and what every entry did."""
    entries = {item.record: item for item in holding(bank.items, "lint_ignore")}
    if not entries:
        return said, []
    silenced: dict[tuple[int, int], int] = defaultdict(int)
    kept = []
    for one in said:
        number = None
        where = one.finding.where
        if isinstance(where, Where) and where.record in entries:
            item = entries[where.record]
            number = next(
                (
                    number
                    for number, entry in enumerate(item.lint_ignore)
                    if entry.rule == one.rule.slug and not (entry.until and entry.until < today)
                ),
                None,
            )
            if number is not None:
                silenced[item.record, number] += 1
        if number is None:
            kept.append(one)
    uses = [
        SuppressionUse(
            item=item,
            number=number,
            suppression=entry,
            silenced=silenced[item.record, number],
            known=entry.rule in known,
            checked=entry.rule in active,
            near="" if entry.rule in known else closest(entry.rule, known),
            today=today,
        )
        for item in entries.values()
        for number, entry in enumerate(item.lint_ignore)
    ]
    return kept, uses


def locate_findings(
    findings: Iterable[tuple[str, Severity, Finding]], places: Places, family: str
) -> tuple[Diagnostic, ...]:
    """Findings that come from elsewhere than a rule (audits, exports) as diagnostics."""
    return in_order(_placed(slug, family, severity, finding, places) for slug, severity, finding in findings)
